"""Stories of who is away: entered by the person, the manager or an administrator, changed, cancelled."""

import datetime as dt
from copy import copy

from django.db import transaction
from django.utils.translation import gettext as _

from organization import calendar, events, policy, process_office
from organization.models import Absence, Appointment, CalledOff, Person
from organization.refusals import Refused


@transaction.atomic
def record_absence(
    person: Person,
    *,
    by: Person,
    now: dt.datetime,
    starts_on: dt.date,
    ends_before: dt.date,
    substitute: Person | None = None,
    note: str = "",
    source: str = Absence.Source.PORTAL,
    external_id: str = "",
) -> Absence:
    """The person is away on the days [starts_on, ends_before); the substitute acts for all of the person's positions."""
    today = calendar.today(now)
    with process_office.kept(today, person=person):
        person = Person.objects.select_for_update().get(pk=person.pk)
        policy.insist(policy.may_enter_absence(by, person, today))
        made = Absence(
            person=person, starts_on=starts_on, ends_before=ends_before, substitute=substitute, note=note, source=source,
            external_id=external_id,
        )  # fmt: skip
        policy.insist(policy.may_name_substitute(by, made, today))
        _must_be_possible(made)
        made.save()
    _tell(person, now, [(starts_on, ends_before)])
    return made


@transaction.atomic
def change_absence(
    absence: Absence,
    *,
    by: Person,
    now: dt.datetime,
    starts_on: dt.date,
    ends_before: dt.date,
    substitute: Person | None,
    note: str,
) -> Absence:
    """Other days, another substitute or note. What has been stays; the days of one that a calendar brought are changed there."""
    today = calendar.today(now)
    with process_office.kept(today, person=absence.person):
        person = Person.objects.select_for_update().get(pk=absence.person_id)
        absence = Absence.objects.get(pk=absence.pk)
        policy.insist(policy.may_enter_absence(by, person, today))
        before, named = (absence.starts_on, absence.ends_before), absence.substitute_id
        _must_be_changeable(absence, starts_on, ends_before, today)
        absence.starts_on, absence.ends_before, absence.substitute, absence.note = starts_on, ends_before, substitute, note
        if absence.substitute_id != named:
            policy.insist(policy.may_name_substitute(by, absence, today))
        _must_be_possible(absence)
        absence.save()
    _tell(person, now, [before, (starts_on, ends_before)])
    return absence


@transaction.atomic
def cancel_absence(absence: Absence, *, by: Person, now: dt.datetime) -> None:
    """Back today: an absence that has begun ends, one to come is taken away; the calendar that brought it does not bring it again."""
    ended = _end(absence, by=by, now=now)
    if ended.source == Absence.Source.FEED:
        days = {"starts_on": ended.starts_on, "ends_before": ended.ends_before}
        CalledOff.objects.update_or_create(person=ended.person, external_id=ended.external_id, defaults=days)


def take_away(absence: Absence, *, now: dt.datetime) -> None:
    """The calendar that brought it does not say so any more."""
    _end(absence, by=absence.person, now=now)


def _end(absence: Absence, *, by: Person, now: dt.datetime) -> Absence:
    """Returns the absence as it was."""
    today = calendar.today(now)
    person = Person.objects.select_for_update().get(pk=absence.person_id)
    absence = Absence.objects.get(pk=absence.pk)
    policy.insist(policy.may_enter_absence(by, person, today))
    if absence.ends_before <= today:
        raise Refused(_("This absence is over."))
    was = copy(absence)
    if absence.starts_on < today:
        absence.ends_before = today
        absence.save()
    else:
        absence.delete()
    _tell(person, now, [(was.starts_on, was.ends_before)])
    return was


def _must_be_changeable(absence: Absence, starts_on: dt.date, ends_before: dt.date, today: dt.date) -> None:
    if absence.ends_before <= today:
        raise Refused(_("This absence is over."))
    same_days = (starts_on, ends_before) == (absence.starts_on, absence.ends_before)
    if absence.source == Absence.Source.FEED and not same_days:
        raise Refused(_("It was read from a calendar: change the days there. Substitute and note can be changed here."))
    if absence.starts_on < today and starts_on != absence.starts_on:
        raise Refused(_("It has begun: its first day stays as it is."))
    if absence.starts_on < today and ends_before < today:
        raise Refused(_("What has been stays as it was: the last day is yesterday at the earliest."))


def _must_be_possible(absence: Absence) -> None:
    """It has days, its substitute is another who can act, and it does not meet another one of the same person."""
    starts_on, ends_before, substitute = absence.starts_on, absence.ends_before, absence.substitute
    if ends_before <= starts_on:
        raise Refused(_("The last day must not lie before the first."))
    if substitute and substitute.pk == absence.person_id:
        raise Refused(_("A substitute is somebody else."))
    if substitute and not substitute.is_active:
        raise Refused(_("%(name)s has left and cannot be a substitute.") % {"name": substitute.name})
    if substitute and not substitute.has_access(starts_on):
        raise Refused(_("%(name)s has no access in that time and cannot be a substitute.") % {"name": substitute.name})
    meeting = Absence.objects.filter(person=absence.person_id, starts_on__lt=ends_before, ends_before__gt=starts_on)
    if meeting.exclude(pk=absence.pk).exists():
        raise Refused(_("An absence in that time is entered already. Change that one, or cancel it first."))


def _tell(person: Person, now: dt.datetime, spans: list[tuple[dt.date, dt.date]]) -> None:
    """Who acts is another in the positions held in any of these spans."""
    ids: set[int] = set()
    for start, end in spans:
        held = Appointment.objects.filter(person=person, starts_on__lt=end).exclude(ends_before__lte=start)
        ids |= set(held.values_list("position_id", flat=True))
    events.tell_appointments_changed(ids, [person.pk], now)
