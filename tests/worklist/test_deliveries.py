"""What did not arrive is shown to administrators in words, tried again or given up by them, and said on their home page."""

import datetime as dt
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.refusals import Refused
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast
from tests.worklist.test_notices import Server, server
from worklist import deliveries, items, notices
from worklist.models import Heartbeat, Notice, Webhook, WebhookDelivery
from worklist.retrying import ATTEMPTS, next_try
from worklist.smtp_answers import said

__all__ = ["server"]
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def trouble(cast: Cast, key: str = "k", *, mail: str = "failed", attempts: int = 3, error: str = "550 no such user") -> Notice:
    notices.tell(cast.reader, key=key, subject="Secret subject", body="Secret body", url="/", now=NOW, kind="decide")
    Notice.objects.filter(key=key).update(mail=mail, attempts=attempts, error=error, retry_at=NOW + HOUR)
    return Notice.objects.get(key=key)


def call(cast: Cast, key: str = "w", *, delivery: str = "failed") -> WebhookDelivery:
    hook = Webhook.objects.get_or_create(name="Robot", url="https://chat.example.com/", secret="s", is_active=False)[0]
    notice = trouble(cast, key, mail="sent", attempts=1, error="")
    return WebhookDelivery.objects.create(webhook=hook, notice=notice, delivery=delivery, attempts=2, error="HTTP 404")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("550 no such user", "does not know this address"),
        ("452 mailbox full", "mailbox is full"),
        ("451 greylisted", "try again later"),
        ("421 too busy", "try again later"),
        ("535 authentication failed", "another name or password"),
        ("554 looks like spam", "took it for spam"),
        ("HTTP 302", "leads on"),
        ("HTTP 403", "did not accept the signature"),
        ("HTTP 404", "does not accept this call"),
        ("HTTP 502", "error of its own"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "certificate"),
        ("timed out", "in time"),
        ("[Errno 111] Connection refused", "not reached"),
        ("Connection unexpectedly closed", "not reached"),
        ("something else", "The delivery failed."),
    ],
)
def test_errors_in_words(error: str, words: str) -> None:
    assert words in deliveries.in_words(error)


def test_what_the_mail_server_said_in_one_line() -> None:
    refused = SMTPRecipientsRefused({"a@x": (550, b"no such\r\nuser"), "b@x": (451, b"later")})
    assert said(refused) == "550 no such user; 451 later"
    assert said(SMTPDataError(554, "no")) == "554 no"
    assert (said(SMTPServerDisconnected("gone")), said(TimeoutError())) == ("gone", "TimeoutError")


def test_about_a_day_of_attempts() -> None:
    now, pauses = NOW, 0
    for attempts in range(1, ATTEMPTS):
        again = next_try(attempts, now)
        assert again is not None
        assert again > now
        now, pauses = again, pauses + 1
    assert next_try(ATTEMPTS, now) is None
    assert dt.timedelta(hours=20) < now - NOW < dt.timedelta(hours=26)


def test_counts(cast: Cast) -> None:
    trouble(cast, "a")
    trouble(cast, "b", mail="waiting")
    trouble(cast, "c", mail="waiting", attempts=0, error="")
    trouble(cast, "d", mail="sent", error="")
    call(cast)
    found = deliveries.overview()
    assert (found.mail, found.webhooks) == (deliveries.Counts(1, 1, 1), deliveries.Counts(0, 0, 1))


def test_a_server_that_is_silent_for_an_hour_is_said_until_it_is_back(cast: Cast, server: type[Server]) -> None:
    notices.tell(cast.reader, key="k", subject="s", body="", url="", now=NOW, kind="decide")
    server.down = ConnectionRefusedError("down")
    for n in range(0, 70, 10):
        notices.deliver(NOW + n * MINUTE)
    assert deliveries.trouble(NOW + 59 * MINUTE) is None
    assert deliveries.trouble(NOW + HOUR) == deliveries.Trouble(0, NOW)
    assert deliveries.overview().unreached_since == NOW
    server.down = None
    assert notices.deliver(NOW + 2 * HOUR) == 1
    assert deliveries.trouble(NOW + 3 * HOUR) is None


def test_a_day_without_a_mail_server_loses_nothing(cast: Cast, server: type[Server]) -> None:
    for n in range(5):
        notices.tell(cast.reader, key=f"k{n}", subject=f"s{n}", body="", url="", now=NOW, kind="decide")
    server.down = ConnectionRefusedError("down")
    for n in range(24 * 60):
        assert notices.deliver(NOW + n * MINUTE) == 0
    server.down = None
    assert notices.deliver(NOW + 24 * HOUR) == 5
    assert [one.subject for one in server.got] == [f"s{n}" for n in range(5)]


def test_a_slow_server_ends_the_run_and_the_rest_waits(cast: Cast, server: type[Server], monkeypatch: pytest.MonkeyPatch) -> None:
    notices.tell(cast.reader, key="k", subject="s", body="", url="", now=NOW, kind="decide")
    monkeypatch.setattr(notices, "PATIENCE", dt.timedelta(seconds=-1))
    assert notices.deliver(NOW) == 0
    assert Notice.objects.get().mail == "waiting"


def test_what_was_done_meanwhile_is_not_mailed(cast: Cast, server: type[Server]) -> None:
    item = items.raise_item(
        kind="act", subject="x", url_name="home", url_args=[], due_on=make.day(3), source_key="k", now=NOW, person=cast.reader
    )
    notices.tell(cast.reader, key="k", subject="s", body="", url="", now=NOW, kind="decide", work_item=item)
    items.settle(item, outcome="done", now=NOW + HOUR)
    notices.tell(cast.reader, key="after", subject="s", body="", url="", now=NOW + 2 * HOUR, kind="decide", work_item=item)
    assert notices.deliver(NOW + 2 * HOUR) == 1
    assert dict(Notice.objects.values_list("key", "mail")) == {"k": "none", "after": "sent"}


def test_tried_again_as_if_for_the_first_time_or_given_up(cast: Cast, server: type[Server]) -> None:
    one, two, sent = trouble(cast, "a"), trouble(cast, "b", mail="waiting"), trouble(cast, "c", mail="sent", attempts=1, error="")
    again = deliveries.settle("mail", [one.pk, two.pk, sent.pk], "retry", by=cast.admin)
    assert (again, notices.deliver(NOW)) == (2, 2)
    trouble(cast, "d")
    trouble(cast, "e", mail="waiting")
    assert deliveries.settle("mail", None, "give_up", by=cast.admin) == 1
    assert dict(Notice.objects.filter(key__in="de").values_list("key", "mail")) == {"d": "none", "e": "waiting"}
    assert deliveries.trouble(NOW) is None
    call(cast)
    assert deliveries.trouble(NOW) == deliveries.Trouble(1, None)
    assert deliveries.settle("webhook", None, "retry", by=cast.admin) == 1
    assert WebhookDelivery.objects.values_list("delivery", "attempts").get() == ("waiting", 0)


@pytest.mark.parametrize(("what", "action"), [("pigeon", "retry"), ("mail", "burn"), ("", "")])
def test_what_is_not_offered_is_refused(cast: Cast, client: SignedIn, what: str, action: str) -> None:
    trouble(cast)
    with pytest.raises(Refused):
        deliveries.settle(what, None, action, by=cast.admin)
    answer = client.as_(cast.admin).post("/deliveries/settle/", {"what": what, "action": action}, follow=True)
    assert b"Choose whether" in answer.content
    assert Notice.objects.get().mail == "failed"


@pytest.mark.parametrize("who", ["reader", "stranger", "author", "manager", "boss"])
def test_nobody_but_an_administrator(cast: Cast, client: SignedIn, who: str) -> None:
    notice, person = trouble(cast), getattr(cast, who)
    with pytest.raises(Refused, match="administrators"):
        deliveries.settle("mail", [notice.pk], "retry", by=person)
    client.as_(person)
    assert client.get("/deliveries/").status_code == 403
    assert client.post("/deliveries/settle/", {"what": "mail", "id": notice.pk, "action": "retry"}).status_code == 403
    assert Notice.objects.get().mail == "failed"


def test_the_page_says_who_and_why_but_not_what(cast: Cast, client: SignedIn) -> None:
    client.as_(cast.admin)
    assert b"Everything has arrived" in client.get("/deliveries/").content
    trouble(cast)
    trouble(cast, "t", mail="waiting")
    call(cast)
    Heartbeat.objects.create(part=notices.UNREACHED, at=NOW)
    page = client.get("/deliveries/").content
    for words in (b"reader@example.com", b"does not know this address", b"550 no such user", b"The mail server is not reached"):
        assert words in page
    assert b"Secret" not in page
    calls = client.get("/deliveries/?what=webhook").content
    assert (b"Robot" in calls, b"Secret" in calls, b"does not accept this call" in calls) == (True, False, True)


def test_one_click_tries_again(cast: Cast, client: SignedIn) -> None:
    notice, other = trouble(cast), call(cast)
    client.as_(cast.admin)
    answer = client.post("/deliveries/settle/", {"what": "mail", "id": notice.pk, "action": "retry"}, follow=True)
    assert b"1 delivery was changed." in answer.content
    answer = client.post("/deliveries/settle/", {"what": "webhook", "id": other.pk, "action": "give_up"})
    assert answer["Location"] == "/deliveries/?what=webhook"
    assert Notice.objects.get(key="k").mail == "waiting"


def test_pages_follow_each_other(cast: Cast, client: SignedIn) -> None:
    for n in range(51):
        trouble(cast, f"k{n:02}")
    page = client.as_(cast.admin).get("/deliveries/")
    assert (len(page.context["rows"]), page.context["first_url"]) == (50, "")
    second = client.get(f"/deliveries/{page.context['next_url']}")
    assert [row.key for row, *_rest in second.context["rows"]] == ["k00"]
    assert second.context["first_url"] == "?"


@pytest.mark.parametrize("what", ["mail", "webhook"])
def test_five_cost_as_many_questions_as_one(cast: Cast, client: SignedIn, what: str) -> None:
    client.as_(cast.admin).get("/deliveries/")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/deliveries/?what={what}")
        return len(queries)

    def one_more(key: str) -> None:
        if what == "mail":
            trouble(cast, key)
        else:
            call(cast, key)

    one_more("a")
    one = cost()
    for key in "bcde":
        one_more(key)
    assert cost() == one == 16


def test_administrators_are_told_at_home_and_others_are_not(cast: Cast, client: SignedIn) -> None:
    make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    client.as_(cast.admin)
    assert b"given up" not in client.get("/").content
    trouble(cast)
    assert b"1 delivery was given up" in client.get("/").content
    Heartbeat.objects.create(part=notices.UNREACHED, at=make.now() - 2 * HOUR)
    assert b"The mail server has not been reached since" in client.get("/").content
    assert b"given up" not in client.as_(cast.manager).get("/").content
