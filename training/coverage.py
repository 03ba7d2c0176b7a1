"""How far has been read what is to be read: owed, read, overdue; per revision, by department, and of the people of departments.

Each is asked of a moment: of now, or of the end of a past day (decision 0028).
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from organization.calendar import today
from organization.models import Appointment, Department
from organization.scope import Scope
from processes.models import Process, Revision
from training.assignments import newest_approved
from training.models import Reading
from training.querysets import ReadingQuerySet
from training.then import readings_at, were_to_read

HELD, DEPARTMENT = "person__appointments", "person__appointments__position__department__"
MANY = 1_000
"""Beyond so many people nobody counts for a glance: it may be some time old, or only say that there are more."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """People: `owed` in all, of whom `read` have acknowledged and `overdue` are late."""

    owed: int
    read: int
    overdue: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down so that 100 means everybody; None where nobody owes it."""
        return self.read * 100 // self.owed if self.owed else None


@dataclass(frozen=True, slots=True)
class Share:
    """How far the people of one department have come; code and name are empty for those who hold no position."""

    code: str
    name: str
    coverage: Coverage


def of_revisions(
    revisions: Iterable[int], at: dt.datetime, *, among: ReadingQuerySet | None = None, past: bool = False
) -> dict[int, Coverage]:
    """Revision id → coverage of these readings (of all of that moment where none are named). Two queries."""
    found = list(revisions)
    readings = (_readings(at, past=past) if among is None else among).filter(revision__in=found)
    return _covered(found, readings, "revision", at, past=past)


def of_revision(revision: Revision, at: dt.datetime, *, past: bool = False) -> Coverage:
    """Coverage of one revision."""
    return of_revisions([revision.pk], at, past=past)[revision.pk]


def glance(revision: Revision, now: dt.datetime) -> Coverage:
    """The same for a page that everybody opens: of many people as it stood a moment ago, for a second of each thousand."""
    key = f"coverage:{revision.pk}"
    known: Coverage | None = cache.get(key)
    if known is None:
        known = of_revision(revision, now)
        if known.owed > MANY:
            cache.set(key, known, timeout=known.owed // MANY)
    return known


def by_department(revision: Revision, at: dt.datetime, after: str, limit: int, *, past: bool = False) -> list[Share]:
    """Of one revision by the departments in which people held a position that day, by code, `limit` rows after the code `after`.

    Whoever held positions in two departments counts in both. Three queries.
    """
    readings, held = _readings(at, past=past).filter(revision=revision), Appointment.objects.on(today(at))
    theirs = held.filter(position__department=OuterRef("pk"), person__in=readings.values("person"))
    departments = list(Department.objects.filter(Exists(theirs), code__gt=after).order_by("code")[:limit])
    shown = _holding(readings, today(at), departments)
    found = _covered([one.pk for one in departments], shown, f"{DEPARTMENT}pk", at, past=past)
    return [Share(one.code, one.name, found[one.pk]) for one in departments]


def without_department(revision: Revision, at: dt.datetime, *, past: bool = False) -> Coverage:
    """Of those who hold no position any more, or not yet."""
    held = Appointment.objects.on(today(at)).filter(person=OuterRef("person"))
    return of_revisions([revision.pk], at, among=_readings(at, past=past).filter(~Exists(held)), past=past)[revision.pk]


def of_departments(
    scope: Scope, at: dt.datetime, departments: Collection[int] | None, after: str, limit: int
) -> list[tuple[Revision, Coverage]]:
    """What the people of these departments (of mine without any, with all below) were to read then, of what I may see today.

    By process number, `limit` rows after the number `after`. They count who held a position there that day. Four queries.
    """
    past, people = today(at) != scope.today, _people(scope, at, departments)
    whole = Department.objects.filter(kind=Department.Kind.COMPANY, pk__in=_within(scope, departments)).exists()
    # Of all people it is quicker to go through the readings of each version, which the sum keeps to; of a few to ask what they read.
    whose = _readings(at, past=past).alias(who=F("person") + 0) if whole else _readings(at, past=past)
    theirs = whose.filter(**{"who__in" if whole else "person__in": people})
    asked = (were_to_read(at) if past else newest_approved(at)).filter(process__in=Process.objects.visible_to(scope))
    owed = Q(Exists(theirs.filter(revision=OuterRef("pk")))) if whole else Q(pk__in=theirs.values("revision"))
    further = asked.filter(owed, process__number__gt=after).select_related("process").defer("content").order_by("process__number")
    revisions = list(further[:limit])
    found = of_revisions((one.pk for one in revisions), at, among=theirs, past=past)
    return [(one, found[one.pk]) for one in revisions]


def late_people(scope: Scope, now: dt.datetime, departments: Collection[int] | None, limit: int) -> list[dict[str, Any]]:
    """Who is late today in these departments (in mine without any), the latest first: `person`, `person__name`, `late`."""
    late = owed_in(scope, now, departments).late(scope.today)
    counted = late.values("person", "person__name").annotate(late=Count("pk"))
    return list(counted.order_by("-late", "person__name", "person")[:limit])


def owed_in(scope: Scope, now: dt.datetime, departments: Collection[int] | None = None) -> ReadingQuerySet:
    """What the people of these departments (of mine without any) owe now, of what I may see.

    It begins with what is owed, which is little, and asks of each whether it is to be read and seen.
    """
    seen = newest_approved(now).filter(process__in=Process.objects.visible_to(scope), pk=OuterRef("revision"))
    found: ReadingQuerySet = Reading.objects.owed().filter(Exists(seen), person__in=_people(scope, now, departments))
    return found


def _within(scope: Scope, departments: Collection[int] | None) -> Collection[int]:
    return scope.departments if departments is None else departments


def _people(scope: Scope, at: dt.datetime, departments: Collection[int] | None) -> QuerySet[Any]:
    """Ids of those who held a position there that day."""
    found: QuerySet[Any] = (
        Appointment.objects.on(today(at)).filter(position__department__in=_within(scope, departments)).order_by().values("person")
    )
    return found


def _readings(at: dt.datetime, *, past: bool) -> ReadingQuerySet:
    """What counts: of now without a look at the work items, which are in another table and as many."""
    found: ReadingQuerySet = (readings_at(at) if past else Reading.objects.counted()).order_by()
    return found


def _holding(readings: ReadingQuerySet, day: dt.date, departments: Collection[Department]) -> ReadingQuerySet:
    """Each reading once for every appointment to one of these departments that its person holds on this day."""
    lasting = Q(**{f"{HELD}__ends_before__isnull": True}) | Q(**{f"{HELD}__ends_before__gt": day})
    found: ReadingQuerySet = readings.filter(lasting, **{f"{HELD}__starts_on__lte": day, f"{DEPARTMENT}in": departments})
    return found


def _covered(keys: Iterable[int], readings: ReadingQuerySet, key: str, at: dt.datetime, *, past: bool) -> dict[int, Coverage]:
    """Key → people, each once: those who must, of them those who have, and those whose day has passed."""
    read = Q(acknowledged_at__lte=at) if past else Q(acknowledged_at__isnull=False)
    people = Count("person", distinct=key != "revision")
    late = readings.exclude(read).filter(work_item__due_on__lt=today(at)) if past else readings.owed().late(today(at))
    counts = readings.values(key).annotate(owed=people, read=Count("person", filter=read, distinct=key != "revision"))
    owed, overdue = {row[key]: row for row in counts}, dict(late.values_list(key).annotate(people))
    return {one: Coverage(owed[one]["owed"], owed[one]["read"], overdue.get(one, 0)) if one in owed else Coverage(0, 0, 0) for one in keys}
