"""What the lower apps tell: each only wakes a reconciler."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from organization.calendar import today
from organization.models import Appointment, Person
from processes.models import Process, Revision
from training import turning
from worklist.outbox import wake


def approved(**_given: Any) -> None:
    """A revision was approved or came into force: hand out its readings soon."""
    wake("training.tasks.hand_out")


def withdrawn(*, process: Process, **_given: Any) -> None:
    """A process was withdrawn: its readers are told soon, and owe nothing any more."""
    wake("training.tasks.end_withdrawn", process.pk)


def emergency_ended(*, revision: Revision, **_given: Any) -> None:
    """An emergency release is over: its readers are told soon."""
    wake("training.tasks.tell_released", revision.pk)


def left(**_given: Any) -> None:
    """Somebody left: what they assess or were to learn passes to others or ends soon."""
    wake("training.tasks.follow_leavers")


def people_changed(
    *, now: dt.datetime, person: Person | None = None, person_ids: Iterable[int] = (), position_ids: Iterable[int] = (), **_given: Any
) -> None:
    """Somebody came, moved, left or holds another level: what they owe is brought up to date soon."""
    held = Appointment.objects.on(today(now)).filter(position__in=list(position_ids)) if position_ids else Appointment.objects.none()
    people = {*person_ids, *([person.pk] if person else []), *held.order_by().values_list("person", flat=True)[: turning.MANY + 1]}
    if len(people) > turning.MANY:
        wake("training.tasks.hand_out_all")
    elif people:
        wake("training.tasks.hand_out_people", *sorted(people))
