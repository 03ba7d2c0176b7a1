"""Past days: as they are written in addresses, the moment at which one ends, and the company tree as it was then."""

import datetime as dt
import re
from collections.abc import Collection
from typing import Final

from organization import calendar
from organization.models import Department

FIRST: Final = dt.date(1900, 1, 1)
LAST: Final = dt.date(2200, 12, 31)
WRITTEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_of(text: str) -> dt.date | None:
    """The day in an address (2026-03-03); None for anything else."""
    try:
        found = dt.date.fromisoformat(text) if WRITTEN.fullmatch(text) else None
    except ValueError:
        return None
    return found if found and FIRST <= found <= LAST else None


def instant_of(day: dt.date, now: dt.datetime) -> dt.datetime:
    """The last moment of the day in the company's zone; of today, now."""
    if day == calendar.today(now):
        return now
    return calendar.midnight(day + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)


def below_then(departments: Collection[int], at: dt.datetime) -> frozenset[int]:
    """These departments and what lay below them at that moment; of a department without so old a record its first one counts."""
    places: dict[int, int | None] = {}
    records = Department.history.order_by("history_date", "history_id").values_list("id", "parent_id", "history_date")
    for department, parent, since in records.iterator():
        if department not in places or since <= at:
            places[department] = parent
    found, fresh = frozenset[int](), frozenset(departments)
    while fresh:
        found |= fresh
        fresh = frozenset(child for child, parent in places.items() if parent in fresh) - found
    return found
