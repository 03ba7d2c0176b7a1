"""The page on which content in review is released in an emergency, signed."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from approvals import releasing
from approvals.models import ApprovalCase
from approvals.release_policy import may_release
from approvals.views.page import Request, visible
from approvals.workflow import LONGEST
from organization.confirmation_forms import ConfirmationForm
from organization.scope import scope_of
from organization.views.request import carry_out


class ReleaseForm(ConfirmationForm):
    """Why it cannot wait, signed."""

    reason = forms.CharField(
        label=gettext_lazy("Why it cannot wait for its approval"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Every reader of the process sees it, with your name."),
    )  # fmt: skip


@sensitive_post_parameters("password", "code", "passkey")
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: Request, case: int) -> HttpResponse:
    """What the release means, and the form that signs it; a refusal shows it again with the reason kept."""
    found, now = visible(request, case), timezone.now()
    if found.state != ApprovalCase.State.OPEN:
        messages.error(request, _("This review is closed: %(state)s. Nothing was recorded.") % {"state": found.get_state_display()})
        return redirect("approvals:case", case=found.pk)
    answer = may_release(found, releasing.turns_of(found, request.user, scope_of(request)))
    if not answer:
        raise PermissionDenied(answer.reason)
    form = ReleaseForm(request.POST or None, request=request)
    if carry_out(request, form, lambda given: releasing.release(found, by=request.user, now=timezone.now(), reason=given["reason"])):
        messages.success(request, _("Released: it is in force from now on. Its readers are asked to read it."))
        return redirect("process", found.process.number)
    process = found.revision.process
    context = {
        "case": found,
        "process": process,
        "form": form,
        "day": releasing.last_day(now),
        "before": process.revisions.in_force(now).first(),
    }
    return render(request, "approvals/release.html", context, status=422 if form.errors else 200)
