"""The page on which it is said what becomes of open comments, and the answers to what a return named."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import answering, corrections, remarks, talk_policy
from approvals.models import ApprovalCase
from approvals.remarks import Remark
from approvals.talk_forms import DisposeForm, correction_forms, office_names
from approvals.views.discussion import discussion_page, draft_of
from approvals.views.page import Request, status_of, visible
from organization.models import Position
from organization.refusals import Refused
from organization.scope import scope_of
from processes.content import frozen_definition

REST = "rest"


@dataclass(frozen=True, slots=True)
class Row:
    """An open comment and what is to become of it."""

    remark: Remark
    form: DisposeForm


@require_http_methods(["GET", "HEAD", "POST"])
def open_comments(request: Request, case: int) -> HttpResponse:
    """Every open comment with the choice of what becomes of it, and one choice for all others."""
    found, scope = visible(request, case), scope_of(request)
    if found.state != ApprovalCase.State.OPEN:
        return redirect("approvals:case", found.pk)
    answer = talk_policy.may_dispose(request.user, found, scope)
    if not answer:
        raise PermissionDenied(answer.reason)
    offices = office_names(Position.objects.existing(scope.today).select_related("department").order_by("title", "pk"))
    data = request.POST if request.method == "POST" else None
    rest = DisposeForm(data, prefix=REST, offices=offices, today=scope.today, leave=_("Nothing"))
    rows = _rows(request, found, offices, data)
    status, refusal = 200, ""
    if data is not None:
        status, refusal = _dispose(request, found, rows, rest)
        if not status:
            messages.success(request, _("Kept: what becomes of these comments is on record."))
            return redirect("approvals:case", found.pk)
    context = {"case": found, "process": found.revision.process, "rows": rows, "rest": rest, "offices": offices, "refusal": refusal}
    return render(request, "approvals/open_comments.html", context, status=status)


def _rows(request: Request, case: ApprovalCase, offices: dict[str, Position], data: object) -> list[Row]:
    scope, definition = scope_of(request), frozen_definition(case.content)
    talk = remarks.talk_about(case.revision, definition, request.user, scope, timezone.now(), live=True)
    owner = next((name for name, position in offices.items() if position.pk == case.revision.process.owner_id), "")
    return [
        Row(
            remark,
            DisposeForm(
                data, prefix=f"c{remark.comment.pk}", offices=offices, today=scope.today, may_settle=remark.may_resolve,
                initial={"position": owner},
            ),
        )
        for remark in talk.undecided
    ]  # fmt: skip


def _dispose(request: Request, case: ApprovalCase, rows: Sequence[Row], rest: DisposeForm) -> tuple[int, str]:
    """0 when all is done; else the status of the page that comes again, and the refusal."""
    if not all(form.is_valid() for form in (rest, *(row.form for row in rows))):
        return 422, ""
    chosen = [(row.remark.comment.pk, row.form if row.form.cleaned_data["what"] else rest) for row in rows]
    choices = [form.choice(pk) for pk, form in chosen if form.cleaned_data["what"]]
    if not choices:
        return 422, _("Choose what becomes of at least one comment.")
    try:
        answering.dispose(case, choices, by=request.user, now=timezone.now())
    except Refused as refused:
        return status_of(refused), str(refused)
    return 0, ""


@require_POST
def answer_corrections(request: Request, number: str) -> HttpResponse:
    """What the author says to each thing that the draft was returned for."""
    draft = draft_of(request, number)
    forms = correction_forms(list(corrections.asked(draft)), request.POST)
    if not all(form.is_valid() for _row, form in forms):
        return discussion_page(request, draft, corrections=forms, status=422)
    given = {row.pk: form.given for row, form in forms if form.cleaned_data["answer"]}
    try:
        corrections.answer(draft, given, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return discussion_page(request, draft, corrections=forms, status=status_of(refused))
    messages.success(request, _("Kept: approvers read your answers beside the comments."))
    return redirect("approvals:discussion", number)
