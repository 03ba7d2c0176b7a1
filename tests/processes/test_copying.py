"""A copy says the same under keys of its own."""

from dataclasses import replace

from hypothesis import given

from processes.canonical import from_json, to_json
from processes.copying import fresh
from processes.definition import Definition, Record, Reference, Risk, SipocRow, Step, explicit_flows
from tests import make
from tests.processes.flowchart.made import definitions


def keys(definition: Definition) -> set[str]:
    return {
        item.key
        for name in ("sipoc", "roles", "steps", "records", "references")
        for item in getattr(definition, name)
    } | {part.key for step in definition.steps for part in (*step.flows, *step.risks)}  # fmt: skip


@given(definitions())
def test_the_chart_is_the_same_and_no_key_is(one: Definition) -> None:
    copy = fresh(one)
    assert not keys(one) & keys(copy)
    place, place_there = ({step.key: n for n, step in enumerate(some.steps)} for some in (one, copy))
    known = [flow for flow in explicit_flows(one.steps) if flow.target in place]
    there = [flow for flow in explicit_flows(copy.steps) if flow.target in place_there]
    assert [(place[f.source], place[f.target], f.label) for f in known] == [
        (place_there[f.source], place_there[f.target], f.label) for f in there
    ]
    assert [one.role_title(step.role) for step in one.steps] == [copy.role_title(step.role) for step in copy.steps]
    assert from_json(to_json(copy)).numbers() == copy.numbers()


def test_everything_is_carried() -> None:
    full = replace(
        make.definition("Check"),
        sipoc=(SipocRow("p1", "S"),), records=(Record("c1", "Note"),), references=(Reference("e1", "Book"),),
        steps=(Step("s1", role="r1", accountable="r1", consulted=("r1", "gone"), informed=("r1",), risks=(Risk("k1", "Late"),)),),
    )  # fmt: skip
    copy = fresh(full)
    role, step = copy.roles[0].key, copy.steps[0]
    assert (step.role, step.accountable, step.consulted, step.informed) == (role, role, (role, "gone"), (role,))
    assert (copy.sipoc[0].supplier, copy.records[0].name, copy.references[0].label, step.risks[0].risk) == ("S", "Note", "Book", "Late")
    assert copy.purpose == full.purpose
