"""Sets of audience rules and readings in the words of the trade."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Count, Q


class AudienceRuleQuerySet(models.QuerySet[Any]):
    """Audience rules."""

    def on(self, day: dt.date) -> Self:
        """In force on this day."""
        return self.filter(starts_on__lte=day).filter(Q(ends_before__isnull=True) | Q(ends_before__gt=day))

    def not_over(self, day: dt.date) -> Self:
        """In force on this day or later."""
        return self.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=day))

    def with_targets(self) -> Self:
        """With what they are about, to be said in words."""
        return self.select_related("department", "position__department", "role__department", "level", "person")


class ReadingQuerySet(models.QuerySet[Any]):
    """Readings."""

    def owed(self) -> Self:
        """Neither acknowledged nor ended."""
        return self.filter(acknowledged_at__isnull=True, ended_at__isnull=True)

    def late(self, day: dt.date) -> Self:
        """Of what is owed, what was due before this day. That the items are open is said for the database, which is quicker then."""
        return self.filter(work_item__closed_at__isnull=True, work_item__due_on__lt=day)

    def counted(self) -> Self:
        """What coverage counts: everything that has not ended without being read."""
        return self.filter(Q(ended_at__isnull=True) | Q(acknowledged_at__isnull=False))


class SessionQuerySet(models.QuerySet[Any]):
    """Training sessions."""

    def open(self, now: dt.datetime) -> Self:
        """Planned, and not over yet."""
        return self.filter(state="planned", ends_at__gt=now)

    def with_seats(self) -> Self:
        """With `taken` (who comes) and `waiting`."""
        return self.annotate(
            taken=Count("enrolments", filter=Q(enrolments__state="enrolled")),
            waiting=Count("enrolments", filter=Q(enrolments__state="waiting")),
        )


class EnrolmentQuerySet(models.QuerySet[Any]):
    """Enrolments."""

    def coming(self) -> Self:
        """Have a place."""
        return self.filter(state="enrolled")

    def queued(self) -> Self:
        """Wait for a place, in their order."""
        return self.filter(state="waiting").order_by("since", "pk")

    def concerned(self) -> Self:
        """Whoever hears of what becomes of the session: asked, coming or waiting."""
        return self.filter(state__in=("invited", "enrolled", "waiting"))


class RecordQuerySet(models.QuerySet[Any]):
    """Training records."""

    def standing(self) -> Self:
        """Not put right by a later row."""
        return self.filter(superseded_by__isnull=True)

    def completed(self) -> Self:
        """That count: standing, attended or passed."""
        return self.standing().filter(result__in=("attended", "passed"))

    def valid(self, day: dt.date) -> Self:
        """That count on this day."""
        return self.completed().filter(day__lte=day).filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))
