"""The skills matrix, also for Excel, and the forecast: for whoever is above people; nobody else finds the pages."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organization.models import Person
from organization.scope import scope_of
from organization.views.request import person_of
from processes.exporting.sheets import table
from training.competence import forecast as forecasting
from training.competence import matrix as skills
from training.competence import policy
from training.competence import team as teams
from training.competence.policy import Overseen
from training.courses.preparing import offers
from training.views.asked_day import of_today

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = 500
SHOWN = 60
"""Gaps on one page, the earliest: whoever has more begins with these."""


def _above(request: HttpRequest) -> Overseen:
    who = policy.overseen(scope_of(request))
    if not who:
        raise Http404
    return who


@require_safe
@of_today
def matrix(request: HttpRequest) -> HttpResponse:
    """People by name, abilities by level, gaps against what the positions require."""
    who, after = _above(request), request.GET.get("after", "")
    found = list(teams.following(teams.members_of(who), after)[: teams.ROWS + 1])
    shown = found[: teams.ROWS]
    last = f"{shown[-1].name}:{shown[-1].pk}" if len(found) > teams.ROWS else ""
    context = {
        "columns": skills.columns(),
        "lines": skills.lines(shown, who.day),
        "next_url": "?" + urlencode({"after": last}) if last else "",
        "previous_url": "?" if after else "",
    }
    return render(request, "training/skills_matrix.html", context)


@require_safe
def matrix_excel(request: HttpRequest) -> HttpResponse:
    """Everybody on one sheet."""
    who = _above(request)
    rows = skills.as_rows(_batches(teams.members_of(who)), who.day)
    sheet = table(rows, _("Skills matrix"), widths=[16, 28, 8, 10, 8, *[24] * len(skills.columns())], corner="C2")
    response = HttpResponse(sheet, content_type=EXCEL)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="skills-matrix.xlsx") or ""
    return response


def _batches(people: QuerySet[Person]) -> Iterator[Sequence[Person]]:
    after = ""
    while some := list(teams.following(people, after)[:BATCH]):
        yield some
        after = f"{some[-1].name}:{some[-1].pk}"


@require_safe
@of_today
def forecast(request: HttpRequest) -> HttpResponse:
    """Where nobody of the level that is needed will be left, month by month, why, and who could be assessed in time."""
    who, view = _above(request), scope_of(request)
    gaps = forecasting.forecast(who, view)
    shown = gaps[:SHOWN]
    prepare = offers({gap.level for gap in shown}, by=person_of(request), view=view, now=timezone.now())
    context = {
        "months": forecasting.months(view.today),
        "gaps": [(gap, prepare.get(gap.level, ())) for gap in shown],
        "more": max(len(gaps) - SHOWN, 0),
        "day": view.today,
    }
    return render(request, "training/forecast.html", context)
