"""What a step remembers of its source, and what a change there would change here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from processes import sharing
from processes.canonical import InvalidDefinition, canonical, from_json, parse, sha256, to_json
from processes.compare import Mark, compare
from processes.copying import UNSAID, fresh
from processes.definition import Definition, Flow, Risk, RoleRef, Step
from processes.operations import apply
from processes.sharing import BLOCK, PROCESS, Share, Source, differences, linked, proposals, shares, variant
from tests import make
from tests.processes.flowchart.made import definitions

MAIN = Source(PROCESS, "PUR-010")


def changed(text: Definition, key: str, **fields: Any) -> Definition:
    return replace(text, steps=tuple(replace(step, **fields) if step.key == key else step for step in text.steps))


def names(text: Definition) -> list[str]:
    return [step.name for step in text.steps]


def own(text: Definition, name: str) -> str:
    return next(step.key for step in text.steps if step.name == name)


OLD = make.definition("Check", "Good?", "Order")
MINE = variant(OLD, MAIN, 1)


# --- what is written


def test_a_link_is_written_only_where_there_is_one_so_that_frozen_bytes_stay() -> None:
    """The hash of a text without links is what it was before links were known."""
    assert sha256(canonical(OLD)) == "ae7b5fdbdb75a249a27cff9d9d174b05161b9f93a8f5e2348005a192de8360e4"
    assert b"shared" not in canonical(OLD)
    there = changed(OLD, "s1", shared="block k1 1 kabc")
    assert parse(canonical(there)) == there
    assert sha256(canonical(there)) != sha256(canonical(OLD))
    document = to_json(OLD)
    document["steps"][0]["shared"] = ""
    assert canonical(from_json(document)) == canonical(OLD)


def test_schema_1_cannot_say_it() -> None:
    with pytest.raises(InvalidDefinition, match="shared"):
        to_json(replace(changed(OLD, "s1", shared="x"), schema=1))


def test_it_is_set_and_taken_away_like_every_field() -> None:
    there = apply(OLD, {"op": "set", "target": "steps/s1/shared", "value": "block k1 1 kabc"})
    assert (there.before, there.after) == ("", "block k1 1 kabc")
    back = apply(there.definition, {"op": "set", "target": "steps/s1/shared", "value": ""})
    assert (back.before, back.definition) == ("block k1 1 kabc", OLD)


def test_a_link_reads_what_it_wrote_and_nothing_else() -> None:
    one = Share(Source(PROCESS, "A B/1"), 12, "k1")
    assert Share.read(one.text) == one
    for text in ("", "block", "block k1 x kabc", "block k1 1 ", "page k1 1 kabc", "block k1 1234567890 kabc", "block  1 kabc"):
        assert Share.read(text) is None
    mine = changed(changed(OLD, "s1", shared="nonsense"), "s2", shared=one.text)
    assert shares(mine) == {"s2": one}
    assert shares(mine, {"s2"}) == {}
    twice = changed(changed(mine, "s3", shared=one.text), "start", shared="block k1 1 kb")
    assert sharing.copies_of(one.source, twice) == {"s2": "k1"}


def test_a_plain_copy_is_linked_to_nothing() -> None:
    assert shares(fresh(MINE)) == {}
    assert [share.step for share in shares(MINE).values()] == ["start", "s1", "s2", "s3", "end"]
    assert names(MINE) == names(OLD)
    assert [step.shared for step in linked(OLD, Source(BLOCK, "kb"), 3).steps][1] == "block s1 3 kb"


# --- what a change would change here


@given(definitions(), definitions())
def test_a_variant_without_anything_of_its_own_follows_its_main_process(one: Definition, other: Definition) -> None:
    """After taking over it says of the shared steps what the main process says, and nothing more is proposed."""
    old, new = (from_json(to_json(text)) for text in (one, other))
    mine = variant(old, MAIN, 1)
    assert proposals(mine, MAIN, {1: old, 2: old}, 2) == []
    after = taken_all(mine, {1: old, 2: new})
    assert sorted(names(after)) == sorted(names(new)) or not mine.steps
    if mine.steps and names(after):
        assert [one for one in proposals(after, MAIN, {1: old, 2: new}, 2) if one.operations] == []


def taken_all(mine: Definition, texts: Mapping[int, Definition]) -> Definition:
    some = proposals(mine, MAIN, texts, 2)
    gone = {f"steps/{one.step}/shared" for one in some if one.kind == "removed"}
    links = [one for one in sharing.marked(mine, MAIN, 2) if one["target"] not in gone]
    for operation in [*sharing.operations(some), *links]:
        mine = apply(mine, operation).definition
    return mine


def test_fields_that_changed_there_are_set_here_and_others_are_left_alone() -> None:
    new = changed(OLD, "s1", name="Check twice", outputs=("Note",), risks=(Risk("x1", "Late", "Ask"),), work_time=30)
    mine = changed(MINE, own(MINE, "Check"), description="As we do it here")
    (one,) = proposals(mine, MAIN, {1: OLD, 2: new}, 2)
    assert (one.kind, one.name, one.own, one.ways) == ("changed", "Check", (), False)
    step = taken_all(mine, {1: OLD, 2: new}).step(one.step)
    assert step is not None
    assert (step.name, step.outputs, step.description, step.work_time) == ("Check twice", ("Note",), "As we do it here", 30)
    assert step.shared == "process s1 2 PUR-010"


def test_what_differs_here_on_purpose_is_told_where_it_would_be_replaced() -> None:
    new = changed(OLD, "s1", name="Check twice")
    mine = changed(MINE, own(MINE, "Check"), name="Check at the gate")
    assert proposals(mine, MAIN, {1: OLD, 2: new}, 2)[0].own == ("name",)
    same = changed(MINE, own(MINE, "Check"), name="Check twice")
    assert proposals(same, MAIN, {1: OLD, 2: new}, 2) == []


def test_roles_are_taken_by_their_titles_and_added_where_they_are_not_here() -> None:
    roles = (*OLD.roles, RoleRef("r2", "Auditor"))
    new = replace(
        changed(changed(OLD, "s1", role="r2", consulted=("r1", "r2"), accountable=""), "s3", informed=("r2",), role="gone"), roles=roles
    )
    after = taken_all(MINE, {1: OLD, 2: new})
    assert [role.title for role in after.roles] == ["Buyer", "Auditor"]
    first, last = after.steps[1], after.steps[3]
    assert (after.role_title(first.role), [after.role_title(key) for key in first.consulted]) == ("Auditor", ["Buyer", "Auditor"])
    assert (last.role, [after.role_title(key) for key in last.informed]) == ("", ["Auditor"])
    renamed = replace(MINE, roles=(replace(MINE.roles[0], title="Local buyer"),))
    assert proposals(renamed, MAIN, {1: OLD, 2: OLD}, 2) == []


def test_a_step_that_is_gone_there_is_removed_and_a_new_one_comes_below_its_neighbour() -> None:
    extra = Step("x1", name="Sign", role="r1", flows=(Flow("y1", "s1", "again"), Flow("y2", "", "on")))
    new = replace(OLD, steps=(*OLD.steps[:2], extra, *OLD.steps[3:]))
    some = proposals(MINE, MAIN, {1: OLD, 2: new}, 2)
    assert [(one.kind, one.name) for one in some] == [("removed", "Good?"), ("added", "Sign")]
    after = taken_all(MINE, {1: OLD, 2: new})
    assert names(after) == ["Need arises", "Check", "Sign", "Order", "Need met"]
    sign = after.steps[2]
    assert ([flow.to for flow in sign.flows], sign.shared) == ([after.steps[1].key, ""], "process x1 2 PUR-010")
    assert taken_all(after, {1: OLD, 2: new}) == after


def test_new_steps_at_the_top_and_in_a_row_keep_their_order() -> None:
    two = (Step("x1", name="First"), Step("x2", name="Second"))
    mine = replace(MINE, steps=(Step("own1", name="Ours"), *MINE.steps[1:]))
    old = replace(OLD, steps=OLD.steps[1:])
    mine_without = replace(mine, steps=tuple(step for step in mine.steps))
    new = replace(old, steps=(*two, *old.steps))
    assert names(taken_all(mine_without, {1: old, 2: new}))[:4] == ["Ours", "First", "Second", "Check"]
    at_top = replace(MINE, steps=MINE.steps[1:])
    assert names(taken_all(at_top, {1: old, 2: new}))[:3] == ["First", "Second", "Check"]


def test_a_source_that_is_used_twice_is_changed_twice() -> None:
    pairs = zip(fresh(MINE).steps, MINE.steps, strict=True)
    again = (replace(step, shared=was.shared, role=MINE.steps[0].role) for step, was in pairs)
    twice = replace(MINE, steps=(*MINE.steps, *again))
    renamed = changed(OLD, "s1", name="Check twice").steps
    new = replace(OLD, steps=(*renamed[:3], Step("x1", name="Sign"), *renamed[3:]))
    after = taken_all(twice, {1: OLD, 2: new})
    assert names(after).count("Check twice") == names(after).count("Sign") == 2


def test_ways_on_lead_to_the_copies_here_and_keep_what_they_led_to_outside() -> None:
    whole = changed(OLD, "s2", flows=(Flow("f1", "", "yes"), Flow("f2", UNSAID, "no")))
    base = replace(whole, steps=whole.steps[1:4])
    mine = variant(base, MAIN, 1)
    good = own(mine, "Good?")
    elsewhere = Step("away", name="Elsewhere")
    step = mine.step(good)
    assert step is not None
    mine = changed(replace(mine, steps=(*mine.steps, elsewhere)), good, flows=(step.flows[0], replace(step.flows[1], to="away")))
    new = changed(base, "s2", flows=(Flow("f1", "s1", "yes"), Flow("f2", UNSAID, "no")))
    (one,) = proposals(mine, MAIN, {1: base, 2: new}, 2)
    assert (one.own, one.ways) == ((), False)
    after = taken_all(mine, {1: base, 2: new}).step(good)
    assert after is not None
    assert [(flow.key, flow.to) for flow in after.flows] == [(step.flows[0].key, own(mine, "Check")), (step.flows[1].key, "away")]
    open_end = changed(base, "s2", flows=(Flow("f1", "", "yes"), Flow("f3", UNSAID, "maybe"), Flow("f4", "", "yes")))
    (one,) = proposals(mine, MAIN, {1: base, 2: open_end}, 2)
    assert (one.operations, one.ways) == ((), True)
    more = changed(base, "s2", flows=(Flow("f1", "", "yes"), Flow("f4", "", "Yes"), Flow("f2", UNSAID, "no")))
    twice = taken_all(mine, {1: base, 2: more}).step(good)
    assert twice is not None
    assert len({flow.key for flow in twice.flows}) == 3


def test_unlinked_unknown_and_up_to_date_steps_are_left_alone() -> None:
    new = changed(OLD, "s1", name="Check twice")
    check = own(MINE, "Check")
    assert proposals(MINE, MAIN, {1: OLD, 2: new}, 2, {check}) == []
    assert proposals(changed(MINE, check, shared="process s1 9 PUR-010"), MAIN, {1: OLD, 2: new}, 2) == []
    assert proposals(changed(MINE, check, shared="process gone 1 PUR-010"), MAIN, {1: OLD, 2: new}, 2) == []
    assert proposals(MINE, Source(BLOCK, "kb"), {1: OLD, 2: new}, 2) == []
    assert proposals(changed(MINE, check, shared="process s1 2 PUR-010"), MAIN, {1: OLD, 2: new}, 2) == []


# --- how a variant differs


def test_the_differences_of_a_variant() -> None:
    assert differences(MINE, OLD, MAIN) == []
    check = own(MINE, "Check")
    mine = changed(MINE, check, name="Check here", goes_on=False)
    mine = replace(mine, steps=(*(step for step in mine.steps if step.name != "Order"), Step("own1", name="Ours")))
    found = differences(mine, OLD, MAIN)
    assert [(one.kind, one.name, one.number) for one in found] == [("changed", "Check here", 2), ("own", "Ours", 5), ("left", "Order", 0)]
    assert found[0].fields == ("name", "goes_on")
    assert differences(changed(MINE, check, shared=""), OLD, MAIN)[0].kind == "own"


# --- what the approver sees


def test_a_step_that_is_unlinked_is_a_change_and_a_newer_version_alone_is_none() -> None:
    check = own(MINE, "Check")
    (one,) = compare(MINE, changed(MINE, check, shared="")).changes
    assert (one.kind, one.field, one.old, one.mark) == ("removed", "shared", "linked to a shared step", Mark.CLARIFYING)
    assert not compare(MINE, changed(MINE, check, shared=Share(MAIN, 9, "s1").text))
    (added,) = compare(replace(MINE, steps=MINE.steps[1:]), MINE).changes
    assert "linked" not in added.new
