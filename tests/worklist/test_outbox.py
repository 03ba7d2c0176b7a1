"""A task is woken after commit or by the sweeper, never before, and a broker that is down loses nothing."""

import datetime as dt
from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from worklist import outbox
from worklist.models import OutboxEntry

pytestmark = pytest.mark.django_db(transaction=True)
LATER = dt.datetime(2126, 3, 4, 9, 0, tzinfo=dt.UTC)


class Broker:
    """Takes the place of the broker at its edge: `send_task` of the Celery application."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[object]]] = []
        self.down: Exception | None = None

    def send_task(self, name: str, args: list[object], *, retry: bool) -> None:
        assert retry is False
        if self.down:
            raise self.down
        self.got.append((name, args))


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    broker = Broker()
    monkeypatch.setattr(current_app._get_current_object(), "send_task", broker.send_task)
    return broker


def test_a_task_is_woken_when_the_story_commits(broker: Broker) -> None:
    with transaction.atomic():
        outbox.wake("training.tasks.hand_out", 7)
        assert broker.got == []
    assert broker.got == [("training.tasks.hand_out", [7])]
    assert OutboxEntry.objects.filter(delivered_at__isnull=False, attempts=1).count() == 1
    assert outbox.deliver(LATER - dt.timedelta(days=1)) == 0


def test_a_story_that_is_rolled_back_wakes_nobody(broker: Broker) -> None:
    with transaction.atomic():
        outbox.wake("training.tasks.hand_out", 7)
        transaction.set_rollback(True)
    assert (broker.got, OutboxEntry.objects.count()) == ([], 0)


@pytest.mark.parametrize("error", [OperationalError("no broker"), PermissionError("read-only disk")])
def test_a_broker_that_is_down_is_the_sweepers_business(broker: Broker, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    broker.down = error
    outbox.wake("one")
    outbox.wake("two")
    assert outbox.deliver(LATER) == 0
    assert "waits for the sweeper" in caplog.text
    assert list(OutboxEntry.objects.values_list("attempts", flat=True)) == [2, 1]  # the sweeper stops at the first it cannot hand over
    broker.down = None
    assert outbox.deliver(LATER) == 2
    assert outbox.deliver(LATER) == 0
    assert broker.got == [("one", []), ("two", [])]


def test_what_was_handed_over_is_forgotten_after_a_day(broker: Broker) -> None:
    outbox.wake("one")
    broker.down = OSError()
    outbox.wake("two")
    outbox.deliver(LATER)
    assert list(OutboxEntry.objects.values_list("task", flat=True)) == ["two"]
