"""What the code on a paper leads to, for everybody who holds it: how that paper stands, and nothing that is not printed on it."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from processportal.copies.models import LENGTH, Copy
from processportal.copies.standing import State, newer_since, standing_of


@login_not_required
@require_safe
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Two questions to the database at most; what nobody printed is the same page with 404."""
    known = Copy.objects.select_related("process", "revision").only(
        "version",
        "valid_until",
        "process__number",
        "process__state",
        "revision__state",
        "revision__effective_from",
        "revision__effective_until",
        "revision__suspended_from",
        "revision__suspended_until",
    )
    copy = known.filter(token=token.lower()).first() if len(token) == LENGTH else None
    now = timezone.now()
    context: dict[str, Any] = {"copy": copy, "now": now}
    if copy:
        stands = context["stands"] = standing_of(copy, now)
        context["newer"] = newer_since(copy, now) if stands.state == State.SUPERSEDED else None
    response = render(request, "copies/check.html", context, status=200 if copy else 404)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"  # the address is all that protects the page
    return response
