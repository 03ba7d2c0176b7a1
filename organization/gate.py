"""The one place that asks for levels: who holds which on a day, and whether an action's gate lets a person through."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from organization.ladder import GATES, NAMES, RUNGS, Action
from organization.models import Ability, GateRule, HeldLevel, Level, Person, Position
from organization.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no (it is falsy when refused) and why: `reason` where refused, `warning` where allowed against the rule.

    `missing`: the level that would do, where nothing but a level is missing; a page leads from it to an assessment
    (`training/_missing_level.html`).
    """

    allowed: bool
    warning: str = ""
    reason: str = ""
    missing: int = 0

    def __bool__(self) -> bool:
        return self.allowed


def levels_of(people: Iterable[Person | int], day: dt.date) -> dict[int, int]:
    """Person id → level held on this day, for those who hold one. One query."""
    ids = [person if isinstance(person, int) else person.pk for person in people]
    rows = HeldLevel.objects.on(day).filter(person__in=ids).values("person").annotate(highest=Max("level"))
    return {row["person"]: row["highest"] for row in rows}


def level_of(person: Person, day: dt.date) -> int:
    """The level held on this day; 0 is none."""
    return levels_of((person,), day).get(person.pk, 0)


def highest(day: dt.date) -> Coalesce:
    """The same for the person of the outer row, as part of a query about people."""
    held = HeldLevel.objects.on(day).filter(person=OuterRef("pk")).order_by().values("person").annotate(highest=Max("level"))
    return Coalesce(Subquery(held.values("highest")), 0)


def level_name(level: int) -> str:
    """As it is written on every screen: "Level 5 · process manager"."""
    return str(level_phrase(level))


def level_phrase(level: int) -> Phrase:
    """The same, to be kept for readers of other languages."""
    if level not in NAMES:
        return Phrase(gettext_noop("No level"))
    return Phrase(gettext_noop("Level %(number)s · %(name)s"), number=level, name=Phrase(NAMES[level]))


OFFICES = {
    Position.Kind.COMPANY_PROCESS_MANAGER: Action.APPROVE_COMPANY,
    Position.Kind.DEPARTMENT_PROCESS_MANAGER: Action.APPROVE_DEPARTMENT,
    Position.Kind.PROCESS_AUDITOR: Action.AUDIT,
}
"""Offices that are of no use without the level of an action."""


def required_by(position: Position) -> int:
    """The level that this position asks of its holder: its own, or that of what the office is for. 0 is none."""
    action = OFFICES.get(Position.Kind(position.kind))
    return max(position.required_level, GATES[action].level if action else 0)


def mode_of(action: Action) -> str:
    """How hard this row of the ladder's table is: a value of GateRule.Mode. A missing row enforces."""
    mode: str | None = GateRule.objects.filter(pk=action).values_list("mode", flat=True).first()
    return mode or GateRule.Mode.ENFORCE


def check(action: Action, person: Person, day: dt.date) -> Answer:
    """Whether the person's level suffices for the action on this day. The other half, the position, is asked elsewhere."""
    return check_level(action, level_of(person, day))


def check_level(action: Action, held: int) -> Answer:
    """The same of a level that is known."""
    needed = GATES[action].level
    if held >= needed:
        return Answer(True)
    mode = mode_of(action)
    if mode == GateRule.Mode.OFF:
        return Answer(True)
    words = {"action": _(GATES[action].label), "needed": level_name(needed), "held": level_name(held)}
    if mode == GateRule.Mode.WARN:
        return Answer(True, warning=_("“%(action)s” should have %(needed)s; held today: %(held)s.") % words, missing=needed)
    return Answer(
        False,
        reason=_(
            "“%(action)s” needs %(needed)s; held today: %(held)s. "
            "A level is given by a competence assessment: open one under “My competence”."
        )
        % words,
        missing=needed,
    )


def install_ladder() -> None:
    """Brings levels, abilities and gate rows to what the ladder says; modes and renewals that were chosen stay. Safe to run again."""
    for rung in RUNGS:
        started = {"name": rung.name, "renewal_months": rung.renewal_months}
        level, new = Level.objects.get_or_create(number=rung.number, defaults=started)
        if not new and level.name != rung.name:
            level.name = rung.name
            level.save()
        for order, skill in enumerate(rung.abilities, start=1):
            says = {"text": skill.text, "criterion": skill.criterion}
            ability, new = Ability.objects.get_or_create(level=level, order=order, defaults=says)
            if not new and (ability.text, ability.criterion) != (skill.text, skill.criterion):
                ability.text, ability.criterion = skill.text, skill.criterion
                ability.save()
    for action in Action:
        GateRule.objects.get_or_create(action=action.value)
