"""The page on which a draft is submitted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from approvals import changes, corrections, impact, mark_forms, submission, workflow
from approvals.forms import SubmitForm
from approvals.joint import package_of
from approvals.marks import Missing
from approvals.views.page import Request, status_of
from organization.refusals import Refused
from organization.scope import scope_of
from processes.models import Revision


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
    status, typed = 200, mark_forms.typed(request.POST)
    if request.method == "POST" and form.is_valid() and form.confirmed():
        given = form.unsigned()
        draft.version = given["version"]  # as it was shown: what was typed since then has not been looked at
        shown = submission.of_draft(draft, request.user, scope, now, typed)
        try:
            del given["version"], given["when"]
            made = workflow.submit(draft, by=request.user, now=now, given=typed.marks, impact=shown.impact, **given)
        except Refused as refused:
            form.add_error("marks_word" if isinstance(refused, Missing) else None, str(refused))
            status = status_of(refused)
        else:
            messages.success(request, _("Submitted. The first to decide have been asked."))
            return redirect("approvals:case", case=made.pk)
    elif request.method == "POST":
        status = 422
    if request.method == "POST":
        draft.refresh_from_db()  # as it is, not as it was shown
    page = submission.of_draft(draft, request.user, scope, now, typed)
    context = {
        "page": page, "impact": impact.shown(page.impact, scope), "form": form, "process": draft.process,
        "unanswered": corrections.unanswered(draft), "package": package_of(draft),
    }  # fmt: skip
    return render(request, "approvals/submit.html", context, status=status)
