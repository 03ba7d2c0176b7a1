"""What runs by itself."""

from celery import shared_task
from django.utils import timezone

from approvals import releasing, seating, waivers


@shared_task(name="approvals.tasks.reseat")
def reseat() -> int:
    """Follows appointments, absences and levels for reviews that wait; says how many seats wait."""
    return seating.reseat(timezone.now())


@shared_task(name="approvals.tasks.tell_ending_waivers")
def tell_ending_waivers() -> int:
    """Tells those who signed waivers that they run out, or have."""
    return waivers.tell_ending(timezone.now())


@shared_task(name="approvals.tasks.tell_ended_releases")
def tell_ended_releases() -> int:
    """Tells that emergency releases hold no more; says how many ended."""
    return releasing.tell_ended(timezone.now())
