"""A label for a machine: number, title and a code that leads to the steps of whatever holds by then, so that it never goes out of date."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from organization.scope import scope_of
from processes.models import Process, Revision
from processes.views.doors import process_or_404
from processportal.copies.document import code, portal_address


@require_safe
def label(request: HttpRequest, number: str) -> HttpResponse:
    """On A6, to be printed and put up."""
    process = process_or_404(request, number)
    if _held(request, process) is None:
        return render(request, "portal/step_none.html", {"process": process})
    return render(request, "portal/label.html", {"process": process, "address": portal_address("first_step", number)})


@require_safe
def label_code(request: HttpRequest, number: str) -> HttpResponse:
    """The code on it, as a drawing."""
    process = process_or_404(request, number)
    if _held(request, process) is None:
        raise Http404
    response = HttpResponse(code(portal_address("first_step", number)), content_type="image/svg+xml")
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _held(request: HttpRequest, process: Process) -> Revision | None:
    now = timezone.now()
    if process.is_withdrawn(now):
        return None
    found: Revision | None = Revision.objects.visible_to(scope_of(request)).filter(process=process).in_force(now).defer("content").first()
    return found
