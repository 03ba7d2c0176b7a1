"""Was this helpful: what a reader says, and what the owner reads of it."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.refusals import Refused
from organization.scope import scope_of
from processes import helpfulness, policy
from processes.models import Revision
from processes.views.doors import person_of, process_or_404, refused
from worklist.views.addresses import changed
from worklist.views.addresses import number as number_in

ROWS: Final = 50


@require_POST
def say(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """`helped=yes` or `no`, with a comment or without."""
    process = process_or_404(request, number)
    visible = Revision.objects.visible_to(scope_of(request)).filter(process=process)
    revision: Revision = get_object_or_404(visible.select_related("process"), ordinal=ordinal)
    given = request.POST
    try:
        helpfulness.say(
            revision, by=person_of(request), now=timezone.now(), helped=given.get("helped") == "yes", comment=given.get("comment", "")
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you. You can change your answer at any time."))
    return redirect("process", number)


@require_safe
def answers(request: HttpRequest, number: str) -> HttpResponse:
    """For whoever answers for the process: how many, and what they wrote."""
    process, before, now = process_or_404(request, number), number_in(request.GET.get("before", "")), timezone.now()
    answer = policy.may_change_metadata(person_of(request), process, scope_of(request))
    if not answer:
        return refused(request, answer.reason)
    rows = helpfulness.comments(process, before, ROWS)
    held = process.revisions.in_force(now).defer("content").first()
    context = {
        "process": process,
        "revision": held,
        "counts": helpfulness.counts(held) if held else None,
        "rows": rows[:ROWS],
        "previous_url": changed(request.GET, "before", "") if before else "",
        "next_url": changed(request.GET, "before", str(rows[ROWS - 1].pk)) if len(rows) > ROWS else "",
    }
    return render(request, "processes/helpful.html", context)
