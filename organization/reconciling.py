"""Brings absences to what a calendar says: created, moved, cancelled; a second time changes nothing, and what others entered stays."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import absences, calendar, events
from organization.ical import Away, Contents, Window
from organization.models import Absence, Appointment, CalledOff, Person
from organization.refusals import Refused

AHEAD = dt.timedelta(days=366)
DAY = dt.timedelta(days=1)
Key = tuple[int, str]
"""Person id and external id."""


@dataclass(slots=True)
class Outcome:
    """How many absences became what, and sentences about what was not taken."""

    new: int = 0
    changed: int = 0
    cancelled: int = 0
    unchanged: int = 0
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where absences come from. `space` begins the external id of all that came from there; `forgets`: what is missing is taken away.

    `person`: whose calendar it is; without one, events name people by e-mail.
    """

    space: str
    source: str
    person: Person | None
    forgets: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """One absence as the calendar has it."""

    person: Person
    external_id: str
    starts_on: dt.date
    ends_before: dt.date

    @property
    def key(self) -> Key:
        """Under which it is kept."""
        return self.person.pk, self.external_id


def window(now: dt.datetime) -> Window:
    """From today on, a year ahead."""
    today = calendar.today(now)
    return Window(today, today + AHEAD, calendar.company_zone(), calendar.is_working_day)


@transaction.atomic
def reconcile(contents: Contents, origin: Origin, *, now: dt.datetime) -> Outcome:
    """Absences that are over stay as they are. Cost follows what changes: five queries, and the stories of what is not as it should be."""
    today = calendar.today(now)
    outcome = Outcome(remarks=list(contents.remarks))
    wanted = _without_called_off(_wanted(contents, origin, outcome), origin, outcome)
    present = _present(origin, wanted, today)
    moved = {key for key, want in wanted.items() if key in present and _days(present[key]) != _days(want)}
    for key, absence in present.items():
        if key in moved:
            _take_back(absence, now, today)
        elif key not in wanted and origin.forgets:
            absences.take_away(absence, now=now)
            outcome.cancelled += 1
    occupied = _occupied(wanted, {absence.pk for absence in present.values()})
    for key, want in wanted.items():
        if key in present and key not in moved:
            outcome.unchanged += 1
        elif any(a.starts_on < want.ends_before and a.ends_before > want.starts_on for a in occupied[want.person.pk]):
            outcome.remarks.append(_remark(want, _("another absence is entered in that time and stays as it is.")))
        else:
            _record(want, origin, present.get(key), outcome, now)
    return outcome


def _wanted(contents: Contents, origin: Origin, outcome: Outcome) -> dict[Key, Wanted]:
    """Of events that meet, the later ones lose the days that are taken already: nobody is away twice."""
    people = {} if origin.person else _by_email(contents.away)
    found: dict[Key, Wanted] = {}
    taken: dict[int, dt.date] = defaultdict(lambda: dt.date.min)
    unknown: set[str] = set()
    for away in sorted(contents.away, key=lambda a: (a.starts_on, -(a.ends_before - a.starts_on), a.key)):
        named = [origin.person] if origin.person else _named(away, people, unknown)
        for person in named:
            starts_on = max(away.starts_on, taken[person.pk])
            if starts_on < away.ends_before:
                taken[person.pk] = away.ends_before
                want = Wanted(person, origin.space + away.key, starts_on, away.ends_before)
                found[want.key] = want
    outcome.remarks += [_("Nobody, or more than one person, has the e-mail address %(email)s.") % {"email": e} for e in sorted(unknown)]
    return found


def _by_email(spans: Iterable[Away]) -> dict[str, list[Person]]:
    emails = {email for away in spans for email in away.emails}
    found: dict[str, list[Person]] = defaultdict(list)
    for person in Person.objects.annotate(small=Lower("email")).filter(small__in=emails, is_active=True):
        found[(person.email or "").lower()].append(person)
    return found


def _named(away: Away, people: dict[str, list[Person]], unknown: set[str]) -> list[Person]:
    unknown |= {email for email in away.emails if len(people.get(email, [])) != 1}
    return [people[email][0] for email in sorted(away.emails) if email not in unknown]


def _without_called_off(wanted: dict[Key, Wanted], origin: Origin, outcome: Outcome) -> dict[Key, Wanted]:
    """What somebody cancelled in the portal stays so; where its event has other days, or is gone, the cancelling is forgotten."""
    cancelled = CalledOff.objects.filter(external_id__startswith=origin.space)
    if origin.person:
        cancelled = cancelled.filter(person=origin.person)
    stays, over = set(), []
    for row in cancelled:
        key = (row.person_id, row.external_id)
        if key in wanted and _days(wanted[key]) == _days(row):
            stays.add(key)
        else:
            over.append(row.pk)
    if over:
        CalledOff.objects.filter(pk__in=over).delete()
    why = _("it was cancelled in the portal and stays so until its event changes.")
    outcome.remarks += [_remark(wanted[key], why) for key in sorted(stays)]
    return {key: want for key, want in wanted.items() if key not in stays}


def _present(origin: Origin, wanted: dict[Key, Wanted], today: dt.date) -> dict[Key, Absence]:
    """What came from there before: that is not over, or is still in the calendar."""
    mine = Absence.objects.filter(external_id__startswith=origin.space).select_related("person", "substitute")
    if origin.person:
        mine = mine.filter(person=origin.person)
    ids = {want.external_id for want in wanted.values()}
    rows = mine.filter(Q(ends_before__gt=today) | Q(external_id__in=ids))
    return {(a.person_id, a.external_id): a for a in rows}


def _days(absence: Absence | CalledOff | Wanted) -> tuple[dt.date, dt.date]:
    return absence.starts_on, absence.ends_before


def _take_back(absence: Absence, now: dt.datetime, today: dt.date) -> None:
    """Before it is recorded with other days. One that has begun would be kept as over by a cancelling; the calendar says it was not so."""
    if absence.starts_on >= today:
        absences.take_away(absence, now=now)
        return
    ids = list(Appointment.objects.on(today).filter(person=absence.person_id).values_list("position_id", flat=True))
    Absence.objects.get(pk=absence.pk).delete()
    events.tell_appointments_changed(ids, [absence.person_id], now)


def _occupied(wanted: dict[Key, Wanted], own: set[int]) -> dict[int, list[Absence]]:
    """Person id → absences that others entered, or that came from another calendar."""
    found: dict[int, list[Absence]] = defaultdict(list)
    if wanted:
        since = min(want.starts_on for want in wanted.values())
        rows = Absence.objects.filter(person__in={want.person.pk for want in wanted.values()}, ends_before__gt=since)
        for absence in rows.exclude(pk__in=own).filter(ends_before__gt=F("starts_on")):
            found[absence.person_id].append(absence)
    return found


def _record(want: Wanted, origin: Origin, before: Absence | None, outcome: Outcome, now: dt.datetime) -> None:
    try:
        absences.record_absence(
            want.person,
            by=want.person,
            now=now,
            starts_on=want.starts_on,
            ends_before=want.ends_before,
            substitute=before.substitute if before else None,
            note=before.note if before else "",
            source=origin.source,
            external_id=want.external_id,
        )
    except Refused as refusal:
        outcome.remarks.append(_remark(want, str(refusal)))
        return
    if before:
        outcome.changed += 1
    else:
        outcome.new += 1


def _remark(want: Wanted, why: str) -> str:
    words = {"name": want.person.name, "first": date_format(want.starts_on), "last": date_format(want.ends_before - DAY), "why": why}
    return _("%(name)s, %(first)s to %(last)s: %(why)s") % words
