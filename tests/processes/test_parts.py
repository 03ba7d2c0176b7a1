"""Where a long process divides, and that taking a part out loses no step and no way."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from processes import parts
from processes.canonical import from_json, to_json
from processes.definition import Definition, Record, RoleRef, explicit_flows
from processes.flowchart.findings import find
from processes.operations import apply
from tests.processes.flowchart.made import definitions, step

ROLES = (RoleRef("b", "Buyer"), RoleRef("s", "Seller"), RoleRef("l", "Legal"))


def rest(definition: Definition, taken: parts.Taken) -> Definition:
    for operation in taken.operations:
        definition = apply(definition, operation).definition
    return definition


def line(count: int) -> Definition:
    """A start, `count` steps of which every fifth asks whether to repeat the one above, and an end; two roles by turns of ten."""
    steps = [step("start", "start", "Need", "b")]
    for n in range(count):
        role = "bs"[n // 10 % 2]
        again = n % 5 == 4
        steps.append(
            step(f"k{n}", "decision", f"Good {n}?", role, f"k{n - 1}|no", "|yes") if again else step(f"k{n}", name=f"Do {n}", role=role)
        )
    return Definition(title="Long", roles=ROLES, steps=(*steps, step("end", "end", "Done", "b")))


def test_a_short_process_is_not_divided() -> None:
    assert parts.proposals(line(58)) == []


def test_a_long_one_is_divided_where_one_step_can_stand_for_many() -> None:
    found = parts.proposals(line(70))
    assert len(found) > 2
    assert all(parts.SMALLEST <= len(one.keys) <= parts.LARGEST for one in found)
    assert all(one.last < other.first for one, other in pairwise(found))
    assert {role for one in found for role in one.roles} == {"Buyer", "Seller"}
    definition = line(70)
    for one in found:
        taken = parts.take_out(definition, one.keys, "Part")
        assert [finding for finding in find(taken.part) if finding.level == "error"] == []
        definition = rest(definition, taken)
    assert len(definition.steps) < 60
    assert [finding for finding in find(definition) if finding.level == "error"] == []


def test_where_ways_cross_everywhere_nothing_is_proposed() -> None:
    steps = [step(f"k{n}", "decision", f"Good {n}?", "b", f"k{(n * 37 + 31) % 61}|no", "|yes") for n in range(61)]
    steps.append(step("lost", "activity", "Lost", "b", "nowhere"))
    assert parts.proposals(Definition(roles=ROLES, steps=tuple(steps))) == []


def test_what_stays_and_what_goes() -> None:
    definition = Definition(
        language="de",
        roles=ROLES,
        records=(Record("r1", "Report"), Record("r2", "Other")),
        steps=(
            step("start", "start", "Need", "b"),
            step("ask", "decision", "Big?", "b", "one|yes", "two|no", "last|never"),
            replace(step("one", name="One", role="s"), accountable="l", records=("report ",)),
            step("two", "decision", "Good?", "s", "one|again", "last|yes", "stop|no"),
            step("last", name="Last", role="b"),
            step("end", "end", "Done", "b"),
            step("stop", "end", "Stopped", "b"),
        ),
    )
    taken = parts.take_out(definition, ["one", "two"], "Middle")
    assert [(one.kind, one.name, one.role) for one in taken.part.steps] == [
        ("start", "Big?", "s"), ("start", "Big?", "s"), ("activity", "One", "s"), ("decision", "Good?", "s"),
        ("end", "Last", "s"), ("end", "Stopped", "s"),
    ]  # fmt: skip
    assert ([role.title for role in taken.part.roles], [record.key for record in taken.part.records]) == (["Seller", "Legal"], ["r1"])
    assert (taken.part.title, taken.part.language, taken.part.boundary.trigger, taken.part.boundary.result) == (
        "Middle",
        "de",
        "Big?",
        "Last",
    )
    after = rest(definition, taken)
    assert [(one.kind, one.name) for one in after.steps] == [
        ("start", "Need"), ("decision", "Big?"), ("subprocess", "Middle"), ("activity", "Last"), ("end", "Done"), ("end", "Stopped"),
    ]  # fmt: skip
    ask, middle = after.steps[1], after.steps[2]
    assert [(flow.label, flow.to) for flow in ask.flows] == [("yes", middle.key), ("no", middle.key), ("never", "last")]
    assert [(flow.label, flow.to) for flow in middle.flows] == [("Last", "last"), ("Stopped", "stop")]


def test_a_part_at_the_top_and_one_that_messages_enter() -> None:
    definition = Definition(
        roles=ROLES, steps=(step("a", name="A", role="b"), step("b", name="B", role="b"), step("c", "activity", "", "s", "~a|told", "b"))
    )
    taken = parts.take_out(definition, ["a"], "First")
    assert [one.kind for one in taken.part.steps] == ["activity", "end"]
    assert [one.name for one in rest(definition, taken).steps] == ["First", "B", ""]
    middle = parts.take_out(definition, ["b"], "Second", "Beginn")
    assert [(one.kind, one.name) for one in middle.part.steps] == [("start", "A"), ("activity", "B"), ("end", "")]


@given(definitions(), st.data())
def test_no_step_and_no_way_is_lost(made: Definition, data: st.DataObject) -> None:
    definition = from_json(to_json(made))
    keys = [one.key for one in definition.steps]
    assume(keys)
    chosen = set(data.draw(st.lists(st.sampled_from(keys), min_size=1, unique=True)))
    taken = parts.take_out(definition, chosen, "Part")
    after = rest(definition, taken)
    kept = {one.key for one in after.steps} - {taken.step}
    moved = {one.key for one in taken.part.steps if one.key in chosen}
    assert (kept, moved) == (set(keys) - chosen, chosen)
    assert from_json(to_json(taken.part)) == taken.part
    before = {(flow.source, flow.target, flow.label) for flow in explicit_flows(definition.steps) if flow.target in keys}
    inner = {(flow.source, flow.target, flow.label) for flow in explicit_flows(taken.part.steps)}
    outer = {(flow.source, flow.target, flow.label) for flow in explicit_flows(after.steps)}
    for source, target, label in before:
        if source in chosen and target in chosen:
            assert (source, target, label) in inner
        elif source in chosen:
            assert taken.step in {a for a, b, _label in outer if b == target}
        elif target in chosen:
            assert (source, taken.step, label) in outer
        else:
            assert (source, target, label) in outer
