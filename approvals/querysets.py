"""Sets of approval cases in the words of the trade."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q

from organization.scope import Scope
from processes.models import Revision


class CaseQuerySet(models.QuerySet[Any]):
    """Approval cases."""

    def open(self) -> Self:
        """Not yet closed."""
        return self.filter(state="open")

    def visible_to(self, scope: Scope) -> Self:
        """Cases of revisions on which this person works. An approval opens the document to its readers, not what was said about it."""
        return self.filter(revision__in=Revision.objects.whose_review_is_visible_to(scope))


class WaiverQuerySet(models.QuerySet[Any]):
    """Waivers."""

    def standing(self, day: dt.date) -> Self:
        """Neither run out nor taken back on this day; the last day counts."""
        return self.filter(until__gte=day, end__isnull=True)

    def for_case(self, process: Any, revision: Any) -> Self:
        """For every case of the process, or for this revision alone."""
        return self.filter(Q(revision__isnull=True) | Q(revision=revision), process=process)
