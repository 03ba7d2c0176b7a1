"""Telling people, once for each key, in the portal and by mail; and sending the mail."""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise

from organization.calendar import today
from organization.models import Person
from worklist.mail import letter, one_line
from worklist.models import Notice, WorkItem

logger = logging.getLogger(__name__)
PAUSES = tuple(dt.timedelta(minutes=m) for m in (1, 5, 15, 60))
# With the last pause repeated: about a day.
ATTEMPTS = 26
# A run ends well before, by the time limit of tasks; so a claim this old belongs to a worker that died.
CLAIM_ENDS = dt.timedelta(minutes=10)
MAILS_PER_RUN = 200


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told. Lazy texts come out in the person's language; `url` is a path of the portal."""

    person: Person
    key: str
    subject: str | Promise
    body: str | Promise
    url: str
    work_item: WorkItem | None = None


def tell(
    person: Person,
    *,
    key: str,
    subject: str | Promise,
    body: str | Promise,
    url: str,
    now: dt.datetime,
    work_item: WorkItem | None = None,
) -> None:
    """Tells one person once: a key that was used before does nothing."""
    tell_many([Message(person, key, subject, body, url, work_item)], now=now)


def tell_many(messages: Iterable[Message], *, now: dt.datetime) -> None:
    """Tells each person once for each key; people without access any more are told nothing."""
    day = today(now)
    Notice.objects.bulk_create((_notice(message, now) for message in messages if message.person.has_access(day)), ignore_conflicts=True)


def _notice(message: Message, now: dt.datetime) -> Notice:
    with translation.override(message.person.language):
        subject, body = one_line(str(message.subject)), str(message.body)
    return Notice(
        key=message.key,
        person=message.person,
        work_item=message.work_item,
        subject=subject[:300],
        body=body,
        url=message.url,
        created_at=now,
        mail=Notice.Mail.WAITING if message.person.email else Notice.Mail.NONE,
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
        return 0
    try:
        return _send_all(waiting, connection, now)
    finally:
        connection.close()


def _send_all(waiting: list[int], connection: BaseEmailBackend, now: dt.datetime) -> int:
    sent = 0
    for pk in waiting:
        notice = _claim(pk, now)
        if notice is None:
            continue
        error = _attempt(notice, connection)
        _record(notice, error, now)
        sent += error is None
        if error is not None and _is_about_the_server(error):
            break
    return sent


def _claim(pk: int, now: dt.datetime) -> Notice | None:
    """Ours from now on, or None when another run was faster or the person cannot get mail any more."""
    waiting = Notice.objects.filter(pk=pk, mail=Notice.Mail.WAITING)
    gone = Q(person__is_active=False) | Q(person__access_until__lt=today(now)) | Q(person__email__isnull=True)
    if waiting.filter(pk__in=Notice.objects.filter(gone, pk=pk).values("pk")).update(mail=Notice.Mail.NONE):
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
    if error is None:
        claimed.update(mail=Notice.Mail.SENT, sent_at=now, error="", retry_at=None)
    elif _is_final(error) or notice.attempts >= ATTEMPTS:
        claimed.update(mail=Notice.Mail.FAILED, error=str(error))
    else:
        pause = PAUSES[min(notice.attempts, len(PAUSES)) - 1]
        claimed.update(mail=Notice.Mail.WAITING, retry_at=now + pause, error=str(error))


def _is_final(error: Exception) -> bool:
    """Whether trying again is useless: this recipient or this text was refused for good (RFC 5321: 5yz)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def _is_about_the_server(error: Exception) -> bool:
    """Whether the next mail would fail in the same way: no answer at all rather than a refusal of this mail."""
    refusal = isinstance(error, SMTPRecipientsRefused | SMTPResponseException)
    return isinstance(error, OSError) and not (isinstance(error, SMTPException) and refusal)
