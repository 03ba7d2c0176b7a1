"""Two schedulers and two workers side by side, a day late: as one, in order; and a broker that dies takes no reminder with it."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.machinery import SENT, Portal, kill
from tests.faults.sink import Mailbox

ITEMS = 30
# Every entry of the schedule has been due for long, as after a night without a scheduler.
ALL_DUE = """
import datetime as dt
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from processportal.celery import app
DatabaseScheduler(app, lazy=True).setup_schedule()
PeriodicTask.objects.update(last_run_at=timezone.now() - dt.timedelta(days=1))
"""
OUTBOX = """
from worklist import outbox
outbox.wake("worklist.tasks.send_mail")
"""
TOLD = "SELECT count(*), count(DISTINCT work_item_id), count(DISTINCT key) FROM worklist_notice"


@pytest.mark.slow
def test_two_schedulers_and_two_workers_a_day_late_are_as_one(portal: Portal, mailbox: Mailbox) -> None:
    portal.seed(ITEMS, late="days=1")
    portal.run(ALL_DUE)
    for start in (portal.start_worker, portal.start_worker, portal.start_beat, portal.start_beat):
        start()
    portal.wait(
        lambda: (
            portal.log.read_text().count("Task processportal.tasks.remind") >= 2 and bool(portal.rows("SELECT 1 FROM worklist_heartbeat"))
        )
    )
    portal.wait(lambda: portal.rows(TOLD) == [(ITEMS, ITEMS, ITEMS)])
    portal.wake("worklist.tasks.send_mail", "worklist.tasks.send_mail")
    portal.wait(lambda: portal.rows(SENT) == [(ITEMS,)])
    assert len(set(mailbox.ids())) == len(mailbox.ids()) == ITEMS
    assert portal.rows("SELECT subject FROM worklist_notice ORDER BY id") == [(f"Read: Read p{n:04} (due today)",) for n in range(ITEMS)]


class Redis:
    """A broker of its own on its own port, without any file."""

    def __init__(self) -> None:
        with contextlib.closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        words = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with contextlib.suppress(OSError), contextlib.closing(socket.create_connection(("127.0.0.1", self.port), 1)):
                break
            time.sleep(0.05)
        return self.process


@pytest.fixture
def redis() -> Iterator[Redis]:
    made = Redis()
    yield made
    kill(made.process)


@pytest.fixture
def with_redis(tmp_path: Path, mailbox: Mailbox, migrated: Path, redis: Redis) -> Iterator[Portal]:
    made = Portal(tmp_path, mailbox.port, CELERY_BROKER_URL=f"redis://127.0.0.1:{redis.port}/0")
    made.take_over(migrated)
    yield made
    made.stop()


@pytest.mark.slow
def test_a_broker_that_is_killed_and_comes_back_empty_takes_no_reminder_with_it(with_redis: Portal, mailbox: Mailbox, redis: Redis) -> None:
    portal = with_redis
    portal.seed(ITEMS)
    mailbox.pause = 0.1
    portal.start_worker()
    portal.wake("processportal.tasks.remind", "worklist.tasks.send_mail")
    portal.wait(lambda: len(mailbox.taken) >= 5)
    kill(redis.process)
    # What is asked for while the broker is away stands in the outbox.
    portal.run(OUTBOX)
    undelivered = "SELECT count(*) FROM worklist_outboxentry WHERE delivered_at IS NULL"
    assert portal.rows(undelivered) == [(1,)]
    redis.start()
    portal.run("from django.utils import timezone\nfrom worklist import outbox\nassert outbox.deliver(timezone.now()) == 1")
    portal.wait(lambda: portal.rows(SENT) == [(ITEMS,)])
    assert len(set(mailbox.ids())) == len(mailbox.ids()) == ITEMS
    assert portal.rows(TOLD) == [(ITEMS, ITEMS, ITEMS)]
    assert portal.rows(undelivered) == [(0,)]
