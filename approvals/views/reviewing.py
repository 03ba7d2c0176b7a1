"""The review page of a case, and the acts that belong to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from approvals import mark_forms, workflow
from approvals.forms import DecisionForm, NameForm
from approvals.marks import Missing
from approvals.models import ApprovalCase, Decision, Seat
from approvals.talk_forms import named
from approvals.views.page import Request, refused_page, review_page, status_of, visible
from organization.refusals import Refused

RECALLED: dict[str, Any] = {
    ApprovalCase.Kind.REVISE: gettext_lazy("Recalled. It is a draft again; nobody is asked to decide any more."),
    ApprovalCase.Kind.WITHDRAW: gettext_lazy("Recalled. The document stays in force; nobody is asked to decide any more."),
}


@require_GET
def case(request: Request, case: int) -> HttpResponse:
    """The review page."""
    return review_page(request, visible(request, case))


@sensitive_post_parameters("password", "code", "passkey")
@require_POST
def decide(request: Request, case: int, seat: int) -> HttpResponse:
    """Approve, return or reject, signed. A refusal shows the page again with everything typed."""
    found = visible(request, case)
    place = get_object_or_404(Seat.objects.filter(stage__case=found).select_related("stage"), pk=seat)
    form = DecisionForm(request.POST, request=request if place.stage.needs_signature else None)
    if not form.is_valid() or not form.confirmed():
        return review_page(request, found, decision_form=form, status=422)
    given = form.cleaned_data
    try:
        done = workflow.decide(
            place, by=request.user, now=timezone.now(), verdict=given["verdict"], reason=given["reason"], sha256=given["sha256"],
            given=mark_forms.typed(request.POST).given,
            correct=named(request.POST),
        )  # fmt: skip
    except Refused as refused:
        form.add_error("reason" if isinstance(refused, Missing) else None, str(refused))
        return review_page(request, visible(request, case), decision_form=form, status=status_of(refused))
    messages.success(request, _said(done))
    return redirect("approvals:case", case=found.pk)


@require_POST
def recall(request: Request, case: int) -> HttpResponse:
    """The submitter takes it back."""
    found = visible(request, case)
    try:
        workflow.recall(found, by=request.user, now=timezone.now())
    except Refused as refused:
        return refused_page(request, found, refused)
    messages.success(request, RECALLED[found.kind])
    return redirect("approvals:case", case=found.pk)


@require_POST
def name_approver(request: Request, case: int, seat: int) -> HttpResponse:
    """Top management names a second approver."""
    found = visible(request, case)
    place = get_object_or_404(Seat.objects.filter(stage__case=found), pk=seat)
    form = NameForm(request.POST)
    if not form.is_valid():
        return review_page(request, found, name_form=form, status=422)
    try:
        workflow.name_approver(place, form.cleaned_data["person"], by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error("person", str(refused))
        return review_page(request, found, name_form=form, status=status_of(refused))
    messages.success(request, _("%(person)s has been asked to decide.") % {"person": form.cleaned_data["person"]})
    return redirect("approvals:case", case=found.pk)


def _said(decision: Decision) -> str:
    if decision.signature_id is None:
        return _("Kept: your decision is on record.")
    if decision.verdict == Decision.Verdict.APPROVE:
        return _("Signed: approved.")
    if decision.verdict == Decision.Verdict.RETURN:
        return _("Signed: returned for changes. The author has been told.")
    return _("Signed: rejected. The author has been told.")
