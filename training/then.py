"""What was to be read at a moment, and the readings of then: past days are answered from rows, as the rules of then wrote them."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from processes.models import Revision
from training.models import Reading
from training.querysets import ReadingQuerySet


def were_to_read(at: dt.datetime) -> QuerySet[Revision]:
    """Of each process the newest of those that were approved at this moment and not over."""
    not_over = Q(effective_until__isnull=True) | Q(effective_until__gt=at)
    known = Revision.objects.filter(not_over, state=Revision.State.APPROVED, approved_at__lte=at)
    later = Q(approved_at__gt=OuterRef("approved_at")) | Q(approved_at=OuterRef("approved_at"), ordinal__gt=OuterRef("ordinal"))
    found: QuerySet[Revision] = known.exclude(Exists(known.filter(later, process=OuterRef("process"))))
    return found


def readings_at(at: dt.datetime) -> ReadingQuerySet:
    """Owed at this moment, or read by it."""
    counts = Q(acknowledged_at__lte=at) | Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    found: ReadingQuerySet = Reading.objects.filter(counts, work_item__raised_at__lte=at)
    return found
