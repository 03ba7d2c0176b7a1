"""Telling people, once for each key, in the portal, by mail and by webhook; and sending the mail."""

import datetime as dt
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise

from organization.calendar import today
from organization.models import Person
from worklist import digests, preferences, webhooks
from worklist.mail import letter, one_line
from worklist.models import Heartbeat, Notice, WorkItem
from worklist.preferences import NEWS, Chosen
from worklist.retrying import CLAIM_ENDS, PATIENCE, next_try
from worklist.smtp_answers import is_about_the_server, is_final, said
from worklist.writing import Row, insert

logger = logging.getLogger(__name__)
MAILS_PER_RUN = 200
TOLD_TOGETHER = 1000
# The part of the machinery that is alive while the mail server is not: there since the first time it was not reached.
UNREACHED = "mail-unreached"


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told. Lazy texts come out in the person's language; `url` is a path of the portal.

    `kind` is a kind of work item (as which it counts where none is given and it is about one) or "news"; `due`: it cannot wait.
    """

    person: Person
    key: str
    subject: str | Promise
    body: str | Promise
    url: str
    work_item: WorkItem | None = None
    kind: str = ""
    due: bool = False

    @property
    def told_as(self) -> str:
        """The kind under which the person's preferences are looked up."""
        return self.kind or (self.work_item.kind if self.work_item else NEWS)


def tell(
    person: Person,
    *,
    key: str,
    subject: str | Promise,
    body: str | Promise,
    url: str,
    now: dt.datetime,
    work_item: WorkItem | None = None,
    kind: str = "",
    due: bool = False,
) -> None:
    """Tells one person once: a key that was used before does nothing."""
    tell_many([Message(person, key, subject, body, url, work_item, kind, due)], now=now)


def tell_many(messages: Iterable[Message], *, now: dt.datetime) -> None:
    """Tells each person once for each key; people without access any more are told nothing. A fixed number of queries for a thousand."""
    day = today(now)
    heard = (message for message in messages if message.person.has_access(day))
    while some := list(islice(heard, TOLD_TOGETHER)):
        _tell(some, now)


@transaction.atomic(savepoint=False)  # part of the caller's transaction, whole or not at all
def _tell(messages: Sequence[Message], now: dt.datetime) -> None:
    chosen = preferences.chosen({message.person.pk for message in messages})
    rows = [_row(message, chosen) for message in messages]
    insert(rows, now)
    digests.expect({row.person_id for row in rows if row.mail == Notice.Mail.DIGEST}, now)
    webhooks.queue([row.key for row in rows], {row.kind for row in rows}, now)


def _row(message: Message, chosen: Chosen) -> Row:
    subject, body = message.subject, message.body
    if isinstance(subject, Promise) or isinstance(body, Promise):
        with translation.override(message.person.language):
            subject, body = str(subject), str(body)
    item, kind = message.work_item, message.told_as
    return Row(
        key=message.key,
        kind=kind,
        person_id=message.person.pk,
        work_item_id=item.pk if item else None,
        subject=one_line(subject)[:300],
        body=body,
        url=message.url,
        mail=preferences.way(message.person, kind, due=message.due, preferences=chosen),
    )


def mark_seen(notices: QuerySet[Notice], *, now: dt.datetime) -> int:
    """Marks these as seen, unless they were seen before; says how many."""
    return notices.filter(seen_at__isnull=True).update(seen_at=now)


def unread(person_id: int) -> int:
    """How many notices this person has not seen."""
    return Notice.objects.filter(person=person_id, seen_at__isnull=True).count()


def deliver(now: dt.datetime) -> int:
    """Sends what waits and says how many were sent. Side by side with another run each mail is sent by one of them."""
    Notice.objects.filter(mail=Notice.Mail.CLAIMED, claimed_at__lt=now - CLAIM_ENDS).update(mail=Notice.Mail.WAITING)
    ready = Q(retry_at__isnull=True) | Q(retry_at__lte=now)
    waiting = list(Notice.objects.filter(ready, mail=Notice.Mail.WAITING).order_by("id").values_list("pk", flat=True)[:MAILS_PER_RUN])
    if not waiting:
        return 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        logger.warning("mail server not reached, %s or more notices wait: %s", len(waiting), error)
        Heartbeat.objects.get_or_create(part=UNREACHED, defaults={"at": now})
        return 0
    try:
        Heartbeat.objects.filter(part=UNREACHED).delete()
        return _send_all(waiting, connection, now)
    finally:
        connection.close()


def _send_all(waiting: list[int], connection: BaseEmailBackend, now: dt.datetime) -> int:
    sent, end = 0, time.monotonic() + PATIENCE.total_seconds()
    for pk in waiting:
        if time.monotonic() > end:
            break
        notice = _claim(pk, now)
        if notice is None:
            continue
        error = _attempt(notice, connection)
        _record(notice, error, now)
        sent += error is None
        if error is not None and is_about_the_server(error):
            break
    return sent


def _claim(pk: int, now: dt.datetime) -> Notice | None:
    """Ours from now on, or None when another run was faster, the person cannot get mail any more, or what it is about is done."""
    waiting = Notice.objects.filter(pk=pk, mail=Notice.Mail.WAITING)
    gone = Q(person__is_active=False) | Q(person__access_until__lt=today(now)) | Q(person__email__isnull=True)
    over = Q(work_item__closed_at__gte=F("created_at"))
    if waiting.filter(pk__in=Notice.objects.filter(gone | over, pk=pk).values("pk")).update(mail=Notice.Mail.NONE):
        return None
    if not waiting.update(mail=Notice.Mail.CLAIMED, claimed_at=now, attempts=F("attempts") + 1):
        return None
    return Notice.objects.select_related("person").get(pk=pk)


def _attempt(notice: Notice, connection: BaseEmailBackend) -> Exception | None:
    """What went wrong; ValueError stands for addresses and texts that make no mail."""
    try:
        letter(notice, connection).send()
    except (OSError, ValueError) as error:
        logger.warning("notice %s was not mailed: %s", notice.key, error)
        return error
    return None


def _record(notice: Notice, error: Exception | None, now: dt.datetime) -> None:
    claimed = Notice.objects.filter(pk=notice.pk, mail=Notice.Mail.CLAIMED)
    again = next_try(notice.attempts, now)
    if error is None:
        claimed.update(mail=Notice.Mail.SENT, sent_at=now, error="", retry_at=None)
    elif is_final(error) or again is None:
        claimed.update(mail=Notice.Mail.FAILED, error=said(error))
    else:
        claimed.update(mail=Notice.Mail.WAITING, retry_at=again, error=said(error))
