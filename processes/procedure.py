"""A definition as the reader sees it: steps with their numbers, roles and ways on, ready for a template. Pure."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from processes.definition import Definition, Record, Step, explicit_flows


@dataclass(frozen=True, slots=True)
class WayOn:
    """An arrow out of a step that is worth saying: its label and the number and name of the step it leads to."""

    label: str
    number: int
    key: str
    name: str
    message: bool = False


@dataclass(frozen=True, slots=True)
class StepView:
    """A step with everything around it; roles by their titles, records with who keeps them and for how long."""

    step: Step
    number: int
    role: str
    ways: tuple[WayOn, ...]
    mine: bool = False
    accountable: str = ""
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role with the numbers of its steps."""

    title: str
    external: bool
    numbers: tuple[int, ...]


def steps_of(definition: Definition, my_roles: Collection[str] = ()) -> list[StepView]:
    """All steps in order. A way on is listed where it is a branch or leads elsewhere than to the step below.

    `my_roles` are role titles in lower case; their steps are marked `mine`.
    """
    numbers = definition.numbers()
    names = {step.key: step.name for step in definition.steps}
    flows = [flow for flow in explicit_flows(definition.steps) if flow.target in numbers]
    count = Counter(flow.source for flow in flows)
    ways: dict[str, list[WayOn]] = {}
    for flow in flows:
        jumps = numbers[flow.target] != numbers[flow.source] + 1
        if flow.label or jumps or flow.message or count[flow.source] > 1:
            way = WayOn(flow.label, numbers[flow.target], flow.target, names[flow.target], flow.message)
            ways.setdefault(flow.source, []).append(way)
    titles = {role.key: role.title for role in definition.roles}
    return [
        StepView(
            step,
            numbers[step.key],
            titles.get(step.role, ""),
            tuple(ways.get(step.key, ())),
            mine=titles.get(step.role, "").lower() in my_roles and step.kind not in {"start", "end"},
            accountable=titles.get(step.accountable, ""),
            consulted=tuple(titles[key] for key in step.consulted if key in titles),
            informed=tuple(titles[key] for key in step.informed if key in titles),
            records=records_of(step, definition),
        )
        for step in definition.steps
    ]


def records_of(step: Step, definition: Definition) -> tuple[Record, ...]:
    """What the step leaves behind, as the definition explains it; a name that is not explained comes alone."""
    if not step.records:
        return ()
    explained = {record_name(record.name): record for record in definition.records}
    return tuple(explained.get(record_name(name), Record(key="", name=name)) for name in step.records)


def record_name(name: str) -> str:
    """Names of records that belong together are equal after this (the editor's script does the same)."""
    return " ".join(name.split()).casefold()


def roles_of(definition: Definition) -> list[RoleView]:
    """The roles that do something, in lane order."""
    numbers = definition.numbers()
    done = {role.key: tuple(numbers[s.key] for s in definition.steps if s.role == role.key) for role in definition.roles}
    return [RoleView(role.title, role.external, done[role.key]) for role in definition.roles if done[role.key]]


def minutes_to_read(definition: Definition) -> int:
    """Whole minutes, at least 1: 200 English words or 400 Chinese characters a minute."""
    texts = [definition.purpose, definition.scope, definition.notes]
    texts += [text for step in definition.steps for text in (step.name, step.description)]
    wide = sum(ord(c) >= 0x2E80 for text in texts for c in text)
    words = sum(len(text.split()) for text in texts)
    return max(1, round(words / 200 + wide / 400))
