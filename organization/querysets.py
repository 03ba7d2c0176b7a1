"""Sets of organization rows in the words of the trade, with the day as an argument."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from tree_queries.query import TreeQuerySet


class DepartmentQuerySet(TreeQuerySet):  # type: ignore[misc]
    """Departments."""

    def existing(self, today: dt.date) -> Self:
        """Not dissolved by this day."""
        found: Self = self.filter(Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=today))
        return found


class PositionQuerySet(models.QuerySet[Any]):
    """Positions."""

    def existing(self, today: dt.date) -> Self:
        """Not closed by this day."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=today))


class AppointmentQuerySet(models.QuerySet[Any]):
    """Appointments."""

    def on(self, day: dt.date) -> Self:
        """In force on this day, by active people who have access."""
        access = Q(person__access_until__isnull=True) | Q(person__access_until__gte=day)
        open_on = Q(ends_before__isnull=True) | Q(ends_before__gt=day)
        return self.filter(access, open_on, starts_on__lte=day, person__is_active=True)


class AbsenceQuerySet(models.QuerySet[Any]):
    """Absences."""

    def on(self, day: dt.date) -> Self:
        """Absences that cover this day."""
        return self.filter(starts_on__lte=day, ends_before__gt=day)


class HeldLevelQuerySet(models.QuerySet[Any]):
    """Held levels."""

    def on(self, day: dt.date) -> Self:
        """Held on this day."""
        return self.filter(held_from__lte=day).filter(Q(held_until__isnull=True) | Q(held_until__gt=day))

    def lasting(self, today: dt.date) -> Self:
        """Held today, or to be held from a later day on."""
        return self.filter(Q(held_until__isnull=True) | Q(held_until__gt=today)).exclude(held_until=F("held_from"))

    def begun(self, today: dt.date) -> Self:
        """What a history shows: neither what only follows a lapse to come, nor what was ended before that day."""
        return self.filter(held_from__lte=today).exclude(ground="lapsed", held_until=F("held_from"))


class ProposalQuerySet(models.QuerySet[Any]):
    """Proposals."""

    def waiting(self) -> Self:
        """Neither answered nor taken back."""
        return self.filter(state="waiting")
