"""The daily summary: what can wait is gathered for each person and sent as one mail a day, at the hour and in the zone of its reader."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from organization.calendar import today
from organization.models import Person
from worklist.models import DigestDue, MailSettings, Notice
from worklist.preferences import DIGEST, settings_of, summary_at, summary_on, zone_of

BATCH = 100
DAY = dt.timedelta(days=1)


def expect(people: Collection[int], now: dt.datetime) -> None:
    """These people have something for their next summary; one query, a second for those who had nothing before."""
    fresh = Person.objects.filter(pk__in=people, digest_due__isnull=True).select_related("mail_settings").order_by("pk")
    settings = {person.pk: getattr(person, "mail_settings", None) or MailSettings(person_id=person.pk) for person in fresh}
    rows = [DigestDue(person_id=person, at=summary_at(own, now)) for person, own in settings.items()]
    DigestDue.objects.bulk_create(rows, ignore_conflicts=True)


def expect_all(now: dt.datetime) -> int:
    """Reconciles: nobody has something waiting without a day for it. A notice that was told in the moment of a summary is one such."""
    waiting = Notice.objects.filter(mail=Notice.Mail.DIGEST).exclude(person__in=DigestDue.objects.values("person"))
    people = list(waiting.order_by().values_list("person_id", flat=True).distinct())
    for start in range(0, len(people), BATCH):
        expect(people[start : start + BATCH], now)
    return len(people)


def run(now: dt.datetime, *, batch: int = BATCH) -> int:
    """Makes the summaries that are due and says how many. A batch is one transaction: a crash leaves it whole or not begun."""
    made = 0
    while (count := _make(now, batch)) is not None:
        made += count
    return made


@transaction.atomic
def _make(now: dt.datetime, batch: int) -> int | None:
    due = DigestDue.objects.filter(at__lte=now).order_by("at", "person_id").select_for_update(skip_locked=True)
    people = list(due.values_list("person_id", flat=True)[:batch])
    if not people:
        return None
    parts = _parts(people, now)
    wanted = _once_a_day(people, now)
    summaries = [_summary(person, wanted[person.pk], len(parts[person.pk]), now) for person in _readers(parts.keys() & wanted.keys(), now)]
    Notice.objects.bulk_create(summaries)
    for summary in summaries:
        Notice.objects.filter(pk__in=parts[summary.person_id]).update(mail=Notice.Mail.IN_DIGEST, digest=summary)
    # Whoever cannot get mail any more has read it in the portal or never will.
    done = [person for person in people if person in wanted]
    Notice.objects.filter(person__in=done, mail=Notice.Mail.DIGEST, created_at__lte=now).update(mail=Notice.Mail.NONE)
    DigestDue.objects.filter(person__in=done).delete()
    return len(summaries)


def _parts(people: Sequence[int], now: dt.datetime) -> dict[int, list[int]]:
    """Person id → the notices of the summary, without those seen in the portal or about what was done meanwhile."""
    over = Q(seen_at__isnull=False) | Q(work_item__closed_at__gte=F("created_at"))
    waiting = Notice.objects.filter(person__in=people, mail=Notice.Mail.DIGEST, created_at__lte=now).exclude(over)
    found: dict[int, list[int]] = defaultdict(list)
    for person, pk in waiting.order_by("pk").values_list("person_id", "pk"):
        found[person].append(pk)
    return found


def _once_a_day(people: Sequence[int], now: dt.datetime) -> dict[int, str]:
    """Person id → key of today's summary; who has had one today waits for tomorrow's, such as after choosing a later hour."""
    settings = settings_of(people)
    days = {person: now.astimezone(zone_of(own)).date() for person, own in settings.items()}
    keys = {person: f"{DIGEST}-{person}-{day:%Y%m%d}" for person, day in days.items()}
    had = set(Notice.objects.filter(key__in=keys.values()).values_list("person_id", flat=True))
    for person in had:
        at = summary_on(settings[person], days[person] + DAY)
        DigestDue.objects.filter(person=person).update(at=at)
    return {person: key for person, key in keys.items() if person not in had}


def _readers(people: Collection[int], now: dt.datetime) -> list[Person]:
    day = today(now)
    found = Person.objects.filter(pk__in=people, email__isnull=False).order_by("pk")
    return [person for person in found if person.has_access(day)]


def _summary(person: Person, key: str, count: int, now: dt.datetime) -> Notice:
    with translation.override(person.language):
        subject = ngettext("Your daily summary: %(count)d notice", "Your daily summary: %(count)d notices", count) % {"count": count}
    # Seen from the start: its parts are the notices of the portal, and it is only their mail.
    return Notice(key=key, kind=DIGEST, person=person, subject=subject, url=reverse("worklist:notices"), created_at=now, seen_at=now)
