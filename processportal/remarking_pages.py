"""The page on which a change of an approved version is raised to substantive, signed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from organization.confirmation_forms import ConfirmationForm
from organization.forms import reason_field
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from processes import policy, remarking
from processes.comparison import Change
from processes.models import Revision


class RemarkForm(ConfirmationForm):
    """Which change, and why; `version` is the state of the revision that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    place = forms.ChoiceField(label=gettext_lazy("Change"), widget=forms.RadioSelect)
    reason = reason_field(gettext_lazy("Why it matters more than was thought"))

    def __init__(self, *args: Any, changes: list[Change], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {one.place: _("%(change)s (%(mark)s)") % {"change": one.label, "mark": one.mark_label} for one in changes}
        self.fields["place"].choices = list(words.items())  # type: ignore[attr-defined]


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def remark(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """What counts for less than substantive, and a signature to raise one of it."""
    visible = Revision.objects.visible_to(scope_of(request)).filter(state=Revision.State.APPROVED)
    revision = get_object_or_404(visible.select_related("process__owner", "frozen"), process__number=number, ordinal=ordinal)
    answer = policy.may_remark(person_of(request), revision.process, scope_of(request))
    against, comparison = remarking.compared(revision)
    changes = remarking.to_raise(comparison)
    data = request.POST if request.method == "POST" and answer else None
    form = RemarkForm(data, request=request, changes=changes, initial={"version": revision.version})

    def signed(given: dict[str, Any]) -> Revision:
        revision.version = given["version"]  # as it was shown
        return remarking.raise_mark(revision, given["place"], by=person_of(request), now=timezone.now(), reason=given["reason"])

    if carry_out(request, form, signed):
        messages.success(request, _("Signed: the change counts as substantive. Those whom it concerns are asked to read it."))
        return redirect("revision_changes", number, ordinal)
    context = {
        "process": revision.process, "revision": revision, "against": against, "comparison": comparison, "changes": changes, "form": form,
        "answer": answer,
    }  # fmt: skip
    return render(request, "portal/remark.html", context, status=200 if request.method != "POST" else 422 if answer else 403)
