"""Stories of who holds which position: appointed, changed while it lasts, ended, taken back before it begins."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import calendar, events, policy, process_office
from organization.absences import cancel_absence, record_absence
from organization.models import Appointment, Person, Position, Proposal
from organization.refusals import Refused, Stale

__all__ = ["appoint", "cancel_absence", "cancel_appointment", "change_appointment", "end_appointment", "record_absence"]


@transaction.atomic
def appoint(
    person: Person,
    position: Position,
    *,
    by: Person,
    now: dt.datetime,
    starts_on: dt.date,
    ends_before: dt.date | None = None,
    mode: str = Appointment.Mode.FULL,
    percent: int = 100,
) -> Appointment:
    """The person holds the position on the days [starts_on, ends_before), which may lie in the future.

    A process manager is appointed so only while nobody could confirm it, which stays on record; else by `proposals.appoint`.
    """
    policy.insist(policy.may_change_appointment(by, person))
    guarded, today = position.kind in policy.GUARDED, calendar.today(now)
    if guarded:
        policy.insist(policy.may_act_alone(by, person, today))
    made = put_in(person, position, now=now, starts_on=starts_on, ends_before=ends_before, mode=mode, percent=percent)
    if guarded:
        Proposal.objects.create(
            person=person, position=position, starts_on=starts_on, ends_before=ends_before, mode=mode, percent=percent,
            state=Proposal.State.ALONE, proposed_by=by, proposed_at=now,
        )  # fmt: skip
    return made


def put_in(
    person: Person,
    position: Position,
    *,
    now: dt.datetime,
    starts_on: dt.date,
    ends_before: dt.date | None = None,
    mode: str = Appointment.Mode.FULL,
    percent: int = 100,
) -> Appointment:
    """Within a transaction, once it was asked who may: the appointment itself, if it is possible."""
    position = Position.objects.select_for_update().get(pk=position.pk)
    person = Person.objects.get(pk=person.pk)
    must_be_open(person, position)
    made = Appointment(person=person, position=position, starts_on=starts_on, ends_before=ends_before, mode=mode, percent=percent)
    must_be_possible(made)
    made.save()
    _tell(made, now)
    return made


def must_be_open(person: Person, position: Position) -> None:
    """Raises Refused where the person has left or the position is closed."""
    if not person.is_active:
        raise Refused(_("%(name)s has left and cannot be appointed.") % {"name": person.name})
    if position.closed_on:
        raise Refused(_("%(position)s is closed; nobody can be appointed to it.") % {"position": position.title})


@transaction.atomic
def change_appointment(
    appointment: Appointment,
    *,
    by: Person,
    now: dt.datetime,
    starts_on: dt.date,
    ends_before: dt.date | None,
    mode: str,
    percent: int,
    seen: int | None = None,
) -> Appointment:
    """Shorter, longer, or while it has not begun anything; what has been stays. `seen` is the version shown (default: the object's)."""
    today = calendar.today(now)
    with process_office.kept(today, person=appointment.person):
        appointment = _locked(appointment, by=by, today=today, seen=seen)
        if appointment.starts_on < today and (starts_on, mode, percent) != (appointment.starts_on, appointment.mode, appointment.percent):
            raise Refused(_("It has begun: only its last day changes. For anything else end it, and appoint anew from the day after."))
        if starts_on < min(today, appointment.starts_on):
            raise Refused(_("What has been stays as it was: the first day is today at the earliest."))
        _must_not_grow(appointment, by, today, starts_on, ends_before)
        appointment.starts_on, appointment.ends_before, appointment.mode, appointment.percent = starts_on, ends_before, mode, percent
        return _save(appointment, today, now)


@transaction.atomic
def end_appointment(
    appointment: Appointment, *, by: Person, now: dt.datetime, ends_before: dt.date, seen: int | None = None
) -> Appointment:
    """The person holds the position up to the day before `ends_before`. `seen` is the version shown (default: the object's)."""
    today = calendar.today(now)
    with process_office.kept(today, person=appointment.person):
        appointment = _locked(appointment, by=by, today=today, seen=seen)
        if appointment.ends_before and appointment.ends_before < ends_before:
            raise Refused(_("It has an earlier end already. Change the appointment to prolong it."))
        appointment.ends_before = ends_before
        return _save(appointment, today, now)


@transaction.atomic
def cancel_appointment(appointment: Appointment, *, by: Person, now: dt.datetime, seen: int | None = None) -> None:
    """Takes back an appointment that has not begun; what was planned stays in the history. Raises Refused, Stale."""
    today = calendar.today(now)
    with process_office.kept(today, person=appointment.person):
        appointment = _locked(appointment, by=by, today=today, seen=seen)
        if appointment.starts_on <= today:
            raise Refused(_("It has begun. End it instead: who held what stays on record."))
        _tell(appointment, now)
        appointment.delete()


def _locked(appointment: Appointment, *, by: Person, today: dt.date, seen: int | None) -> Appointment:
    """The row, locked, after all questions that do not depend on the change."""
    Position.objects.select_for_update().get(pk=appointment.position_id)
    found: Appointment | None = (
        Appointment.objects.select_for_update(of=("self",)).select_related("person", "position").filter(pk=appointment.pk).first()
    )
    policy.insist(policy.may_change_appointment(by, appointment.person))
    if found is None or found.version != (appointment.version if seen is None else seen):
        raise Stale(_("Somebody else changed this appointment in the meantime, so nothing was changed. Open the page again and look."))
    if found.ends_before and found.ends_before <= today:
        words = {"day": date_format(found.ends_before - dt.timedelta(days=1))}
        raise Refused(_("It ended on %(day)s, and what has been stays as it was. Make a new appointment.") % words)
    return found


def _must_not_grow(appointment: Appointment, by: Person, today: dt.date, starts_on: dt.date, ends_before: dt.date | None) -> None:
    """More days as process manager are confirmed by a second person like the first ones."""
    longer = appointment.ends_before is not None and (ends_before is None or ends_before > appointment.ends_before)
    more = appointment.position.kind in policy.GUARDED and (longer or starts_on < appointment.starts_on)
    if more and not policy.may_act_alone(by, appointment.person, today):
        raise Refused(_("More days as process manager are confirmed by a second person: appoint anew for those days."))


def _save(appointment: Appointment, today: dt.date, now: dt.datetime) -> Appointment:
    if appointment.ends_before and appointment.ends_before < today:
        raise Refused(_("What has been stays as it was: the last day is yesterday at the earliest."))
    must_be_possible(appointment)
    appointment.version += 1
    appointment.save()
    _tell(appointment, now)
    return appointment


def must_be_possible(appointment: Appointment) -> None:
    """It has days, adds up, and does not meet another one of the same person in the same position."""
    starts_on, ends_before = appointment.starts_on, appointment.ends_before
    if ends_before is not None and ends_before <= starts_on:
        raise Refused(_("The last day must not lie before the first."))
    if appointment.mode == Appointment.Mode.FULL and appointment.percent != 100:
        raise Refused(_("Full time is 100 percent. Choose part time or acting for %(percent)s percent.") % {"percent": appointment.percent})
    meets = Q(ends_before__isnull=True) | Q(ends_before__gt=starts_on)
    before_end = Q(starts_on__lt=ends_before) if ends_before else Q()
    same = Appointment.objects.filter(meets, before_end, person=appointment.person_id, position=appointment.position_id)
    if same.exclude(pk=appointment.pk).exists():
        raise Refused(_("%(name)s holds this position in that time already.") % {"name": appointment.person.name})


def _tell(appointment: Appointment, now: dt.datetime) -> None:
    events.tell_appointments_changed([appointment.position_id], [appointment.person_id], now)
