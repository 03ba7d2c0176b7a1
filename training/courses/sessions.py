"""Stories of sessions: plan, change and cancel one. Whoever is asked, comes or waits is told."""

import datetime as dt
from dataclasses import dataclass, fields

from django.db import transaction
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Appointment, Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from organization.scope import scope
from processes.canonical import clean
from training.courses import moving, seats, telling
from training.courses.policy import may_arrange
from training.models import Course, Enrolment, TrainingSession
from worklist.items import withdraw_many

State = TrainingSession.State
FURTHEST = dt.timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Terms:
    """When and where it is held, by whom and for how many."""

    begins_at: dt.datetime
    ends_at: dt.datetime
    capacity: int
    trainer: Person | None = None
    trainer_name: str = ""
    place: str = ""
    link: str = ""


def plan(course: Course, terms: Terms, *, by: Person, now: dt.datetime) -> TrainingSession:
    """A session to come. Raises Refused for what is over, retired, or led by nobody."""
    with transaction.atomic():
        locked = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
        insist(may_arrange(by, locked.department_id, scope(by, today(now))))
        if locked.retired_at is not None:
            raise Refused(_("This course is no longer held. Choose another one."))
        _make_sense(terms, now)
        made = TrainingSession(course=locked, created_by=by, created_at=now, **_fields(terms))
        with remembered(made, by=by, now=now):
            made.save()
    return made


def change(session: TrainingSession, terms: Terms, *, by: Person, now: dt.datetime, seen: int) -> TrainingSession:
    """Another time, place, trainer or number of places; whoever waits moves up. Raises Refused or Stale."""
    with transaction.atomic():
        locked = seats.lock(session)
        insist(may_arrange(by, locked.course.department_id, scope(by, today(now))))
        _must_be_planned(locked)
        if locked.begins_at <= now:  # who checked in was there then, and not on another day
            raise Refused(_("This session has begun: its time and place stay as they were. Plan another one."))
        if locked.sequence != seen:
            raise Stale(_("Somebody changed this session meanwhile. Nothing was saved; look at it as it is now, then change it again."))
        _make_sense(terms, now)
        taken = locked.enrolments.coming().count()
        if terms.capacity < taken:
            raise Refused(_("%(taken)d people have a place. So many places there must be.") % {"taken": taken}, field="capacity")
        differing = {name: value for name, value in _fields(terms).items() if getattr(locked, name) != value}
        if not differing:
            return locked
        locked.sequence += 1
        for name, value in differing.items():
            setattr(locked, name, value)
        with remembered(locked, by=by, now=now):
            locked.save()
        if differing.keys() - {"capacity"}:
            telling.changed(locked, _concerned(locked), now)
        seats.move_up(locked, now)
    return locked


def cancel(session: TrainingSession, *, by: Person, now: dt.datetime, reason: str) -> TrainingSession:
    """It does not take place. Whoever was asked, came or waited is told why; nothing is owed any more."""
    reason = clean(reason).strip()
    with transaction.atomic():
        locked = seats.lock(session)
        insist(may_arrange(by, locked.course.department_id, scope(by, today(now))))
        if locked.state == State.CANCELLED:
            return locked
        _must_be_planned(locked)
        if not reason:
            raise Refused(_("Write why: whoever was going to come is told."), field="reason")
        people = _concerned(locked)
        withdraw_many(list(locked.enrolments.filter(work_item__isnull=False).values_list("work_item", flat=True)), now=now)
        for enrolment in locked.enrolments.concerned():
            moving.seat(enrolment, Enrolment.State.CANCELLED, now)
        moving.close(locked, State.CANCELLED, by=by, now=now, reason=reason)
        telling.cancelled(locked, people, now)
    return locked


def follow_trainers(now: dt.datetime) -> int:
    """Whoever planned a session to come, and the company process manager, hear once that its trainer has left; says how many sessions."""
    coming = TrainingSession.objects.open(now).filter(begins_at__gt=now, trainer__isnull=False)
    left = [
        one for one in coming.select_related("course", "trainer", "created_by") if one.trainer and not one.trainer.has_access(today(now))
    ]
    managers = Appointment.objects.on(today(now)).filter(position__kind=Position.Kind.COMPANY_PROCESS_MANAGER).values("person")
    office = list(Person.objects.filter(pk__in=managers).order_by("pk")) if left else []
    for one in left:
        telling.trainer_left(one, {one.created_by, *office}, now)
    return len(left)


def _concerned(session: TrainingSession) -> list[Person]:
    people = [one.person for one in session.enrolments.concerned().select_related("person")]
    return [*people, *([session.trainer] if session.trainer and session.trainer not in people else [])]


def _must_be_planned(session: TrainingSession) -> None:
    if session.state == State.HELD:
        raise Refused(_("This session was held: its time and place stay as they were."))
    if session.state == State.CANCELLED:
        raise Refused(_("This session was cancelled. Plan another one."))


def _make_sense(terms: Terms, now: dt.datetime) -> None:
    if terms.begins_at <= now:
        raise Refused(
            _("A session is planned for a time to come. What was held before is taken over by the import of training records."),
            field="begins_at",
        )
    if not terms.begins_at < terms.ends_at:
        raise Refused(_("It must end after it begins."), field="ends_at")
    if terms.begins_at > now + FURTHEST:
        raise Refused(_("That lies more than three years ahead. Look at the year."), field="begins_at")
    if bool(terms.trainer) == bool(terms.trainer_name):
        raise Refused(_("Name one trainer: somebody of the company, or the name of somebody from outside."), field="trainer")
    if not (terms.place or terms.link):
        raise Refused(_("Say where it is held: a place, a link, or both."), field="place")


def _fields(terms: Terms) -> dict[str, object]:
    return {one.name: getattr(terms, one.name) for one in fields(terms)}
