"""Where people stand on the ladder, and their assessments: one's own, those that one assesses, those of people below."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization import gate
from organization.calendar import company
from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from training.assessment_forms import AssessorForm, EvidenceForm, OpenForm, TakeBackForm
from training.competence import development, opening, policy, rating
from training.competence import team as teams
from training.competence.moving import assessors_of
from training.competence.page import climb, level_given, rated, shown, verdicts
from training.competence.sealing import is_as_signed
from training.models import Assessment, Assessor
from training.views.asked_day import of_today

ROWS = 50


def _seen(request: HttpRequest, assessment: int) -> Assessment:
    visible = opening.visible_to(scope_of(request)).select_related("candidate", "level", "opened_by", "closed_by", "signature", "proposal")
    return get_object_or_404(visible, pk=assessment)


@require_safe
@of_today
def competence(request: HttpRequest) -> HttpResponse:
    """One's own level, what the next one asks for, and every assessment that concerns oneself."""
    return _standing_of(request, person_of(request))


@of_today
def person_competence(request: HttpRequest, person: int) -> HttpResponse:
    """The same of somebody: for the person, who is above, and who assesses at present. A POST opens an assessment."""
    found = get_object_or_404(Person, pk=person)
    view = scope_of(request)
    assesses = development.assessing(view).filter(assessment__candidate=found)
    if found.pk != view.person_id and not (policy.oversees(view, found) or assesses.exists()):
        raise Http404
    if request.method != "POST":
        return _standing_of(request, found)
    form = OpenForm(request.POST)
    made = carry_out(request, form, lambda data: opening.open_(found, data["level"], by=person_of(request), now=timezone.now()))
    if made:
        messages.success(request, _("The assessment is open. The portal has gathered what was done here as evidence."))
        return redirect("training:assessment", made.pk)
    return _standing_of(request, found, form)


def _standing_of(request: HttpRequest, person: Person, form: OpenForm | None = None) -> HttpResponse:
    view = scope_of(request)
    around = opening.visible_to(view).select_related("candidate")
    theirs = list(around.filter(candidate=person)[:ROWS])
    above = policy.overseen(view)
    others = around.exclude(candidate=person) if person.pk == view.person_id else around.none()
    context = {
        "person": person,
        "mine": person.pk == view.person_id,
        "climb": climb(person, view.today),
        "running": next((one for one in theirs if one.is_running), None),
        "assessments": [(one, gate.level_name(one.level_id)) for one in theirs],
        "others": [(one, gate.level_name(one.level_id)) for one in others[:ROWS]],
        "oversees": bool(above),
        "member": teams.members([person], view.today, company())[0] if above.covers(person) else None,
        "parts": company(),
        "steps": list(development.visible_to(view).filter(person=person, outcome="").select_related("ability", "mentor")),
        "may_plan": bool(development.may_plan(view, person)),
        "form": form,
    }
    return render(request, "training/competence.html", context, status=422 if form else 200)


@require_safe
def assessment(request: HttpRequest, assessment: int) -> HttpResponse:
    """One assessment: evidence, who assesses, and the result when it is signed."""
    return _page(request, _seen(request, assessment))


def _page(request: HttpRequest, found: Assessment, **forms: Any) -> HttpResponse:
    me, view = person_of(request), scope_of(request)
    assessors = assessors_of(found)
    concludes = found.is_running and policy.may_conclude(me, found, assessors, view.today)
    rates = any(one.person_id == me.pk for one in assessors)
    context = {
        "assessment": found,
        "level_name": gate.level_name(found.level_id),
        "certified": level_given(found) is not None,
        "as_signed": is_as_signed(found),
        "assessors": assessors,
        "evidence": shown(found.evidence.select_related("accepted_by", "added_by"), view, verdicts(assessors)),
        "ratings": rated(found, assessors) if concludes or not found.is_running else [],
        "rates": found.is_running and rates,
        "may_rate": policy.may_rate(me, found, assessors, view.today) if rates else None,
        "concludes": concludes,
        "names": found.is_running and policy.may_name(view, found),
        "withdraws": found.is_running and policy.may_withdraw(view, found, assessors),
        "assessor_form": AssessorForm(level=found.level_id),
        "evidence_form": EvidenceForm(initial={"day": view.today}),
        "withdraw_form": TakeBackForm(),
        **forms,
    }
    return render(request, "training/assessment.html", context, status=422 if forms else 200)


@require_POST
def name_assessor(request: HttpRequest, assessment: int) -> HttpResponse:
    """Somebody assesses from now on."""
    found = _seen(request, assessment)
    form = AssessorForm(request.POST, level=found.level_id)

    def story(data: dict[str, Any]) -> Assessor:
        return opening.name_assessor(
            found, by=person_of(request), now=timezone.now(), person=data["person"], external=data.get("external", "")
        )

    made = carry_out(request, form, story)
    if made:
        messages.success(request, _("%(name)s assesses.") % {"name": made.name})
        return redirect("training:assessment", found.pk)
    return _page(request, found, assessor_form=form)


@require_POST
def release_assessor(request: HttpRequest, assessment: int, assessor: int) -> HttpResponse:
    """Another one is to be named."""
    found = _seen(request, assessment)
    one = get_object_or_404(found.assessors, pk=assessor)
    return _done(
        request, found, lambda: opening.release_assessor(one, by=person_of(request), now=timezone.now()), _("Released.")
    )  # fmt: skip


@require_POST
def look_again(request: HttpRequest, assessment: int) -> HttpResponse:
    """What was done since."""
    found = _seen(request, assessment)
    said = _("The portal has looked again; what is new is in the list.")
    return _done(request, found, lambda: rating.look_again(found, by=person_of(request), now=timezone.now()), said)


def _done(request: HttpRequest, found: Assessment, story: Any, said: str) -> HttpResponse:
    try:
        story()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("training:assessment", found.pk)


@require_POST
def add_evidence(request: HttpRequest, assessment: int) -> HttpResponse:
    """What the portal does not know."""
    found, form = _seen(request, assessment), EvidenceForm(request.POST)
    if carry_out(
        request, form, lambda data: rating.add_evidence(found, data["text"], data["day"], by=person_of(request), now=timezone.now())
    ):
        messages.success(request, _("Added."))
        return redirect("training:assessment", found.pk)
    return _page(request, found, evidence_form=form)


@require_POST
def take_back(request: HttpRequest, assessment: int) -> HttpResponse:
    """It ends without a result."""
    found, form = _seen(request, assessment), TakeBackForm(request.POST)
    if carry_out(request, form, lambda data: opening.take_back(found, by=person_of(request), now=timezone.now(), reason=data["reason"])):
        messages.success(request, _("Taken back."))
        return redirect("training:assessment", found.pk)
    return _page(request, found, withdraw_form=form)
