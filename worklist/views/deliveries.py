"""Deliveries: what did not arrive, for administrators."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from organization.refusals import Refused
from organization.views.request import for_administrators, person_of
from worklist import deliveries as rooms
from worklist.deliveries import MAIL, WEBHOOK
from worklist.models import Notice
from worklist.preferences import kind_words
from worklist.views.addresses import changed, number

ROWS = 50


@require_safe
@for_administrators
def deliveries(request: HttpRequest) -> HttpResponse:
    """Counts, and what was tried in vain, newest first. What a notice says is shown to its reader alone."""
    what = WEBHOOK if request.GET.get("what") == WEBHOOK else MAIL
    found: QuerySet = rooms.troubled_calls() if what == WEBHOOK else rooms.troubled_mails()  # type: ignore[type-arg]
    before = number(request.GET.get("before", ""))
    some = list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: ROWS + 1])
    notices = [(row, row.notice if what == WEBHOOK else row) for row in some[:ROWS]]
    context = {
        "overview": rooms.overview(),
        "what": what,
        "rows": [(row, kind_words(notice.kind), rooms.in_words(row.error)) for row, notice in notices],
        "first_url": changed(request.GET, "before", "") if before else "",
        "next_url": changed(request.GET, "before", str(some[ROWS - 1].pk)) if len(some) > ROWS else "",
        "failed": Notice.Mail.FAILED,
    }
    return render(request, "worklist/deliveries.html", context)


@require_POST
@for_administrators
def settle(request: HttpRequest) -> HttpResponse:
    """Tries one, or all that failed, again; or gives them up."""
    what, chosen = request.POST.get("what", ""), request.POST.get("id", "")
    ids = [number(chosen)] if chosen else None
    try:
        count = rooms.settle(what, ids, request.POST.get("action", ""), by=person_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext("%(count)d delivery was changed.", "%(count)d deliveries were changed.", count) % {"count": count}
        messages.success(request, said)
    return redirect(reverse("worklist:deliveries") + ("?what=webhook" if what == WEBHOOK else ""))
