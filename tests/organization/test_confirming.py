"""Signatures are confirmed: all components at the first of a session, one afterwards, all again after a pause; failures count and lock."""

import datetime as dt
import json
import time
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.conf import settings as conf
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from fido2.utils import websafe_encode

from organization import confirming
from organization.confirmation_forms import ConfirmationForm
from organization.confirming import Component, Demand
from organization.models import FailedSigning, Person, UsedCode
from tests import make
from tests.make import PASSWORD
from tests.organization.softkey import SoftKey
from worklist.models import Notice

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"
NOW = make.NOW
MINUTE = dt.timedelta(minutes=1)
WRONG = "That is not your password, so nothing was signed. Try again."
USED = "This code is wrong or was used already, so nothing was signed. Type the next one that the app shows."


class Clock:
    """The half minutes of authenticator apps, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_900_000_000.0

    def code(self) -> str:
        """The next code, half a minute on."""
        self.now += 30
        return format_hotp_value(hotp_value(SECRET, int(self.now) // 30))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "time", lambda: made.now)
    return made


def request_of(person: Person) -> HttpRequest:
    """A POST of somebody signed in, in a fresh session."""
    request = RequestFactory().post("/reviews/1/")
    request.user = person  # type: ignore[assignment]
    request.session = import_module(conf.SESSION_ENGINE).SessionStore()
    return request


def anna(*, password: str = PASSWORD, app: bool = False) -> Person:
    person = make.person("anna", password=password)
    if app and not Authenticator.objects.filter(user=person).exists():
        TOTP.activate(person, SECRET)
    return person


def confirm(request: HttpRequest, now: dt.datetime = NOW, **given: str) -> confirming.Verdict:
    person: Any = request.user
    return confirming.confirm(request, person, confirming.demand(request, person, now), given, now)


def test_with_a_password_alone_each_signature_asks_for_it() -> None:
    request = request_of(anna())
    for now in (NOW, NOW + MINUTE, NOW + 20 * MINUTE):
        assert not confirm(request, now)
        assert confirm(request, now, password=PASSWORD)


def test_the_first_asks_for_all_the_next_for_one_and_after_a_pause_for_all_again(clock: Clock) -> None:
    request = request_of(anna(app=True))
    assert confirm(request, password=PASSWORD).component == Component.CODE
    assert confirm(request, code=clock.code()).component == Component.PASSWORD
    assert confirm(request, password=PASSWORD, code=clock.code())
    assert confirm(request, NOW + 14 * MINUTE, password=PASSWORD)
    assert confirm(request, NOW + 28 * MINUTE, code=clock.code()), "each signature begins the pause anew"
    assert not confirm(request, NOW + 43 * MINUTE, password=PASSWORD), "a quarter of an hour without signing"
    assert not confirm(request, NOW - MINUTE, password=PASSWORD), "a clock that was set back vouches for nothing"
    assert not confirm(request_of(anna(app=True)), NOW + 29 * MINUTE, password=PASSWORD), "another session begins anew"


def test_the_pause_is_a_setting(settings: Any, clock: Clock) -> None:
    settings.SIGNING_IDLE_MINUTES = 5
    request = request_of(anna(app=True))
    assert confirm(request, password=PASSWORD, code=clock.code())
    assert not confirm(request, NOW + 5 * MINUTE, code=clock.code())


def test_under_single_sign_on_the_code_alone_confirms(clock: Clock) -> None:
    request = request_of(anna(password="", app=True))
    assert confirm(request, code=clock.code())
    assert confirm(request, NOW + MINUTE, code=clock.code())


def test_a_code_confirms_once_whichever_process_it_reaches(clock: Clock) -> None:
    from django.core.cache import cache

    request, code = request_of(anna(app=True)), clock.code()
    assert confirm(request, password=PASSWORD, code=code)
    cache.clear()  # as in another process of the server
    verdict = confirm(request, NOW + MINUTE, code=code)
    assert (verdict.confirmed, verdict.reason) == (False, USED)
    assert confirm(request, NOW + MINUTE, code=clock.code())
    assert UsedCode.objects.count() == 1, "older ones are forgotten"


def test_nobody_confirms_with_the_password_or_the_code_of_somebody_else(clock: Clock) -> None:
    bert = make.person("bert", password="other horse")
    TOTP.activate(bert, "KRSXG5CTMVRXEZLU")
    request = request_of(anna(app=True))
    assert confirm(request, password="other horse", code=clock.code()).reason == WRONG
    theirs = format_hotp_value(hotp_value("KRSXG5CTMVRXEZLU", int(clock.now) // 30))
    assert confirm(request, password=PASSWORD, code=theirs).reason == USED


@pytest.mark.parametrize("kind", ["password", "code"])
def test_what_fails_is_kept_told_counted_and_locks(kind: str, clock: Clock) -> None:
    person = anna(app=True)
    request = request_of(person)
    typed = {"password": PASSWORD, "code": "000000"} if kind == "code" else {"password": "x", "code": clock.code()}
    reasons = [confirm(request_of(person), **typed).reason for _n in range(8)]
    assert set(reasons[:7]) == {USED if kind == "code" else WRONG}
    assert reasons[7].startswith("Too many failed attempts.")
    locked = confirm(request, password=PASSWORD, code=clock.code())
    assert (locked.confirmed, locked.reason) == (False, reasons[7])
    assert AccessAttempt.objects.get().failures_since_start == 8
    rows = FailedSigning.objects.order_by("pk")
    assert [(row.person, row.component, row.address, row.locked) for row in rows[:8]] == [
        (person, kind, "/reviews/1/", n == 7) for n in range(8)
    ]
    notices = Notice.objects.filter(person=person).order_by("pk")
    assert [notice.subject for notice in notices] == [
        "An attempt to sign in your name failed",
        "Signing is locked for a quarter of an hour",
    ]


def test_without_anything_to_confirm_with_nothing_is_signed_and_one_is_told_what_to_do() -> None:
    verdict = confirm(request_of(anna(password="")), password="x")
    assert (verdict.confirmed, verdict.component) == (False, None)
    assert "Set up an authenticator app or a passkey" in verdict.reason
    assert FailedSigning.objects.count() == 0


@pytest.mark.parametrize("typed", ["", "x", "[]", "{}", '{"id": 1, "response": 2}', "null"], ids=str)
def test_what_is_no_passkey_is_refused(typed: str) -> None:
    person = anna(password="")
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}})
    verdict = confirm(request_of(person), passkey=typed)
    assert (verdict.confirmed, verdict.component) == (False, Component.PASSKEY)
    assert AccessAttempt.objects.get().failures_since_start == 1


def with_passkey(*, password: str = "") -> tuple[Person, SoftKey]:
    person, key = anna(password=password), SoftKey()
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": key.credential()})
    return person, key


def test_a_passkey_confirms_once(clock: Clock) -> None:
    person, key = with_passkey()
    request = request_of(person)
    answer = key.answer(confirming.passkey_options(request, person))
    assert confirm(request, passkey=answer)
    assert Authenticator.objects.get().last_used_at is not None
    again = confirm(request, passkey=answer)
    assert (again.confirmed, again.component) == (False, Component.PASSKEY), "its challenge is used up"


def test_a_passkey_stands_for_the_code_beside_the_password() -> None:
    person, key = with_passkey(password=PASSWORD)
    request = request_of(person)
    assert not confirm(request, passkey=key.answer(confirming.passkey_options(request, person)))
    assert confirm(request, password=PASSWORD, passkey=key.answer(confirming.passkey_options(request, person)))
    assert confirm(request, NOW + MINUTE, passkey=key.answer(confirming.passkey_options(request, person)))


@pytest.mark.parametrize("what", ["no PIN", "another site", "wrong signature", "another key", "another session", "somebody else's"])
def test_a_passkey_confirms_nothing(what: str) -> None:
    person, key = with_passkey()
    request = request_of(person)
    options = confirming.passkey_options(request, person)
    given: dict[str, Any] = {"verified": what != "no PIN", "wrong": what == "wrong signature"}
    if what == "another site":
        given["origin"] = "https://elsewhere.example"
    if what == "another session":
        request = request_of(person)
    if what == "somebody else's":
        request.user = bert = make.person("bert")
        other = SoftKey(b"another-key-0123")
        Authenticator.objects.create(user=bert, type=Authenticator.Type.WEBAUTHN, data={"name": "k", "credential": other.credential()})
    used = SoftKey() if what == "another key" else key
    verdict = confirm(request, passkey=used.answer(options, **given))
    assert (verdict.confirmed, verdict.component) == (False, Component.PASSKEY)
    assert FailedSigning.objects.count() == AccessAttempt.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 32 + b"\x80" + b"\0" * 4, b"\0" * 32 + b"\x40" + b"\0" * 21, b"\0" * 32 + b"\x80" + b"\0" * 4 + b"\x81" * 3000],
    ids=["empty", "cut off", "a key cut off", "nested"],
)
def test_what_was_made_up_as_a_passkey_counts_as_failed(data: bytes) -> None:
    person, key = with_passkey()
    request = request_of(person)
    answer = json.loads(key.answer(confirming.passkey_options(request, person)))
    answer["response"]["authenticatorData"] = websafe_encode(data)
    assert confirm(request, passkey=json.dumps(answer)).component == Component.PASSKEY
    assert confirm(request, passkey="[" * 19_000).component == Component.PASSKEY
    assert FailedSigning.objects.count() == AccessAttempt.objects.get().failures_since_start == 2


P, C, K = Component.PASSWORD, Component.CODE, Component.PASSKEY


@pytest.mark.parametrize(
    ("has", "whole", "given", "asked"),
    [
        ((P,), True, {}, (P,)),
        ((P, C), True, {}, (P, C)),
        ((P, C, K), True, {}, (P, C)),
        ((P, C, K), True, {"passkey": "k", "code": "c"}, (P, K)),
        ((C, K), True, {"passkey": "k"}, (K,)),
        ((P, C, K), False, {"password": "p", "code": "c"}, (C,)),
        ((P, C, K), False, {"password": "p"}, (P,)),
        ((P, K), False, {}, (P,)),
        ((K,), False, {}, (K,)),
        ((), True, {}, ()),
        ((), False, {}, ()),
    ],
    ids=lambda value: "+".join(value) or "nothing" if isinstance(value, tuple | dict) else str(value),
)
def test_what_is_asked(has: Any, whole: bool, given: dict[str, str], asked: Any) -> None:
    assert Demand(frozenset(has), whole).asks(given) == asked


def form_of(request: HttpRequest | None, **typed: str) -> ConfirmationForm:
    return ConfirmationForm(QueryDict("&".join(f"{name}={value}" for name, value in typed.items())), request=request)


def test_the_form_has_the_fields_that_this_person_needs(clock: Clock) -> None:
    assert list(form_of(None).fields) == []
    assert form_of(None, x="y").is_valid()
    assert form_of(None, x="y").confirmed()
    assert list(form_of(request_of(anna())).fields) == ["password"]
    assert list(form_of(request_of(anna(app=True))).fields) == ["password", "code"]


def test_the_form_says_what_is_missing_where_it_is_to_be_typed(clock: Clock) -> None:
    request = request_of(anna(app=True))
    form = form_of(request, x="y")
    assert form.errors == {
        "password": ["Type your password."],
        "code": ["Type the code that your authenticator app shows, or use a passkey if you have one."],
    }
    form = ConfirmationForm({"password": PASSWORD, "code": clock.code()}, request=request)
    assert form.is_valid()
    assert form.confirmed()
    assert form_of(request, x="y").errors == {"password": ["Confirm that it is you: one of these is enough."]}
    form = ConfirmationForm({"code": "000000"}, request=request)
    assert form.is_valid()
    assert not form.confirmed()
    assert form.errors == {"code": [USED]}


def test_the_form_of_somebody_without_anything_is_refused_with_a_sentence() -> None:
    form = form_of(request_of(anna(password="")), x="y")
    assert form.non_field_errors() == [confirming.nothing_to_confirm_with()]
