"""A definition walked step by step."""

from dataclasses import replace

from processes.definition import Definition, Flow, Step
from processes.walking import stand
from tests import make


def numbers(ways: object) -> list[tuple[str, int]]:
    return [(way.label, way.number) for way in ways]  # type: ignore[attr-defined]


def test_a_plain_way_goes_from_step_to_step() -> None:
    content = make.definition("Check offer", "Sign order")
    first, middle, last = (stand(content, number) for number in (1, 2, 4))
    assert first
    assert middle
    assert last
    assert (first.back, numbers(first.ways), first.total, first.chooses) == (0, [("", 2)], 4, False)
    assert (middle.back, numbers(middle.ways), middle.view.step.name) == (1, [("", 3)], "Check offer")
    assert (last.back, last.ways) == (3, ())
    assert stand(content, 0) is None
    assert stand(content, 5) is None


def test_at_a_decision_one_of_its_branches_is_taken() -> None:
    here = stand(make.definition("Offer good?", "Sign order"), 2)
    assert here
    assert here.chooses
    assert not here.together
    assert numbers(here.ways) == [("yes", 3), ("no", 4)]


def test_back_leads_to_where_one_came_from_if_that_leads_here() -> None:
    content = make.definition("Offer good?", "Sign order")
    assert [(stand(content, 4, came) or 0).back for came in (2, 3, 1, 99)] == [2, 3, 2, 2]  # type: ignore[union-attr]


def test_a_step_that_nothing_leads_to_goes_back_in_the_text() -> None:
    content = make.definition("Check offer")
    steps = tuple(replace(step, goes_on=False) for step in content.steps)
    here = stand(replace(content, steps=steps), 2)
    assert here
    assert (here.back, here.ways) == (1, ())


def test_a_loop_is_no_way_back_and_a_parallel_goes_all_ways() -> None:
    steps = (
        Step(key="a", kind="start", name="Begin"),
        Step(key="b", kind="parallel", name="Both", flows=(Flow("f1", "c"), Flow("f2", "d"))),
        Step(key="c", name="Left", flows=(Flow("f3", "c", "again"), Flow("f4", "d", "done"), Flow("f5", "a", "tells", message=True))),
        Step(key="d", kind="end", name="End"),
    )
    both, left = stand(Definition(steps=steps), 2), stand(Definition(steps=steps), 3)
    assert both
    assert both.together
    assert not both.chooses
    assert left
    assert left.back == 2
    assert numbers(left.ways) == [("again", 3), ("done", 4)]
    assert numbers(left.handed_off) == [("tells", 1)]


def test_the_steps_of_my_roles_are_mine() -> None:
    here = stand(make.definition(), 2, 0, {"buyer"})
    assert here
    assert here.view.mine
