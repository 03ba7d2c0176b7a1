"""How views find a process or its open draft through the one door to seeing, and how refusals are answered."""

import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope_of
from processes.models import Process, Revision

Body = Mapping[str, Any]


class BadInput(ValueError):
    """The body of a request is not what this address takes; the message is a sentence."""


def person_of(request: HttpRequest) -> Person:
    """Who is signed in (every view that asks is behind the sign-in)."""
    return cast("Person", request.user)


def process_or_404(request: HttpRequest, number: str) -> Process:
    """The process with this number, if this person may see it."""
    visible = Process.objects.visible_to(scope_of(request)).exclude(state=Process.State.DISCARDED)
    return cast("Process", get_object_or_404(visible.select_related("department", "owner", "group"), number=number))


def open_revision(request: HttpRequest, number: str) -> Revision | None:
    """The draft or revision in review of this process, if this person may see it."""
    visible = Revision.objects.visible_to(scope_of(request)).open()
    found = visible.filter(process__number=number).select_related("process__department", "process__owner", "based_on")
    return cast("Revision | None", found.first())


def draft_or_404(request: HttpRequest, number: str) -> Revision:
    """The same, or 404."""
    found = open_revision(request, number)
    if found is None:
        raise Http404
    return found


def refused(request: HttpRequest, reason: str, status: int = 403) -> HttpResponse:
    """The page that says why not."""
    return render(request, "403.html", {"reason": reason}, status=status)


def api(view: Callable[..., JsonResponse]) -> Callable[..., HttpResponse]:
    """JSON in, JSON out, POST only: `view(request, number, body)`, and whatever else the address says by name.

    Every refusal is a status and {"error": a sentence}; a signed-out sender gets 401.
    """
    return _answering(lambda request, number, **more: view(request, number, _body(request), **more))


def file_api(view: Callable[[HttpRequest, str, BinaryIO], JsonResponse]) -> Callable[..., HttpResponse]:
    """The same with a file (form field `file`) in."""
    return _answering(lambda request, number: view(request, number, _file(request)))


def _answering(view: Callable[..., JsonResponse]) -> Callable[..., HttpResponse]:
    @login_not_required  # answers 401 itself: a script cannot follow the way to the sign-in page
    def wrapped(request: HttpRequest, number: str, **more: str) -> HttpResponse:
        if request.method != "POST":
            return _error(_("This address takes POST only."), 405)
        if not request.user.is_authenticated:
            return _error(_("You were signed out. Sign in again; what you typed is kept on this device."), 401)
        return _answered(request, number, view, more)

    return wrapped


def _answered(request: HttpRequest, number: str, view: Callable[..., JsonResponse], more: Mapping[str, str]) -> JsonResponse:
    try:
        return view(request, number, **more)
    except RequestDataTooBig:
        return _error(_("This is too much text for one saving. Paste less at once, or divide it among several steps."), 413)
    except BadInput as fault:
        return _error(str(fault), 400)
    except Http404:
        return _error(_("This draft does not exist, or you may not see it."), 404)
    except Stale as stale:
        return _error(str(stale), 409)
    except Refused as refusal:
        return _error(str(refusal), 403)


def _body(request: HttpRequest) -> Body:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as fault:
        raise BadInput(_("This is not JSON in UTF-8.")) from fault
    if not isinstance(body, dict):
        raise BadInput(_("A JSON object is expected."))
    return body


def _file(request: HttpRequest) -> BinaryIO:
    file = request.FILES.get("file")
    if file is None:
        raise BadInput(_("A file is expected."))
    return cast("BinaryIO", file)


def _error(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
