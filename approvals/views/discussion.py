"""The page on which a draft is talked about before it is submitted, and on which returned comments are answered."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import corrections, discussing
from approvals.forms import AskForm
from approvals.remarks import talk_about
from approvals.talk_forms import CommentForm, correction_forms
from approvals.views.page import Request, tell_who_was_not_told
from organization.refusals import Refused
from organization.scope import scope_of
from processes import policy as process_policy
from processes.content import working_definition
from processes.models import Revision


@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: Request, number: str) -> HttpResponse:
    """What is said about a draft; a POST says something more."""
    draft = draft_of(request, number)
    if request.method != "POST":
        return discussion_page(request, draft)
    form = CommentForm(request.POST, definition=working_definition(draft))
    if form.is_valid():
        try:
            said = discussing.say(draft, form.words, by=request.user, now=timezone.now())
        except Refused as refused:
            form.add_error("text", str(refused))
        else:
            tell_who_was_not_told(request, said)
            return redirect("approvals:discussion", number)
    return discussion_page(request, draft, form=form, status=422)


@require_POST
def ask_opinion(request: Request, number: str) -> HttpResponse:
    """Lets somebody see this draft and say something about it."""
    draft, form = draft_of(request, number), AskForm(request.POST)
    if form.is_valid():
        person = form.cleaned_data["person"]
        try:
            discussing.ask(draft, person, by=request.user, now=timezone.now())
        except Refused as refused:
            form.add_error("person", str(refused))
        else:
            messages.success(request, _("%(name)s was asked.") % {"name": person.name})
            return redirect("approvals:discussion", number)
    return discussion_page(request, draft, ask=form, status=422)


def draft_of(request: Request, number: str) -> Revision:
    """The draft of this process, where this person may see it; else 404."""
    visible = Revision.objects.visible_to(scope_of(request)).filter(process__number=number, state=Revision.State.DRAFT)
    found: Revision = get_object_or_404(visible.select_related("process__department"))
    return found


def discussion_page(request: Request, draft: Revision, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; `more` are forms that came back with errors, by their names in the template, and `kept` words."""
    definition, scope = working_definition(draft), scope_of(request)
    context = {
        "process": draft.process, "draft": draft, "asked": discussing.asked(draft), "ask": AskForm(),
        "form": CommentForm(definition=definition, initial={"anchor": request.GET.get("at", "")}),
        "talk": talk_about(draft, definition, request.user, scope, timezone.now(), live=True),
        "may_ask": bool(process_policy.may_contribute(request.user, draft, scope)),
        "corrections": more.pop("corrections", None) or correction_forms(list(corrections.asked(draft))),
        **more,
    }  # fmt: skip
    return render(request, "approvals/discussion.html", context, status=status)
