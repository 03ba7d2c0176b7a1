"""The team page, the steps of development plans, and which parts of it the company shows."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.calendar import company
from organization.models import Department, Person
from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import Page, carry_out, form_page, person_of
from training.competence import development, policy
from training.competence import team as teams
from training.development_forms import PartsForm, StepForm
from training.models import DevelopmentStep
from training.views.asked_day import of_today


@require_safe
@of_today
def team(request: HttpRequest) -> HttpResponse:
    """Everybody whom the reader is above, by name; nobody else finds the page."""
    view = scope_of(request)
    who = policy.overseen(view)
    if not who:
        raise Http404
    settings, after = company(), request.GET.get("after", "")
    departments = Department.objects.existing(view.today)
    if not who.everybody:
        departments = departments.filter(pk__in=who.departments)
    chosen = departments.filter(code=request.GET.get("department", "")).first()
    found = list(teams.following(teams.members_of(who, chosen.pk if chosen else None), after)[: teams.ROWS + 1])
    shown = found[: teams.ROWS]
    keep = {"department": chosen.code} if chosen else {}
    last = f"{shown[-1].name}:{shown[-1].pk}" if len(found) > teams.ROWS else ""
    context = {
        "members": teams.members(shown, view.today, settings),
        "departments": departments.order_by("code"),
        "chosen": chosen,
        "parts": settings,
        "next_url": "?" + urlencode({**keep, "after": last}) if last else "",
        "previous_url": "?" + urlencode(keep) if after else "",
        "may_set": bool(development.may_set_parts(person_of(request), view.today)),
    }
    return render(request, "training/team.html", context)


def plan_step(request: HttpRequest, person: int) -> HttpResponse:
    """One step more in somebody's development plan."""
    found, view = get_object_or_404(Person, pk=person), scope_of(request)
    if found.pk != view.person_id and not policy.oversees(view, found):
        raise Http404
    may = development.may_plan(view, found)
    if not may:
        raise PermissionDenied(may.reason)
    form = StepForm(request.POST or None, abilities=development.open_to(found, view.today))

    def story(data: dict[str, Any]) -> DevelopmentStep:
        given = (data["ability"], data["measure"], data["due_on"])
        return development.plan(found, *given, by=person_of(request), now=timezone.now(), mentor=data["mentor"])

    if carry_out(request, form, story):
        messages.success(request, _("Planned. It stands in the work of %(name)s.") % {"name": found.name})
        return redirect("training:person_competence", found.pk)
    back = reverse("training:person_competence", args=[found.pk])
    return form_page(request, form, Page(_("Next step"), _("Plan it"), back, found.name))


@require_POST
def end_step(request: HttpRequest, step: int) -> HttpResponse:
    """Done or dropped, as the button says."""
    found = get_object_or_404(development.visible_to(scope_of(request)).select_related("person"), pk=step)
    try:
        development.end(found, request.POST.get("outcome", ""), by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved."))
    return redirect("training:person_competence", found.person_id)


def team_parts(request: HttpRequest) -> HttpResponse:
    """Which parts of the team page are shown."""
    may = development.may_set_parts(person_of(request), scope_of(request).today)
    if not may:
        raise PermissionDenied(may.reason)
    shown = {name: getattr(company(), name) for name in development.PARTS}
    form = PartsForm(request.POST if request.method == "POST" else None, initial=shown)
    if carry_out(request, form, lambda data: development.set_parts(data, by=person_of(request), now=timezone.now())):
        messages.success(request, _("Saved."))
        return redirect("training:team")
    lead = _("What is switched off is shown to nobody. Names, positions and levels are always shown.")
    return form_page(request, form, Page(_("What the team page shows"), _("Save"), reverse("training:team"), lead=lead))
