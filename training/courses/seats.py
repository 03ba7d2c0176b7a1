"""Stories of places: who is asked, takes a place, waits for one, and gives it back. The session is locked, so no place is given twice."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from organization.calendar import add_working_days, today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from training.courses import moving, telling
from training.courses.policy import may_arrange, may_join
from training.models import Enrolment, TrainingSession
from worklist.items import NewItem, raise_items, settle, withdraw, withdraw_many
from worklist.models import WorkItem

Seat, State = Enrolment.State, TrainingSession.State
BATCH = 200
WORKING_DAYS_TO_ANSWER = 5


def lock(session: TrainingSession) -> TrainingSession:
    """The session, for whoever changes it or who comes."""
    locked: TrainingSession = (
        TrainingSession.objects.select_for_update(of=("self",)).select_related("course__department", "trainer").get(pk=session.pk)
    )
    return locked


def free(session: Any) -> int:
    """Places that nobody has taken, of a session read `with_seats`."""
    return max(int(session.capacity - session.taken), 0)


def invite(session: TrainingSession, people: Iterable[Person], *, by: Person, now: dt.datetime) -> int:
    """Asks those who were not asked before, in batches of a transaction each; safe to run again. Says how many were new."""
    return sum(_invite(session, batch, by, now) for batch in _batches(people))


@transaction.atomic
def _invite(session: TrainingSession, people: Sequence[Person], by: Person, now: dt.datetime) -> int:
    locked, day = lock(session), today(now)
    insist(may_arrange(by, locked.course.department_id, scope(by, day)))
    insist(may_join(locked, now))
    known = set(locked.enrolments.filter(person__in=people).values_list("person", flat=True))
    new = [person for person in people if person.pk not in known and person.has_access(day)]
    due = min(add_working_days(day, WORKING_DAYS_TO_ANSWER), max(day, today(locked.begins_at)))
    items = raise_items([_invitation(locked, person, due) for person in new], now=now)
    Enrolment.objects.bulk_create(
        Enrolment(session=locked, person=person, state=Seat.INVITED, since=now, work_item=item)
        for person, item in zip(new, items, strict=True)
    )
    telling.invited(locked, new, now)
    return len(new)


def _invitation(session: TrainingSession, person: Person, due: dt.date) -> NewItem:
    return NewItem(
        kind=WorkItem.Kind.TRAIN,
        subject=str(session.course),
        url_name="training:session",
        url_args=[session.pk],
        person_id=person.pk,
        due_on=due,
        source_key=f"invitation:{session.pk}:{person.pk}",
    )


def enrol(session: TrainingSession, *, by: Person, now: dt.datetime) -> Enrolment:
    """Takes a place, or the end of the waiting list where there is none. Who has one already keeps it."""
    with transaction.atomic():
        locked = lock(session)
        insist(may_join(locked, now))
        mine = _mine(locked, by) or Enrolment(session=locked, person=by, state=Seat.INVITED, since=now)
        if mine.state in (Seat.ENROLLED, Seat.WAITING):
            return mine
        full = locked.enrolments.coming().count() >= locked.capacity
        moving.seat(mine, Seat.WAITING if full else Seat.ENROLLED, now)
        _answered(mine, now)
    return mine


def leave(session: TrainingSession, *, by: Person, now: dt.datetime) -> Enrolment:
    """Does not come: the invitation is declined, or the place given back to whoever waits longest."""
    with transaction.atomic():
        locked = lock(session)
        insist(may_join(locked, now))
        mine = _mine(locked, by)
        if mine is None:
            raise Refused(_("You are not on the list of this session."))
        if mine.state in (Seat.DECLINED, Seat.CANCELLED):
            return mine
        moving.seat(mine, Seat.DECLINED if mine.state == Seat.INVITED else Seat.CANCELLED, now)
        _answered(mine, now)
        move_up(locked, now)
    return mine


def strike(session: TrainingSession, person: Person, *, by: Person, now: dt.datetime) -> None:
    """Whoever arranges the session takes somebody off the list."""
    with transaction.atomic():
        locked = lock(session)
        insist(may_arrange(by, locked.course.department_id, scope(by, today(now))))
        insist(may_join(locked, now))
        theirs = _mine(locked, person)
        if theirs is not None and theirs.state != Seat.CANCELLED:
            moving.seat(theirs, Seat.CANCELLED, now)
            if theirs.work_item is not None:
                withdraw(theirs.work_item, now=now)
            move_up(locked, now)


def move_up(session: TrainingSession, now: dt.datetime) -> None:
    """Free places go to whoever waits longest; who has left the company is passed over. The session is locked."""
    day = today(now)
    left = session.capacity - session.enrolments.coming().count()
    for waiting in session.enrolments.queued().select_related("person"):
        if not waiting.person.has_access(day):
            moving.seat(waiting, Seat.CANCELLED, now)
        elif left > 0:
            moving.seat(waiting, Seat.ENROLLED, now)
            telling.moved_up(session, waiting.person, now)
            left -= 1
        else:
            return


def follow_leavers(now: dt.datetime) -> int:
    """Places of people who left go to those who wait; says how many. Safe to run again."""
    gone = Enrolment.objects.concerned().filter(session__in=TrainingSession.objects.open(now), session__begins_at__gt=now)
    found = [one for one in gone.select_related("person", "session") if not one.person.has_access(today(now))]
    for one in found:
        with transaction.atomic():
            locked = lock(one.session)
            theirs = locked.enrolments.concerned().filter(pk=one.pk).first()
            if theirs is not None:
                moving.seat(theirs, Seat.CANCELLED, now)
                move_up(locked, now)
    return len(found)


def end_invitations(now: dt.datetime) -> int:
    """What nobody answered is no longer owed once the session has begun; says how many."""
    unanswered: QuerySet[Enrolment] = Enrolment.objects.filter(
        state=Seat.INVITED, session__begins_at__lte=now, work_item__closed_at__isnull=True
    )
    return withdraw_many(list(unanswered.filter(work_item__isnull=False).values_list("work_item", flat=True)), now=now)


def _mine(session: TrainingSession, person: Person) -> Enrolment | None:
    found: Enrolment | None = session.enrolments.select_related("work_item").filter(person=person).first()
    return found


def _answered(mine: Enrolment, now: dt.datetime) -> None:
    if mine.work_item is not None:
        settle(mine.work_item, outcome=WorkItem.Outcome.DONE, now=now)


def _batches(people: Iterable[Person]) -> Iterator[list[Person]]:
    rest = iter(people)
    while batch := list(islice(rest, BATCH)):
        yield batch
