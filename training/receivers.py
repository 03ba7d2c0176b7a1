"""What the lower apps tell: each only wakes a reconciler."""

from typing import Any

from processes.models import Process, Revision
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


def people_changed(**_given: Any) -> None:
    """Somebody came, moved, left or holds another level: bring all audiences up to date soon."""
    wake("training.tasks.hand_out_all")
