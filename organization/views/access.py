"""One's own access: open sessions and how to end them, failed attempts to sign, and the options for a passkey."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization import confirming, pins, sessions
from organization.devices import device
from organization.models import FailedSigning
from organization.views.request import person_of

ROWS = 20


@require_safe
def open_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, this browser first; and attempts to sign in one's name that failed."""
    me = person_of(request)
    rows = sorted(sessions.open_of(me, timezone.now()), key=lambda row: row.session_key != request.session.session_key)
    context = {
        "sessions": [(row, device(row.device), row.session_key == request.session.session_key) for row in rows],
        "failed": [(row, _kinds().get(row.component, row.component)) for row in FailedSigning.objects.filter(person=me)[:ROWS]],
        "idle": sessions.idle_time(),
        "whole": sessions.whole_time(),
    }
    return render(request, "organization/sessions.html", context)


def _kinds() -> dict[str, str]:
    return {
        confirming.Component.PASSWORD: _("Password"),
        confirming.Component.CODE: _("Code of the authenticator app"),
        confirming.Component.PASSKEY: _("Passkey"),
        pins.COMPONENT: _("PIN at a shared tablet"),
    }


@require_POST
def end_session(request: HttpRequest, handle: str) -> HttpResponse:
    """Ends one of one's own sessions; somebody else's is not found."""
    try:
        found = sessions.end(person_of(request), uuid.UUID(handle))
    except ValueError as error:
        raise Http404 from error
    if not found:
        messages.info(request, _("This session has ended already."))
    else:
        messages.success(request, _("That session has ended. Whoever uses that browser has to sign in again."))
    return redirect("organization:sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Ends all of one's own sessions but this one."""
    sessions.end_all(person_of(request), but=request.session.session_key)
    messages.success(request, _("You are signed in here only."))
    return redirect("organization:sessions")


@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """What the browser needs to ask for one's passkey, to confirm one signature."""
    return JsonResponse(confirming.passkey_options(request, person_of(request)))
