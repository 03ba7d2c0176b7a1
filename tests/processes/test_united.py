"""Two revisions in one drawing: every step of both once, no arrow lost, marked as the comparison says."""

from dataclasses import replace

from hypothesis import given, settings

from processes.canonical import from_json, to_json
from processes.compare import compare
from processes.definition import Definition, Flow, RoleRef, explicit_flows
from processes.flowchart.draw import draw
from processes.united import united
from tests.processes.flowchart.made import definitions, purchase, step

OLD = Definition(
    roles=(RoleRef("b", "Buyer"), RoleRef("x", "Archivist")),
    steps=(
        step("start", "start", "Need", "b"),
        step("ask", name="Ask", role="b"),
        step("file", name="File", role="x"),
        step("good", "decision", "Good?", "b", "end|yes", "ask|no"),
        step("end", "end", "Done", "b"),
    ),
)
NEW = replace(
    OLD,
    roles=(OLD.roles[0],),
    steps=(
        OLD.steps[0], OLD.steps[1], step("check", name="Check", role="b"), step("good", "decision", "Good?", "b", "end|fine", "ask|no"),
        OLD.steps[4],
    ),
)  # fmt: skip


def test_what_was_removed_stands_where_it_was_with_its_number_and_its_arrows() -> None:
    both = united(OLD, NEW)
    assert [one.key for one in both.definition.steps] == ["start", "ask", "file", "check", "good", "end"]
    assert both.numbers == {"start": 1, "ask": 2, "file": 3, "check": 3, "good": 4, "end": 5}
    assert [role.title for role in both.definition.roles] == ["Buyer", "Archivist"]
    assert {key: both.marks.get(key) for key in ("file", "check", "good", "ask")} == {
        "file": "removed", "check": "added", "good": "changed", "ask": None,
    }  # fmt: skip
    arrows = {(flow.source, flow.target): both.marks.get(flow.key) for flow in explicit_flows(both.definition.steps)}
    assert arrows == {
        ("start", "ask"): None, ("ask", "check"): "added", ("check", "good"): "added", ("good", "end"): "changed", ("good", "ask"): None,
        ("ask", "file"): "removed", ("file", "good"): "removed",
    }  # fmt: skip
    drawn = draw(both.definition, marks=both.marks, numbers=both.numbers).svg
    assert "mark-removed" in drawn
    assert "mark-added" in drawn


def test_a_role_that_has_another_key_now_is_one_lane() -> None:
    renewed = replace(
        OLD,
        roles=(RoleRef("n1", "Buyer"), RoleRef("n2", "archivist")),
        steps=(step("s", "start", "Need", "n1"), step("e", "end", "Done", "n1")),
    )
    both = united(OLD, renewed)
    assert [role.key for role in both.definition.roles] == ["n1", "n2"]
    assert {one.role for one in both.definition.steps} == {"n1", "n2"}


def test_an_arrow_to_nowhere_is_left_out() -> None:
    lost = replace(OLD, steps=(*OLD.steps[:3], replace(OLD.steps[3], flows=(Flow("f", "nowhere", "yes"),)), OLD.steps[4]))
    assert "nowhere" not in {flow.target for flow in explicit_flows(united(lost, NEW).definition.steps)}


@given(definitions(), definitions())
@settings(max_examples=60)
def test_every_step_of_both_is_there_once_and_counts_are_those_of_the_comparison(one: Definition, other: Definition) -> None:
    old, new = from_json(to_json(one)), from_json(to_json(other))
    both = united(old, new)
    keys = [step.key for step in both.definition.steps]
    assert len(keys) == len(set(keys))
    changes = [change for change in compare(old, new).changes if change.area == "steps" and not change.field]
    removed = [key for key in keys if both.marks.get(key) == "removed"]
    assert len(removed) == sum(change.kind == "removed" for change in changes)
    assert len(keys) == len(new.steps) + len(removed)
    targets = {step.key for step in new.steps}
    ways = {(flow.source, flow.target, flow.message) for flow in explicit_flows(both.definition.steps)}
    assert {(flow.source, flow.target, flow.message) for flow in explicit_flows(new.steps) if flow.target in targets} <= ways
    assert set(both.numbers) == set(keys)


@given(definitions())
@settings(max_examples=40)
def test_the_same_twice_has_no_marks(one: Definition) -> None:
    same = from_json(to_json(one))
    both = united(same, same)
    assert (both.marks, [step.key for step in both.definition.steps]) == ({}, [step.key for step in same.steps])


@given(definitions(), definitions())
@settings(max_examples=40)
def test_what_is_added_one_way_is_removed_the_other(one: Definition, other: Definition) -> None:
    old, new = from_json(to_json(one)), from_json(to_json(other))

    def whole(a: Definition, b: Definition, kind: str) -> set[tuple[str, str]]:
        return {
            (change.area, change.key)
            for change in compare(a, b).changes
            if change.kind == kind and not change.field and change.area != "text"
        }

    assert whole(old, new, "added") == whole(new, old, "removed")
    assert not compare(old, old)


def test_it_can_be_drawn_with_marks() -> None:
    whole = purchase()
    half = replace(whole, steps=whole.steps[::2])
    both = united(whole, half)
    assert draw(both.definition, marks=both.marks, numbers=both.numbers).svg.count("mark-removed") > 5
