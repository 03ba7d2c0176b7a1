"""Managing people, levels and gates."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from organization import gate, levels, people, policy, proposals
from organization.calendar import company, today
from organization.forms import ConfirmForm, GateForm, LevelForm, PersonForm
from organization.ladder import GATES, Action
from organization.models import GateRule, HeldLevel, Person, Proposal
from organization.views.request import Page, carry_out, for_administrators, form_page, person_of


@never_cache
@for_administrators
def new_person(request: HttpRequest) -> HttpResponse:
    """A new account; its password is shown in the answer and never again."""
    me = person_of(request)
    form = PersonForm(request.POST or None, initial={"language": me.language})
    made = carry_out(request, form, lambda data: people.create_person(by=me, **data))
    if made:
        return _password_once(request, *made)
    lead = _("The portal makes a temporary password and shows it once.")
    return form_page(request, form, Page(_("New person"), _("Create account"), reverse("organization:people"), lead=lead))


def _password_once(request: HttpRequest, person: Person, password: str) -> HttpResponse:
    return render(request, "organization/password_once.html", {"person": person, "password": password})


@for_administrators
def edit_person(request: HttpRequest, person: int) -> HttpResponse:
    """Name, e-mail, language, administrator, guest access."""
    me, found = person_of(request), get_object_or_404(Person, pk=person)
    initial = {n: getattr(found, n) for n in ("name", "email", "badge", "language", "is_staff", "access_until")}
    form = PersonForm(request.POST or None, initial=initial)
    del form.fields["login"]
    if carry_out(request, form, lambda data: people.change_person(found, by=me, now=timezone.now(), **data)):
        messages.success(request, _("Saved."))
        return redirect("organization:person", found.pk)
    return form_page(request, form, Page(_("Change person"), _("Save"), _page_of(found), found.login))


def _page_of(person: Person) -> str:
    return reverse("organization:person", args=[person.pk])


@never_cache
@for_administrators
def renew_password(request: HttpRequest, person: int) -> HttpResponse:
    """Ask, then make a new temporary password."""
    me, found = person_of(request), get_object_or_404(Person, pk=person)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    password = carry_out(request, form, lambda _data: people.renew_password(found, by=me))
    if password:
        return _password_once(request, found, password)
    lead = _("The old password stops working and every open session ends. The new one is shown once.")
    return form_page(request, form, Page(_("New password"), _("Make a new password"), _page_of(found), found.name, lead))


@for_administrators
def deactivate(request: HttpRequest, person: int) -> HttpResponse:
    """Ask, then deactivate for good."""
    me, found = person_of(request), get_object_or_404(Person, pk=person)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if carry_out(request, form, lambda _data: people.deactivate(found, by=me, now=timezone.now())):
        messages.success(request, _("%(name)s has no access any more. What was in hand waits in a handover.") % {"name": found.name})
        return redirect("organization:person", found.pk)
    lead = _(
        "Access and all appointments end at once. Signatures stay. What is in hand waits in a handover. "
        "This cannot be undone: the account is never used again."
    )
    return form_page(request, form, Page(_("Deactivate person"), _("Deactivate"), _page_of(found), found.name, lead))


def assign_level(request: HttpRequest, person: int) -> HttpResponse:
    """Give a person a level, with a reason and one's signature."""
    me, found, day = person_of(request), get_object_or_404(Person, pk=person), today()
    answer = policy.may_assign_levels(me, day)
    if not (answer or policy.may_place(me, company(), day)):
        raise PermissionDenied(answer.reason)
    held = gate.level_of(found, day)
    form = LevelForm(request.POST or None, request=request, initial={"level": min(held + 1, 5)})

    def story(data: dict[str, Any]) -> tuple[HeldLevel | Proposal | None]:
        return (proposals.assign(found, data["level"], by=me, now=timezone.now(), reason=data["reason"]),)

    done = carry_out(request, form, story)
    if done and isinstance(done[0], Proposal):
        messages.info(request, _("Proposed and signed. It takes effect when a second person confirms it."))
        return redirect("organization:proposal", done[0].pk)
    if done:
        messages.success(request, _("The level is recorded and signed."))
        return redirect("organization:person", found.pk)
    lead = _("Today: %(level)s. A person climbs one level at a time.") % {"level": gate.level_name(held)}
    return form_page(request, form, Page(_("Assign level"), _("Sign and assign"), _page_of(found), found.name, lead))


def set_gate(request: HttpRequest, action: str) -> HttpResponse:
    """How hard a gate is: the company process manager decides and signs."""
    if action not in list(Action):
        raise Http404
    me, row = person_of(request), Action(action)
    answer = policy.may_set_gate(me, today())
    if not answer:
        raise PermissionDenied(answer.reason)
    form = GateForm(request.POST or None, request=request, initial={"mode": gate.mode_of(row)})

    def story(data: dict[str, Any]) -> GateRule:
        return levels.set_gate(row, data["mode"], by=me, now=timezone.now(), reason=data["reason"])

    if carry_out(request, form, story):
        messages.success(request, _("The gate is set and signed."))
        return redirect("organization:levels")
    lead = _("Needs %(level)s.") % {"level": gate.level_name(GATES[row].level)}
    return form_page(request, form, Page(_("Set gate"), _("Sign and set"), reverse("organization:levels"), _(GATES[row].label), lead))
