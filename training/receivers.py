"""What the lower apps tell: each only wakes a reconciler."""

from typing import Any

from worklist.outbox import wake


def approved(**_given: Any) -> None:
    """A revision was approved or came into force: hand out its readings soon."""
    wake("training.tasks.hand_out")


def people_changed(**_given: Any) -> None:
    """Somebody came, moved or left: bring all audiences up to date soon."""
    wake("training.tasks.hand_out_all")
