"""The signals of this app. Receivers only wake reconcilers, open a handover, or tell.

`person_deactivated(sender=Person, person, now)`, `appointments_changed(sender=Position, position_ids, person_ids, now)`
(also of absences: who acts for the positions, or how long a person has, is another from now on),
`level_changed(sender=HeldLevel, person, now)`, `signing_failed(sender=FailedSigning, failed)`,
`proposals_changed(sender=Proposal, proposal, now)`; all are sent inside the transaction that made the change.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.dispatch import Signal

from organization.models import Position

person_deactivated = Signal()
appointments_changed = Signal()
level_changed = Signal()
signing_failed = Signal()
proposals_changed = Signal()


@dataclass
class _Gathered:
    positions: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)


_gathering: ContextVar[_Gathered | None] = ContextVar("events_gathering", default=None)


@contextmanager
def together(now: dt.datetime) -> Iterator[None]:
    """Within a transaction, around many changes: `appointments_changed` is sent once, at the end, of all of them."""
    found = _Gathered()
    token = _gathering.set(found)
    try:
        yield
    finally:
        _gathering.reset(token)
    if found.positions or found.people:
        tell_appointments_changed(found.positions, found.people, now)


def tell_appointments_changed(position_ids: Iterable[int], person_ids: Iterable[int], now: dt.datetime) -> None:
    """Sends `appointments_changed` with sorted lists; inside `together` it is kept for the end."""
    gathering = _gathering.get()
    if gathering is not None:
        gathering.positions.update(position_ids)
        gathering.people.update(person_ids)
        return
    appointments_changed.send(sender=Position, position_ids=sorted(position_ids), person_ids=sorted(person_ids), now=now)
