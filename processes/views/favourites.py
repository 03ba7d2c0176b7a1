"""The star on the page of a process and on one's own list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization.refusals import Refused
from processes import favourites
from processes.views.doors import person_of, process_or_404


@require_POST
def favourite(request: HttpRequest, number: str) -> HttpResponse:
    """`keep=1` keeps the process at hand, without it it is no longer; back to where the star was pressed."""
    process = process_or_404(request, number)
    try:
        if request.POST.get("keep"):
            favourites.keep(process, by=person_of(request), now=timezone.now())
            messages.success(request, _("%(number)s is among your favourites.") % {"number": process.number})
        else:
            favourites.drop(process, by=person_of(request))
            messages.success(request, _("%(number)s is no longer among your favourites.") % {"number": process.number})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("own_processes") if request.POST.get("back") == "mine" else redirect("process", number)
