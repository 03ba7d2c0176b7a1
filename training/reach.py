"""How many people a new revision reaches, counted by the database: nobody is loaded, however large the audience is."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from organization.models import Appointment, Person
from organization.scope import below
from processes import policy
from processes.models import Process
from training.audiences import default_departments
from training.models import AudienceRule


@dataclass(frozen=True, slots=True)
class Reach:
    """People who are asked to read, and those of them who hold one of the positions that were asked about."""

    people: int
    concerned: int


def reach(process: Process, day: dt.date, positions: Collection[int] | None) -> Reach:
    """Of the audience of this process on this day; None concerns everybody: nobody knows who does a role that no position fills."""
    readers = audience(process, day)
    if positions is None:
        people = readers.count()
        return Reach(people, people)
    hold = Q(pk__in=_holders(Q(position__in=positions), day))
    found = readers.aggregate(people=Count("pk"), concerned=Count("pk", filter=hold))
    return Reach(found["people"], found["concerned"])


def audience(process: Process, day: dt.date) -> QuerySet[Person]:
    """The people of `audiences.must_read`, as a query; a process without any rule is read as it will be handed out first."""
    rules = list(AudienceRule.objects.on(day).filter(process=process).values_list("department", "excludes"))
    included = {department for department, excludes in rules if not excludes}
    if not rules and not process.audience_rules.exists():
        included = default_departments(process)
    excluded = below({department for department, excludes in rules if excludes})
    people = Person.objects.filter(pk__in=_holders(Q(position__department__in=below(included)), day))
    return people.exclude(pk__in=_holders(Q(position__department__in=excluded), day)).filter(_sighted(process, day))


def _sighted(process: Process, day: dt.date) -> Q:
    """Who may see the process in their own right: the twin of `audiences.with_sight`."""
    if process.confidentiality == Process.Confidentiality.COMPANY:
        return Q()
    parts = process.participations.filter(policy.open_until(day))
    may = Q(pk=process.created_by_id) | Q(pk__in=parts.filter(person__isnull=False).values("person"))
    may |= Q(pk__in=_holders(Q(position=process.owner_id) | Q(position__in=parts.filter(position__isnull=False).values("position")), day))
    may |= Q(pk__in=process.user_grants.values("user"))
    may |= Q(pk__in=process.group_grants.values("group__user"))
    if process.confidentiality == Process.Confidentiality.DEPARTMENTS:
        may |= Q(pk__in=_holders(Q(position__department__in=below(default_departments(process))), day))
    return may


def _holders(of: Q, day: dt.date) -> QuerySet[Any, dict[str, Any]]:
    return Appointment.objects.on(day).filter(of).values("person")
