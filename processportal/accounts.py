"""How sign-in differs from allauth's defaults: nobody signs up, and the person's own language holds from the first page on."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from organization.models import Person
from processportal.preferences import remember_language


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def post_login(self, request: HttpRequest, user: Person, **given: Any) -> HttpResponseBase:
        """On to the page that was asked for, in the person's language."""
        response: HttpResponseBase = super().post_login(request, user, **given)
        remember_language(response, user.language)
        return response
