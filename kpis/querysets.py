"""Sets of indicators and measurements in the words of the trade."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q

from organization.scope import Scope
from processes.models import Process


class IndicatorQuerySet(models.QuerySet[Any]):
    """Indicators."""

    def visible_to(self, scope: Scope) -> Self:
        """Indicators of processes that this person may see."""
        return self.filter(process__in=Process.objects.visible_to(scope))

    def measured_on(self, day: dt.date) -> Self:
        """Measured on this day."""
        return self.filter(starts_on__lte=day).filter(Q(ends_before__isnull=True) | Q(ends_before__gt=day))


class MeasurementQuerySet(models.QuerySet[Any]):
    """Measurements."""

    def current(self) -> Self:
        """Without those that a correction replaced."""
        return self.filter(current=True)
