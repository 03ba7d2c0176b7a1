"""Sets of work items and notices in the words of the trade."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models import Q


class WorkItemQuerySet(models.QuerySet[Any]):
    """Work items."""

    def open(self) -> Self:
        """Still owed."""
        return self.filter(closed_at__isnull=True)

    def owed_by(self, person_id: int, positions: Collection[int]) -> Self:
        """Owed by this person, or by one of these positions."""
        return self.filter(Q(person_id=person_id) | Q(position_id__in=positions))

    def overdue(self, today: dt.date) -> Self:
        """Open and due before today."""
        return self.open().filter(due_on__lt=today)

    def to_remind(self, now: dt.datetime) -> Self:
        """Open, with a reminder that is due; served by the partial index."""
        return self.open().filter(next_reminder_at__lte=now)
