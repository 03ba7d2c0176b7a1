"""Calling webhooks: what they are told, signed; each call claimed and given back like a mail."""

import datetime as dt
import hashlib
import hmac
import http.client
import json
import logging
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _

from organization.refusals import Refused
from worklist.models import Notice, Webhook, WebhookDelivery
from worklist.retrying import CLAIM_ENDS, PATIENCE, next_try
from worklist.webhooks import insist_on_address

logger = logging.getLogger(__name__)
Delivery = Notice.Mail
SECONDS = 10
CALLS_PER_RUN = 200
# These answers say "later", not "never" (RFC 9110: too early, too many, time-out); so does every 5xx.
LATER = {408, 425, 429}


class NotTaken(Exception):
    """The address answered, but not that it took the call; `final`: it will not take it later either."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.final = status < 500 and status not in LATER


def signature(secret: str, at: int, body: bytes) -> str:
    """`t=…,v1=…`: HMAC-SHA256 over the second since 1970, a dot and the body, so that a call can neither be altered nor repeated later."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def body_of(notice: Notice) -> bytes:
    """What is told. Never the subject: whoever reads along may not be allowed to see the process; the link asks who opens it."""
    told = {
        "id": notice.pk,
        "kind": notice.kind,
        "person": notice.person.name,
        "url": settings.PORTAL_URL + notice.url if notice.url else "",
        "work_item": notice.work_item_id,
        "created": notice.created_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def call(webhook: Webhook, body: bytes, *, delivery: str, now: dt.datetime) -> None:
    """One call. No redirect is followed. Raises Refused, NotTaken, OSError, HTTPException or ValueError."""
    insist_on_address(webhook.url)
    parts = urlsplit(webhook.url)
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS, context=ssl.create_default_context())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "ProcessPortal",
        "X-Portal-Delivery": delivery,
        "X-Portal-Signature": signature(webhook.secret, int(now.timestamp()), body),
    }
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTaken(status)


def try_out(webhook: Webhook, *, now: dt.datetime) -> str:
    """A call of kind "test"; "" where it was taken, else what went wrong in words."""
    body = json.dumps({"kind": "test", "created": now.isoformat(timespec="seconds"), "url": settings.PORTAL_URL}).encode()
    error = _attempt(webhook, body, "test", now)
    return str(error) or _("The call failed.") if error else ""


def deliver(now: dt.datetime) -> int:
    """Calls what waits and says how many calls were taken. One address that does not answer does not hold up the others."""
    claimed = WebhookDelivery.objects.filter(delivery=Delivery.CLAIMED, claimed_at__lt=now - CLAIM_ENDS)
    claimed.update(delivery=Delivery.WAITING)
    waiting = WebhookDelivery.objects.filter(delivery=Delivery.WAITING, webhook__is_active=True)
    hooks = Webhook.objects.filter(pk__in=waiting.filter(_ready(now)).values("webhook")).order_by("pk")
    return sum(sum(_deliver_to(webhook, now)) for webhook in hooks)


def _deliver_to(webhook: Webhook, now: dt.datetime) -> Iterator[bool]:
    own = WebhookDelivery.objects.filter(webhook=webhook)
    ready = own.filter(_ready(now), delivery=Delivery.WAITING).order_by("id")
    end = time.monotonic() + PATIENCE.total_seconds()
    for pk in list(ready.values_list("pk", flat=True)[:CALLS_PER_RUN]):
        if time.monotonic() > end:
            return
        one = own.filter(pk=pk, delivery=Delivery.WAITING)
        if not one.update(delivery=Delivery.CLAIMED, claimed_at=now, attempts=F("attempts") + 1):
            continue
        found = WebhookDelivery.objects.select_related("notice__person").get(pk=pk)
        error = _attempt(webhook, body_of(found.notice), f"{found.pk}", now)
        _record(found, error, now)
        yield error is None
        if error is not None and not isinstance(error, NotTaken):
            # Nobody answers: the next call would wait as long.
            own.filter(_ready(now), delivery=Delivery.WAITING).update(retry_at=next_try(1, now))
            return


def _ready(now: dt.datetime) -> Q:
    return Q(retry_at__isnull=True) | Q(retry_at__lte=now)


def _attempt(webhook: Webhook, body: bytes, delivery: str, now: dt.datetime) -> Exception | None:
    try:
        call(webhook, body, delivery=delivery, now=now)
    except (Refused, NotTaken, OSError, ValueError, http.client.HTTPException) as error:
        logger.warning("webhook %s did not take delivery %s: %s", webhook.pk, delivery, error)
        return error
    return None


def _record(delivery: WebhookDelivery, error: Exception | None, now: dt.datetime) -> None:
    claimed = WebhookDelivery.objects.filter(pk=delivery.pk, delivery=Delivery.CLAIMED)
    again = next_try(delivery.attempts, now)
    if error is None:
        claimed.update(delivery=Delivery.SENT, sent_at=now, error="", retry_at=None)
    elif again is None or (isinstance(error, NotTaken) and error.final):
        claimed.update(delivery=Delivery.FAILED, error=str(error))
    else:
        claimed.update(delivery=Delivery.WAITING, retry_at=again, error=str(error))
