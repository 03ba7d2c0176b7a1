"""Views of who does what: the RACI matrix and the hand-offs between roles, computed from the steps. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from processes.definition import Definition, Step, explicit_flows

NO_WORK = frozenset({"start", "end"})


@dataclass(frozen=True, slots=True)
class RaciRow:
    """A step and, in the order of the roles, its letters: R does it, A answers for it, C is consulted, I is informed."""

    step: Step
    number: int
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOffs:
    """From one role to another: how often, and at which steps (numbers of the step that hands over and the one that takes over)."""

    steps: tuple[tuple[int, int], ...] = ()

    @property
    def count(self) -> int:
        """How often."""
        return len(self.steps)


def raci(definition: Definition) -> list[RaciRow]:
    """A row for each step at which something is done. Who does a step and answers for it has both letters."""
    rows = []
    for number, step in enumerate(definition.steps, 1):
        if step.kind not in NO_WORK:
            rows.append(RaciRow(step, number, tuple(_letters(step, role.key) for role in definition.roles)))
    return rows


def _letters(step: Step, role: str) -> str:
    held: Iterable[tuple[str, bool]] = (
        ("R", step.role == role),
        ("A", step.accountable == role),
        ("C", role in step.consulted),
        ("I", role in step.informed),
    )
    return "".join(letter for letter, holds in held if holds)


def hand_offs(definition: Definition) -> list[list[HandOffs]]:
    """A square in the order of the roles: rows hand over, columns take over."""
    place = {role.key: n for n, role in enumerate(definition.roles)}
    numbers, roles = definition.numbers(), {step.key: step.role for step in definition.steps}
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for flow in explicit_flows(definition.steps):
        source, target = place.get(roles.get(flow.source, "")), place.get(roles.get(flow.target, ""))
        if source is not None and target is not None and source != target:
            found[source, target].append((numbers[flow.source], numbers[flow.target]))
    return [[HandOffs(tuple(found.get((row, column), ()))) for column in place.values()] for row in place.values()]
