"""How a person confirms a signature: with the password, a code of the authenticator app or a passkey.

The first signature of a session asks for everything that the person has: the password, and a code or a passkey where one is set up.
Those that follow ask for one of them, until nothing was signed for `SIGNING_IDLE_MINUTES`; then for everything again. Whoever signs in
elsewhere and has no password here signs with what was set up here. What failed is counted, locks like a failed sign-in, and stays on
record.
"""

import datetime as dt
import json
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from organization import events
from organization.models import FailedSigning, Person, UsedCode

SIGNED = "signed"
"""In the session: the instant of the last confirmed signature."""


MADE_UP = (ValidationError, ValueError, TypeError, LookupError, AttributeError, RecursionError, struct.error)
"""What reading an answer raises that no passkey gave."""


class Component(StrEnum):
    """What only the person knows or has. The values are names of form fields."""

    PASSWORD = "password"  # noqa: S105 - the name of a field
    CODE = "code"
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class Demand:
    """What this person has to confirm a signature with, and whether the next one asks for all of it."""

    has: frozenset[Component]
    whole: bool

    @property
    def possible(self) -> bool:
        """Whether there is anything to confirm with."""
        return bool(self.has)

    @property
    def choice(self) -> bool:
        """Whether one of several suffices."""
        return not self.whole and len(self.has) > 1

    def asks(self, given: Mapping[str, str]) -> tuple[Component, ...]:
        """What is to be checked of what was typed: a passkey before a code before the password, which browsers fill in by themselves.

        A component that is asked for and was not given is among them; nothing where there is nothing to confirm with.
        """
        second = [one for one in (Component.PASSKEY, Component.CODE) if one in self.has]
        second = [one for one in second if given.get(one)][:1] or second[-1:]
        password = [Component.PASSWORD] if Component.PASSWORD in self.has else []
        if self.whole:
            return (*password, *second)
        return tuple([one for one in (*second, *password) if given.get(one)][:1] or (*password, *second)[:1])


@dataclass(frozen=True, slots=True)
class Verdict:
    """Confirmed, or not and why; `component` is what was wrong (none where nothing can be confirmed)."""

    confirmed: bool
    reason: str = ""
    component: Component | None = None

    def __bool__(self) -> bool:
        return self.confirmed


def demand(request: HttpRequest, person: Person, now: dt.datetime) -> Demand:
    """What the next signature of this person in this session asks for. One query."""
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    found = {
        Component.PASSWORD: person.has_usable_password(),
        Component.CODE: Authenticator.Type.TOTP in kinds,
        Component.PASSKEY: Authenticator.Type.WEBAUTHN in kinds,
    }
    return Demand(frozenset(one for one, there in found.items() if there), not _goes_on(request, now))


def _goes_on(request: HttpRequest, now: dt.datetime) -> bool:
    """Whether something was signed in this session a short while ago."""
    last = request.session.get(SIGNED)
    elapsed = now - dt.datetime.fromisoformat(last) if last else None
    return elapsed is not None and dt.timedelta() <= elapsed < dt.timedelta(minutes=settings.SIGNING_IDLE_MINUTES)


def confirm(request: HttpRequest, person: Person, asked: Demand, given: Mapping[str, str], now: dt.datetime) -> Verdict:
    """Checks what was typed. A wrong one counts and locks like a failed sign-in, is kept, and the person is told.

    The page of the caller shows `reason`, so the lock-out page of the sign-in does not take over and nothing typed is lost.
    """
    if not asked.possible:
        return Verdict(False, nothing_to_confirm_with())
    for component in asked.asks(given):
        if AxesProxyHandler.is_locked(request, {"login": person.login}):
            return _failed(request, person, component, now, locked=True)
        if not CHECKS[component](request, person, given.get(component, "")):
            locked = bool(getattr(request, "axes_locked_out", False))
            request.axes_locked_out = False  # type: ignore[attr-defined]
            return _failed(request, person, component, now, locked=locked)
    request.session[SIGNED] = now.isoformat()
    return Verdict(True)


def nothing_to_confirm_with() -> str:
    """What is told to somebody who signs in elsewhere and has set up nothing here."""
    return _("You have nothing to confirm a signature with. Set up an authenticator app or a passkey in your account, then sign.")


def passkey_options(request: HttpRequest, person: Person) -> dict[str, object]:
    """What the browser needs to ask for a passkey. The answer is good once, in this session."""
    with context.request_context(request):
        options: dict[str, object] = passkeys.begin_authentication(person)
    return options


def _password(request: HttpRequest, person: Person, typed: str) -> bool:
    found = authenticate(request, login=person.login, password=typed)  # counts by itself
    return found is not None and found.pk == person.pk


def _code(request: HttpRequest, person: Person, typed: str) -> bool:
    """The cache of the sign-in package knows only its own process, hence the row: of two equal codes one is refused everywhere."""
    step = int(time.time()) // app_settings.TOTP_PERIOD
    one = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    if one.wrap().validate_code(typed) and UsedCode.objects.get_or_create(person=person, step=step)[1]:
        UsedCode.objects.filter(person=person, step__lt=step).delete()
        one.record_usage()
        return True
    return _count(request, person)


def _passkey(request: HttpRequest, person: Person, typed: str) -> bool:
    try:
        answer = json.loads(typed)
        with context.request_context(request):
            passkeys.parse_authentication_response(answer)
            passkeys.complete_authentication(person, answer).record_usage()
    except MADE_UP:
        return _count(request, person)
    return True


CHECKS: dict[Component, Callable[[HttpRequest, Person, str], bool]] = {
    Component.PASSWORD: _password,
    Component.CODE: _code,
    Component.PASSKEY: _passkey,
}


def _count(request: HttpRequest, person: Person) -> bool:
    """Counts a failure as the sign-in does, and says no."""
    user_login_failed.send(sender=__name__, credentials={"login": person.login}, request=request)
    return False


@transaction.atomic
def _failed(request: HttpRequest, person: Person, component: Component, now: dt.datetime, *, locked: bool) -> Verdict:
    failed = FailedSigning.objects.create(person=person, component=component, address=request.path[:300], locked=locked, at=now)
    events.signing_failed.send(sender=FailedSigning, failed=failed)
    if locked:
        words = _("Too many failed attempts. Wait a quarter of an hour, then try again; what you typed is still here.")
        return Verdict(False, words, component)
    return Verdict(False, _wrong()[component], component)


def _wrong() -> dict[Component, str]:
    return {
        Component.PASSWORD: _("That is not your password, so nothing was signed. Try again."),
        Component.CODE: _("This code is wrong or was used already, so nothing was signed. Type the next one that the app shows."),
        Component.PASSKEY: _("The passkey was not accepted, so nothing was signed. Try again."),
    }
