"""Pages of an assessor: rating every ability, and the signed result. What was typed comes back, whoever was faster."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from organization import gate
from organization.models import Ability
from organization.refusals import Refused, Stale
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from training.assessment_forms import ConcludeForm, RateForm
from training.competence import opening, policy, rating
from training.competence.moving import assessors_of
from training.competence.page import rated, shown, verdicts
from training.models import Assessment, Assessor


def _mine(request: HttpRequest, assessment: int) -> tuple[Assessment, list[Assessor], Assessor]:
    """A running assessment and oneself among its assessors; nobody else finds the page."""
    visible = opening.visible_to(scope_of(request)).select_related("candidate")
    found = get_object_or_404(visible.filter(state__in=Assessment.RUNNING), pk=assessment)
    assessors = assessors_of(found)
    for one in assessors:
        if one.person_id == person_of(request).pk:
            return found, assessors, one
    raise Http404


def _form(found: Assessment, mine: Assessor, post: QueryDict | None) -> RateForm:
    mine.refresh_from_db()
    abilities = list(Ability.objects.filter(level=found.level_id))
    return RateForm(post, assessor=mine, abilities=abilities, evidence=list(found.evidence.select_related("accepted_by", "added_by")))


def rate(request: HttpRequest, assessment: int) -> HttpResponse:
    """Every ability against its criterion. What somebody saved in another window stands beside what is typed here."""
    found, assessors, mine = _mine(request, assessment)
    form = _form(found, mine, request.POST if request.method == "POST" else None)
    hand_in = "hand_in" in request.POST
    stale = False
    if request.method == "POST" and form.is_valid() and (form.insist() if hand_in or mine.rated_at else True):
        try:
            rating.rate(
                found, form.ratings(), form.judged(), by=person_of(request), now=timezone.now(), seen=form.cleaned_data["seen"],
                hand_in=hand_in,
            )  # fmt: skip
        except Stale as refused:
            stale, post = True, request.POST.copy()
            mine.refresh_from_db()
            post["seen"] = str(mine.version)
            form = _form(found, mine, post)
            form.add_error(None, str(refused))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Handed in.") if hand_in else _("Saved."))
            return redirect("training:assessment", found.pk)
    facts = shown(form.evidence, scope_of(request), verdicts(assessors))
    context = {
        "assessment": found,
        "level_name": gate.level_name(found.level_id),
        "form": form,
        "stale": stale,
        "evidence": [(one, form[f"evidence_{one.row.pk}"]) for one in facts],
    }
    return render(request, "training/assessment_rate.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "code", "passkey")
def conclude(request: HttpRequest, assessment: int) -> HttpResponse:
    """What the ratings come to, read once more and signed."""
    found, assessors, _self = _mine(request, assessment)
    may = policy.may_conclude(person_of(request), found, assessors, scope_of(request).today)
    if not may:
        messages.error(request, may.reason)
        return redirect("training:assessment", found.pk)
    outside = any(one.person_id is None for one in assessors)
    form = ConcludeForm(request.POST or None, request=request, initial={"seen": found.version})
    if not outside:
        del form.fields["statement"]
    done = carry_out(
        request, form, lambda data: rating.conclude(
            found, by=person_of(request), now=timezone.now(), seen=data["seen"], word=data["word"], statement=data.get("statement", "")
        ),
    )  # fmt: skip
    if done:
        messages.success(request, _("The result is recorded and signed."))
        return redirect("training:assessment", found.pk)
    context = {
        "assessment": found,
        "level_name": gate.level_name(found.level_id),
        "ratings": rated(found, assessors),
        "evidence": shown(found.evidence.select_related("accepted_by", "added_by"), scope_of(request), verdicts(assessors)),
        "passed": rating.is_passed(found),
        "form": form,
    }
    return render(request, "training/assessment_conclude.html", context, status=422 if form.errors else 200)
