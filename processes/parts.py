"""Parts of a long process: where it divides well, and one part taken out as a process of its own. Pure.

A part is a run of steps in the order of the text. It divides well where the flow enters it at one place and leaves it towards one
(a single-entry single-exit region: Johnson, Pearson and Pingali 1994), for then one step can stand for it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from processes.canonical import NAME_LIMIT, to_json
from processes.definition import Boundary, Definition, ExplicitFlow, Flow, Step, explicit_flows, new_key

DIVIDE_ABOVE: Final = 60
SMALLEST, BEST, LARGEST = 6, 16, 30
"""Steps of a part that is proposed."""
_EVENTS: Final = frozenset({"start", "end"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """Steps that can become a process of their own: their keys in order, the numbers of the first and last, and who does them."""

    keys: tuple[str, ...]
    first: int
    last: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The part as a definition, and the operations that put one step in its place (`step` is that step's key)."""

    part: Definition
    operations: tuple[Mapping[str, Any], ...]
    step: str


def proposals(definition: Definition) -> list[Proposal]:
    """Parts that divide well and do not overlap, in text order; none for a process that is short enough."""
    steps = definition.steps
    if len(steps) <= DIVIDE_ABOVE:
        return []
    found = []
    for first, last in _regions(steps):
        roles = len({step.role for step in steps[first : last + 1]})
        found.append((abs(last - first + 1 - BEST) + 3 * roles, first, last))
    taken: list[tuple[int, int]] = []
    for _cost, first, last in sorted(found):
        if all(last < begin or first > end for begin, end in taken):
            taken.append((first, last))
    return [_proposal(definition, first, last) for first, last in sorted(taken)]


def _regions(steps: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """Runs without starts and ends, of a fitting size, with one entry, the first step, and at most one step that they lead to."""
    place = {step.key: n for n, step in enumerate(steps)}
    out: list[list[int]] = [[] for _step in steps]
    into: list[list[int]] = [[] for _step in steps]
    for flow in explicit_flows(steps):
        if flow.target in place:
            out[place[flow.source]].append(place[flow.target])
            into[place[flow.target]].append(place[flow.source])
    for first in range(len(steps)):
        latest = first
        for last in range(first, min(first + LARGEST, len(steps))):
            if steps[last].kind in _EVENTS or (last > first and min(into[last], default=first) < first):
                break
            latest = max(latest, *into[last]) if last > first and into[last] else latest
            long_enough = last - first + 1 >= SMALLEST
            if (
                long_enough
                and latest <= last
                and len({to for n in range(first, last + 1) for to in out[n] if not first <= to <= last}) <= 1
            ):
                yield first, last


def _proposal(definition: Definition, first: int, last: int) -> Proposal:
    some = definition.steps[first : last + 1]
    roles = tuple(dict.fromkeys(title for step in some if (title := definition.role_title(step.role))))
    return Proposal(tuple(step.key for step in some), first + 1, last + 1, roles)


def take_out(definition: Definition, keys: Collection[str], title: str, start: str = "Start") -> Taken:
    """These steps as a process of their own, and what leaves one step for it behind.

    Every place where the flow enters becomes a start, every step that it goes on to becomes an end of the part with that step's name;
    the step that stays goes on to the same steps as before. Nothing is lost: each step is in one of the two.
    """
    inside = set(keys)
    some = tuple(step for step in definition.steps if step.key in inside)
    flows = [flow for flow in explicit_flows(definition.steps) if (flow.source in inside) != (flow.target in inside)]
    names = {step.key: step.name for step in definition.steps}
    entering = [flow for flow in flows if flow.target in inside]
    leaving = [flow for flow in flows if flow.source in inside]
    stand_in = Step(new_key(), "subprocess", title, some[0].role)
    exits = list(dict.fromkeys(flow.target for flow in leaving))
    ends = {target: Step(new_key(), "end", names.get(target, ""), _last_role(some, leaving, target)) for target in exits}
    part = _part(definition, some, [_starts(step, entering, names, start) for step in some], ends, title)
    return Taken(part, tuple(_operations(definition, some, stand_in, exits)), stand_in.key)


def _last_role(some: Sequence[Step], leaving: Sequence[ExplicitFlow], target: str) -> str:
    source = next(flow.source for flow in leaving if flow.target == target)
    return next(step.role for step in some if step.key == source)


def _starts(step: Step, entering: Sequence[ExplicitFlow], names: Mapping[str, str], start: str) -> tuple[Step, ...]:
    """A start for a step at which the flow enters; messages enter without one."""
    source = next((flow.source for flow in entering if flow.target == step.key and not flow.message), None)
    if source is None:
        return ()
    return (Step(new_key(), "start", names[source] or start, step.role, flows=(Flow(new_key(), step.key),), goes_on=False),)


def _part(
    definition: Definition, some: Sequence[Step], starts: Sequence[Sequence[Step]], ends: Mapping[str, Step], title: str
) -> Definition:
    """The steps with their starts in front and the ends below; arrows spelt out, so that the new order changes none."""
    inside = {step.key for step in some}
    out: dict[str, list[Flow]] = {step.key: [] for step in some}
    for flow in explicit_flows(definition.steps):
        if flow.source in inside:
            to = flow.target if flow.target in inside else ends[flow.target].key
            out[flow.source].append(Flow(new_key() if flow.implied else flow.key, to, flow.label, flow.default, flow.message))
    steps = [step for begin in starts for step in begin]
    steps += [replace(step, flows=tuple(out[step.key]), goes_on=step.goes_on and bool(out[step.key])) for step in some]
    steps += ends.values()
    named = {role for step in steps for role in (step.role, step.accountable, *step.consulted, *step.informed)}
    records = {" ".join(name.split()).casefold() for step in some for name in step.records}
    first = steps[0] if steps[0].kind == "start" else None
    return Definition(
        title=title,
        language=definition.language,
        boundary=Boundary(trigger=first.name if first else "", result=next((end.name for end in ends.values()), "")),
        roles=tuple(role for role in definition.roles if role.key in named),
        steps=tuple(steps),
        records=tuple(record for record in definition.records if " ".join(record.name.split()).casefold() in records),
    )


def _operations(definition: Definition, some: Sequence[Step], stand_in: Step, exits: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The stand-in takes the place of the first step; arrows that led into the part lead to it, and it leads where the part led."""
    inside = {step.key for step in some}
    names = {step.key: step.name for step in definition.steps}
    place = next(n for n, step in enumerate(definition.steps) if step.key in inside)
    flows = tuple(Flow(new_key(), target, names.get(target, "")[:NAME_LIMIT] if len(exits) > 1 else "") for target in exits)
    stays = replace(stand_in, flows=flows, goes_on=False)
    yield {"op": "add", "target": "steps", "value": to_json(stays), "after": definition.steps[place - 1].key if place else ""}
    entering = {flow.source for flow in explicit_flows(definition.steps) if flow.target in inside} - inside
    for step in definition.steps:
        if step.key in entering:
            yield {"op": "set", "target": f"steps/{step.key}/flows", "value": to_json(_led_to(definition, step, inside, stays.key))}
    for step in some:
        yield {"op": "remove", "target": f"steps/{step.key}"}


def _led_to(definition: Definition, step: Step, inside: Collection[str], stand_in: str) -> tuple[Flow, ...]:
    """All arrows of a step outside, spelt out, with those into the part led to the stand-in; of equal ones the first stays."""
    kept: dict[tuple[str, str, bool], Flow] = {}
    for flow in explicit_flows(definition.steps):
        if flow.source == step.key:
            to = stand_in if flow.target in inside else flow.target
            one = Flow(new_key() if flow.implied else flow.key, to, flow.label, flow.default, flow.message)
            kept.setdefault((to, flow.label, flow.message), one)
    return tuple(kept.values())
