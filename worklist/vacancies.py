"""Vacancies: a position that somebody has to answer for and nobody holds is owed to the superior position until it is filled."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from organization.calendar import add_working_days, today
from organization.models import Appointment, Position
from worklist.continuity_heads import Heads
from worklist.items import raise_item, reopen_many, settle, withdraw
from worklist.models import Vacancy, WorkItem

WORKING_DAYS_TO_FILL = 10
ANNOUNCED_DAYS = 90
ORDINARY = (Position.Kind.STAFF, Position.Kind.OTHER)


def watched(day: dt.date) -> QuerySet[Position]:
    """Positions that somebody has to hold: every office, and whatever else owns processes or has open work."""
    owns = Position.objects.filter(pk=OuterRef("pk"), owned_processes__state="active")
    owes = WorkItem.objects.open().filter(position=OuterRef("pk"))
    found: QuerySet[Position] = Position.objects.existing(day).filter(~Q(kind__in=ORDINARY) | Exists(owns) | Exists(owes))
    return found


def vacant(day: dt.date) -> QuerySet[Position]:
    """Watched positions that nobody holds on this day."""
    return watched(day).exclude(Exists(Appointment.objects.on(day).filter(position=OuterRef("pk"))))


def announced(day: dt.date, *, within: int = ANNOUNCED_DAYS) -> QuerySet[Appointment]:
    """Appointments to watched positions that end within so many days without anybody holding the position from then on."""
    later = Q(ends_before__isnull=True) | Q(ends_before__gt=OuterRef("ends_before"))
    successor = Appointment.objects.filter(
        later, position=OuterRef("position"), starts_on__lte=OuterRef("ends_before"), person__is_active=True
    )
    ending = Appointment.objects.on(day).filter(ends_before__lte=day + dt.timedelta(days=within), position__in=watched(day).values("pk"))
    found: QuerySet[Appointment] = ending.exclude(Exists(successor)).select_related("person", "position__department")
    return found.order_by("ends_before", "pk")


@transaction.atomic
def reconcile(now: dt.datetime, positions: Collection[int] | None = None) -> int:
    """Brings vacancies and their work items to what is true today, of these positions or of all. Safe to run twice and side by side.

    Says how many are open (among these positions). Only what changed is written.
    """
    day = today(now)
    theirs = Q() if positions is None else Q(position__in=positions)
    empty = vacant(day) if positions is None else vacant(day).filter(pk__in=positions)
    open_ones = Vacancy.objects.filter(theirs, until__isnull=True)
    for vacancy in open_ones.exclude(position__in=empty.values("pk")).select_related("work_item"):
        _end(vacancy, now)
    new = empty.exclude(Exists(Vacancy.objects.filter(position=OuterRef("pk"), until__isnull=True)))
    Vacancy.objects.bulk_create([Vacancy(position=p, since=since) for p, since in _since(new, day)], ignore_conflicts=True)
    heads, count = Heads(day), 0
    for vacancy in open_ones.select_related("position__department", "work_item").order_by("pk"):
        _owe(vacancy, heads, now)
        count += 1
    return count


def _since(positions: QuerySet[Position], day: dt.date) -> list[tuple[Position, dt.date]]:
    """With the first day on which nobody held the position; today where nobody ever did."""
    ended = Appointment.objects.filter(position=OuterRef("pk"), ends_before__lte=day).order_by().values("position")
    last = Subquery(ended.annotate(last=Max("ends_before")).values("last"))
    rows = positions.annotate(vacant_since=Coalesce(last, Value(day))).order_by("pk")
    return [(position, position.vacant_since) for position in rows]


def _end(vacancy: Vacancy, now: dt.datetime) -> None:
    """Filled: what was owed is done. Closed, or nothing left to answer for: it is no longer needed."""
    day = today(now)
    vacancy.until = day
    vacancy.save(update_fields=["until"])
    if vacancy.work_item is not None:
        filled = Appointment.objects.on(day).filter(position=vacancy.position_id).exists()
        settle(vacancy.work_item, outcome=WorkItem.Outcome.DONE if filled else WorkItem.Outcome.MOOT, now=now)


def _owe(vacancy: Vacancy, heads: Heads, now: dt.datetime) -> None:
    """The superior position owes it; another one from the day on which another one stands above."""
    superior, item = heads.above(vacancy.position), vacancy.work_item
    if item is not None and item.closed_at is None:
        if superior is not None and item.position_id == superior.pk:
            return
        withdraw(item, now=now)
    if superior is None:
        return
    due_on = add_working_days(today(now), WORKING_DAYS_TO_FILL)
    raised = raise_item(
        kind=WorkItem.Kind.FILL_VACANCY, subject=f"{vacancy.position.title} · {vacancy.position.department.name}",
        url_name="organization:position", url_args=[vacancy.position_id], position=superior, due_on=due_on,
        source_key=f"vacancy:{vacancy.pk}:{superior.pk}", now=now,
    )  # fmt: skip
    reopen_many([raised.pk], due_on=due_on, now=now)
    vacancy.work_item = raised
    vacancy.save(update_fields=["work_item"])


def oldest_first() -> QuerySet[Vacancy]:
    """Open vacancies with what a list shows of them."""
    rows = Vacancy.objects.filter(until__isnull=True).select_related("position__department", "work_item__position")
    return rows.order_by(F("since").asc(), "pk")
