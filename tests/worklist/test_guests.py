"""Whoever has no access any more is told nothing: a mail would carry on what the portal no longer shows."""

import pytest

from tests import make
from tests.make import NOW
from worklist.models import Notice
from worklist.notices import deliver, tell

pytestmark = pytest.mark.django_db


def test_a_guest_is_told_until_the_last_day_and_not_afterwards() -> None:
    there, gone = make.person("there", access_until=make.day(0)), make.person("gone", access_until=make.day(-1))
    for person in (there, gone):
        tell(person, key=f"x:{person.login}", subject="PUR-001 was returned", body="Why", url="/", now=NOW, kind="decide")
    assert [notice.person for notice in Notice.objects.all()] == [there]


def test_what_waits_is_not_mailed_after_the_last_day() -> None:
    guest = make.person("guest", access_until=make.day(0))
    tell(guest, key="x", subject="PUR-001 was returned", body="Why", url="/", now=NOW, kind="decide")
    assert deliver(make.NOW + (make.day(1) - make.day(0))) == 0
    assert Notice.objects.get().mail == Notice.Mail.NONE
