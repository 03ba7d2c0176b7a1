"""Theme, contrast and language: cookies that the server reads, so that the first paint is right without any script."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from organization.models import Person
from processportal.navigation import address

YEAR = 365 * 24 * 3600
SYSTEM = "system"
CHOICES = {
    "theme": (SYSTEM, "light", "dark"),
    "contrast": (SYSTEM, "standard", "more"),
    "language": tuple(code for code, _name in settings.LANGUAGES),
}
COOKIES = {"theme": "theme", "contrast": "contrast", "language": settings.LANGUAGE_COOKIE_NAME}


@dataclass(frozen=True, slots=True)
class Appearance:
    """What this browser chose; "system" follows the operating system."""

    theme: str
    contrast: str


def appearance(request: HttpRequest) -> Appearance:
    """The choices in the cookies; anything unknown counts as "system"."""
    theme, contrast = (request.COOKIES.get(COOKIES[name], SYSTEM) for name in ("theme", "contrast"))
    return Appearance(theme if theme in CHOICES["theme"] else SYSTEM, contrast if contrast in CHOICES["contrast"] else SYSTEM)


def remember_language(response: HttpResponseBase, language: str) -> None:
    """The person's own language, from the moment of sign-in on."""
    response.set_cookie(COOKIES["language"], language, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)


@login_not_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keeps what was chosen and goes back to where the person was; 204 to a script that has applied it already."""
    response: HttpResponse = HttpResponse(status=204) if request.POST.get("stay") else HttpResponseRedirect(_back(request), status=303)
    for name, allowed in CHOICES.items():
        value = request.POST.get(name, "")
        if value in allowed:
            response.set_cookie(COOKIES[name], value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    language = request.POST.get("language", "")
    if language in CHOICES["language"] and isinstance(request.user, Person):
        _remember(request.user.pk, language)
    return response


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else address("home") or "/"


def _remember(person_id: int, language: str) -> None:
    """Notices are written in this language too."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        if person.language != language:
            person.language = language
            person.save(update_fields=["language"])
