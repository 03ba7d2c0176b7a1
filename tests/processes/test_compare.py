"""Comparison: what changed, in which words, and how much it proposes to matter."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.compare import COMPARED, Change, Mark, compare, marks
from processes.comparison import FIELDS
from processes.definition import Boundary, Definition, Flow, Record, Reference, Risk, RoleRef, SipocRow, Step
from processes.wording import WORDS_COMPARED, mark_of, segments
from tests import make

TEXT = st.text(st.sampled_from("ab 1.,\n检验"), max_size=30)
KEY = st.sampled_from(["a", "b", "c", "d", "e"])


@st.composite
def steps(draw: st.DrawFn) -> tuple[Step, ...]:
    keys = draw(st.lists(KEY, unique=True))
    flow = st.builds(Flow, key=KEY, to=st.sampled_from(["", *keys]), label=TEXT, default=st.booleans(), message=st.booleans())
    kinds = st.sampled_from(["activity", "decision", "end"])
    return tuple(
        draw(
            st.builds(
                Step, key=st.just(key), kind=kinds, name=TEXT, role=st.sampled_from(["", "r1", "r2"]), description=TEXT,
                inputs=st.lists(TEXT, max_size=2).map(tuple), flows=st.lists(flow, max_size=2).map(tuple), goes_on=st.booleans(),
            )
        )
        for key in keys
    )  # fmt: skip


DEFINITIONS = st.builds(
    Definition, title=TEXT, purpose=TEXT, notes=TEXT, steps=steps(), boundary=st.builds(Boundary, trigger=TEXT, result=TEXT),
    roles=st.just(()) | st.just((RoleRef("r1", "Buyer"), RoleRef("r2", "Clerk"))) | st.just((RoleRef("r2", "Clerk"),)),
    records=st.lists(st.builds(Record, key=KEY, name=TEXT, retention=TEXT), unique_by=lambda record: record.key, max_size=3).map(tuple),
    sipoc=st.lists(st.builds(SipocRow, key=KEY, input=TEXT, output=TEXT), unique_by=lambda row: row.key, max_size=3).map(tuple),
)  # fmt: skip


# --- words


@given(TEXT, TEXT)
def test_the_pieces_make_up_both_texts(old: str, new: str) -> None:
    pieces = segments(old, new)
    assert "".join(text for op, text in pieces if op != "added") == old
    assert "".join(text for op, text in pieces if op != "removed") == new
    assert all(text for _op, text in pieces)


def test_words_are_compared_and_chinese_by_character() -> None:
    assert segments("Ask two suppliers.", "Ask three good suppliers.") == (
        ("equal", "Ask "), ("removed", "two"), ("added", "three good"), ("equal", " suppliers."),
    )  # fmt: skip
    assert segments("来料检验", "来料抽样检验") == (("equal", "来料"), ("added", "抽样"), ("equal", "检验"))


def test_huge_texts_are_compared_by_paragraph() -> None:
    old = "".join(f"word {n}\n" for n in range(WORDS_COMPARED))
    pieces = segments(old, old.replace("word 7777\n", "word seven\n"))
    assert [(op, text) for op, text in pieces if op != "equal"] == [("removed", "word 7777\n"), ("added", "word seven\n")]


def test_hostile_texts_are_compared_with_bounded_work() -> None:
    """Twenty thousand characters of few words in another order: the case in which a search for common words is slowest."""
    words = [f"w{n:02d}" for n in range(100)]
    old, new = " ".join(words * 50), " ".join(words[::-1] * 50)
    assert segments(old, new) == (("removed", old), ("added", new))
    assert len(segments(" ".join(words * 20), " ".join(words[::-1] * 20))) > 2


@pytest.mark.parametrize(
    ("old", "new", "mark"),
    [
        ("Check  the offer", "check the offer.", Mark.COSMETIC),
        ("Check the offer", "Check the signed offer", Mark.CLARIFYING),
        ("within 3 days", "within 5 days", Mark.SUBSTANTIVE),
        ("above 1.5 mm", "above 15 mm", Mark.SUBSTANTIVE),
        ("x < 5", "x > 5", Mark.SUBSTANTIVE),
        ("at -5 °C", "at 5 °C", Mark.SUBSTANTIVE),
        ("calibrated weekly", "calibrated monthly", Mark.SUBSTANTIVE),
        ("三天内完成", "五天内完成", Mark.SUBSTANTIVE),
        ("每周检查", "每月检查", Mark.SUBSTANTIVE),
        ("一般检查", "全面检查", Mark.CLARIFYING),
        ("５ days", "5 days", Mark.COSMETIC),
        ("", "", Mark.COSMETIC),
    ],
)
def test_numbers_and_rhythms_matter_signs_and_case_do_not(old: str, new: str, mark: Mark) -> None:
    assert mark_of(old, new) == mark


# --- definitions


@given(DEFINITIONS)
def test_nothing_changed_from_itself(definition: Definition) -> None:
    assert not compare(definition, definition)
    assert compare(definition, definition).mark == Mark.COSMETIC
    assert marks(compare(definition, definition)) == {}


@given(DEFINITIONS, DEFINITIONS)
def test_whatever_changed_can_be_shown(old: Definition, new: Definition) -> None:
    found = compare(old, new)
    assert bool(found) == (old != new) or _only_arrow_keys_differ(old, new)
    for change in found.changes:
        assert change.label
        assert change.mark_label
        assert "".join(text for op, text in change.segments if op != "removed") == change.new
        assert change.shown or not change.segments
        if change.kind == "changed":
            assert change.old != change.new
    keys = {step.key for step in (*old.steps, *new.steps)} | {flow.key for step in (*old.steps, *new.steps) for flow in step.flows}
    assert marks(found).keys() <= keys


def _only_arrow_keys_differ(old: Definition, new: Definition) -> bool:
    def lines(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple("\n".join(names).splitlines()) if any(names) else ()

    def plain(definition: Definition) -> Definition:
        return replace(
            definition,
            steps=tuple(
                replace(step, role="", inputs=lines(step.inputs), flows=tuple(replace(flow, key="f") for flow in step.flows))
                for step in definition.steps
            ),
        )

    return plain(old) == plain(new)


def said(changes: Sequence[Change]) -> list[tuple[str, str, str]]:
    return [(change.label, change.kind, change.mark.name) for change in changes]


OLD = replace(make.definition("Check offer", "Price < 500?", "Sign order"), purpose="Buy well.", boundary=Boundary("Need", result="Goods"))


def edited(key: str, **fields: object) -> Definition:
    return replace(OLD, steps=tuple(replace(step, **fields) if step.key == key else step for step in OLD.steps))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (replace(OLD, purpose="Buy well and fast."), [("Purpose", "changed", "CLARIFYING")]),
        (replace(OLD, purpose=""), [("Purpose", "removed", "CLARIFYING")]),
        (replace(OLD, notes="New."), [("Notes", "added", "CLARIFYING")]),
        (replace(OLD, title="t"), [("Title", "added", "CLARIFYING")]),
        (replace(OLD, language="de"), [("Authoritative language", "changed", "SUBSTANTIVE")]),
        (replace(OLD, boundary=Boundary("Need", result="Goods and invoice")), [("End result", "changed", "SUBSTANTIVE")]),
        (replace(OLD, boundary=Boundary("need.", result="Goods")), [("Trigger", "changed", "COSMETIC")]),
        (edited("s1", name="Check the offer"), [("Step 2 “Check the offer”: Name", "changed", "CLARIFYING")]),
        (edited("s1", name="check offer"), [("Step 2 “check offer”: Name", "changed", "COSMETIC")]),
        (edited("s2", name="Price below 500?"), [("Step 3 “Price below 500?”: Name", "changed", "SUBSTANTIVE")]),
        (edited("s2", description="In euros."), [("Step 3 “Price < 500?”: Description", "added", "SUBSTANTIVE")]),
        (edited("s1", description="In euros."), [("Step 2 “Check offer”: Description", "added", "CLARIFYING")]),
        (edited("s1", role=""), [("Step 2 “Check offer”: Role", "removed", "SUBSTANTIVE")]),
        (edited("s1", kind="wait"), [("Step 2 “Check offer”: Kind", "changed", "SUBSTANTIVE")]),
        (edited("s1", inputs=("Offer",)), [("Step 2 “Check offer”: Inputs", "added", "SUBSTANTIVE")]),
        (edited("s1", records=("Offer file",)), [("Step 2 “Check offer”: Records", "added", "SUBSTANTIVE")]),
        (edited("s1", duration="a week"), [("Step 2 “Check offer”: Duration", "added", "SUBSTANTIVE")]),
        (edited("s1", system="ERP"), [("Step 2 “Check offer”: System", "added", "CLARIFYING")]),
        (edited("s1", work_time=120), [("Step 2 “Check offer”: Work time", "added", "SUBSTANTIVE")]),
        (edited("s1", waiting_time=480), [("Step 2 “Check offer”: Waiting time", "added", "SUBSTANTIVE")]),
        (edited("s1", accountable="r1"), [("Step 2 “Check offer”: Accountable", "added", "SUBSTANTIVE")]),
        (edited("s1", consulted=("r1",)), [("Step 2 “Check offer”: Consulted", "added", "SUBSTANTIVE")]),
        (edited("s1", informed=("r1",)), [("Step 2 “Check offer”: Informed", "added", "SUBSTANTIVE")]),
        (edited("s1", risks=(Risk("x", "Late"),)), [("Step 2 “Check offer”: Risks and controls", "added", "SUBSTANTIVE")]),
        (edited("s1", form="Order form"), [("Step 2 “Check offer”: Form", "added", "CLARIFYING")]),
        (edited("s1", form_address="https://x"), [("Step 2 “Check offer”: Address of the form", "added", "CLARIFYING")]),
        (edited("s1", instruction="How to compare"), [("Step 2 “Check offer”: Work instruction", "added", "CLARIFYING")]),
        (edited("s1", goes_on=False), [("Step 2 “Check offer”: Ways on", "changed", "SUBSTANTIVE")]),
        (replace(OLD, roles=(RoleRef("r1", "Purchaser"),)), [("Role “Purchaser”: Title", "changed", "SUBSTANTIVE")]),
        (replace(OLD, roles=(RoleRef("r1", "Buyer", external=True),)), [("Role “Buyer”: Outside the company", "changed", "SUBSTANTIVE")]),
        (replace(OLD, roles=(*OLD.roles, RoleRef("r2", "Clerk"))), [("Role “Clerk”", "added", "SUBSTANTIVE")]),
        (replace(OLD, records=(Record("x", "Order", "Buyer", "10 years"),)), [("Record “Order”", "added", "SUBSTANTIVE")]),
        (replace(OLD, references=(Reference("x", "Norm", "ISO 9001"),)), [("Reference “Norm”", "added", "CLARIFYING")]),
        (
            replace(OLD, sipoc=(SipocRow("x", supplier="Stores", output="Order"),)),
            [("Supplier, input, output, customer “Order”", "added", "SUBSTANTIVE")],
        ),
        (replace(OLD, steps=OLD.steps[:2] + OLD.steps[3:]), [("Step 3 “Price < 500?”", "removed", "SUBSTANTIVE")]),
        (replace(OLD, steps=(*OLD.steps, Step("n", name="File"))), [("Step 6 “File”", "added", "SUBSTANTIVE")]),
        (
            replace(OLD, steps=(OLD.steps[0], OLD.steps[3], OLD.steps[1], OLD.steps[2], OLD.steps[4])),
            [("Step 2 “Sign order”", "moved", "SUBSTANTIVE")],
        ),
    ],
)  # fmt: skip
def test_each_change_says_where_it_is_and_what_it_proposes(new: Definition, expected: list[tuple[str, str, str]]) -> None:
    assert said(compare(OLD, new).changes) == expected


def test_times_and_risks_are_told_in_words() -> None:
    old = edited("s1", work_time=120, risks=(Risk("x", "Late", "Remind weekly"), Risk("y", "Lost")))
    new = edited("s1", work_time=960, risks=(Risk("x", "Late", "Remind daily"), Risk("y", "Lost")))
    risks, time = compare(old, new).changes
    assert (time.old, time.new, time.mark) == ("2 h", "2 days", Mark.SUBSTANTIVE)
    assert (risks.old, risks.new) == ("Late: Remind weekly\nLost: no control", "Late: Remind daily\nLost: no control")


def test_the_same_roles_in_another_order_or_under_a_new_name_are_no_change_of_the_step() -> None:
    lanes = (RoleRef("r1", "Buyer"), RoleRef("r2", "Clerk"))
    old = replace(edited("s1", consulted=("r1", "r2"), accountable="r2"), roles=lanes)
    new = replace(edited("s1", consulted=("r2", "r1"), accountable="r2"), roles=(lanes[0], RoleRef("r2", "Accountant")))
    assert said(compare(old, new).changes) == [("Role “Accountant”: Title", "changed", "SUBSTANTIVE")]
    other = replace(edited("s1", consulted=("r1",), accountable="r1"), roles=lanes)
    assert [(change.field, change.old, change.new) for change in compare(old, other).changes] == [
        ("accountable", "Clerk", "Buyer"), ("consulted", "Buyer\nClerk", "Buyer"),
    ]  # fmt: skip


def test_content_of_both_schemas_is_compared_by_what_it_says() -> None:
    assert not compare(replace(OLD, schema=1), OLD)


def branch(label_yes: str, to: str, key: str = "y") -> Definition:
    return edited("s2", kind="decision", flows=(Flow(key, to, label_yes), Flow("n", "end", "no")))


@pytest.mark.parametrize(
    ("old", "new", "mark", "arrows"),
    [
        (branch("yes", "s3"), branch("Yes.", "s3"), Mark.COSMETIC, {"y": "changed"}),
        (branch("yes", "s3"), branch("price agreed", "s3"), Mark.SUBSTANTIVE, {"y": "changed"}),
        (branch("yes", "s3"), branch("yes", "s1"), Mark.SUBSTANTIVE, {"y": "changed"}),
        (branch("yes", "s3", "y"), branch("yes", "s1", "z"), Mark.SUBSTANTIVE, {"y": "removed", "z": "added"}),
    ],
)
def test_changed_ways_and_conditions(old: Definition, new: Definition, mark: Mark, arrows: dict[str, str]) -> None:
    found = compare(old, new)
    assert [(change.field, change.mark) for change in found.changes] == [("flows", mark)]
    assert marks(found) == {"s2": "changed", **arrows}


def test_the_ways_are_told_in_names() -> None:
    change = compare(branch("yes", "s3"), branch("yes", ""))
    assert (change.changes[0].old, change.changes[0].new) == ("yes → Sign order\nno → Need met", "yes → the step below\nno → Need met")


def test_steps_of_one_name_are_told_apart_by_their_numbers() -> None:
    old, new = (make.definition("Good?", "Sign order", "Sign order") for _n in range(2))
    good = replace(new.steps[1], flows=(replace(new.steps[1].flows[0], to="s3"), new.steps[1].flows[1]))
    old = replace(old, steps=(old.steps[0], replace(good, flows=(replace(good.flows[0], to="s2"), good.flows[1])), *old.steps[2:]))
    change = compare(old, replace(new, steps=(new.steps[0], good, *new.steps[2:]))).changes[0]
    assert (change.old, change.new) == ("yes → 3 Sign order\nno → 5 Need met", "yes → 4 Sign order\nno → 5 Need met")


def test_the_chart_shows_added_removed_changed_and_moved() -> None:
    first, check, price, sign, end = OLD.steps
    new = replace(OLD, steps=(first, sign, replace(check, name="Check offers"), Step("n", name="File"), end))
    assert marks(compare(OLD, new)) == {"s1": "changed", "s2": "removed", "n": "added", "s3": "moved"}
    both = replace(OLD, steps=(first, replace(sign, name="Sign"), check, price, end))
    assert marks(compare(OLD, both)) == {"s3": "changed"}


def test_an_import_with_new_keys_is_matched_by_name() -> None:
    keys = {step.key: f"x{step.key}" for step in OLD.steps}
    again = replace(
        OLD,
        roles=(RoleRef("lane", "Buyer"),),
        steps=tuple(
            replace(step, key=keys[step.key], role="lane", flows=tuple(replace(flow, to=keys.get(flow.to, "")) for flow in step.flows))
            for step in OLD.steps
        ),
    )
    assert not compare(OLD, again)
    changed = replace(again, steps=tuple(replace(step, duration="2 h") if step.key == "xs1" else step for step in again.steps))
    assert marks(compare(OLD, changed)) == {"s1": "changed", "xs1": "changed"}


def test_names_that_occur_twice_are_matched_in_order() -> None:
    old = Definition(steps=(Step("a", name="Wait"), Step("b", name="Wait"), Step("c")))
    new = Definition(steps=(Step("x", name="wait "), Step("y", name="Wait"), Step("z")))
    whole = {(change.kind, change.key) for change in compare(old, new).changes if not change.field}
    assert whole == {("added", "z"), ("removed", "c")}


def test_a_first_version_is_all_added() -> None:
    found = compare(None, OLD)
    assert {change.kind for change in found.changes} == {"added"}
    assert found.is_substantive
    assert set(marks(found)) == {step.key for step in OLD.steps}


def test_an_enormous_document_is_compared_coarsely() -> None:
    steps = tuple(Step(f"s{n}", description="word " * 3000) for n in range(40))
    changed = tuple(replace(step, description=f"new {step.description}") for step in steps)
    changes = compare(Definition(steps=steps), Definition(steps=changed)).changes
    assert [op for op, _text in changes[0].segments] == ["added", "equal"]
    assert [op for op, _text in changes[-1].segments] == ["removed", "added"]


def test_long_unchanged_pieces_are_shortened() -> None:
    long = "word " * 100
    change = compare(Definition(purpose=f"a {long} b {long} c"), Definition(purpose=f"a {long} X {long} c")).changes[0]
    shown = change.shown
    assert [op for op, _text in shown] == ["equal", "removed", "added", "equal"]
    assert all(len(text) < 100 for _op, text in shown)
    assert shown[0][1].startswith("…")
    assert shown[-1][1].endswith("…")


def test_an_added_step_says_what_each_of_its_values_is() -> None:
    old = make.definition("Check")
    step = Step("new", name="Weigh", role="r1", system="Scales", work_time=10, outputs=("Weight",))
    added = next(change for change in compare(old, replace(old, steps=(*old.steps, step))).changes if change.key == "new")
    assert added.new.split("\n") == ["Weigh", "Role: Buyer", "Outputs: Weight", "System: Scales", "Work time: 10 min"]


def test_every_compared_field_has_a_name() -> None:
    assert {name for names in COMPARED.values() for name in names} - {"goes_on"} <= FIELDS.keys()
