"""Pages for what went wrong: each says what happened and what to do."""

import contextlib
import sys
from collections.abc import Callable

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from processes.content import Damaged

TRY_AGAIN_SECONDS = 30
HEARD_OUT_BYTES = 64_000_000
PIECE = 64 * 1024
READ_ONLY = "25006"
"""PostgreSQL's code for a transaction that may not write."""


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The session ended between opening the page and sending it."""
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent is more than the portal takes, or makes no sense."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """The database cannot be used just now (503), or something broke or is not what was signed (500). Asks the database nothing."""
    error = sys.exception()
    if not _is_about_the_database(error):
        return HttpResponse(render_to_string("damaged.html" if isinstance(error, Damaged) else "500.html"), status=500)
    if request.headers.get("Accept", "").startswith("application/json") or request.content_type == "application/json":
        sentence = _("The portal cannot reach its data just now. Nothing was saved; what you typed is kept on this device.")
        response: HttpResponse = JsonResponse({"error": sentence}, status=503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response


def _is_about_the_database(error: BaseException | None) -> bool:
    """Not there, full, locked for too long or not to be written; a wrong question to it is a mistake of ours."""
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", "") == READ_ONLY
    return isinstance(error, OperationalError | InterfaceError)


def heard_out(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Reads to its end what is refused for its size: a browser that is cut off while it sends shows its own error, not our page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 413:
            with contextlib.suppress(OSError):
                for _piece in range(HEARD_OUT_BYTES // PIECE):
                    if not request.read(PIECE):
                        break
        return response

    return middleware


def no_zero_bytes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No address of ours has a zero byte, and PostgreSQL takes none in a text: such a request makes no sense."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest
        return get_response(request)

    return middleware
