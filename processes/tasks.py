"""What the scheduler wakes."""

from celery import shared_task
from django.utils import timezone

from processes import batches, holding, review, shared, withdrawal


@shared_task(name="processes.tasks.raise_reviews")
def raise_reviews() -> int:
    """Periodic reviews that come due."""
    return review.raise_reviews(timezone.now())


@shared_task(name="processes.tasks.tell_in_force")
def tell_in_force() -> int:
    """What has come into force."""
    return review.tell_in_force(timezone.now())


@shared_task(name="processes.tasks.follow_owners")
def follow_owners() -> int:
    """Readiness that is owed, by whoever owns the process today."""
    return holding.follow_owners(timezone.now())


@shared_task(name="processes.tasks.end_withdrawn")
def end_withdrawn() -> int:
    """Withdrawals whose day has come."""
    return withdrawal.end_due(timezone.now())


@shared_task(name=batches.TASK)
def work_on_import(batch: int) -> int:
    """The files of one upload."""
    return batches.work_on(batch)


@shared_task(name="processes.tasks.go_on_importing")
def go_on_importing() -> int:
    """Files that a lost worker left."""
    return batches.go_on()


@shared_task(name="processes.tasks.propose_shared")
def propose_shared() -> int:
    """Changes of shared steps to the processes that use them."""
    return shared.reconcile(timezone.now())
