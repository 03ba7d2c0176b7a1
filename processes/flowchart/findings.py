"""What is wrong or unwise in a process, found while it is being written. Codes are stable; sentences are made elsewhere.

Sources of the rules: the seven process modelling guidelines (Mendling, Reijers, van der Aalst 2010) and common BPMN style.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from processes.definition import Definition, ExplicitFlow, Step
from processes.flowchart.reach import Net

Level = Literal["error", "warning", "hint"]
Gone = Literal["unknown", "withdrawn"]

ROLES_AT_MOST: Final = 8
STEPS_WELL: Final = 30
STEPS_AT_MOST: Final = 50
BRANCHES_AT_MOST: Final = 4
LABEL_AT_MOST: Final = 60  # characters
_WORK: Final = frozenset({"activity", "subprocess", "wait", "event", "document"})
_NEED_ROLE: Final = _WORK | {"decision"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`step` is a step's key, or "" for the whole process. In `values`, "other" is the key of another step."""

    code: str
    level: Level
    step: str = ""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def find(
    definition: Definition, gone: Mapping[str, Gone] = MappingProxyType({}), leading_back: Collection[str] = ()
) -> tuple[Finding, ...]:
    """All findings: those of the whole process first, then by step in text order, as the checks below are listed.

    `gone` tells of the process numbers named here which ones lead nowhere, and why; `leading_back`, which ones lead back here.
    """
    if not definition.steps:
        return (Finding("no-steps", "error"),)
    net = Net(definition)
    position = {step.key: n for n, step in enumerate(definition.steps)} | {"": -1}
    found = [finding for check in _CHECKS for finding in check(definition, net)] + list(_links(definition, gone, leading_back))
    return tuple(sorted(found, key=lambda finding: position[finding.step]))


def _ends(definition: Definition, net: Net) -> Iterator[Finding]:
    starts = [step for step in definition.steps if step.kind == "start"]
    if not starts:
        yield Finding("no-start", "error")
    if len(starts) > 1:
        yield Finding("several-starts", "hint", values={"count": str(len(starts))})
    if not any(step.kind == "end" for step in definition.steps):
        yield Finding("no-end", "error")
    ends: dict[str, list[str]] = {}
    for step in definition.steps:
        if step.kind == "end":
            ends.setdefault(_folded(step.name), []).append(step.key)
    for first, *others in ends.values():
        for other in others:
            yield Finding("ends-alike", "hint", other, {"other": first})


def _size(definition: Definition, net: Net) -> Iterator[Finding]:
    steps = len(definition.steps)
    used = {step.role for step in definition.steps}
    roles = sum(role.key in used for role in definition.roles)
    if steps > STEPS_AT_MOST:
        yield Finding("too-many-steps", "warning", values={"count": str(steps), "limit": str(STEPS_AT_MOST)})
    elif steps > STEPS_WELL:
        yield Finding("many-steps", "warning", values={"count": str(steps), "limit": str(STEPS_WELL)})
    if roles > ROLES_AT_MOST:
        yield Finding("many-roles", "warning", values={"count": str(roles), "limit": str(ROLES_AT_MOST)})
    for role in definition.roles:
        if role.key not in used:
            yield Finding("unused-role", "hint", values={"role": role.title})


def _reach(definition: Definition, net: Net) -> Iterator[Finding]:
    """Steps on their own, never reached, without a way on, and circles without a way out; one finding for each part."""
    for step in definition.steps:
        if net.isolated(step.key) and len(definition.steps) > 1:
            yield Finding("isolated", "error", step.key)
        elif step.kind != "end" and not net.after[step.key]:
            yield Finding("dead-end", "error", step.key)
    for key in net.heads_of_unreached():
        yield Finding("unreachable", "error", key)
    for key in net.heads_of_trapped():
        yield Finding("endless-loop", "error", key)


def _names(definition: Definition, net: Net) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for step in definition.steps:
        name = " ".join(step.name.split())
        if step.kind in _WORK and not name:
            yield Finding("unnamed-step", "error", step.key)
        if len(name) > LABEL_AT_MOST:
            yield Finding("long-name", "warning", step.key, {"count": str(len(name)), "limit": str(LABEL_AT_MOST)})
        if name and step.kind in _WORK and first.setdefault(_folded(name), step.key) != step.key:
            yield Finding("duplicate-name", "warning", step.key, {"name": name, "other": first[_folded(name)]})


def _roles(definition: Definition, net: Net) -> Iterator[Finding]:
    known = {role.key for role in definition.roles}
    for step in definition.steps:
        if step.role not in known:
            yield Finding("missing-role", "error" if step.kind in _NEED_ROLE else "warning", step.key)


def _arrows(definition: Definition, net: Net) -> Iterator[Finding]:
    keys = set(net.after)
    for position, step in enumerate(definition.steps):
        below = definition.steps[position + 1].key if position + 1 < len(definition.steps) else ""
        for flow in step.flows:
            if (flow.to or below) not in keys:
                yield Finding("missing-target", "error", step.key, {"label": flow.label})
            if len(flow.label) > LABEL_AT_MOST:
                yield Finding("long-label", "warning", step.key, {"label": flow.label, "limit": str(LABEL_AT_MOST)})
        if not net.isolated(step.key) and any(flow.target == step.key and not flow.label.strip() for flow in net.after[step.key]):
            yield Finding("arrow-to-itself", "warning", step.key)
        for target, count in Counter(flow.target for flow in net.after[step.key]).items():
            if count > 1:
                yield Finding("identical-arrows", "warning", step.key, {"count": str(count), "other": target})


def _decisions(definition: Definition, net: Net) -> Iterator[Finding]:
    for step in definition.steps:
        if step.kind == "decision":
            yield from _decision(step, net.after[step.key])


def _decision(step: Step, branches: list[ExplicitFlow]) -> Iterator[Finding]:
    if not step.name.strip():
        yield Finding("decision-without-question", "warning", step.key)
    if step.task_type in {"inclusive", "complex"}:
        yield Finding("several-cases-at-once", "hint", step.key)
    if len(branches) == 1 and sum(not flow.message for flow in step.flows) < 2:  # another that leads nowhere is told as that
        yield Finding("decision-with-one-branch", "warning", step.key)
    if len(branches) > BRANCHES_AT_MOST:
        yield Finding("many-branches", "warning", step.key, {"count": str(len(branches)), "limit": str(BRANCHES_AT_MOST)})
    for branch in branches if len(branches) > 1 else ():
        if not branch.label.strip():
            level: Level = "warning" if branch.default else "error"
            yield Finding("branch-without-label", level, step.key, {"other": branch.target})


def _splits(definition: Definition, net: Net) -> Iterator[Finding]:
    for step in definition.steps:
        branches = net.after[step.key]
        if step.kind not in {"decision", "parallel"} and sum(not branch.label for branch in branches) > 1:
            yield Finding("implicit-split", "error", step.key, {"count": str(len(branches))})
        if step.kind == "parallel" and len(branches) > 1 and not net.joined(step.key):
            yield Finding("never-joined", "warning", step.key)


def _inputs(definition: Definition, net: Net) -> Iterator[Finding]:
    """What a step uses although, by the table of suppliers, nobody brings it and no step makes it."""
    brought = {_folded(row.input) for row in definition.sipoc} | {_folded(name) for step in definition.steps for name in step.outputs}
    for step in definition.steps if definition.sipoc else ():
        for name in step.inputs:
            if _folded(name) not in brought:
                yield Finding("input-from-nowhere", "hint", step.key, {"name": name})


def _links(definition: Definition, gone: Mapping[str, Gone], leading_back: Collection[str]) -> Iterator[Finding]:
    """Processes behind steps, instructions and references that do not exist or no longer hold, and a process behind itself."""
    for step in definition.steps:
        if step.link.strip() and step.link.strip() == definition.number:
            yield Finding("link-itself", "warning", step.key, {"name": definition.number})
        if step.link.strip() in leading_back:
            yield Finding("link-circle", "warning", step.key, {"name": step.link.strip()})
        for named in sorted({step.link.strip(), step.instruction.strip()} & gone.keys()):
            yield Finding(f"link-{gone[named]}", "warning", step.key, {"name": named})
    for reference in definition.references:
        named = reference.target.strip()
        if named in gone:
            yield Finding(f"reference-{gone[named]}", "warning", values={"name": named})


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


Check = Callable[[Definition, Net], Iterator[Finding]]
_CHECKS: Final[tuple[Check, ...]] = (_ends, _size, _reach, _names, _roles, _arrows, _decisions, _splits, _inputs)
