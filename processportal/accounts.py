"""How sign-in differs from allauth's defaults: nobody signs up, and the person's own language holds from the first page on."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from organization.models import Person
from organization.policy import may_manage
from organization.views.request import person_of
from processportal.preferences import remember_language


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Home, where everything is open."""
        return reverse("home")

    def post_login(self, request: HttpRequest, user: Person, **given: Any) -> HttpResponseBase:
        """On to the page that was asked for, in the person's language."""
        response: HttpResponseBase = super().post_login(request, user, **given)
        remember_language(response, user.language)
        return response


def counted_login(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The login name under which wrong passwords are counted: one for all its spellings, since each of them signs in.

    Our own signatures say `login`, the sign-in package says `username`.
    """
    given = credentials or request.POST
    return str(given.get("login") or given.get("username") or "").strip().lower()


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponseBase:
    """In place of the admin site's own page, which knows neither the second factor nor the lock-out after wrong passwords."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next", ""))
    if not may_manage(person_of(request)):
        raise PermissionDenied
    return redirect("admin:index")
