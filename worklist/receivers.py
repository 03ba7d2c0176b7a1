"""What the organization tells: each only wakes a reconciler."""

from collections.abc import Sequence
from typing import Any

from worklist.outbox import wake

MOST = 100


def absences_changed(person_ids: Sequence[int], **_given: Any) -> None:
    """How long these people have for what they owe in person is another from now on."""
    for start in range(0, len(person_ids), MOST):
        wake("worklist.tasks.pause", *person_ids[start : start + MOST])
