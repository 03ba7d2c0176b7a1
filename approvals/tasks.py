"""What runs by itself."""

from celery import shared_task
from django.utils import timezone

from approvals import seating


@shared_task(name="approvals.tasks.reseat")
def reseat() -> int:
    """Follows appointments, absences and levels for reviews that wait; says how many seats wait."""
    return seating.reseat(timezone.now())
