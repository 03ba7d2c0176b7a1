"""The only module that writes the state of sessions and enrolments, along the written tables. Rows are locked by the caller."""

import datetime as dt
from typing import Final

from organization.models import Person
from organization.remembering import remembered
from training.models import Enrolment, TrainingSession

Session = TrainingSession.State
Seat = Enrolment.State
SESSION_MOVES: Final = {Session.PLANNED: {Session.HELD, Session.CANCELLED}}
SEAT_MOVES: Final = {
    Seat.INVITED: {Seat.ENROLLED, Seat.WAITING, Seat.DECLINED, Seat.CANCELLED},
    Seat.ENROLLED: {Seat.CANCELLED},
    Seat.WAITING: {Seat.ENROLLED, Seat.CANCELLED},
    Seat.DECLINED: {Seat.ENROLLED, Seat.WAITING, Seat.CANCELLED},
    Seat.CANCELLED: {Seat.ENROLLED, Seat.WAITING},
}


def close(session: TrainingSession, state: Session, *, by: Person, now: dt.datetime, reason: str = "") -> None:
    """The session was held, or is cancelled."""
    if state not in SESSION_MOVES.get(Session(session.state), ()):
        raise AssertionError(f"{session.state} → {state}")
    session.state, session.reason = state, reason
    session.sequence += 1
    with remembered(session, by=by, now=now, reason=reason):
        session.save()


def seat(enrolment: Enrolment, state: Seat, now: dt.datetime) -> None:
    """Somebody takes a place, waits, or does not come."""
    if state not in SEAT_MOVES[Seat(enrolment.state)]:
        raise AssertionError(f"{enrolment.state} → {state}")
    enrolment.state, enrolment.since = state, now
    enrolment.save()
