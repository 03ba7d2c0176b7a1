"""The page on which the process office gives an open case the stages of another route."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from approvals import policy, routes
from approvals.expecting import expected
from approvals.models import ApprovalCase, Route
from approvals.rerouting import plan_to_come, reroute
from approvals.route_forms import RerouteForm
from organization.calendar import today
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from processes.models import Process

BUILT_IN = "built-in"


@require_http_methods(["GET", "HEAD", "POST"])
def reroute_case(request: HttpRequest, case: int) -> HttpResponse:
    """The routes to choose from, what the chosen one would still ask of whom, and the reason that all are told."""
    found, person = _of_visible_process(request, case), person_of(request)
    seen = ApprovalCase.objects.visible_to(scope_of(request)).filter(pk=found.pk).exists()
    answer = policy.may_reroute(person, found, scope_of(request))
    if not answer and not seen:
        raise Http404
    if not answer:
        raise PermissionDenied(answer.reason)
    back = reverse("approvals:case", args=[found.pk]) if seen else reverse("approvals:route_of", args=[found.revision.process.number])
    if found.state != ApprovalCase.State.OPEN:
        messages.error(request, _("This review is closed; there is nothing left to re-route."))
        return redirect(back)
    choices = routes.holding(today())
    chosen = _chosen(request, found, choices)
    form = RerouteForm(request.POST or None, initial={"seen": found.version, "route": str(chosen.pk) if chosen else BUILT_IN})

    def story(data: dict[str, Any]) -> object:
        return reroute(found, chosen, by=person, now=timezone.now(), seen=data["seen"], reason=data["reason"])

    if carry_out(request, form, story):
        messages.success(request, _("Re-routed. All who take part have been told."))
        return redirect(back)
    to_come = expected(plan_to_come(found, chosen, today()), policy.authors(found), today())
    context = {
        "case": found, "process": found.revision.process, "choices": choices, "chosen": chosen, "form": form, "to_come": to_come,
        "built_in": BUILT_IN, "back": back,
    }  # fmt: skip
    return render(request, "approvals/reroute.html", context, status=422 if form.errors else 200)


def _of_visible_process(request: HttpRequest, case: int) -> ApprovalCase:
    """The process office sees whom a case asks, and re-routes it, where it sees the process."""
    cases = ApprovalCase.objects.filter(revision__process__in=Process.objects.visible_to(scope_of(request)))
    found: ApprovalCase = get_object_or_404(cases.select_related("revision__process__department", "submitted_by", "route"), pk=case)
    return found


def _chosen(request: HttpRequest, case: ApprovalCase, choices: list[Route]) -> Route | None:
    """The route that was asked for; at first the one that a new case would take. None is the built-in one."""
    asked = (request.POST or request.GET).get("route", "")
    if asked == BUILT_IN:
        return None
    if not asked:
        return routes.route_for(case.revision.process, today())
    by_key = {str(route.pk): route for route in choices}
    if asked not in by_key:
        raise Http404
    return by_key[asked]
