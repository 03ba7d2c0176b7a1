"""What the scheduler and the outbox wake."""

from celery import shared_task
from django.utils import timezone

from processportal.copies import recalling


@shared_task(name="processportal.copies.tasks.recall")
def recall() -> int:
    """Posted copies that no longer tell the truth; says how many were called back."""
    return recalling.recall(timezone.now())
