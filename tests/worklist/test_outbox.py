"""A task is woken after commit or by the sweeper, never before, and a broker that is down loses nothing."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from celery import current_app
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from tests.make import NOW
from worklist import outbox
from worklist.models import OutboxEntry

pytestmark = pytest.mark.django_db


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
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()
    monkeypatch.setattr(current_app._get_current_object(), "send_task", broker.send_task)
    return broker


Commit = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Commit) -> Commit:
    """`with commit(execute=True):` what is registered within runs at its end, as at a commit."""
    return django_capture_on_commit_callbacks


def test_a_task_is_woken_when_the_story_commits(broker: Broker, commit: Commit) -> None:
    with commit(execute=True):
        outbox.wake("training.tasks.hand_out", 7)
        assert broker.got == []
    assert broker.got == [("training.tasks.hand_out", [7])]
    assert OutboxEntry.objects.filter(delivered_at__isnull=False, attempts=1).count() == 1
    assert outbox.deliver(NOW) == 0


def test_a_story_that_is_rolled_back_wakes_nobody(broker: Broker, commit: Commit) -> None:
    with commit(execute=True), transaction.atomic():
        outbox.wake("training.tasks.hand_out", 7)
        transaction.set_rollback(True)
    assert (broker.got, OutboxEntry.objects.count()) == ([], 0)


def test_what_is_woken_together_is_written_once_and_at_the_end(broker: Broker, commit: Commit) -> None:
    with commit(execute=True), transaction.atomic():
        with outbox.together():
            outbox.wake("one", 1)
            with outbox.together():
                outbox.wake("two")
            outbox.wake("one", 1)
            assert not OutboxEntry.objects.exists()
        with CaptureQueriesContext(connection) as queries, outbox.together():
            pass
        assert (len(queries), OutboxEntry.objects.count()) == (0, 2)
    assert broker.got == [("one", [1]), ("two", [])]
    assert OutboxEntry.objects.filter(delivered_at__isnull=False, attempts=1).count() == 2


def test_what_is_refused_together_wakes_nobody(broker: Broker, commit: Commit) -> None:
    def refused() -> None:
        with outbox.together():
            outbox.wake("one")
            raise ValueError("refused")

    with commit(execute=True), pytest.raises(ValueError, match="refused"):
        refused()
    assert not OutboxEntry.objects.exists()
    outbox.wake("two")
    assert OutboxEntry.objects.get().task == "two"


@pytest.mark.parametrize("error", [OperationalError("no broker"), PermissionError("read-only disk")])
def test_a_broker_that_is_down_is_the_sweepers_business(
    broker: Broker, commit: Commit, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    broker.down = error
    with commit(execute=True):
        outbox.wake("one")
        outbox.wake("two")
    assert outbox.deliver(NOW) == 0
    assert "waits for the sweeper" in caplog.text
    # The sweeper stops at the first that it cannot hand over.
    assert list(OutboxEntry.objects.values_list("attempts", flat=True)) == [2, 1]
    broker.down = None
    assert [outbox.deliver(NOW), outbox.deliver(NOW)] == [2, 0]
    assert broker.got == [("one", []), ("two", [])]


def test_what_was_handed_over_is_forgotten_after_a_day(broker: Broker, commit: Commit) -> None:
    outbox.wake("one")
    outbox.deliver(NOW)
    broker.down = OSError()
    outbox.wake("two")
    outbox.deliver(NOW + dt.timedelta(days=1))
    assert list(OutboxEntry.objects.values_list("task", flat=True)) == ["one", "two"]
    outbox.deliver(NOW + dt.timedelta(days=1, seconds=1))
    assert list(OutboxEntry.objects.values_list("task", flat=True)) == ["two"]


def test_nothing_waiting_costs_two_questions(broker: Broker) -> None:
    with CaptureQueriesContext(connection) as queries:
        outbox.deliver(NOW)
    assert [q["sql"].split()[0] for q in queries] == ["DELETE", "SAVEPOINT", "SELECT", "RELEASE"]
