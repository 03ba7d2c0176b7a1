"""How each person wants to hear of each kind of notice: by mail at once, in the daily summary, or in the portal only."""

import datetime as dt
from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.calendar import company_zone
from organization.models import Person
from organization.refusals import Refused
from worklist.models import DigestDue, KindPreference, MailSettings, Notice, WorkItem

Mode = KindPreference.Mode
NEWS, DIGEST = "news", "digest"
HOURS = 24
# Somebody waits for the answer, or something is without a person: told at once, also before it is due.
BLOCKING = frozenset(
    {WorkItem.Kind.DECIDE, WorkItem.Kind.NAME_APPROVER, WorkItem.Kind.FILL_VACANCY, WorkItem.Kind.HAND_OVER, WorkItem.Kind.TAKE_OVER}
)
KINDS: dict[str, str | Promise] = {
    **{kind.value: kind.label for kind in WorkItem.Kind},
    NEWS: gettext_lazy("News: what was decided, changed or came into force"),
}
# Person id and kind → what the person has chosen.
Chosen = Mapping[tuple[int, str], str]


def standard(kind: str, *, due: bool) -> Mode:
    """How a notice goes out to somebody who has chosen nothing: at once where it is due or blocks somebody, else in the summary."""
    return Mode.INSTANT if kind in BLOCKING or (due and kind != NEWS) else Mode.DIGEST


def standard_words(kind: str) -> str:
    """The same in a few words, for the page on which it is chosen."""
    if kind in BLOCKING:
        return _("mail at once")
    if kind == NEWS:
        return _("in the summary")
    return _("in the summary, at once when due")


def kind_words(kind: str) -> str:
    """The kind of any notice in words, also of old ones and of the summary itself."""
    return str(KINDS.get(kind, _("Daily summary") if kind == DIGEST else KINDS[NEWS]))


def chosen(people: Collection[int]) -> Chosen:
    """What these people have chosen; nothing where the standard holds. One query."""
    rows = KindPreference.objects.filter(person__in=people)
    return {(person, kind): mode for person, kind, mode in rows.values_list("person_id", "kind", "mode")}


def way(person: Person, kind: str, *, due: bool, preferences: Chosen) -> str:
    """Where the mail of a notice begins: it waits for the next run, waits for the summary, or is not sent."""
    if not person.email:
        return Notice.Mail.NONE
    mode = preferences.get((person.pk, kind)) or standard(kind, due=due)
    return {Mode.INSTANT: Notice.Mail.WAITING, Mode.DIGEST: Notice.Mail.DIGEST, Mode.PORTAL: Notice.Mail.NONE}[Mode(mode)]


@transaction.atomic
def prefer(person: Person, *, digest_hour: int, time_zone: str, modes: Mapping[str, str], now: dt.datetime) -> MailSettings:
    """Holds from the next notice on; what waits already for a mail or for the summary still goes out. "" stands for the standard."""
    Person.objects.select_for_update().get(pk=person.pk)
    if not 0 <= digest_hour < HOURS:
        raise Refused(_("The daily summary comes at a full hour from 0 to 23."))
    if time_zone and time_zone not in available_timezones():
        raise Refused(_("There is no such time zone."))
    if not set(modes) <= set(KINDS) or not set(modes.values()) <= {"", *Mode.values}:
        raise Refused(_("Choose for each kind one of the ways that are offered."))
    KindPreference.objects.filter(person=person, kind__in=modes).delete()
    KindPreference.objects.bulk_create(KindPreference(person=person, kind=kind, mode=mode) for kind, mode in modes.items() if mode)
    defaults = {"digest_hour": digest_hour, "time_zone": time_zone}
    settings: MailSettings = MailSettings.objects.update_or_create(person=person, defaults=defaults)[0]
    # A summary that is awaited comes at the hour that was just chosen.
    DigestDue.objects.filter(person=person).update(at=summary_at(settings, now))
    return settings


def settings_of(people: Collection[int]) -> dict[int, MailSettings]:
    """Person id → the row, or unsaved defaults where nothing was chosen. One query."""
    rows = {row.person_id: row for row in MailSettings.objects.filter(person__in=people)}
    return {person: rows.get(person) or MailSettings(person_id=person) for person in people}


def zone_of(settings: MailSettings) -> ZoneInfo:
    """The person's zone, else the company's."""
    return ZoneInfo(settings.time_zone) if settings.time_zone else company_zone()


def summary_at(settings: MailSettings, now: dt.datetime) -> dt.datetime:
    """The instant of the next daily summary after `now`."""
    day = now.astimezone(zone_of(settings)).date()
    at = summary_on(settings, day)
    return at if at > now else summary_on(settings, day + dt.timedelta(days=1))


def summary_on(settings: MailSettings, day: dt.date) -> dt.datetime:
    """The instant, in UTC, of this day's summary. An hour that the day skips, or has twice, is one instant: the first."""
    return dt.datetime.combine(day, dt.time(settings.digest_hour), zone_of(settings)).astimezone(dt.UTC)
