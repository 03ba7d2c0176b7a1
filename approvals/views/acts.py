"""Acts on a running case beside deciding: a page for each that needs words (a dialog where scripts run), a button for the others."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from approvals import adding, advising, informing, passing
from approvals.act_forms import ActForm, AddForm, AdviceForm, AnswerForm, CopyForm, DelegateForm, TransferForm
from approvals.models import ApprovalCase, CaseAct, Seat
from approvals.views.page import Request, refused_page, review_page, status_of, visible
from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import carry_out

Story = Callable[[ApprovalCase, Person, dt.datetime, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Page:
    """One act: its form, its story, and its words."""

    form: type[ActForm]
    story: Story
    title: Promise
    lead: Promise
    submit: Promise
    done: Promise


def _transfer(_case: ApprovalCase, by: Person, now: dt.datetime, given: dict[str, Any]) -> object:
    return passing.transfer(given["seat"], given["position"], by=by, now=now, reason=given["reason"])


def _delegate(_case: ApprovalCase, by: Person, now: dt.datetime, given: dict[str, Any]) -> object:
    return passing.delegate(given["seat"], given["delegate"], by=by, now=now, reason=given["reason"], until=given["until"])


def _add(case: ApprovalCase, by: Person, now: dt.datetime, given: dict[str, Any]) -> object:
    return adding.add_stage(
        case, given["position"], where=given["where"], by=by, now=now, seen=given["seen"], reason=given["reason"],
        working_days=given["working_days"], needs_signature=given["needs_signature"],
    )  # fmt: skip


def _ask(case: ApprovalCase, by: Person, now: dt.datetime, given: dict[str, Any]) -> object:
    return advising.ask_advice(case, given["asked"], by=by, now=now, question=given["question"], due_on=given["due_on"])


def _copy(case: ApprovalCase, by: Person, now: dt.datetime, given: dict[str, Any]) -> object:
    return informing.copy(case, given["person"], by=by, now=now, note=given["note"])


PAGES: Mapping[str, Page] = {
    "transfer": Page(
        TransferForm, _transfer, gettext_lazy("Transfer the decision"),
        gettext_lazy("Another position has this decision from now on. It sees the review and is told your reason."),
        gettext_lazy("Transfer"), gettext_lazy("Transferred. Whoever decides now has been told."),
    ),
    "delegate": Page(
        DelegateForm, _delegate, gettext_lazy("Delegate this decision"),
        gettext_lazy("Somebody decides for your position, and signs so. Until then you can decide yourself, or take it back."),
        gettext_lazy("Delegate"), gettext_lazy("Delegated. You can take it back until it is decided."),
    ),
    "add": Page(
        AddForm, _add, gettext_lazy("Add an approver"),
        gettext_lazy("In this review only: a position more decides, in a stage of its own."),
        gettext_lazy("Add approver"), gettext_lazy("Added. All see it in the course of the review."),
    ),
    "advice": Page(
        AdviceForm, _ask, gettext_lazy("Ask for advice"),
        gettext_lazy("The answer stands in the review. Advice is no vote, and you need not wait for it."),
        gettext_lazy("Ask"), gettext_lazy("Asked. The answer will stand in the review."),
    ),
    "copy": Page(
        CopyForm, _copy, gettext_lazy("Copy for information"),
        gettext_lazy("Somebody reads the review along with you. Nothing is asked of them."),
        gettext_lazy("Send the copy"), gettext_lazy("Sent. The review can be read there."),
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Request, case: int, act: str) -> HttpResponse:
    """The form of one act; a refusal shows it again with everything typed."""
    found, page = visible(request, case), PAGES.get(act)
    if page is None:
        raise Http404
    if found.state != ApprovalCase.State.OPEN:
        messages.error(request, _("This review is closed: %(state)s. Nothing was recorded.") % {"state": found.get_state_display()})
        return redirect("approvals:case", case=found.pk)
    form = page.form(request.POST or None, case=found, person=request.user, scope=scope_of(request))
    if not form.answer:
        raise PermissionDenied(form.answer.reason)
    if carry_out(request, form, lambda given: page.story(found, request.user, timezone.now(), given)):
        messages.success(request, str(page.done))
        return redirect("approvals:case", case=found.pk)
    context = {"case": found, "process": found.revision.process, "form": form, "page": page}
    return render(request, "approvals/act.html", context, status=422 if form.errors else 200)


@require_POST
def take_back(request: Request, case: int, seat: int) -> HttpResponse:
    """Ends a delegation."""
    found = visible(request, case)
    place = get_object_or_404(Seat.objects.filter(stage__case=found), pk=seat)
    return _at_once(request, found, lambda now: passing.take_back(place, by=request.user, now=now), _("Taken back."))


@require_POST
def nudge(request: Request, case: int) -> HttpResponse:
    """Reminds whose turn it is."""
    found = visible(request, case)
    return _at_once(request, found, lambda now: informing.nudge(found, by=request.user, now=now), _("Reminded."))


@require_POST
def drop_advice(request: Request, case: int, asked: int) -> HttpResponse:
    """Withdraws a question."""
    found = visible(request, case)
    question = get_object_or_404(CaseAct.objects.filter(case=found, kind=CaseAct.Kind.ASK), pk=asked)
    return _at_once(
        request, found, lambda now: advising.drop(question, by=request.user, now=now), _("Withdrawn. Nobody has to answer any more.")
    )


@require_POST
def advise(request: Request, case: int, asked: int) -> HttpResponse:
    """Answers a question; a refusal shows the page again with the answer kept."""
    found = visible(request, case)
    question = get_object_or_404(CaseAct.objects.filter(case=found, kind=CaseAct.Kind.ASK), pk=asked)
    form = AnswerForm(request.POST, auto_id="advice_%s")
    if not form.is_valid():
        return review_page(request, found, answer_form=form, status=422)
    try:
        advising.advise(question, by=request.user, now=timezone.now(), text=form.cleaned_data["text"])
    except Refused as refused:
        form.add_error(None, str(refused))
        return review_page(request, visible(request, case), answer_form=form, status=status_of(refused))
    messages.success(request, _("Your advice stands in the review now."))
    return redirect("approvals:case", case=found.pk)


def _at_once(request: Request, case: ApprovalCase, story: Callable[[dt.datetime], object], done: str) -> HttpResponse:
    """A button without words: done, or the page with what stood in the way."""
    try:
        story(timezone.now())
    except Refused as refused:
        return refused_page(request, case, refused)
    messages.success(request, done)
    return redirect("approvals:case", case=case.pk)
