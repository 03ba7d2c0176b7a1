"""Steps typed as text and back again: what each notation means, and that nothing typed is ever lost or refused."""

import itertools
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from processes.definition import Definition, Flow, RoleRef, Step, explicit_flows
from processes.outline import BRANCH, CHIP, EVENT, WAIT, Outline, read_outline, write_outline


def keys() -> Callable[[], str]:
    count = itertools.count(1)
    return lambda: f"k{next(count)}"


def read(text: str) -> Outline:
    return read_outline(text, key=keys())


def told(outline: Outline) -> list[tuple[str, str, str]]:
    """Kind, role and name of each step."""
    titles = {role.key: role.title for role in outline.roles}
    return [(step.kind, titles.get(step.role, ""), step.name) for step in outline.steps]


def ways(outline: Outline) -> list[tuple[int, str, int]]:
    """Arrows as numbers: from, label, to."""
    numbers = {step.key: n for n, step in enumerate(outline.steps, 1)}
    return [(numbers[flow.source], flow.label, numbers.get(flow.target, 0)) for flow in explicit_flows(outline.steps)]


def test_the_example_of_the_module() -> None:
    outline = read(
        """
start: Need arises
Requester: Fill in the request [out: Purchase request] [in: ERP; Catalogue] [form: SAP] [time: 5 min]
Line manager: Approved?
  yes -> 4
  no -> end "Request rejected"
Procurement: wait 30 days for delivery
| Remind after *20* days.
|   - by phone
Check the goods [record: Delivery note] [see: QUA-001]
end: Supplier paid
"""
    )
    assert told(outline) == [
        ("start", "Requester", "Need arises"),
        ("activity", "Requester", "Fill in the request"),
        ("decision", "Line manager", "Approved?"),
        ("wait", "Procurement", "wait 30 days for delivery"),
        ("subprocess", "Procurement", "Check the goods"),
        ("end", "Procurement", "Supplier paid"),
        ("end", "Line manager", "Request rejected"),
    ]
    assert ways(outline) == [(1, "", 2), (2, "", 3), (3, "yes", 4), (3, "no", 7), (4, "", 5), (5, "", 6)]
    _start, fill, _choice, wait, check, _paid, _rejected = outline.steps
    assert (fill.inputs, fill.outputs, fill.form, fill.duration) == (("ERP", "Catalogue"), ("Purchase request",), "SAP", "5 min")
    assert (wait.duration, wait.description) == ("30 days", "Remind after *20* days.\n  - by phone")
    assert (check.records, check.link) == (("Delivery note",), "QUA-001")


def test_the_same_in_chinese() -> None:
    outline = read(
        "开始：需求\n采购员：询价 [输入：需求单；目录] [输出: 报价]\n经理：同意吗？\n  是 → 下一步\n  否 → 结束 “拒绝”\n"
        "等待 3天\n结束：完成"
    )
    assert told(outline) == [
        ("start", "采购员", "需求"),
        ("activity", "采购员", "询价"),
        ("decision", "经理", "同意吗？"),
        ("wait", "经理", "等待 3天"),
        ("end", "经理", "完成"),
        ("end", "经理", "拒绝"),
    ]
    assert (outline.steps[1].inputs, outline.steps[3].duration) == (("需求单", "目录"), "3天")
    assert ways(outline) == [(1, "", 2), (2, "", 3), (3, "是", 4), (3, "否", 6), (4, "", 5)]


def test_a_colon_names_a_role_but_not_in_an_address_or_a_time_of_day() -> None:
    outline = read("Buyer: Order at 10:30: by phone\nLook at https://example.com\nCall at 09:15\n: Nobody's step\nDone by all")
    assert told(outline) == [
        ("activity", "Buyer", "Order at 10:30: by phone"),
        ("activity", "Buyer", "Look at https://example.com"),
        ("activity", "Buyer", "Call at 09:15"),
        ("activity", "", "Nobody's step"),
        ("activity", "", "Done by all"),
    ]


def test_a_waiter_does_not_wait() -> None:
    assert [step.kind for step in read("Waiter brings the bill\nWait\nWAIT 2 h\nwait [see: LOG-001]").steps] == [
        "activity", "wait", "wait", "subprocess"
    ]  # fmt: skip


def test_known_roles_keep_their_keys_and_those_without_a_step_go() -> None:
    known = (RoleRef("r1", "Buyer"), RoleRef("r2", "Idle"))
    outline = read_outline("BUYER: Order\nSeller: Deliver", roles=known, key=keys())
    assert (outline.roles[0], [role.title for role in outline.roles]) == (known[0], ["Buyer", "Seller"])


def test_a_way_to_a_line_that_is_not_there_stays_visible() -> None:
    outline = read("Ready?\n yes -> 9\n no -> 0\n maybe -> 12345678901234567890")
    assert [flow.to for flow in outline.steps[0].flows] == ["missing-9", "missing-0"]
    assert read(write_outline(Definition(steps=outline.steps))) == outline


def test_two_ways_to_one_end_and_several_chips_of_one_kind() -> None:
    outline = read('A?\n x -> end "Stop"\n y -> end "Stop"\nB [in: a] [in: b;; c]')
    assert [step.name for step in outline.steps] == ["A?", "B", "Stop"]
    assert outline.steps[1].inputs == ("a", "b", "c")


def test_the_last_line_does_not_lead_to_an_end_that_only_a_branch_named() -> None:
    outline = read('A?\n yes -> next\n no -> end "Stop"\nB')
    assert ways(outline) == [(1, "yes", 2), (1, "no", 3)]
    assert ways(read(write_outline(Definition(steps=outline.steps)))) == ways(outline)
    assert [step.goes_on for step in read('A?\n no -> end "Stop"\nend: Done').steps] == [True, True, True]


def test_an_end_in_another_lane_names_its_role_and_the_others_take_their_neighbours() -> None:
    outline = read("start: a\nBuyer: Order\nSeller: end: Sold out\nDeliver\nBuyer：开始：Again\nend: b")
    assert told(outline) == [
        ("start", "Buyer", "a"),
        ("activity", "Buyer", "Order"),
        ("end", "Seller", "Sold out"),
        ("activity", "Seller", "Deliver"),
        ("start", "Buyer", "Again"),
        ("end", "Seller", "b"),
    ]
    assert told(read(write_outline(Definition(roles=outline.roles, steps=outline.steps)))) == told(outline)


def test_an_arrow_alone_says_that_nothing_follows() -> None:
    outline = read("A\n  ->\nB\n→\nC")
    assert (told(outline), ways(outline)) == ([("activity", "", name) for name in "ABC"], [])
    assert read("->").steps[0].name == "->"


def test_what_stands_before_the_first_step_is_a_step() -> None:
    assert read("| no step yet\nyes -> 3\nA").steps[0].name == "| no step yet"
    assert read("").steps == ()
    assert read("\n \n").roles == ()
    assert [step.role for step in read("start: a\nend: b").steps] == ["", ""]


# Whatever is typed

NOTATION = ("start:", "end:", "|", "->", "→", "wait", "?", "？", ":", "：", "[in: a]", "[see X]", "[", "]", "end", "next", '"x"')
PIECES = st.sampled_from([*NOTATION, "3", "a", "采购", "😀", " ", "\n", "\t", "\u2028"])


@given(st.lists(PIECES, max_size=40).map("".join) | st.text())
def test_nothing_is_refused_and_every_step_is_found_again(text: str) -> None:
    outline = read(text)
    found = {step.key for step in outline.steps}
    assert len(found) == len(outline.steps)
    assert {step.role for step in outline.steps} - {""} == {role.key for role in outline.roles}


LETTERS = st.text("ab é采😀:：-./,()'0 12?|", min_size=1, max_size=30).map(str.strip)
TITLES = st.text("abé采😀 -/", min_size=1, max_size=20).map(str.strip).filter(lambda t: t and "->" not in t)
WORDS = st.text("abé采😀0 -.,", min_size=1, max_size=12).map(str.strip).filter(lambda t: t and "->" not in t)


def typable(name: str) -> bool:
    """Whether a name says by itself what it is."""
    return bool(name) and not (BRANCH.match(f"Role: {name}") or CHIP.search(name) or EVENT.match(name) or WAIT.match(name))


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Whatever can be typed: roles, events, decisions, links, chips, descriptions and ways to any line."""
    titles = draw(st.lists(TITLES, min_size=1, max_size=3, unique_by=str.lower))
    roles = tuple(RoleRef(f"r{n}", title) for n, title in enumerate(titles))
    names = draw(st.lists(LETTERS.filter(typable), min_size=1, max_size=8))
    steps = []
    for n, name in enumerate(names):
        link = draw(st.sampled_from(["", "", "QUA-001"]))
        kind = "decision" if name.endswith("?") else "subprocess" if link else "activity"
        step = Step(
            key=f"s{n}", kind=kind, name=name, role=draw(st.sampled_from(["", *(role.key for role in roles)])), link=link,
            description="\n".join(draw(st.lists(WORDS, max_size=3))),
            inputs=tuple(draw(st.lists(WORDS, max_size=2))), records=tuple(draw(st.lists(WORDS, max_size=2))),
            outputs=tuple(draw(st.lists(WORDS, max_size=2))), goes_on=draw(st.booleans()),
            system=draw(st.just("") | WORDS), duration=draw(st.just("") | WORDS),
            flows=tuple(
                Flow(f"f{n}{m}", draw(st.sampled_from(["", *(f"s{i}" for i in range(len(names)))])), draw(st.just("") | WORDS))
                for m in range(draw(st.integers(0, 3)))
            ),
        )  # fmt: skip
        event = draw(st.sampled_from(["", "", "start", "end"]))
        bare = Step(
            key=step.key, kind=event or "activity", name=name, role=step.role or roles[0].key, flows=step.flows, goes_on=step.goes_on
        )
        steps.append(bare if event else step)
    used = {step.role for step in steps}
    return Definition(roles=tuple(role for role in roles if role.key in used), steps=tuple(steps))


@given(definitions())
def test_what_is_written_is_read_back(definition: Definition) -> None:
    text = write_outline(definition)
    outline = read(text)
    before = Outline(definition.roles, definition.steps)
    assert told(outline) == told(before), text
    assert ways(outline) == ways(before), text
    plain = [(s.description, s.inputs, s.outputs, s.records, s.link, s.system, s.duration) for s in definition.steps]
    assert [(s.description, s.inputs, s.outputs, s.records, s.link, s.system, s.duration) for s in outline.steps] == plain, text
    assert write_outline(Definition(roles=outline.roles, steps=outline.steps)) == text


def test_events_are_written_as_they_are_typed() -> None:
    text = "start: Need arises\nBuyer: Order\n  -> 3\nend: Done\n"
    outline = read(text)
    assert write_outline(Definition(roles=outline.roles, steps=outline.steps)) == text


DETAILS = (
    "Buyer: Check [system: ERP] [form: F 12] [work: 1 h 30 min] [waiting: 2 days] [how: WI-007] [accountable: Head]"
    " [consulted: Legal; buyer] [informed: Stores] [risk: Too dear => Three offers; Late]"
)


def test_details_in_brackets() -> None:
    outline = read(DETAILS)
    (check,) = outline.steps
    title = {role.key: role.title for role in outline.roles}
    assert (check.name, check.system, check.form, check.work_time, check.waiting_time) == ("Check", "ERP", "F 12", 90, 960)
    assert (check.instruction, title[check.accountable]) == ("WI-007", "Head")
    assert ([title[key] for key in check.consulted], [title[key] for key in check.informed]) == (["Legal", "Buyer"], ["Stores"])
    assert [(one.risk, one.control) for one in check.risks] == [("Too dear", "Three offers"), ("Late", "")]
    assert title[check.role] == "Buyer"
    again = read(write_outline(Definition(roles=outline.roles, steps=outline.steps)))
    assert write_outline(Definition(roles=again.roles, steps=again.steps)) == write_outline(
        Definition(roles=outline.roles, steps=outline.steps)
    )
    assert [role.title for role in again.roles] == [role.title for role in outline.roles]


def test_a_time_that_is_not_understood_stays_where_it_was_typed() -> None:
    (step,) = read("Check [work: soon] [waiting: 2 h] [accountable:]").steps
    assert (step.name, step.work_time, step.waiting_time, step.accountable) == ("Check [work: soon]", 0, 120, "")
