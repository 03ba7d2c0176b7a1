"""A notice is told once and mailed once; a server that is down, refuses or dies in the middle loses none."""

import datetime as dt
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext_lazy

from organization.models import Person
from tests import make
from tests.make import NOW, Cast
from worklist import notices
from worklist.mail import message_id
from worklist.models import Notice
from worklist.retrying import ATTEMPTS

MINUTE = dt.timedelta(minutes=1)


class Crash(BaseException):
    """The worker dies."""


class Server(BaseEmailBackend):
    """A mail server that answers as the test says."""

    down: OSError | None = None
    answers: list[BaseException | None]
    got: list[EmailMessage]

    def open(self) -> bool:
        if Server.down:
            raise Server.down
        return True

    def send_messages(self, messages: list[EmailMessage]) -> int:
        answer = Server.answers.pop(0) if Server.answers else None
        if answer:
            raise answer
        Server.got += messages
        return len(messages)


@pytest.fixture
def server(settings: object) -> type[Server]:
    settings.EMAIL_BACKEND = "tests.worklist.test_notices.Server"  # type: ignore[attr-defined]
    Server.down, Server.answers, Server.got = None, [], []
    return Server


def tell(who: Person, key: str = "k", *, subject: str = "News", body: str = "All is well.", url: str = "/work/") -> Notice:
    """Of a kind that is mailed at once."""
    notices.tell(who, key=key, subject=subject, body=body, url=url, now=NOW, kind="decide")
    return Notice.objects.get(key=key)


def test_telling_twice_tells_once(cast: Cast) -> None:
    tell(cast.reader)
    tell(cast.reader, subject="Other")
    assert list(Notice.objects.values_list("subject", "mail")) == [("News", "waiting")]


def test_without_an_address_it_stays_in_the_portal(cast: Cast) -> None:
    assert tell(make.person("worker", email=None)).mail == "none"
    assert notices.deliver(NOW) == 0


def test_people_who_left_are_not_told(cast: Cast) -> None:
    notices.tell(make.person("gone", is_active=False), key="k", subject="News", body="", url="", now=NOW)
    assert not Notice.objects.exists()


def test_lazy_words_come_out_in_the_reader_s_language(cast: Cast) -> None:
    chinese = make.person("li", language="zh-hans")
    assert tell(chinese, subject=gettext_lazy("Yes")).subject == "是"


def test_a_mail_has_text_html_and_a_header_without_line_breaks(cast: Cast) -> None:
    tell(cast.reader, subject="Hello\r\nBcc: everybody@example.com", body="<script>1</script> & more")
    assert notices.deliver(NOW) == 1
    [sent] = mail.outbox
    assert (sent.subject, sent.to) == ("Hello Bcc: everybody@example.com", ["reader@example.com"])
    assert sent.extra_headers["Message-ID"] == message_id("k")
    assert "<script>1</script> & more" in sent.body
    assert "http://127.0.0.1:8000/work/" in sent.body
    html = sent.alternatives[0][0]
    assert "<script>" not in html
    assert 'lang="en"' in html


def test_a_notice_without_an_address_to_open_has_no_link(cast: Cast) -> None:
    tell(cast.reader, url="")
    notices.deliver(NOW)
    assert "Open in the portal" not in mail.outbox[0].alternatives[0][0]


def test_sent_once_however_often_the_sweeper_runs(cast: Cast, server: type[Server]) -> None:
    tell(cast.reader)
    assert [notices.deliver(NOW + n * MINUTE) for n in range(3)] == [1, 0, 0]
    assert Notice.objects.filter(mail="sent", sent_at=NOW).count() == len(server.got) == 1


def test_a_server_that_is_down_costs_no_attempt_and_one_mail_goes_when_it_is_back(cast: Cast, server: type[Server]) -> None:
    tell(cast.reader)
    server.down = ConnectionRefusedError("down")
    assert notices.deliver(NOW) == 0
    assert list(Notice.objects.values_list("mail", "attempts")) == [("waiting", 0)]
    server.down = None
    assert notices.deliver(NOW) == 1


def test_a_refusal_for_now_is_tried_after_1_5_15_and_then_every_60_minutes(cast: Cast, server: type[Server]) -> None:
    notice = tell(cast.reader)
    now, pauses = NOW, []
    for _ in range(6):
        server.answers = [SMTPRecipientsRefused({"reader@example.com": (451, b"greylisted")})]
        assert notices.deliver(now) == 0
        notice.refresh_from_db()
        assert notice.retry_at is not None
        pauses.append((notice.retry_at - now) // MINUTE)
        assert notices.deliver(notice.retry_at - MINUTE / 60) == 0
        now = notice.retry_at
    assert pauses == [1, 5, 15, 60, 60, 60]
    assert notices.deliver(now) == 1
    assert len(server.got) == 1


def test_after_a_day_of_refusals_it_is_given_up(cast: Cast, server: type[Server]) -> None:
    notice = tell(cast.reader)
    Notice.objects.update(attempts=ATTEMPTS - 1)
    server.answers = [SMTPDataError(450, "full")]
    notices.deliver(NOW)
    notice.refresh_from_db()
    assert (notice.mail, "full" in notice.error) == ("failed", True)


@pytest.mark.parametrize(
    "error", [SMTPRecipientsRefused({"reader@example.com": (550, b"unknown")}), SMTPDataError(554, "no"), ValueError("bad address")]
)
def test_a_final_refusal_is_marked_and_the_next_mail_goes(cast: Cast, server: type[Server], error: Exception) -> None:
    tell(cast.reader, "a")
    tell(cast.boss, "b")
    server.answers = [error]
    assert notices.deliver(NOW) == 1
    assert dict(Notice.objects.values_list("key", "mail")) == {"a": "failed", "b": "sent"}


def test_a_refused_sender_is_our_fault_and_is_tried_again(cast: Cast, server: type[Server]) -> None:
    tell(cast.reader)
    server.answers = [SMTPSenderRefused(550, b"who are you", "portal@localhost")]
    notices.deliver(NOW)
    assert Notice.objects.get().mail == "waiting"


def test_a_lost_connection_ends_the_run_and_the_rest_waits(cast: Cast, server: type[Server]) -> None:
    tell(cast.reader, "a")
    tell(cast.boss, "b")
    server.answers = [SMTPServerDisconnected("gone")]
    assert notices.deliver(NOW) == 0
    assert list(Notice.objects.order_by("key").values_list("mail", "attempts")) == [("waiting", 1), ("waiting", 0)]
    assert notices.deliver(NOW + MINUTE) == 2


def test_a_worker_that_dies_while_sending_gives_its_claim_back_after_ten_minutes(cast: Cast, server: type[Server]) -> None:
    tell(cast.reader)
    server.answers = [Crash()]
    with pytest.raises(Crash):
        notices.deliver(NOW)
    assert Notice.objects.get().mail == "claimed"
    assert notices.deliver(NOW + 10 * MINUTE) == 0
    assert notices.deliver(NOW + 11 * MINUTE) == 1
    assert len(server.got) == 1


def test_who_left_or_lost_the_address_meanwhile_gets_no_mail(cast: Cast, server: type[Server]) -> None:
    tell(cast.reader, "a")
    tell(cast.boss, "b")
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    Person.objects.filter(pk=cast.boss.pk).update(email=None)
    assert notices.deliver(NOW) == 0
    assert (set(Notice.objects.values_list("mail", flat=True)), server.got) == ({"none"}, [])


def test_another_run_that_was_faster_keeps_its_mail(cast: Cast, server: type[Server]) -> None:
    notice = tell(cast.reader)
    Notice.objects.update(mail="claimed", claimed_at=NOW)
    assert notices._send_all([notice.pk], server(), NOW) == 0
    assert server.got == []


def test_seen_is_marked_once(cast: Cast) -> None:
    tell(cast.reader)
    own = Notice.objects.filter(person=cast.reader)
    assert (notices.unread(cast.reader.pk), notices.unread(cast.boss.pk)) == (1, 0)
    assert [notices.mark_seen(own, now=NOW), notices.mark_seen(own, now=NOW + MINUTE)] == [1, 0]
    assert (notices.unread(cast.reader.pk), Notice.objects.get().seen_at) == (0, NOW)
