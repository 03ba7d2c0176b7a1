"""The pages of approval: submitting a draft, reviewing a case, and the acts that belong to them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals import changes, comments, discussing, review, submission, workflow
from approvals.forms import AskForm, CommentForm, DecisionForm, NameForm, SubmitForm
from approvals.models import ApprovalCase, Comment, Decision, Seat
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope_of
from processes import policy as process_policy
from processes.content import working_definition
from processes.models import Revision


class Request(HttpRequest):
    """A request of somebody signed in: every page here stands behind the login."""

    user: Person


@sensitive_post_parameters("password", "code", "passkey")
def submit(request: Request, number: str) -> HttpResponse:
    """What submitting this draft will do, and the form that does it."""
    scope, now = scope_of(request), timezone.now()
    drafts = Revision.objects.visible_to(scope).filter(process__number=number, state=Revision.State.DRAFT)
    draft = get_object_or_404(drafts.select_related("process__department"))
    form = SubmitForm(
        request.POST or None,
        request=request,
        today=scope.today,
        needs_summary=workflow.needs_summary(draft),
        has_warnings=bool(changes.warnings(draft)),
    )
    status = 200
    if request.method == "POST" and form.is_valid() and form.confirmed():
        given = form.unsigned()
        draft.version = given["version"]  # as it was shown: what was typed since then has not been looked at
        try:
            del given["version"], given["when"]
            made = workflow.submit(draft, by=request.user, now=now, **given)
        except Refused as refused:
            form.add_error(None, str(refused))
            status = _status(refused)
        else:
            messages.success(request, _("Submitted. The first to decide have been asked."))
            return redirect("approvals:case", case=made.pk)
    elif request.method == "POST":
        status = 422
    draft.refresh_from_db()
    page = submission.of_draft(draft, request.user, scope, now)
    return render(request, "approvals/submit.html", {"page": page, "form": form, "process": draft.process}, status=status)


@require_GET
def case(request: Request, case: int) -> HttpResponse:
    """The review page."""
    return _review(request, _visible(request, case))


@sensitive_post_parameters("password", "code", "passkey")
@require_POST
def decide(request: Request, case: int, seat: int) -> HttpResponse:
    """Approve, return or reject, signed. A refusal shows the page again with everything typed."""
    found = _visible(request, case)
    place = get_object_or_404(Seat.objects.filter(stage__case=found).select_related("stage"), pk=seat)
    form = DecisionForm(request.POST, request=request if place.stage.needs_signature else None)
    if not form.is_valid() or not form.confirmed():
        return _review(request, found, decision=form, status=422)
    given = form.cleaned_data
    try:
        done = workflow.decide(
            place, by=request.user, now=timezone.now(), verdict=given["verdict"], reason=given["reason"], sha256=given["sha256"]
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _review(request, _visible(request, case), decision=form, status=_status(refused))
    messages.success(request, _said(done))
    return redirect("approvals:case", case=found.pk)


@require_POST
def recall(request: Request, case: int) -> HttpResponse:
    """The submitter takes it back."""
    found = _visible(request, case)
    try:
        workflow.recall(found, by=request.user, now=timezone.now())
    except Refused as refused:
        return _refused(request, found, refused)
    messages.success(request, _("Recalled. It is a draft again; nobody is asked to decide any more."))
    return redirect("approvals:case", case=found.pk)


@require_POST
def name_approver(request: Request, case: int, seat: int) -> HttpResponse:
    """Top management names a second approver."""
    found = _visible(request, case)
    place = get_object_or_404(Seat.objects.filter(stage__case=found), pk=seat)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _review(request, found, naming=form, status=422)
    try:
        workflow.name_approver(place, form.cleaned_data["person"], by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error("person", str(refused))
        return _review(request, found, naming=form, status=_status(refused))
    messages.success(request, _("%(person)s has been asked to decide.") % {"person": form.cleaned_data["person"]})
    return redirect("approvals:case", case=found.pk)


@require_POST
def comment(request: Request, case: int) -> HttpResponse:
    """Adds a remark."""
    found = _visible(request, case)
    form = CommentForm(request.POST, definition=changes.frozen_definition(found.content))
    if not form.is_valid():
        return _review(request, found, remark=form, status=422)
    given = form.cleaned_data
    try:
        said = comments.add(found, by=request.user, now=timezone.now(), text=given["text"], anchor=given["anchor"])
    except Refused as refused:
        form.add_error(None, str(refused))
        return _review(request, found, remark=form, status=_status(refused))
    return redirect(f"{request.path.removesuffix('comments/')}#comment-{said.pk}")


@require_POST
def resolve_comment(request: Request, case: int, comment: int) -> HttpResponse:
    """Marks a remark as settled."""
    found = _visible(request, case)
    remark = get_object_or_404(Comment.objects.filter(revision=found.revision), pk=comment)
    try:
        comments.resolve(remark, by=request.user, now=timezone.now())
    except Refused as refused:
        return _refused(request, found, refused)
    return redirect(f"{request.path.partition('comments/')[0]}#comments")


def _review(
    request: Request,
    case: ApprovalCase,
    *,
    decision: DecisionForm | None = None,
    remark: CommentForm | None = None,
    naming: NameForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = review.of_case(case, request.user, scope_of(request), timezone.now())
    context = {
        "page": page,
        "case": case,
        "process": case.revision.process,
        "whole": "whole" in request.GET or page.change.base is None,
        "decision_form": decision or DecisionForm(request=request if page.mine and page.mine.seat.stage.needs_signature else None),
        "comment_form": remark or CommentForm(definition=page.change.definition, initial={"anchor": request.GET.get("at", "")}),
        "name_form": naming or NameForm(),
    }
    return render(request, "approvals/case.html", context, status=status)


def _visible(request: Request, case: int) -> ApprovalCase:
    cases = ApprovalCase.objects.visible_to(scope_of(request))
    found: ApprovalCase = get_object_or_404(
        cases.select_related("revision__process__department", "content", "submitted_by", "route"), pk=case
    )
    return found


def _refused(request: Request, case: ApprovalCase, refused: Refused) -> HttpResponse:
    messages.error(request, str(refused))
    return _review(request, case, status=_status(refused))


def _status(refused: Refused) -> int:
    return 409 if isinstance(refused, Stale) else 403


def _said(decision: Decision) -> str:
    if decision.signature_id is None:
        return _("Kept: your decision is on record.")
    if decision.verdict == Decision.Verdict.APPROVE:
        return _("Signed: approved.")
    if decision.verdict == Decision.Verdict.RETURN:
        return _("Signed: returned for changes. The author has been told.")
    return _("Signed: rejected. The author has been told.")


@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: Request, number: str) -> HttpResponse:
    """What is said about a draft; a POST says something more."""
    draft = _draft(request, number)
    form = CommentForm(request.POST if request.method == "POST" else None, definition=working_definition(draft))
    if form.is_valid():
        given = form.cleaned_data
        try:
            said = discussing.say(draft, by=request.user, now=timezone.now(), text=given["text"], anchor=given["anchor"])
        except Refused as refused:
            form.add_error("text", str(refused))
        else:
            if said.not_told:
                messages.warning(
                    request, _("Not told, because they may not see the draft: %(names)s") % {"names": ", ".join(said.not_told)}
                )
            return redirect("approvals:discussion", number)
    return _discussion(request, draft, form)


@require_POST
def ask_opinion(request: Request, number: str) -> HttpResponse:
    """Lets somebody see this draft and say something about it."""
    draft, form = _draft(request, number), AskForm(request.POST)
    if form.is_valid():
        person = form.cleaned_data["person"]
        try:
            discussing.ask(draft, person, by=request.user, now=timezone.now())
        except Refused as refused:
            form.add_error("person", str(refused))
        else:
            messages.success(request, _("%(name)s was asked.") % {"name": person.name})
            return redirect("approvals:discussion", number)
    return _discussion(request, draft, CommentForm(definition=working_definition(draft)), ask=form)


@require_POST
def settle_remark(request: Request, number: str, comment: int) -> HttpResponse:
    """Marks a remark on the draft as settled."""
    draft = _draft(request, number)
    found = get_object_or_404(Comment.objects.filter(revision=draft), pk=comment)
    try:
        comments.resolve(found, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("approvals:discussion", number)


def _draft(request: Request, number: str) -> Revision:
    visible = Revision.objects.visible_to(scope_of(request)).filter(process__number=number, state=Revision.State.DRAFT)
    found: Revision = get_object_or_404(visible.select_related("process__department"))
    return found


def _discussion(request: Request, draft: Revision, form: CommentForm, ask: AskForm | None = None) -> HttpResponse:
    failed = bool(form.errors or (ask and ask.errors))
    remarks = review.remarks_on(draft, working_definition(draft), request.user)
    may_ask = bool(process_policy.may_contribute(request.user, draft, scope_of(request)))
    context = {
        "process": draft.process, "form": form, "ask": ask or AskForm(), "remarks": remarks, "may_ask": may_ask,
        "asked": discussing.asked(draft), "draft": draft,
    }  # fmt: skip
    return render(request, "approvals/discussion.html", context, status=422 if failed else 200)
