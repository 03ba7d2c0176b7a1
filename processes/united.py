"""Two revisions in one definition, so that one drawing shows what was added, removed and changed. Pure.

The steps of the new one stand in their order; what was removed stands where it was, after the step that it followed. All arrows are
spelt out, so that a step put in between changes none. Keys of the old side that belong to steps or roles of the new one become theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from processes.compare import compare, marks, paired
from processes.comparison import Comparison, Kind
from processes.definition import Definition, ExplicitFlow, Flow, RoleRef, Step, explicit_flows

Ends = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class United:
    """What is drawn: the definition, how its steps and arrows are marked, the numbers that people know, and the comparison itself."""

    definition: Definition
    marks: Mapping[str, Kind]
    numbers: Mapping[str, int]
    comparison: Comparison


def united(old: Definition, new: Definition) -> United:
    """Both in one. Removed steps keep the numbers they had."""
    comparison = compare(old, new)
    steps = paired(old.steps, new.steps, "steps")
    now = {before.key: after.key for before, after in steps if before and after}
    role_now = {before.key: after.key for before, after in paired(old.roles, new.roles, "roles") if before and after}
    gone = {before.key for before, after in steps if before and not after}
    flows, flow_marks = _flows(old, new, now)
    kept = [_moved(after or before, flows, role_now if after is None else {}) for before, after in steps]
    shown = {key: kind for key, kind in marks(comparison).items() if key in gone or new.step(key)}
    old_numbers = old.numbers()
    numbers = dict(new.numbers()) | {key: old_numbers[key] for key in gone}
    definition = replace(new, roles=_roles(old, new, kept, role_now), steps=tuple(kept))
    return United(definition, shown | flow_marks, numbers, comparison)


def _moved(step: Step, flows: Mapping[str, list[Flow]], role_now: Mapping[str, str]) -> Step:
    return replace(step, role=role_now.get(step.role, step.role), flows=tuple(flows.get(step.key, ())), goes_on=False)


def _roles(old: Definition, new: Definition, steps: list[Step], role_now: Mapping[str, str]) -> tuple[RoleRef, ...]:
    """The lanes of the new one, and those of the old one in which only removed steps lie."""
    known = {role.key for role in new.roles}
    used = {step.role for step in steps}
    return (*new.roles, *(role for role in old.roles if role.key in used - known and role.key not in role_now))


def _flows(old: Definition, new: Definition, now: Mapping[str, str]) -> tuple[dict[str, list[Flow]], dict[str, Kind]]:
    """Arrows by the step they leave, and how they are marked; an arrow is known by its ends and its text, for its key may be anew."""
    left: dict[Ends, list[ExplicitFlow]] = {}
    for flow in explicit_flows(old.steps):
        left.setdefault(_ends(flow, now), []).append(flow)
    there = {step.key for step in new.steps} | {step.key for step in old.steps if step.key not in now}
    flows: dict[str, list[Flow]] = {}
    shown: dict[str, Kind] = {}
    otherwise: list[ExplicitFlow] = []
    for flow in explicit_flows(new.steps):
        flows.setdefault(flow.source, []).append(_spelt_out(flow, flow.target, flow.key))
        then = left.get(_ends(flow, {}), [])
        same = next((one for one in then if one.label == flow.label), None)
        if same is None:
            otherwise.append(flow)
        else:
            then.remove(same)
    for flow in otherwise:  # what is left between these ends had another text
        then = left.get(_ends(flow, {}), [])
        shown[flow.key] = "changed" if then else "added"
        del then[:1]
    for (source, target, _message), gone in left.items():
        for flow in gone if source in there and target in there else ():
            key = f"{flow.key[:50]}-was"
            flows.setdefault(source, []).append(_spelt_out(flow, target, key))
            shown[key] = "removed"
    return flows, shown


def _ends(flow: ExplicitFlow, now: Mapping[str, str]) -> Ends:
    return now.get(flow.source, flow.source), now.get(flow.target, flow.target), flow.message


def _spelt_out(flow: ExplicitFlow, target: str, key: str) -> Flow:
    return Flow(key, target, flow.label, flow.default, flow.message)
