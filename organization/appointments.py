"""Stories of who holds which position, and who is away."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from organization import calendar, events, policy
from organization.models import Absence, Appointment, Person, Position
from organization.refusals import Refused


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
    """The person holds the position on the days [starts_on, ends_before)."""
    position = Position.objects.select_for_update().get(pk=position.pk)
    person = Person.objects.get(pk=person.pk)
    policy.insist(policy.may_change_appointment(by, person))
    _must_have_days(starts_on, ends_before)
    if not person.is_active:
        raise Refused(_("%(name)s has left and cannot be appointed.") % {"name": person.name})
    if position.closed_on:
        raise Refused(_("%(position)s is closed; nobody can be appointed to it.") % {"position": position.title})
    meets = Q(ends_before__isnull=True) | Q(ends_before__gt=starts_on)
    before_end = Q(starts_on__lt=ends_before) if ends_before else Q()
    if Appointment.objects.filter(meets, before_end, person=person, position=position).exists():
        raise Refused(_("%(name)s holds this position in that time already.") % {"name": person.name})
    made = Appointment.objects.create(
        person=person, position=position, starts_on=starts_on, ends_before=ends_before, mode=mode, percent=percent
    )
    _tell(position, person, now)
    return made


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: Person, now: dt.datetime, ends_before: dt.date) -> Appointment:
    """The person holds the position up to the day before `ends_before`."""
    position = Position.objects.select_for_update().get(pk=appointment.position_id)
    appointment = Appointment.objects.select_related("person", "position").get(pk=appointment.pk)
    policy.insist(policy.may_change_appointment(by, appointment.person))
    _must_have_days(appointment.starts_on, ends_before)
    if appointment.ends_before and appointment.ends_before < ends_before:
        raise Refused(_("It has an earlier end already; make a new appointment for a longer time."))
    policy.insist(policy.may_vacate(appointment, ends_before))
    appointment.ends_before = ends_before
    appointment.save()
    _tell(position, appointment.person, now)
    return appointment


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
) -> Absence:
    """The person is away on the days [starts_on, ends_before); the substitute acts for all of the person's positions."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    policy.insist(policy.may_enter_absence(by, person))
    _must_have_days(starts_on, ends_before)
    if substitute and substitute.pk == person.pk:
        raise Refused(_("A substitute is somebody else."))
    if substitute and not substitute.is_active:
        raise Refused(_("%(name)s has left and cannot be a substitute.") % {"name": substitute.name})
    if Absence.objects.filter(person=person, starts_on__lt=ends_before, ends_before__gt=starts_on).exists():
        raise Refused(_("An absence in that time is entered already. Cancel it first."))
    made = Absence.objects.create(person=person, starts_on=starts_on, ends_before=ends_before, substitute=substitute, note=note)
    _tell_positions_of(person, starts_on, now)
    return made


@transaction.atomic
def cancel_absence(absence: Absence, *, by: Person, now: dt.datetime) -> None:
    """Back today: an absence that has begun ends, one to come is taken away."""
    today = calendar.today(now)
    person = Person.objects.select_for_update().get(pk=absence.person_id)
    absence = Absence.objects.get(pk=absence.pk)
    policy.insist(policy.may_enter_absence(by, person))
    if absence.ends_before <= today:
        raise Refused(_("This absence is over."))
    if absence.starts_on < today:
        absence.ends_before = today
        absence.save()
    else:
        absence.delete()
    _tell_positions_of(person, today, now)


def _must_have_days(starts_on: dt.date, ends_before: dt.date | None) -> None:
    if ends_before is not None and ends_before <= starts_on:
        raise Refused(_("The last day must not lie before the first."))


def _tell(position: Position, person: Person, now: dt.datetime) -> None:
    events.appointments_changed.send(sender=Position, position_ids=[position.pk], person_ids=[person.pk], now=now)


def _tell_positions_of(person: Person, day: dt.date, now: dt.datetime) -> None:
    ids = list(Appointment.objects.on(day).filter(person=person).values_list("position_id", flat=True))
    events.appointments_changed.send(sender=Position, position_ids=ids, person_ids=[person.pk], now=now)
