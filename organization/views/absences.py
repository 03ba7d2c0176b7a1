"""Absences: entered by the person, a head above or an administrator, who see beforehand who will act."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization import absences, policy
from organization.calendar import today
from organization.directory import last_day
from organization.forms import DAY, AbsenceForm
from organization.models import Absence, Person
from organization.refusals import Refused
from organization.sentences import listed
from organization.standing_in import Covered, while_away
from organization.views.request import Page, carry_out, person_of


def new_absence(request: HttpRequest, person: int) -> HttpResponse:
    """One's own absence, that of somebody below oneself, or as administrator anybody's."""
    found = _allowed(request, get_object_or_404(Person, pk=person))
    form = AbsenceForm(request.POST or None, initial={"starts_on": today()})

    def story(data: dict[str, Any]) -> Absence:
        return absences.record_absence(found, by=person_of(request), now=timezone.now(), **_with_end(data))

    made = carry_out(request, form, story)
    return (
        _entered(request, made)
        if made
        else _page(request, form, found, Page(_("Enter absence"), _("Enter absence"), _page_of(found), found.name))
    )


def change_absence(request: HttpRequest, absence: int) -> HttpResponse:
    """Other days, another substitute."""
    entered = get_object_or_404(Absence.objects.select_related("person", "substitute"), pk=absence)
    found = _allowed(request, entered.person)
    initial = {"starts_on": entered.starts_on, "last_day": last_day(entered.ends_before), "note": entered.note}
    initial["substitute"] = entered.substitute.login if entered.substitute else ""
    form = AbsenceForm(request.POST or None, initial=initial)

    def story(data: dict[str, Any]) -> Absence:
        return absences.change_absence(entered, by=person_of(request), now=timezone.now(), **_with_end(data))

    made = carry_out(request, form, story)
    return (
        _entered(request, made) if made else _page(request, form, found, Page(_("Change absence"), _("Save"), _page_of(found), found.name))
    )


@require_POST
def cancel_absence(request: HttpRequest, absence: int) -> HttpResponse:
    """Back earlier, or not away after all."""
    entered = get_object_or_404(Absence.objects.select_related("person"), pk=absence)
    found = _allowed(request, entered.person)
    try:
        absences.cancel_absence(entered, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        from_calendar = entered.source == Absence.Source.FEED
        said = _("The absence is cancelled. It stays so until its event in the calendar changes.")
        messages.success(request, said if from_calendar else _("The absence is cancelled."))
    return redirect("organization:person", found.pk)


def preview(request: HttpRequest, person: int) -> HttpResponse:
    """Who would act in each position, for the days and the substitute that are typed just now."""
    found = _allowed(request, get_object_or_404(Person, pk=person))
    return render(request, "organization/standing_in.html", {"covered": _covered(AbsenceForm(request.GET), found), "person": found})


def _allowed(request: HttpRequest, person: Person) -> Person:
    answer = policy.may_enter_absence(person_of(request), person, today())
    if not answer:
        raise PermissionDenied(answer.reason)
    return person


def _with_end(data: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in data.items() if name != "last_day"}, "ends_before": data["last_day"] + DAY}


def _covered(form: AbsenceForm, person: Person) -> list[Covered] | None:
    """None while the days or the substitute do not make sense yet."""
    if not form.is_valid() or form.cleaned_data["last_day"] < form.cleaned_data["starts_on"]:
        return None
    data = form.cleaned_data
    return while_away(person, data["starts_on"], data["last_day"] + DAY, data["substitute"])


def _entered(request: HttpRequest, absence: Absence) -> HttpResponse:
    """Says who acts, and warns of positions that fall to the process office."""
    covered = while_away(absence.person, absence.starts_on, absence.ends_before, absence.substitute)
    fallen = [row.position.title for row in covered if any(span.falls for span in row.spans)]
    if fallen:
        words = {"positions": listed(fallen)}
        messages.warning(request, _("The absence is entered. Nobody nearer than the process office acts for: %(positions)s.") % words)
    else:
        messages.success(request, _("The absence is entered; somebody acts in every position."))
    return redirect("organization:person", absence.person_id)


def _page(request: HttpRequest, form: AbsenceForm, person: Person, page: Page) -> HttpResponse:
    shown = form if form.is_bound else AbsenceForm({name: form.get_initial_for_field(field, name) for name, field in form.fields.items()})
    context = {"form": form, "page": page, "person": person, "covered": _covered(shown, person)}
    return render(request, "organization/absence.html", context, status=422 if form.errors else 200)


def _page_of(person: Person) -> str:
    return reverse("organization:person", args=[person.pk])
