"""The page on which a draft is talked about before it is submitted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import comments, discussing
from approvals.forms import AskForm, CommentForm
from approvals.models import Comment
from approvals.remarks import remarks_on
from approvals.views.page import Request
from organization.refusals import Refused
from organization.scope import scope_of
from processes import policy as process_policy
from processes.content import working_definition
from processes.models import Revision


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
    remarks = remarks_on(draft, working_definition(draft), request.user)
    may_ask = bool(process_policy.may_contribute(request.user, draft, scope_of(request)))
    context = {
        "process": draft.process, "form": form, "ask": ask or AskForm(), "remarks": remarks, "may_ask": may_ask,
        "asked": discussing.asked(draft), "draft": draft,
    }  # fmt: skip
    return render(request, "approvals/discussion.html", context, status=422 if failed else 200)
