"""Tasks to wake after commit: a row in the business transaction, so that a lost broker loses nothing."""

import datetime as dt
import logging
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from worklist.models import OutboxEntry

logger = logging.getLogger(__name__)
BATCH = 100
KEPT = dt.timedelta(days=1)


def wake(task_name: str, *args: str | int) -> None:
    """Has this task run soon after the surrounding transaction commits, at least once; nothing when it is rolled back."""
    with transaction.atomic(savepoint=False):  # part of the caller's transaction, whole or not at all
        OutboxEntry.objects.create(task=task_name, arguments=list(args), created_at=timezone.now())
        transaction.on_commit(partial(_deliver_like, task_name, list(args)), robust=True)


def deliver(now: dt.datetime) -> int:
    """The sweeper: hands over what the moment after commit did not, forgets what is old, and says how many were handed over."""
    OutboxEntry.objects.filter(delivered_at__lt=now - KEPT).delete()
    return _hand_over(OutboxEntry.objects.all(), now)


def _deliver_like(task_name: str, args: list[str | int]) -> None:
    """What was asked for several times in one transaction wakes the task once."""
    _hand_over(OutboxEntry.objects.filter(task=task_name, arguments=args), timezone.now())


@transaction.atomic
def _hand_over(entries: QuerySet[OutboxEntry], now: dt.datetime) -> int:
    """Sends under the rows' lock and then marks: a crash between the two sends again, and tasks stand being woken twice.

    Rows that ask for the same are all committed by now, so that one sending serves them.
    """
    waiting = entries.filter(delivered_at__isnull=True).select_for_update(skip_locked=True).order_by("id")[:BATCH]
    sent: set[str] = set()
    delivered = 0
    for entry in waiting:
        same = f"{entry.task}{entry.arguments}"
        entry.attempts += 1
        entry.delivered_at = now if same in sent or _reached_broker(entry) else None
        entry.save(update_fields=("attempts", "delivered_at"))
        if entry.delivered_at is None:
            break
        sent.add(same)
        delivered += 1
    return delivered


def _reached_broker(entry: OutboxEntry) -> bool:
    try:
        current_app.send_task(entry.task, args=entry.arguments, retry=False)
    except (OperationalError, OSError):
        logger.warning("broker not reached; outbox entry %s (%s) waits for the sweeper", entry.pk, entry.task)
        return False
    return True
