"""The verdict of a periodic review."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organization.refusals import Refused
from organization.scope import scope_of
from processes import policy, review
from processes.forms import VerdictForm
from processes.lifecycle import REVIEW_MONTHS, add_months
from processes.views.doors import person_of, process_or_404, refused

AT_ONCE = 50
"""Change requests that one verdict answers; more are answered in their list first."""


@require_http_methods(["GET", "HEAD", "POST"])
def review_verdict(request: HttpRequest, number: str) -> HttpResponse:
    """Keep or revise, with reasons, the day of the next review, and an answer for each change request that waits."""
    process, scope, person = process_or_404(request, number), scope_of(request), person_of(request)
    answer = policy.may_review(person, process, scope)
    if not answer:
        return refused(request, answer.reason)
    waiting = list(process.change_requests.waiting().shown()[: AT_ONCE + 1])
    form = VerdictForm(request.POST or None, requests=waiting, initial={"next_on": add_months(scope.today, REVIEW_MONTHS)})
    if request.method == "POST" and form.is_valid():
        try:
            review.verdict(process, by=person, now=timezone.now(), **form.said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The review of %(number)s was recorded.") % {"number": number})
            leads_to = "approvals:withdraw" if form.said["verdict"] == "withdraw" else "process"
            return redirect(leads_to, number)
    context = {"form": form, "process": process, "too_many": len(waiting) > AT_ONCE}
    return render(request, "processes/review.html", context, status=422 if form.errors else 200)
