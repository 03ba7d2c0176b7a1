"""What the processes tell: it only wakes the reconciler."""

from typing import Any

from worklist.outbox import wake


def withdrawn(**_given: Any) -> None:
    """A process was withdrawn: nobody owes values for it any more."""
    wake("kpis.tasks.raise_dues")
