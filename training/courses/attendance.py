"""Stories of having been there: the check-in with the trainer's code, the list, and putting a record right by a further one."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.sentences import listed
from processes.canonical import clean
from training.courses import moving, renewing, seats, tickets
from training.courses.policy import may_check_in, may_correct, may_grade, may_record
from training.courses.validity import last_day
from training.models import CheckIn, Course, Enrolment, TrainingRecord, TrainingSession
from worklist.notices import Message, tell_many

State, Result, Seat = TrainingSession.State, TrainingRecord.Result, Enrolment.State
BACK_DATED: Final = dt.timedelta(days=7)
"""So long after the end the list is written without a reason."""
EARLY: Final = dt.timedelta(minutes=30)
"""So long before it begins people check in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: who was there, and what came out where something is to be passed."""

    there: bool
    score: int | None = None


def check_in(token: str, *, by: Person, now: dt.datetime) -> tuple[CheckIn, bool]:
    """Says that `by` is there, and whether that is new: the second time nothing happens. Raises Refused or Stale."""
    with transaction.atomic():
        session = seats.lock(tickets.session_of(token, now))
        if session.state == State.CANCELLED:
            raise Refused(_("This session was cancelled. Choose another one of the course."))
        if now < session.begins_at - EARLY:
            raise Refused(_("It is too early: check in when the session begins."))
        if now > session.ends_at + EARLY:
            raise Refused(_("The session is over. Ask the trainer to put you on the list."))
        known = session.check_ins.filter(person=by).first()
        if known is not None:
            return known, False
        insist(may_check_in(by, session))
        return CheckIn.objects.create(session=session, person=by, at=now), True


def record(
    session: TrainingSession,
    entries: Mapping[Person, Entry],
    *,
    by: Person,
    now: dt.datetime,
    reason: str = "",
    further: Collection[Person] = (),
) -> list[TrainingRecord]:
    """Writes the list down; the same line again changes nothing. Returns what is new. Raises Refused.

    `further` people came without a place: they are on the list from now on, with a line of their own or not yet.
    Nothing is recorded before the session begins; long after its end a reason is needed, which stays with each record.
    """
    reason = clean(reason).strip()
    with transaction.atomic():
        locked = seats.lock(session)
        insist(may_record(by, locked, scope(by, today(now))))
        _must_be_time(locked, now, reason)
        known = {one.person_id: one for one in locked.records.standing()}
        _must_not_differ(locked.course, entries, known)
        lines = {person: entry for person, entry in entries.items() if person.pk not in known}
        if by in lines and locked.course.pass_mark is not None:
            insist(may_grade(by, by))
        new = [_row(locked, person, entry, by=by, now=now, reason=reason) for person, entry in lines.items()]
        TrainingRecord.objects.bulk_create(new)
        _on_the_list(locked, {*further, *(person for person, entry in entries.items() if entry.there)}, now)
        if locked.state == State.PLANNED and entries:
            moving.close(locked, State.HELD, by=by, now=now)
        _follow(locked.course, new, now)
    return new


def correct(record: TrainingRecord, entry: Entry, *, by: Person, now: dt.datetime, reason: str) -> TrainingRecord:
    """A further record in place of this one, with the reason. The one that was wrong stays readable. Raises Refused or Stale."""
    reason = clean(reason).strip()
    with transaction.atomic():
        # The course is the lock that every correction and every import takes: of two at once the second is told.
        course = Course.objects.select_for_update(of=("self",)).get(pk=record.course_id)
        trainer = record.session.trainer_id if record.session else None
        insist(may_correct(by, course, trainer, scope(by, today(now))) and may_grade(by, record.person))
        if TrainingRecord.objects.filter(supersedes=record).exists():
            raise Stale(_("This record was put right meanwhile. Nothing was saved; look at it as it is now."))
        if not reason:
            raise Refused(_("Write what was wrong: it stays on record."), field="reason")
        made = TrainingRecord.objects.create(
            person=record.person, course=course, session=record.session, source=record.source, day=record.day, supersedes=record,
            reason=reason, recorded_by=by, recorded_at=now, **_outcome(course, entry, record.day),
        )  # fmt: skip
        _follow(course, [made], now)
    return made


def _must_be_time(session: TrainingSession, now: dt.datetime, reason: str) -> None:
    if session.state == State.CANCELLED:
        raise Refused(_("This session was cancelled, so nobody was there."))
    if now < session.begins_at:
        raise Refused(_("The session has not begun: who was there is recorded from then on."))
    if now > session.ends_at + BACK_DATED and not reason:
        words = {"days": BACK_DATED.days}
        raise Refused(
            _("The session ended more than %(days)d days ago. Write why the list comes so late; it stays on record.") % words,
            field="reason",
        )


def _must_not_differ(course: Course, entries: Mapping[Person, Entry], known: Mapping[int, TrainingRecord]) -> None:
    different = [
        person.name
        for person, entry in entries.items()
        if (there := known.get(person.pk)) is not None
        and _outcome(course, entry, there.day) != {name: getattr(there, name) for name in ("result", "score", "valid_until")}
    ]
    if different:
        words = {"names": listed(different)}
        raise Refused(
            _("Recorded before with another result: %(names)s. Put such a record right on its own page, with the reason.") % words
        )


def _row(session: TrainingSession, person: Person, entry: Entry, *, by: Person, now: dt.datetime, reason: str) -> TrainingRecord:
    day = today(session.begins_at)
    outcome = _outcome(session.course, entry, day)
    return TrainingRecord(
        person=person, course=session.course, session=session, day=day, reason=reason, recorded_by=by, recorded_at=now, **outcome
    )


def _outcome(course: Course, entry: Entry, day: dt.date) -> dict[str, object]:
    """Result, score and last valid day of a line."""
    if not entry.there:
        return {"result": Result.ABSENT, "score": None, "valid_until": None}
    if course.pass_mark is None:
        return {"result": Result.ATTENDED, "score": None, "valid_until": last_day(day, course.renewal_months)}
    if entry.score is None:
        raise Refused(_("Enter a result in percent for everybody who was there: this course is to be passed."))
    passed = entry.score >= course.pass_mark
    result = Result.PASSED if passed else Result.FAILED
    return {"result": result, "score": entry.score, "valid_until": last_day(day, course.renewal_months) if passed else None}


def _on_the_list(session: TrainingSession, people: Collection[Person], now: dt.datetime) -> None:
    """Whoever came is on the list, also without a place, and may say what they thought of it."""
    Enrolment.objects.bulk_create(
        (Enrolment(session=session, person=person, state=Seat.ENROLLED, since=now) for person in people), ignore_conflicts=True
    )


def _follow(course: Course, records: list[TrainingRecord], now: dt.datetime) -> None:
    """What was to be renewed is renewed; whoever completed the course hears of the certificate."""
    done = [one for one in records if one.is_completed]
    renewing.settle(course, [one.person_id for one in done], now)
    subject = format_lazy(gettext_lazy("Completed: {course}"), course=course.title)
    body = gettext_lazy("Your training is on record, and its certificate is ready.")
    url = reverse("training:mine")
    tell_many([Message(one.person, f"completed:{one.pk}", subject, body, url) for one in done], now=now)
