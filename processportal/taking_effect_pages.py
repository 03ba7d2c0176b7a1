"""The page on which a version waits to take effect: readiness, a later day, or the end of its approval, each signed."""

from collections.abc import Callable
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

from approvals import calling_off
from organization.confirmation_forms import ConfirmationForm
from organization.forms import day_field, reason_field
from organization.scope import scope_of
from organization.views.request import carry_out, person_of
from processes import holding
from processes.models import Revision
from processportal.taking_effect import Effect, effect_of

READY, POSTPONE, CANCEL = "ready", "postpone", "cancel"


class SignedForm(ConfirmationForm):
    """A reason, signed; `version` is the state of the revision that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = reason_field(gettext_lazy("Reason"))


class ReadyForm(SignedForm):
    """People are ready. A reason is needed where not everybody has read it, or completed the training that it demands."""

    def __init__(self, *args: Any, all_read: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not all_read
        self.fields["reason"].label = (
            _("Remark") if all_read else _("Why it may take effect although not everybody has read it, or is trained")
        )


class PostponeForm(SignedForm):
    """A later day."""

    day = day_field(gettext_lazy("New day"))
    field_order = ("version", "day", "reason")


FORMS: dict[str, type[SignedForm]] = {READY: ReadyForm, POSTPONE: PostponeForm, CANCEL: SignedForm}


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def effect(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """What it waits for; a POST signs the act that its button names."""
    revision, person = _visible(request, number, ordinal), person_of(request)
    page = effect_of(revision, person, scope_of(request), timezone.now())
    shown = {act: _form(act, page, request) for act in FORMS}
    act = request.POST.get("act", "")
    if act in FORMS:
        shown[act] = form = _form(act, page, request, request.POST)
        story, said = _stories(page, request)[act]

        def signed(data: dict[str, Any]) -> Revision:
            revision.version = data["version"]  # as it was shown
            return story(data)

        if carry_out(request, form, signed):
            messages.success(request, said)
            return redirect("process", number) if act == CANCEL else redirect("effect", number, ordinal)
        page = effect_of(_visible(request, number, ordinal), person, scope_of(request), timezone.now())
    context = {"page": page, "revision": page.revision, "process": page.revision.process, "forms": shown, "today": scope_of(request).today}
    return render(request, "portal/effect.html", context, status=422 if request.method == "POST" else 200)


def _stories(page: Effect, request: HttpRequest) -> dict[str, tuple[Callable[[dict[str, Any]], Revision], str]]:
    """For each act what happens, and what is said when it has."""
    revision, by, now = page.revision, person_of(request), timezone.now()
    return {
        READY: (lambda data: holding.ready(revision, by=by, now=now, read=page.read, reason=data["reason"]), _("Signed: ready.")),
        POSTPONE: (
            lambda data: holding.postpone(revision, data["day"], by=by, now=now, reason=data["reason"]),
            _("Signed: it takes effect later. Those who wait for it have been told."),
        ),
        CANCEL: (
            lambda data: calling_off.call_off(revision, by=by, now=now, reason=data["reason"]),
            _("Signed: the approval is cancelled. It is a draft again."),
        ),
    }


def _form(act: str, page: Effect, request: HttpRequest, data: Any = None) -> SignedForm:
    given: dict[str, Any] = {"all_read": page.all_read} if act == READY else {}
    return FORMS[act](data, request=request, auto_id=f"id_{act}_%s", initial={"version": page.revision.version}, **given)


def _visible(request: HttpRequest, number: str, ordinal: int) -> Revision:
    visible = Revision.objects.visible_to(scope_of(request)).filter(state=Revision.State.APPROVED)
    found: Revision = get_object_or_404(
        visible.select_related("process__owner", "process__department", "frozen"), process__number=number, ordinal=ordinal
    )
    return found
