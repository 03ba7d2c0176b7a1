"""What the scheduler wakes."""

from celery import shared_task
from django.utils import timezone

from processes import review, shared


@shared_task(name="processes.tasks.raise_reviews")
def raise_reviews() -> int:
    """Periodic reviews that come due."""
    return review.raise_reviews(timezone.now())


@shared_task(name="processes.tasks.tell_in_force")
def tell_in_force() -> int:
    """What has come into force."""
    return review.tell_in_force(timezone.now())


@shared_task(name="processes.tasks.propose_shared")
def propose_shared() -> int:
    """Changes of shared steps to the processes that use them."""
    return shared.reconcile(timezone.now())
