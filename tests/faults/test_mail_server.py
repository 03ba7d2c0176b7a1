"""A real mail server that is down, slow, silent or refuses: nothing is lost, nothing blocks, and the administrator sees what failed."""

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.faults.sink import Mailbox
from tests.make import NOW, Cast
from worklist import deliveries, notices
from worklist.models import Notice

MINUTE = dt.timedelta(minutes=1)
ITEMS = 5


@pytest.fixture
def told(cast: Cast, mailbox: Mailbox, settings: object) -> Iterator[Mailbox]:
    """Five notices wait for this server; a sender loses its patience after a moment."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", mailbox.port, 0.2  # type: ignore[attr-defined]
    for n in range(ITEMS):
        notices.tell(cast.reader, key=f"k{n}", subject=f"s{n}", body="", url="", now=NOW, kind="decide")
    return mailbox


def states() -> list[tuple[str, int]]:
    return list(Notice.objects.order_by("pk").values_list("mail", "attempts"))


def all_arrived(mailbox: Mailbox) -> None:
    assert mailbox.subjects() == [f"s{n}" for n in range(ITEMS)]
    assert {mail for mail, _attempts in states()} == {"sent"}


def test_down_and_back(told: Mailbox, settings: object) -> None:
    settings.EMAIL_PORT = 9  # type: ignore[attr-defined]
    assert [notices.deliver(NOW + n * MINUTE) for n in range(3)] == [0, 0, 0]
    assert states() == [("waiting", 0)] * ITEMS
    settings.EMAIL_PORT = told.port  # type: ignore[attr-defined]
    assert notices.deliver(NOW + 3 * MINUTE) == ITEMS
    all_arrived(told)


@pytest.mark.parametrize("code", [421, 554])
def test_a_server_that_takes_nobody_in(told: Mailbox, code: int) -> None:
    told.codes = {"GREETING": code}
    assert notices.deliver(NOW) == 0
    assert states() == [("waiting", 0)] * ITEMS
    told.codes = {}
    assert notices.deliver(NOW + MINUTE) == ITEMS
    all_arrived(told)


def test_a_server_that_accepts_and_never_answers(told: Mailbox) -> None:
    told.silent = "GREETING"
    assert notices.deliver(NOW) == 0
    assert states() == [("waiting", 0)] * ITEMS
    assert deliveries.overview().unreached_since == NOW
    told.silent = ""
    assert notices.deliver(NOW + MINUTE) == ITEMS
    all_arrived(told)


def test_not_now_to_each_recipient(told: Mailbox) -> None:
    told.codes = {"RCPT": 451}
    assert notices.deliver(NOW) == 0
    assert states() == [("waiting", 1)] * ITEMS
    told.codes = {}
    assert [notices.deliver(NOW), notices.deliver(NOW + MINUTE)] == [0, ITEMS]
    all_arrived(told)


def test_never_to_each_recipient_is_shown_and_can_be_tried_again(told: Mailbox, cast: Cast) -> None:
    told.codes = {"RCPT": 550}
    assert notices.deliver(NOW) == 0
    assert states() == [("failed", 1)] * ITEMS
    assert deliveries.overview().mail == deliveries.Counts(0, 0, ITEMS)
    assert {(row.error, deliveries.in_words(row.error)) for row in deliveries.troubled_mails()} == {
        ("550 said to RCPT", "The mail server does not know this address.")
    }
    told.codes = {}
    assert notices.deliver(NOW + 24 * 60 * MINUTE) == 0
    deliveries.settle("mail", None, "retry", by=cast.admin)
    assert notices.deliver(NOW + 24 * 60 * MINUTE) == ITEMS
    all_arrived(told)


def test_a_server_that_falls_silent_after_it_has_taken_a_mail_gets_that_one_twice_under_one_name(told: Mailbox) -> None:
    told.silent = "TAKEN"
    assert notices.deliver(NOW) == 0
    assert states() == [("waiting", 1), *[("waiting", 0)] * (ITEMS - 1)]
    told.silent = ""
    assert notices.deliver(NOW + MINUTE) == ITEMS
    ids = told.ids()
    assert (len(ids), len(set(ids)), ids[0]) == (ITEMS + 1, ITEMS, ids[1])
