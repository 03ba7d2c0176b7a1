"""A webhook is told once of what it chose, signed, without the subject, and only where the environment allows it."""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Person
from organization.refusals import Refused
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast
from tests.worklist.receiver import Receiver
from worklist import calling, notices, webhooks
from worklist.models import Notice, Webhook, WebhookDelivery
from worklist.retrying import ATTEMPTS

MINUTE = dt.timedelta(minutes=1)
Commit = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object) -> Iterator[Receiver]:
    with Receiver(tmp_path) as made:
        monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
        settings.WEBHOOK_HOSTS = ["127.0.0.1", "chat.example.com"]  # type: ignore[attr-defined]
        yield made
        made.shutdown()


def hook(cast: Cast, receiver: Receiver, *kinds: str, name: str = "Robot", url: str = "") -> Webhook:
    made = webhooks.add(by=cast.admin, name=name, url=url or receiver.url, kinds=kinds)
    cache.clear()
    return made


def tell(who: Person, key: str = "k", *, kind: str = "decide", at: dt.datetime = NOW) -> None:
    notices.tell(who, key=key, subject="PUR-001 Secret title", body="Secret", url="/work/", now=at, kind=kind)


def states() -> list[tuple[str, str, int]]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("notice__key", "delivery", "attempts"))


def test_a_call_is_signed_and_says_no_more_than_kind_person_and_link(cast: Cast, receiver: Receiver) -> None:
    made = hook(cast, receiver)
    tell(cast.reader)
    assert [calling.deliver(NOW), calling.deliver(NOW)] == [1, 0]
    [(headers, body)] = receiver.got
    notice = Notice.objects.get()
    assert json.loads(body) == {
        "id": notice.pk, "kind": "decide", "person": "Reader", "url": "http://127.0.0.1:8000/work/", "work_item": None,
        "created": "2026-03-04T09:00:00+00:00",
    }  # fmt: skip
    at = int(NOW.timestamp())
    expected = hmac.new(made.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Portal-Signature"] == f"t={at},v1={expected}"
    assert (headers["X-Portal-Delivery"], headers["path"]) == (str(WebhookDelivery.objects.get().pk), "/hook?room=1")
    assert WebhookDelivery.objects.values_list("delivery", "sent_at").get() == ("sent", NOW)
    assert b"Secret" not in body


def test_only_of_the_chosen_kinds_once_and_nothing_of_the_past(cast: Cast, receiver: Receiver) -> None:
    tell(cast.reader, "before", at=NOW - MINUTE)
    hook(cast, receiver, "read", name="reads")
    hook(cast, receiver, "decide", "news", name="decides")
    for _twice in range(2):
        tell(cast.reader, "before")
        tell(cast.reader, "a", kind="decide")
        tell(cast.reader, "b", kind="measure")
    assert list(WebhookDelivery.objects.values_list("webhook__name", "notice__key")) == [("decides", "a")]


def test_without_a_webhook_telling_asks_nothing_more(cast: Cast) -> None:
    tell(cast.reader, "warm up")
    with CaptureQueriesContext(connection) as queries:
        tell(cast.reader, "k")
    assert not any("webhook" in query["sql"] for query in queries)


@pytest.mark.parametrize(("status", "after"), [(404, "failed"), (301, "failed"), (503, "waiting"), (429, "waiting"), (0, "waiting")])
def test_what_the_receiver_answers(cast: Cast, receiver: Receiver, status: int, after: str) -> None:
    hook(cast, receiver)
    tell(cast.reader)
    receiver.answers = [status]
    assert calling.deliver(NOW) == 0
    assert states() == [("k", after, 1)]
    assert len(receiver.got) == 1, "no redirect is followed"
    assert calling.deliver(NOW + MINUTE) == (1 if after == "waiting" else 0)


def test_after_a_day_it_is_given_up(cast: Cast, receiver: Receiver) -> None:
    hook(cast, receiver)
    tell(cast.reader)
    WebhookDelivery.objects.update(attempts=ATTEMPTS - 1)
    receiver.answers = [503]
    calling.deliver(NOW)
    assert states() == [("k", "failed", ATTEMPTS)]


def test_one_silent_receiver_does_not_hold_up_another(cast: Cast, receiver: Receiver) -> None:
    hook(cast, receiver, name="silent", url="https://127.0.0.1:9/")
    hook(cast, receiver, name="well")
    tell(cast.reader, "a")
    tell(cast.reader, "b")
    assert calling.deliver(NOW) == 2
    silent = WebhookDelivery.objects.filter(webhook__name="silent")
    assert list(silent.order_by("pk").values_list("attempts", "retry_at")) == [(1, NOW + MINUTE), (0, NOW + MINUTE)]


def test_a_run_does_not_bear_with_a_slow_receiver_for_ever(cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    hook(cast, receiver)
    tell(cast.reader)
    monkeypatch.setattr(calling, "PATIENCE", dt.timedelta(seconds=-1))
    assert (calling.deliver(NOW), states()) == (0, [("k", "waiting", 0)])


def test_paused_it_is_told_nothing_new_and_what_waits_stays(
    cast: Cast, receiver: Receiver, django_capture_on_commit_callbacks: Commit
) -> None:
    made = hook(cast, receiver)
    tell(cast.reader, "a")
    with django_capture_on_commit_callbacks(execute=True):
        webhooks.set_active(made, False, by=cast.admin)
    tell(cast.reader, "b")
    assert calling.deliver(NOW) == 0
    webhooks.set_active(made, True, by=cast.admin)
    assert calling.deliver(NOW) == 1
    assert states() == [("a", "sent", 1)]


def test_a_claim_of_a_dead_worker_comes_back_and_a_faster_run_keeps_its_own(cast: Cast, receiver: Receiver) -> None:
    hook(cast, receiver)
    tell(cast.reader)
    WebhookDelivery.objects.update(delivery="claimed", claimed_at=NOW)
    assert [calling.deliver(NOW + 10 * MINUTE), calling.deliver(NOW + 11 * MINUTE)] == [0, 1]


def test_another_run_was_faster(cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hook(cast, receiver)
    tell(cast.reader, "a")
    tell(cast.reader, "b")
    real = calling._attempt

    def meanwhile(*args: object) -> Exception | None:
        WebhookDelivery.objects.filter(notice__key="b").update(delivery="claimed", claimed_at=NOW)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(calling, "_attempt", meanwhile)
    assert sum(calling._deliver_to(made, NOW)) == 1
    assert len(receiver.got) == 1


def test_a_host_that_is_allowed_no_more_is_not_called(cast: Cast, receiver: Receiver, settings: object) -> None:
    hook(cast, receiver)
    tell(cast.reader)
    settings.WEBHOOK_HOSTS = []  # type: ignore[attr-defined]
    assert calling.deliver(NOW) == 0
    assert receiver.got == []
    assert "WEBHOOK_HOSTS" in WebhookDelivery.objects.get().error


@pytest.mark.parametrize(
    "url",
    [
        "http://chat.example.com/", "https://example.com/", "https://chat.example.com.evil.org/", "https://evil.org/chat.example.com",
        "https://chat.example.com@evil.org/", "https://user@chat.example.com/", "https://:pw@chat.example.com/",
        "https:///x", "//chat.example.com/",
        "https://chat.example.com:99999/", "https://[chat.example.com/", "ftp://chat.example.com/", "https://chat.example.com:0/",
    ],
)  # fmt: skip
def test_an_address_that_must_not_be_called(cast: Cast, receiver: Receiver, url: str) -> None:
    with pytest.raises(Refused):
        webhooks.add(by=cast.admin, name="x", url=url, kinds=[])
    assert not Webhook.objects.exists()


def test_an_untrusted_certificate_is_no_receiver(cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate" in calling.try_out(hook(cast, receiver), now=NOW)
    assert receiver.got == []


def test_names_and_kinds_are_asked_for(cast: Cast, receiver: Receiver) -> None:
    with pytest.raises(Refused, match="name"):
        webhooks.add(by=cast.admin, name=" ", url=receiver.url, kinds=[])
    with pytest.raises(Refused, match="kinds"):
        webhooks.add(by=cast.admin, name="x", url=receiver.url, kinds=["nonsense"])


@pytest.mark.parametrize("who", ["reader", "stranger", "author", "manager", "boss"])
def test_nobody_but_an_administrator(cast: Cast, receiver: Receiver, client: SignedIn, who: str) -> None:
    made, person = hook(cast, receiver), getattr(cast, who)
    stories = (
        lambda: webhooks.add(by=person, name="x", url=receiver.url, kinds=[]),
        lambda: webhooks.change(made, by=person, name="x", url=receiver.url, kinds=[]),
        lambda: webhooks.set_active(made, False, by=person),
        lambda: webhooks.renew_secret(made, by=person),
    )
    for story in stories:
        with pytest.raises(Refused, match="administrators"):
            story()
    client.as_(person)
    for address in ("", "new/", f"{made.pk}/"):
        assert client.get(f"/webhooks/{address}").status_code == 403
    for address in ("new/", f"{made.pk}/", f"{made.pk}/pause/", f"{made.pk}/test/", f"{made.pk}/secret/"):
        assert client.post(f"/webhooks/{address}", {"name": "x", "url": receiver.url}).status_code == 403
    assert receiver.got == []


def test_an_administrator_adds_changes_tries_pauses_and_renews(cast: Cast, receiver: Receiver, client: SignedIn) -> None:
    client.as_(cast.admin)
    assert b"No webhook yet" in client.get("/webhooks/").content
    assert client.get("/webhooks/new/").status_code == 200
    bad = client.post("/webhooks/new/", {"name": "Robot", "url": "https://evil.org/", "kinds": ["news"]})
    assert (bad.status_code, b"evil.org may not be called" in bad.content, b'value="Robot"' in bad.content) == (422, True, True)
    shown = client.post("/webhooks/new/", {"name": "Robot", "url": receiver.url, "kinds": ["news"]})
    made = Webhook.objects.get()
    assert made.secret.encode() in shown.content
    own = f"/webhooks/{made.pk}/"
    assert made.secret.encode() not in client.get(own).content + client.get("/webhooks/").content
    assert client.post(own, {"name": "Robot 2", "url": receiver.url, "kinds": ["read"]}).status_code == 302
    assert client.post(own, {"name": "", "url": receiver.url}).status_code == 422
    assert b"Robot 2" in client.get(own).content
    assert [row.history_user for row in made.history.all()] == [cast.admin, cast.admin]
    assert "secret" not in {field.name for field in made.history.model._meta.fields}

    assert b"The test call was taken." in client.post(f"{own}test/", follow=True).content
    assert json.loads(receiver.got[0][1])["kind"] == "test"
    receiver.answers = [500]
    assert b"was not taken: HTTP 500" in client.post(f"{own}test/", follow=True).content

    assert b"It is paused" in client.post(f"{own}pause/", follow=True).content
    assert b"It is told again" in client.post(f"{own}pause/", {"on": "1"}, follow=True).content
    renewed = client.post(f"{own}secret/").content
    made.refresh_from_db()
    assert made.secret.encode() in renewed
    assert made.secret.encode() not in shown.content


def test_without_hosts_the_page_says_how(cast: Cast, client: SignedIn) -> None:
    page = client.as_(cast.admin).get("/webhooks/").content
    assert b"WEBHOOK_HOSTS=" in page
    assert b"/webhooks/new/" not in page


def test_five_webhooks_cost_as_many_questions_as_one(cast: Cast, receiver: Receiver, client: SignedIn) -> None:
    client.as_(cast.admin).get("/webhooks/")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/webhooks/")
        return len(queries)

    hook(cast, receiver)
    client.get("/webhooks/")
    one = cost()
    for n in range(4):
        hook(cast, receiver, name=f"more {n}")
    client.get("/webhooks/")
    assert cost() == one == 9


def test_a_run_with_nothing_waiting_asks_twice(cast: Cast) -> None:
    make.now()
    with CaptureQueriesContext(connection) as queries:
        assert calling.deliver(NOW) == 0
    assert [q["sql"].split()[0] for q in queries] == ["UPDATE", "SELECT"]
