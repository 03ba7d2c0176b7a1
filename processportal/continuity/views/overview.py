"""The continuity page: the proof with its history, what to do about exceptions, vacancies, handovers in work."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.scope import scope_of
from organization.views.request import person_of
from processportal.continuity import history, words
from worklist import vacancies
from worklist.continuity_policy import Reach, handovers_within, may_run, reach_of
from worklist.models import Vacancy
from worklist.outbox import wake

CHECK = "processportal.tasks.check_continuity"
ROWS = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everybody sees the headline; exceptions, vacancies and handovers are shown to those who look after them."""
    me, scope = person_of(request), scope_of(request)
    reach, past = reach_of(me, scope), history.read(scope.today)
    found = _within(past.latest.exceptions if past.latest else (), reach)
    handovers = handovers_within(reach, me, scope).filter(closed_at__isnull=True)
    context = {
        "past": past,
        "box": f"0 0 {history.DAYS} {history.HEIGHT}",
        "reach": reach,
        "exceptions": [words.said(one) for one in found if one["why"] != words.CARRIED][:ROWS],
        "carried": [words.said(one) for one in found if one["why"] == words.CARRIED][:ROWS],
        "vacancies": _vacancies(reach)[:ROWS] if reach else [],
        "announced": _announced(reach, scope.today)[:ROWS] if reach else [],
        "handovers": handovers.count(),
        "may_run": may_run(me, scope),
        "today": scope.today,
    }
    return render(request, "portal/continuity/index.html", context)


@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Has the check run soon."""
    answer = may_run(person_of(request), scope_of(request))
    if not answer:
        raise PermissionDenied(answer.reason)
    wake(CHECK)
    messages.success(request, _("The check is running. Its result appears here in a moment."))
    return redirect("continuity:index")


def _within(exceptions: Iterable[Mapping[str, Any]], reach: Reach) -> list[Mapping[str, Any]]:
    return [one for one in exceptions if reach.everything or one["department"] in reach.departments]


def _vacancies(reach: Reach) -> QuerySet[Vacancy]:
    found = vacancies.oldest_first()
    return found if reach.everything else found.filter(position__department__in=reach.departments)


def _announced(reach: Reach, day: Any) -> QuerySet[Any]:
    found = vacancies.announced(day)
    return found if reach.everything else found.filter(position__department__in=reach.departments)
