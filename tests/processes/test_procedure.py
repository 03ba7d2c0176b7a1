"""A definition as its reader sees it."""

from dataclasses import replace

from processes.definition import Definition, Flow, Record, RoleRef, Step
from processes.procedure import RoleView, WayOn, minutes_to_read, roles_of, steps_of
from tests import make


def test_branches_and_jumps_are_said_and_the_way_down_is_not() -> None:
    content = make.definition("Check", "Good?", "Pay")
    seen = [(view.number, view.step.name, [(way.label, way.number) for way in view.ways]) for view in steps_of(content)]
    assert seen == [
        (1, "Need arises", []),
        (2, "Check", []),
        (3, "Good?", [("yes", 4), ("no", 5)]),
        (4, "Pay", []),
        (5, "Need met", []),
    ]


def test_a_message_and_a_jump_back_are_said_and_a_lost_target_is_not() -> None:
    steps = (
        Step(key="a", name="Ask", flows=(Flow(key="f", to="c", message=True), Flow(key="g", to="gone"))),
        Step(key="b", name="Wait", flows=(Flow(key="h", to="a"),)),
        Step(key="c", name="Answer"),
    )
    views = steps_of(Definition(steps=steps))
    assert views[0].ways == (WayOn("", 3, "c", "Answer", message=True),)
    assert views[1].ways == (WayOn("", 1, "a", "Ask"),)


def test_my_steps_are_those_of_my_roles_without_start_and_end() -> None:
    content = make.definition("Check")
    assert [view.number for view in steps_of(content, {"buyer"}) if view.mine] == [2]
    assert [view.number for view in steps_of(content, {"seller"}) if view.mine] == []


def test_roles_that_do_nothing_are_left_out() -> None:
    content = replace(make.definition("Check"), roles=(RoleRef(key="r1", title="Buyer"), RoleRef(key="r2", title="Nobody")))
    assert roles_of(content) == [RoleView("Buyer", False, (1, 2, 3))]


def test_reading_time_counts_words_and_chinese_characters() -> None:
    assert minutes_to_read(Definition()) == 1
    assert minutes_to_read(Definition(purpose="word " * 1000)) == 5
    assert minutes_to_read(Definition(purpose="检" * 1200)) == 3


def test_details_come_with_titles_of_roles_and_with_what_is_known_of_records() -> None:
    step = Step(key="a", accountable="r1", consulted=("r2", "gone"), informed=("r1",), records=("purchase  Order", "Note"))
    roles = (RoleRef(key="r1", title="Head"), RoleRef(key="r2", title="Clerk"))
    order = Record(key="x", name="Purchase order", kept_by="Buyer", retention="10 years")
    view = steps_of(Definition(steps=(step,), roles=roles, records=(order,)))[0]
    assert (view.accountable, view.consulted, view.informed) == ("Head", ("Clerk",), ("Head",))
    assert view.records == (order, Record(key="", name="Note"))
