"""Sets of audience rules and readings in the words of the trade."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q


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

    def counted(self) -> Self:
        """What coverage counts: everything that has not ended without being read."""
        return self.filter(Q(ended_at__isnull=True) | Q(acknowledged_at__isnull=False))
