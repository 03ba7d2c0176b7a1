"""Celery tasks: one line each."""

from celery import shared_task
from django.utils import timezone

from organization import evidence, feeds, sessions


@shared_task
def seal() -> None:
    """Seals what the evidence trail has gathered."""
    evidence.seal(timezone.now())


@shared_task
def read_calendars() -> None:
    """Brings absences to what the calendars say."""
    feeds.read_all(timezone.now())


@shared_task
def forget_sessions() -> int:
    """Removes sessions that are over; says how many."""
    return sessions.forget(timezone.now())
