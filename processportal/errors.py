"""Pages for what went wrong: each says what happened and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The session ended between opening the page and sending it."""
    return render(request, "403_csrf.html", status=403)
