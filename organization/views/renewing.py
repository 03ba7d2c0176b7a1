"""How long levels are held: exempting somebody, revoking a level, and after how many months each is renewed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import gate, policy, renewals
from organization.calendar import today
from organization.forms import DAY, ExemptForm, RenewalForm, RevokeForm
from organization.models import HeldLevel, Level, Person, Proposal
from organization.views.request import Page, carry_out, form_page, person_of


def _asked(request: HttpRequest, person: int) -> tuple[Person, Person, str]:
    """Who asks, whom it concerns, and the level held today in words; 403 with the reason for everybody else."""
    me, found, day = person_of(request), get_object_or_404(Person, pk=person), today()
    answer = policy.may_steer_level(me, found, day)
    if not answer:
        raise PermissionDenied(answer.reason)
    return me, found, gate.level_name(gate.level_of(found, day))


def exempt(request: HttpRequest, person: int) -> HttpResponse:
    """Somebody need not renew until a day."""
    me, found, level = _asked(request, person)
    form = ExemptForm(request.POST or None, request=request)

    def story(data: dict[str, Any]) -> tuple[HeldLevel | Proposal | None]:
        return (renewals.exempt(found, data["last_day"] + DAY, by=me, now=timezone.now(), reason=data["reason"]),)

    done = carry_out(request, form, story)
    if done and isinstance(done[0], Proposal):
        messages.info(request, _("Proposed and signed. It takes effect when a second person confirms it."))
        return redirect("organization:proposal", done[0].pk)
    if done:
        messages.success(request, _("The exemption is recorded and signed."))
        return redirect("organization:person", found.pk)
    end = renewals.ends_on(found, today())
    lead = _("Today: %(level)s, held until %(day)s.") % {"level": level, "day": date_format(end - DAY)} if end else level
    return form_page(request, form, Page(_("Exempt from renewal"), _("Sign and exempt"), _page_of(found), found.name, lead))


def revoke(request: HttpRequest, person: int) -> HttpResponse:
    """What somebody holds ends today."""
    me, found, level = _asked(request, person)
    form = RevokeForm(request.POST or None, request=request)
    if carry_out(request, form, lambda data: (renewals.revoke(found, by=me, now=timezone.now(), reason=data["reason"]),)):
        messages.success(request, _("The level is revoked and signed."))
        return redirect("organization:person", found.pk)
    lead = _("Today: %(level)s. It ends today and leaves the level below; what it opened falls to others.") % {"level": level}
    return form_page(request, form, Page(_("Revoke level"), _("Sign and revoke"), _page_of(found), found.name, lead))


def _page_of(person: Person) -> str:
    return reverse("organization:person", args=[person.pk])


def set_renewal(request: HttpRequest, level: int) -> HttpResponse:
    """After how many months a level is renewed: the company process manager decides and signs."""
    me, found = person_of(request), get_object_or_404(Level, pk=level)
    answer = policy.may_set_renewal(me, today())
    if not answer:
        raise PermissionDenied(answer.reason)
    form = RenewalForm(request.POST or None, request=request, initial={"months": found.renewal_months})

    def story(data: dict[str, Any]) -> Level:
        return renewals.set_renewal(found.pk, data["months"], by=me, now=timezone.now(), reason=data["reason"])

    if carry_out(request, form, story):
        messages.success(request, _("The renewal is set and signed."))
        return redirect("organization:levels")
    lead = _("Holds for levels that are given from now on; what people hold keeps its end.")
    title = gate.level_name(found.pk)
    return form_page(request, form, Page(_("Set renewal"), _("Sign and set"), reverse("organization:levels"), title, lead))
