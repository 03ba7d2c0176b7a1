"""What happens around every request: language, the end of access, the actor of the evidence trail, and reads that do not write."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from organization import sessions
from organization.calendar import company_zone
from organization.calendar import today as company_today
from organization.evidence import acting

GetResponse = Callable[[HttpRequest], HttpResponse]
# Answer also when the database is gone: nothing around them may ask it.
PROBES = ("/healthz", "/readyz")
# Tables that a GET may write: the session with when it was last seen, and allauth's and axes' own book-keeping.
WRITES_ON_GET = ("organization_opensession", "mfa_authenticator", "axes_", "django_admin_log")


def language(get_response: GetResponse) -> GetResponse:
    """The language cookie, else what the browser asks for; a person's own choice is put into the cookie at sign-in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
            response.headers.setdefault("Content-Language", chosen)
            return response

    return middleware


def company_time(get_response: GetResponse) -> GetResponse:
    """Instants are shown in the company's zone, in which its days are counted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            return get_response(request)
        with timezone.override(company_zone()):
            return get_response(request)

    return middleware


def own_password_first(get_response: GetResponse) -> GetResponse:
    """Whoever signed in with a password that an administrator made chooses one of their own: nobody else may sign as them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person = request.user
        if person.is_authenticated and person.password_is_temporary:
            own = reverse("account_change_password")
            if request.path not in {own, reverse("account_logout"), reverse("preferences"), *PROBES}:
                return redirect(own)
        return get_response(request)

    return middleware


def session_ends(get_response: GetResponse) -> GetResponse:
    """A guest's last day and a deactivation end every open session at the next request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person = request.user
        if person.is_authenticated and person.access_until and person.access_until < company_today():
            auth.logout(request)
        return get_response(request)

    return middleware


def last_seen(get_response: GetResponse) -> GetResponse:
    """Notes, about once a minute, that the session is in use. A database that takes no writes does not hinder reading."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path not in PROBES:
            sessions.touch(request.session, timezone.now())
        return response

    return middleware


def actor(get_response: GetResponse) -> GetResponse:
    """Names the person of this request to the triggers of the evidence trail."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with acting(request.user.get_username() if request.user.is_authenticated else ""):
            return get_response(request)

    return middleware


class WroteOnRead(AssertionError):
    """A GET or HEAD request tried to change the database."""


def reads_only(get_response: GetResponse) -> GetResponse:
    """In tests and development: a GET that writes fails, so that no link, prefetch or crawler ever changes anything."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or not (settings.TESTING or settings.DEBUG):
            return get_response(request)
        with connection.execute_wrapper(_only_reads):
            return get_response(request)

    return middleware


def _only_reads(execute: Callable[..., Any], sql: str, params: Any, many: Any, context: dict[str, Any]) -> Any:
    verb = sql.lstrip("( ").split(None, 1)[0].upper() if sql.strip() else ""
    if verb in {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE"} and not any(t in sql for t in WRITES_ON_GET):
        raise WroteOnRead(sql[:200])
    return execute(sql, params, many, context)
