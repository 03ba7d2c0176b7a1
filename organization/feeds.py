"""Stories of absence calendars: added, read again and again, removed; and a file that is read once."""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from organization import absences, calendar, fetching, ical, policy
from organization.evidence import acting
from organization.fetching import Unreachable
from organization.ical import Unreadable
from organization.models import Absence, AbsenceFeed, CalledOff, Person
from organization.reconciling import Origin, Outcome, reconcile, window
from organization.refusals import Refused

logger = logging.getLogger(__name__)
REMARKS_KEPT = 20
REMARK = "• "
"""Begins each line of `error` that is a remark on a calendar that was read; other text says why it could not be read."""


@transaction.atomic
def add(*, by: Person, name: str, url: str, person: Person | None) -> AbsenceFeed:
    """A calendar that is read from now on: this person's, or (None) one whose events name people by e-mail. Raises Refused."""
    policy.insist(policy.may_keep_calendar(by, person))
    try:
        fetching.target(url)
    except Unreachable as unreachable:
        raise Refused(str(unreachable)) from unreachable
    if AbsenceFeed.objects.filter(url=url, person=person).exists():
        raise Refused(_("This calendar is read already."))
    return AbsenceFeed.objects.create(name=name, url=url, person=person)


@transaction.atomic
def remove(feed: AbsenceFeed, *, by: Person, now: dt.datetime) -> None:
    """It is read no more. What it brought and is not over goes with it, since nobody would take it away later."""
    feed = AbsenceFeed.objects.select_for_update(of=("self",)).select_related("person").get(pk=feed.pk)
    policy.insist(policy.may_keep_calendar(by, feed.person))
    today = calendar.today(now)
    for absence in Absence.objects.filter(external_id__startswith=space(feed), ends_before__gt=today).select_related("person"):
        absences.take_away(absence, now=now)
    CalledOff.objects.filter(external_id__startswith=space(feed)).delete()
    feed.delete()


def read_all(now: dt.datetime) -> int:
    """Every calendar by itself: what is wrong with one does not keep the others. Says how many were read."""
    read = 0
    for feed in AbsenceFeed.objects.filter(is_active=True).select_related("person").order_by("pk"):
        try:
            read += read_feed(feed, now=now)
        except Exception:
            logger.exception("absence calendar %s could not be read", feed.pk)
    return read


def read_now(feed: AbsenceFeed, *, by: Person, now: dt.datetime) -> bool:
    """Because somebody asked."""
    policy.insist(policy.may_keep_calendar(by, feed.person))
    return read_feed(feed, now=now)


def read_feed(feed: AbsenceFeed, *, now: dt.datetime) -> bool:
    """Whether it could be read; why not, or what was not taken, is kept with it in the language of whoever added it."""
    if feed.person and not feed.person.has_access(calendar.today(now)):
        return False
    with override(_language(feed)), acting(f"calendar {feed.pk}"):
        try:
            contents = ical.read(fetching.fetch(feed.url), window(now))
        except (Unreachable, Unreadable) as failure:
            _keep(feed, str(failure), feed.read_at)
            return False
        with transaction.atomic():
            locked = AbsenceFeed.objects.select_for_update(of=("self",)).select_related("person").filter(pk=feed.pk).first()
            if locked is None:
                return False
            outcome = reconcile(contents, Origin(space(feed), Absence.Source.FEED, feed.person, forgets=True), now=now)
            _keep(locked, as_text(outcome), now)
    feed.read_at, feed.error = locked.read_at, locked.error
    return True


def read_file(data: bytes, person: Person, *, by: Person, now: dt.datetime) -> Outcome:
    """The person's absences from a file, once. Nothing is taken away: a file need not be the whole calendar. Raises Refused."""
    policy.insist(policy.may_keep_calendar(by, person))
    try:
        contents = ical.read(data, window(now))
    except Unreadable as unreadable:
        raise Refused(str(unreadable)) from unreadable
    return reconcile(contents, Origin("file:", Absence.Source.PORTAL, person, forgets=False), now=now)


def space(feed: AbsenceFeed) -> str:
    """How the external ids of this calendar's absences begin."""
    return f"feed{feed.pk}:"


def remarks(feed: AbsenceFeed) -> list[str]:
    """What was not taken at the last reading."""
    return [line.removeprefix(REMARK) for line in feed.error.splitlines() if line.startswith(REMARK)]


def failure(feed: AbsenceFeed) -> str:
    """Why the last reading failed, or ""."""
    return "" if feed.error.startswith(REMARK) else feed.error


def as_text(outcome: Outcome) -> str:
    """The remarks, one a line; a long list is cut."""
    more = len(outcome.remarks) - REMARKS_KEPT
    lines = [REMARK + " ".join(remark.split()) for remark in outcome.remarks[:REMARKS_KEPT]]
    if more > 0:
        lines.append(REMARK + ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more})
    return "\n".join(lines)


def _keep(feed: AbsenceFeed, error: str, read_at: dt.datetime | None) -> None:
    """Without a row in the history: it would grow by one with every reading."""
    feed.error, feed.read_at = error, read_at
    feed.save_without_historical_record(update_fields=["error", "read_at"])  # type: ignore[attr-defined]


def _language(feed: AbsenceFeed) -> str:
    """Of whoever reads the remarks: the person, else who added the calendar."""
    if feed.person:
        return str(feed.person.language)
    first = feed.history.select_related("history_user").order_by("history_id").first()
    return str(first.history_user.language) if first and first.history_user else settings.LANGUAGE_CODE
