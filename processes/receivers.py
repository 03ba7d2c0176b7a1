"""What our own lifecycle tells: it only wakes a reconciler."""

from typing import Any

from worklist.outbox import wake


def approved(**_given: Any) -> None:
    """A revision was approved or came into force: propose its changes to those that share steps with it."""
    wake("processes.tasks.propose_shared")
