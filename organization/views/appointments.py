"""Appointing people, and changing, ending or taking back an appointment: administrators only."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import appointments, policy, proposals
from organization.calendar import today
from organization.directory import last_day
from organization.forms import DAY, AppointmentForm, ChangeAppointmentForm, EndForm, SeenForm
from organization.models import Appointment, Position, Proposal
from organization.views.request import Page, carry_out, for_administrators, form_page, person_of


@for_administrators
def appoint(request: HttpRequest, position: int) -> HttpResponse:
    """Appoint a person to a position."""
    me, found = person_of(request), get_object_or_404(Position.objects.select_related("department"), pk=position)
    form = AppointmentForm(request.POST or None, initial={"starts_on": today(), "person": request.GET.get("person", "")})

    def story(data: dict[str, Any]) -> Appointment | Proposal:
        return proposals.appoint(data.pop("person"), found, by=me, now=timezone.now(), **_with_end(data))

    made = carry_out(request, form, story)
    if isinstance(made, Proposal):
        messages.info(request, _("Proposed. It takes effect as soon as a second person confirms it."))
        return redirect("organization:proposal", made.pk)
    if made:
        messages.success(request, _("%(name)s is appointed.") % {"name": made.person.name})
        return redirect("organization:position", found.pk)
    back = reverse("organization:position", args=[found.pk])
    lead = _("Who becomes process manager is confirmed by a second person.") if found.kind in policy.GUARDED else ""
    return form_page(request, form, Page(_("Appoint"), _("Appoint"), back, f"{found.title} · {found.department.name}", lead))


@for_administrators
def change_appointment(request: HttpRequest, appointment: int) -> HttpResponse:
    """Shorter or longer; while it has not begun, anything."""
    found = _found(appointment)
    begun = found.starts_on < today()
    stays = {name: getattr(found, name) for name in ("starts_on", "mode", "percent")}
    initial = {**stays, "last_day": last_day(found.ends_before), "seen": found.version}
    form = ChangeAppointmentForm(request.POST or None, initial=initial, begun=begun)

    def story(data: dict[str, Any]) -> Appointment:
        return appointments.change_appointment(found, by=person_of(request), now=timezone.now(), **{**stays, **_with_end(data)})

    if carry_out(request, form, story):
        messages.success(request, _("Saved."))
        return redirect("organization:position", found.position_id)
    lead = _("It has begun: only the last day changes; empty means open. For anything else end it, and appoint anew.") if begun else ""
    return form_page(request, form, _page(found, _("Change appointment"), _("Save"), lead))


@for_administrators
def end_appointment(request: HttpRequest, appointment: int) -> HttpResponse:
    """Give an appointment its last day."""
    found = _found(appointment)
    form = EndForm(request.POST or None, initial={"last_day": today(), "seen": found.version})

    def story(data: dict[str, Any]) -> Appointment:
        return appointments.end_appointment(found, by=person_of(request), now=timezone.now(), **_with_end(data))

    if carry_out(request, form, story):
        messages.success(request, _("The appointment has a last day."))
        return redirect("organization:position", found.position_id)
    return form_page(request, form, _page(found, _("End appointment"), _("End it"), ""))


@for_administrators
def cancel_appointment(request: HttpRequest, appointment: int) -> HttpResponse:
    """Take back one that has not begun."""
    found = _found(appointment)
    form = SeenForm(request.POST or None, initial={"seen": found.version})

    def story(data: dict[str, Any]) -> bool:
        appointments.cancel_appointment(found, by=person_of(request), now=timezone.now(), **data)
        return True

    if carry_out(request, form, story):
        messages.success(request, _("The appointment is taken back."))
        return redirect("organization:position", found.position_id)
    lead = _("It has not begun. That it was planned stays in the history.")
    return form_page(request, form, _page(found, _("Take back appointment"), _("Take it back"), lead))


def _found(appointment: int) -> Appointment:
    found: Appointment = get_object_or_404(Appointment.objects.select_related("person", "position"), pk=appointment)
    return found


def _with_end(data: dict[str, Any]) -> dict[str, Any]:
    """The last day that a person types becomes the first day on which it no longer holds."""
    last = data.pop("last_day")
    return {**data, "ends_before": last + DAY if last else None}


def _page(found: Appointment, title: str, submit: str, lead: str) -> Page:
    back = reverse("organization:position", args=[found.position_id])
    return Page(title, submit, back, f"{found.person.name} · {found.position.title}", lead)
