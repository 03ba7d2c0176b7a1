"""What did not arrive: mails and webhook calls that wait for another try or were given up, for the administrator to see and decide."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from worklist.models import Heartbeat, Notice, WebhookDelivery
from worklist.notices import UNREACHED
from worklist.policy import may_connect

Mail = Notice.Mail
MAIL, WEBHOOK = "mail", "webhook"
# A mail server may be restarted without anybody being told.
GRACE = dt.timedelta(hours=1)
RETRY, GIVE_UP = "retry", "give_up"
MEANINGS = (
    (r"\b550\b|\b551\b|\b553\b|unknown|no such user", gettext_lazy("The mail server does not know this address.")),
    (r"\b552\b|\b452\b|\bfull\b|quota", gettext_lazy("The mailbox is full.")),
    (r"\b45\d\b|\b421\b|greylist", gettext_lazy("The mail server asked to try again later.")),
    (r"\b535\b|\b530\b|authenticat", gettext_lazy("The mail server wants another name or password; see the setting EMAIL_URL.")),
    (r"\b5\d\d\b.*spam|\b554\b", gettext_lazy("The mail server refused the text or took it for spam.")),
    (r"HTTP 3\d\d", gettext_lazy("The address leads on to another one, which is not followed. Enter the final address.")),
    (r"HTTP 40[13]", gettext_lazy("The receiver did not accept the signature or the address.")),
    (r"HTTP 4\d\d", gettext_lazy("The receiver does not accept this call.")),
    (r"HTTP 5\d\d", gettext_lazy("The receiver had an error of its own.")),
    (r"certificate|SSL", gettext_lazy("The certificate of the receiver is not valid.")),
    (r"timed out|Timeout", gettext_lazy("The receiver did not answer in time.")),
    (r"refused|unreachable|resolution|not known|closed|reset", gettext_lazy("The receiver was not reached.")),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait, are tried again after an error, and were given up."""

    waiting: int
    again: int
    failed: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Where mail and webhooks stand; `unreached_since` is the first time in a row that the mail server was not reached."""

    mail: Counts
    webhooks: Counts
    unreached_since: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the administrators are told wherever they are: how many were given up, and since when the mail server is silent."""

    failed: int
    unreached_since: dt.datetime | None


def overview() -> Overview:
    """All counts, for the page of deliveries."""
    since = Heartbeat.objects.filter(part=UNREACHED).values_list("at", flat=True).first()
    return Overview(_counts(Notice.objects.all(), "mail"), _counts(WebhookDelivery.objects.all(), "delivery"), since)


def trouble(now: dt.datetime) -> Trouble | None:
    """None where all is well: three short questions to indexes."""
    failed = Notice.objects.filter(mail=Mail.FAILED).count() + WebhookDelivery.objects.filter(delivery=Mail.FAILED).count()
    since = Heartbeat.objects.filter(part=UNREACHED, at__lte=now - GRACE).values_list("at", flat=True).first()
    return Trouble(failed, since) if failed or since else None


def _counts(rows: QuerySet[Notice] | QuerySet[WebhookDelivery], field: str) -> Counts:
    waiting = rows.filter(**{f"{field}__in": (Mail.WAITING, Mail.CLAIMED)})
    again = waiting.exclude(error="").count()
    return Counts(waiting.count() - again, again, rows.filter(**{field: Mail.FAILED}).count())


def troubled_mails() -> QuerySet[Notice]:
    """Given up, or tried at least once in vain."""
    return Notice.objects.filter(Q(mail=Mail.FAILED) | Q(mail=Mail.WAITING, attempts__gt=0)).select_related("person")


def troubled_calls() -> QuerySet[WebhookDelivery]:
    """Given up, or tried at least once in vain."""
    tried = Q(delivery=Mail.FAILED) | Q(delivery=Mail.WAITING, attempts__gt=0)
    return WebhookDelivery.objects.filter(tried).select_related("webhook", "notice")


def in_words(error: str) -> str:
    """What the error means for somebody who does not know the codes; the error itself stands beside it."""
    return next((str(words) for pattern, words in MEANINGS if re.search(pattern, error, re.IGNORECASE)), _("The delivery failed."))


@transaction.atomic
def settle(what: str, ids: Sequence[int] | None, action: str, *, by: Person) -> int:
    """Tries again, as if for the first time, or gives up these troubled deliveries (None: all that failed); says how many.

    What was given up stays in the portal for its reader; a mail or call of it is not sent any more.
    """
    insist(may_connect(by))
    if what not in {MAIL, WEBHOOK} or action not in {RETRY, GIVE_UP}:
        raise Refused(_("Choose whether to try it again or to give it up."))
    field, rows = ("mail", Notice.objects.all()) if what == MAIL else ("delivery", WebhookDelivery.objects.all())
    waiting = Q(**{field: Mail.FAILED}) if ids is None else Q(**{f"{field}__in": (Mail.FAILED, Mail.WAITING)}, attempts__gt=0, pk__in=ids)
    to: dict[str, object] = {field: Mail.NONE} if action == GIVE_UP else {field: Mail.WAITING, "attempts": 0, "retry_at": None}
    return rows.filter(waiting).update(**to)
