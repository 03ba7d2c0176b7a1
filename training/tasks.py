"""What the scheduler and the outbox wake."""

from celery import shared_task
from django.utils import timezone

from training import assignments


@shared_task(name="training.tasks.hand_out")
def hand_out() -> int:
    """Readings of newly approved revisions."""
    return assignments.hand_out_new(timezone.now())


@shared_task(name="training.tasks.hand_out_all")
def hand_out_all() -> int:
    """Readings of everybody, after people came, moved or left, and once an hour."""
    return assignments.hand_out_all(timezone.now())
