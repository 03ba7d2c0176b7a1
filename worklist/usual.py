"""How long work of a kind usually takes: the median of what was done in the last half year, in working days."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncDate

from organization.calendar import company_zone, is_working_day, midnight, today
from worklist.models import UsualTime, WorkItem

DAYS = 182
# Work that lay longer than this before it was done counts as if it had lain so long: nobody would call it usual.
LONGEST = 730


def measure(now: dt.datetime) -> int:
    """Writes the usual time of every kind of work anew and says of how many kinds. Memory follows days, not items.

    The database counts how many items were raised on one day and done on another; both databases answer alike and exactly.
    """
    day = today(now)
    elapsed = _Elapsed(day)
    with transaction.atomic():
        found = {kind: times for kind in WorkItem.Kind.values if (times := _times(kind, day, elapsed))}
        UsualTime.objects.exclude(kind__in=found).delete()
        for kind, times in found.items():
            values = {"working_days": median(times), "measured": sum(times.values()), "computed_on": day}
            UsualTime.objects.update_or_create(kind=kind, defaults=values)
    return len(found)


def median(times: Mapping[int, int]) -> int:
    """The lower median of values that are each given with how often it occurs (more than none)."""
    half, seen = (sum(times.values()) + 1) // 2, 0
    for value in sorted(times):
        seen += times[value]
        if seen >= half:
            return value
    raise ValueError("nothing was measured")


def _times(kind: str, day: dt.date, elapsed: "_Elapsed") -> Counter[int]:
    """Working days → how many items of this kind took so long."""
    done = WorkItem.objects.filter(kind=kind, outcome=WorkItem.Outcome.DONE, closed_at__gte=midnight(day - dt.timedelta(days=DAYS)))
    zone = company_zone()
    days = done.values_list(TruncDate("raised_at", tzinfo=zone), TruncDate("closed_at", tzinfo=zone)).annotate(n=Count("pk"))
    times: Counter[int] = Counter()
    for raised, closed, number in days.order_by().iterator():
        times[elapsed.between(raised, closed)] += number
    return times


class _Elapsed:
    """Working days between two days of the last years, each day asked once."""

    def __init__(self, until: dt.date) -> None:
        self.first = until - dt.timedelta(days=DAYS + LONGEST)
        self.passed = [0]
        for n in range((until - self.first).days + 1):
            self.passed.append(self.passed[-1] + is_working_day(self.first + dt.timedelta(days=n)))

    def between(self, start: dt.date, end: dt.date) -> int:
        """Working days in [start, end)."""
        return self._before(end) - self._before(start)

    def _before(self, day: dt.date) -> int:
        return self.passed[min(max((day - self.first).days, 0), len(self.passed) - 1)]
