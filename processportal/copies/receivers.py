"""What the lower apps tell: it only wakes the reconciler."""

from typing import Any

from worklist.outbox import wake


def in_force_changed(**_given: Any) -> None:
    """Another revision is in force, or none: call the posted copies back soon."""
    wake("processportal.copies.tasks.recall")
