"""Sets of copies in the words of the trade."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q

from organization.scope import Scope
from worklist.policy import reach_of


class CopyQuerySet(models.QuerySet[Any]):
    """Copies on paper."""

    def registered(self) -> Self:
        """All but prints that nobody answers for."""
        return self.exclude(kind="uncontrolled")

    def out(self) -> Self:
        """Posted and not yet taken down."""
        return self.filter(kind="posted", closed_at__isnull=True)

    def to_exchange(self) -> Self:
        """Posted ones that were called back and still hang."""
        return self.out().filter(recall__isnull=False)

    def outdated(self, now: dt.datetime, today: dt.date) -> Self:
        """Posted ones of which the paper no longer tells the truth and which nobody was asked to exchange yet."""
        aside = Q(revision__suspended_from__lte=now, revision__suspended_until__gt=now)
        over = aside | Q(revision__effective_until__lte=now) | ~Q(revision__state="approved") | ~Q(process__state="active")
        return self.out().filter(recall__isnull=True).filter(over | Q(valid_until__lt=today))

    def within(self, scope: Scope) -> Self:
        """Whoever answers for the paper or for the process finds it in the register; the process office finds every one."""
        found = self.registered()
        if scope.office:
            return found
        led = reach_of(scope).departments
        answers = Q(position__in=scope.positions) | Q(process__owner__in=scope.positions) | Q(process__department__in=led)
        mine = Q(recall__assigned_to=scope.person_id) | Q(printed_by=scope.person_id)
        return found.filter(answers | mine)
