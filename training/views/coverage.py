"""Pages of how far something has been read: by my departments, of one process by department, of one person; each on any day."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organization.models import Department, Person
from organization.past import instant_of
from organization.scope import Scope, below, scope_of
from organization.tables.reading import write
from organization.views.request import person_of
from processes.models import Process
from training import coverage, policy
from training.then import were_to_read
from training.trained import Trained, trained_on
from training.views.asked_day import asked_day

ROWS = 50
MOST = 5_000
"""Rows of a table that is taken along."""


@require_safe
def coverage_page(request: HttpRequest) -> HttpResponse:
    """What the people of my departments (or of one of them) have read, by process, on a day; and who is late, for whoever leads them."""
    scope, day = scope_of(request), asked_day(request)
    at = instant_of(day, timezone.now())
    mine = Department.objects.filter(pk__in=scope.departments).order_by("code")
    chosen = mine.filter(code=request.GET.get("department", "")).first()
    within = below({chosen.pk}) & scope.departments if chosen else None
    rows = coverage.of_departments(scope, at, within, request.GET.get("after", "")[:40], ROWS + 1)
    named = policy.named_in(scope)
    late = coverage.late_people(scope, at, named if within is None else within & named, ROWS) if day == scope.today else ()
    context = {
        **_asked(scope, day),
        "departments": mine,
        "chosen": chosen,
        "rows": rows[:ROWS],
        "next": rows[ROWS - 1][0].process.number if len(rows) > ROWS else "",
        "late": late,
    }
    return render(request, "training/coverage.html", context)


@require_safe
def process_coverage(request: HttpRequest, number: str) -> HttpResponse:
    """How far each department had read a process on a day."""
    scope, day = scope_of(request), asked_day(request)
    at = instant_of(day, timezone.now())
    visible = Process.objects.visible_to(scope).select_related("department", "owner")
    process = get_object_or_404(visible, number=number)
    may = policy.may_see_coverage(person_of(request), process, scope)
    context: dict[str, Any] = {**_asked(scope, day), "process": process, "may": may}
    if not may:
        return render(request, "training/process_coverage.html", context, status=403)
    revision = were_to_read(at).filter(process=process).first()
    if revision is not None:
        past = day != scope.today
        shares = coverage.by_department(revision, at, request.GET.get("after", "")[:40], ROWS + 1, past=past)
        context |= {
            "revision": revision,
            "total": coverage.of_revision(revision, at, past=past),
            "without": coverage.without_department(revision, at, past=past),
            "shares": shares[:ROWS],
            "next": shares[ROWS - 1].code if len(shares) > ROWS else "",
        }
    return render(request, "training/process_coverage.html", context)


@require_safe
def person_reading(request: HttpRequest, person: int) -> HttpResponse:
    """Which version of what a person was trained on, on a day. With `table` as CSV."""
    scope, day = scope_of(request), asked_day(request)
    found = get_object_or_404(Person, pk=person)
    if not policy.may_see_training(found, scope):
        raise Http404
    at, after = instant_of(day, timezone.now()), request.GET.get("after", "")[:40]
    if "table" in request.GET:
        return _table(found, day, trained_on(found, at, scope, "", MOST))
    rows = trained_on(found, at, scope, after, ROWS + 1)
    context = {
        **_asked(scope, day),
        "person": found,
        "mine": found.pk == scope.person_id,
        "rows": rows[:ROWS],
        "next": rows[ROWS - 1].process.number if len(rows) > ROWS else "",
    }
    return render(request, "training/person.html", context)


def _asked(scope: Scope, day: dt.date) -> dict[str, Any]:
    return {"day": day, "today": scope.today, "is_past": day != scope.today}


def _table(person: Person, day: dt.date, rows: list[Trained]) -> HttpResponse:
    """No spreadsheet program runs what stands in it."""
    head = [
        [_("Person"), f"{person.login} {person.name}"],
        [_("On the day"), day.isoformat()],
        [],
        [_("Number"), _("Procedure"), _("In force"), _("Had read"), _("On"), _("Quiz"), _("Content"), _("State")],
    ]
    body = [
        [
            row.process.number,
            row.process.title,
            row.in_force.label if row.in_force else "",
            row.proof.revision.label if row.proof else "",
            row.proof.at.isoformat(timespec="seconds") if row.proof else "",
            f"{row.proof.score}%" if row.proof and row.proof.score is not None else "",
            row.proof.sha256 if row.proof else "",
            str(row.state.label) if row.state else _("Not asked to read it"),
        ]
        for row in rows
    ]
    response = HttpResponse(write([*head, *body]).encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = _("Reading of %(name)s on %(day)s") % {"name": person.name, "day": date_format(day, "Y-m-d")}
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv") or ""
    return response
