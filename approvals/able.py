"""Whom a form offers: people and positions that could decide on a case, and those who advise. The stories ask again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from approvals import policy
from approvals.models import ApprovalCase
from approvals.offices import ADVISOR
from organization.gate import mode_of
from organization.models import Appointment, GateRule, HeldLevel, Position
from organization.resolution import resolve_many
from worklist.querysets import available

Choices = Sequence[tuple[int, str]]


def needs_level(level: int) -> bool:
    """Whether people who lack this level are kept out: a gate that only warns keeps nobody out."""
    return bool(level) and (level not in policy.GATED or mode_of(policy.GATED[level]) == GateRule.Mode.ENFORCE)


def people_with(level: int, case: ApprovalCase, day: dt.date, *, besides: Collection[int] = ()) -> Choices:
    """Independent people who are there on this day and hold at least this level, with their positions, by name. Three queries."""
    out = policy.authors(case) | set(besides)
    holding = HeldLevel.objects.on(day).filter(level__gte=level).values("person")
    people = available(day).filter(pk__in=holding).exclude(pk__in=out).order_by("name", "pk")
    titles = defaultdict(list)
    for person, title in Appointment.objects.on(day).filter(person__in=people.values("pk")).values_list("person", "position__title"):
        titles[person].append(title)
    return [(person.pk, ", ".join([person.name, *titles[person.pk]])) for person in people]


def advisors(case: ApprovalCase, day: dt.date) -> Choices:
    """Independent people of level 4 and above."""
    return people_with(ADVISOR, case, day)


def positions_with(level: int, case: ApprovalCase, day: dt.date, *, besides: Collection[int] = ()) -> Choices:
    """Positions in which somebody independent with this level acts on this day, with that person's name, by title."""
    rows = Position.objects.existing(day).exclude(pk__in=besides).select_related("department").order_by("title", "pk")
    who = resolve_many(rows, day, excluding=policy.authors(case), decided=policy.deciders(case), required_level=level)
    acting = [(position, found) for position in rows if (found := who[position.pk]) and found.position.pk == position.pk]
    return [(position.pk, f"{position.title} ({position.department.code}): {found.person.name}") for position, found in acting]
