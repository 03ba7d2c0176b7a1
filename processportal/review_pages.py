"""The page of a periodic review: everything that came up since the last one, each with its answer, and the verdict."""

from itertools import groupby
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import npgettext
from django.views.decorators.http import require_http_methods

from organization.refusals import Refused
from organization.scope import scope_of
from processes import policy
from processes.agenda import Source
from processes.review_forms import VerdictForm
from processes.views.doors import person_of, process_or_404, refused
from processportal import review_agenda

AT_ONCE: Final = 50
"""Change requests that one verdict answers; more are answered in their list first."""


@require_http_methods(["GET", "HEAD", "POST"])
def review_verdict(request: HttpRequest, number: str) -> HttpResponse:
    """Keep or revise, with reasons, the day of the next review, and an answer for each thing that came up."""
    process, scope, person, now = process_or_404(request, number), scope_of(request), person_of(request), timezone.now()
    answer = policy.may_review(person, process, scope)
    if not answer:
        return refused(request, answer.reason)
    waiting = list(process.change_requests.waiting().shown()[: AT_ONCE + 1])
    subject = review_agenda.subject_of(process, scope, now)
    proposed, agenda = review_agenda.proposed(subject), review_agenda.agenda(subject)
    form = VerdictForm(request.POST or None, requests=waiting, agenda=agenda, proposed=proposed.on, why=proposed.why)
    if request.method == "POST" and form.is_valid():
        try:
            review_agenda.decide(process, by=person, scope=scope, now=now, **form.said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The review of %(number)s was recorded.") % {"number": number})
            leads_to = "approvals:withdraw" if form.said["verdict"] == "withdraw" else "process"
            return redirect(leads_to, number)
    context: dict[str, Any] = {
        "form": form,
        "process": process,
        "since": subject.since,
        "too_many": len(waiting) > AT_ONCE,
        "groups": [
            (_heading(source, len(points)), source, points)
            for source, points in ((source, list(rows)) for source, rows in groupby(form.points, key=lambda row: row[0].source))
        ],
    }  # fmt: skip
    return render(request, "processes/review.html", context, status=422 if form.errors else 200)


def _heading(source: str, n: int) -> str:
    """Over what came from there, one or several."""
    if source == Source.NEIGHBOUR:
        return npgettext("heading", "Changed neighbour", "Changed neighbours", n)
    if source == Source.BREACH:
        return npgettext("heading", "Indicator beyond its limit", "Indicators beyond their limits", n)
    return str(Source(source).label)
