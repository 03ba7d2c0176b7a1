"""Home: what I owe, what changed for me, how my department stands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from organization.models import Appointment, Department, Position
from organization.policy import may_manage
from organization.scope import Scope, scope_of
from organization.views.request import person_of
from processes import own as own_lists
from processes.models import Process, Revision
from processportal import own
from training import coverage
from training.models import Reading
from worklist import deliveries, mine

OWED_ROWS = 6
CHANGED_ROWS = 6
CHANGED_DAYS = 30
FAVOURITES = 8


@dataclass(frozen=True, slots=True)
class DepartmentState:
    """The state of the departments that a person answers for or works in. Readings are counted up to one more than `coverage.MANY`."""

    name: str
    in_force: int
    drafts: int
    review_overdue: int
    readings_owed: int
    readings_late: int
    vacancies: Sequence[Position]


def home(request: HttpRequest) -> HttpResponse:
    """The page after sign-in; an administrator of an empty company is led to the first steps."""
    scope = scope_of(request)
    if may_manage(person_of(request)) and not Process.objects.exists():
        return redirect("first_steps")
    now = timezone.now()
    owed = list(mine.owed(scope).select_related("position").order_by("due_on", "pk")[: OWED_ROWS + 1])
    acting = mine.who_acts(owed, scope.today)
    context = {
        "today": scope.today,
        "trouble": deliveries.trouble(now) if may_manage(person_of(request)) else None,
        "owed": [(item, mine.why_me(item, scope, acting)) for item in owed[:OWED_ROWS]],
        "more_owed": len(owed) > OWED_ROWS,
        "changed": changed_for(scope, now),
        "state": department_state(scope, now),
        "many": coverage.MANY,
        "mine": Process.objects.visible_to(scope).in_force(now).filter(owner__in=scope.positions).order_by("number")[:8],
        "favourites": own_lists.favourites(scope).order_by("number")[:FAVOURITES],
    }
    return render(request, "portal/home.html", context)


def changed_for(scope: Scope, now: dt.datetime) -> Sequence[Revision]:
    """The newest of what changed for me lately; the whole list is on my own page."""
    return list(own.changed_for(scope, now, CHANGED_DAYS)[:CHANGED_ROWS])


def _up_to_many(readings: QuerySet[Reading]) -> int:
    return readings.order_by()[: coverage.MANY + 1].count()


def department_state(scope: Scope, now: dt.datetime) -> DepartmentState | None:
    """Counts over my departments with what lies below, of what I may see; None for somebody without a department."""
    if not scope.departments:
        return None
    day = scope.today
    processes = Process.objects.visible_to(scope).filter(department__in=scope.departments, state=Process.State.ACTIVE)
    readings = coverage.owed_in(scope, now)
    held = Appointment.objects.on(day).values("position")
    top = Department.objects.filter(pk__in=scope.departments).exclude(parent__in=scope.departments).order_by("code").first()
    return DepartmentState(
        name=str(top or ""),
        in_force=processes.in_force(now).count(),
        drafts=processes.filter(revisions__state__in=("draft", "in_review")).count(),
        review_overdue=processes.filter(next_review_on__lt=day).count(),
        readings_owed=_up_to_many(readings),
        readings_late=_up_to_many(readings.late(day)),
        vacancies=list(Position.objects.existing(day).filter(department__in=scope.departments).exclude(pk__in=held)[:5]),
    )
