"""What the scheduler wakes."""

from celery import shared_task
from django.utils import timezone

from kpis import dues


@shared_task(name="kpis.tasks.raise_dues")
def raise_dues() -> int:
    """Months that ended without a value."""
    return dues.raise_dues(timezone.now())
