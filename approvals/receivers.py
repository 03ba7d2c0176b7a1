"""What the organization tells: each only wakes a reconciler."""

from typing import Any

from worklist.outbox import wake


def level_changed(**_given: Any) -> None:
    """Somebody holds another level: the seats of running reviews are called anew soon, since a level that is gone decides no more."""
    wake("approvals.tasks.reseat")
