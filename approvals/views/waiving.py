"""The page of a process's waivers: what is left out by whose signature and until when; signing one, and taking one back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from approvals import waiver_policy, waivers
from approvals.history import waivers_of
from approvals.models import Waiver
from approvals.waiver_forms import TRAINING, RevokeForm, WaiverForm
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from processes.models import Process, Revision


@sensitive_post_parameters("password", "code", "passkey")
@require_http_methods(["GET", "HEAD", "POST"])
def waiver_list(request: HttpRequest, number: str) -> HttpResponse:
    """Every waiver of the process, and the form that signs one for those who may."""
    process = _visible(request, number)
    form = _form(request, process, request.POST if request.method == "POST" else None, training="training" in request.GET)

    def story(_data: dict[str, Any]) -> Waiver:
        return waivers.give(process, form.wanted(), by=person_of(request), now=timezone.now())

    if carry_out(request, form, story):
        messages.success(request, _("Signed: the waiver counts from now on."))
        return redirect("approvals:waivers", number)
    return _page(request, process, form)


@require_POST
def revoke(request: HttpRequest, number: str, waiver: int) -> HttpResponse:
    """A waiver counts no more."""
    process = _visible(request, number)
    found = get_object_or_404(Waiver.objects.filter(process=process), pk=waiver)
    form = RevokeForm(request.POST)
    if carry_out(request, form, lambda data: waivers.revoke(found, by=person_of(request), now=timezone.now(), reason=data["reason"])):
        messages.success(request, _("The waiver counts no more. What has begun keeps what it has."))
        return redirect("approvals:waivers", number)
    return _page(request, process, _form(request, process), failed=(found.pk, form))


def _visible(request: HttpRequest, number: str) -> Process:
    visible = Process.objects.visible_to(scope_of(request)).select_related("department", "owner")
    found: Process = get_object_or_404(visible, number=number)
    return found


def _form(request: HttpRequest, process: Process, data: Any = None, *, training: bool = False) -> WaiverForm:
    """`training`: whoever comes from a version that waits is offered what lets this one take effect."""
    at_work: Revision | None = process.revisions.filter(state=Revision.State.IN_REVIEW).first() or process.revisions.held().first()
    initial = {"stage": TRAINING, "only": True} if training else {}
    return WaiverForm(data, request=request, initial=initial, stages=waivers.stages_to_waive(process, timezone.now()), at_work=at_work)


def _page(request: HttpRequest, process: Process, form: WaiverForm, *, failed: tuple[int, RevokeForm] | None = None) -> HttpResponse:
    person, scope = person_of(request), scope_of(request)
    rows = [
        (row, failed[1] if failed and failed[0] == row.waiver.pk else RevokeForm(auto_id=f"id_{row.waiver.pk}_%s"))
        for row in waivers_of(process, scope.today)
    ]
    standing = [row.waiver for row, _form in rows if row.counts]
    context = {
        "process": process,
        "rows": rows,
        "unmet": waivers.unmet(process, standing, timezone.now()),
        "may_revoke": waiver_policy.revocable(person, standing, scope),
        "may": waiver_policy.may_waive(person, process, None, scope),
        "form": form,
    }
    return render(request, "approvals/waivers.html", context, status=422 if failed or form.errors else 200)
