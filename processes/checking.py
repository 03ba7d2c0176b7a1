"""The live checks of a definition together with what only the catalogue knows: whether the processes that it names still hold."""

from collections.abc import Mapping
from typing import Final

from processes.definition import Definition
from processes.flowchart.findings import Finding, Gone, find
from processes.models import Link, Process

ROUNDS: Final = 10
"""How far back a circle of processes is looked for."""


def findings(definition: Definition) -> tuple[Finding, ...]:
    """All findings. Other processes are looked up only where some are named."""
    return find(definition, gone(definition), leading_back(definition))


def gone(definition: Definition) -> Mapping[str, Gone]:
    """The process numbers named here that do not exist, or whose process no longer holds."""
    named = {target for step in definition.steps for target in (step.link, step.instruction)}
    named |= {reference.target for reference in definition.references}
    numbers = {target.strip() for target in named if target.strip() and "://" not in target} - {definition.number}
    if not numbers:
        return {}
    known = list(Process.objects.filter(number__in=numbers).values_list("number", "state", "withdrawn_from"))
    lost: dict[str, Gone] = dict.fromkeys(numbers - {number for number, _state, _day in known}, "unknown")
    return lost | {number: "withdrawn" for number, state, day in known if day or state != Process.State.ACTIVE}


def leading_back(definition: Definition) -> set[str]:
    """The processes behind steps that lead, by what is approved, back to this process."""
    behind = {step.link.strip() for step in definition.steps if step.link.strip()} - {definition.number}
    found: set[str] = set()
    latest = {definition.number}
    for _round in range(ROUNDS if behind else 0):
        approved = Link.objects.filter(revision__effective_from__isnull=False, revision__effective_until__isnull=True).exclude(step="")
        latest = set(approved.filter(number__in=latest).values_list("revision__process__number", flat=True)) - found
        if not latest:
            break
        found |= latest
    return behind & found
