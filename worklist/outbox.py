"""Tasks to wake after commit: a row in the business transaction, so that a lost broker loses nothing."""

import datetime as dt
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from worklist.models import OutboxEntry

logger = logging.getLogger(__name__)
BATCH = 100
KEPT = dt.timedelta(days=1)
Call = tuple[str, tuple[str | int, ...]]
_gathered: ContextVar[dict[Call, None] | None] = ContextVar("gathered", default=None)
"""What is woken inside `together`, in order; None outside."""


def wake(task_name: str, *args: str | int) -> None:
    """Has this task run soon after the surrounding transaction commits, at least once; nothing when it is rolled back."""
    gathered = _gathered.get()
    if gathered is None:
        _write([(task_name, args)])
    else:
        gathered[task_name, args] = None


@contextmanager
def together() -> Iterator[None]:
    """What is woken within becomes rows at its end, once for each task and its arguments, by one statement.

    Inside the transaction of the story; where it is refused, nothing was to be woken.
    """
    if _gathered.get() is not None:
        yield
        return
    gathered: dict[Call, None] = {}
    before = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(before)
    _write(gathered)


def _write(calls: Collection[Call]) -> None:
    if not calls:
        return
    now = timezone.now()
    with transaction.atomic(savepoint=False):  # part of the caller's transaction, whole or not at all
        OutboxEntry.objects.bulk_create(OutboxEntry(task=task, arguments=list(args), created_at=now) for task, args in calls)
        transaction.on_commit(partial(_deliver_like, list(calls)), robust=True)


def deliver(now: dt.datetime) -> int:
    """The sweeper: hands over what the moment after commit did not, forgets what is old, and says how many were handed over."""
    OutboxEntry.objects.filter(delivered_at__lt=now - KEPT).delete()
    return _hand_over(OutboxEntry.objects.all(), now)


def _deliver_like(calls: Collection[Call]) -> None:
    """What was asked for several times in one transaction wakes the task once."""
    asked = Q()
    for task, args in calls:
        asked |= Q(task=task, arguments=list(args))
    _hand_over(OutboxEntry.objects.filter(asked), timezone.now())


@transaction.atomic
def _hand_over(entries: QuerySet[OutboxEntry], now: dt.datetime) -> int:
    """Sends under the rows' lock and then marks: a crash between the two sends again, and tasks stand being woken twice.

    Rows that ask for the same are all committed by now, so that one sending serves them.
    """
    waiting = entries.filter(delivered_at__isnull=True).select_for_update(skip_locked=True).order_by("id")[:BATCH]
    sent: set[str] = set()
    delivered, failed = [], []
    for entry in waiting:
        same = f"{entry.task}{entry.arguments}"
        if same not in sent and not _reached_broker(entry):
            failed.append(entry.pk)
            break
        sent.add(same)
        delivered.append(entry.pk)
    for keys, at in ((delivered, now), (failed, None)):
        if keys:
            OutboxEntry.objects.filter(pk__in=keys).update(attempts=F("attempts") + 1, delivered_at=at)
    return len(delivered)


def _reached_broker(entry: OutboxEntry) -> bool:
    try:
        current_app.send_task(entry.task, args=entry.arguments, retry=False)
    except (OperationalError, OSError):
        logger.warning("broker not reached; outbox entry %s (%s) waits for the sweeper", entry.pk, entry.task)
        return False
    return True
