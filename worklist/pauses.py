"""The due day of what is owed in person: it pauses on the working days on which the person is away. Pure: no database."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

Interval = tuple[dt.date, dt.date]
"""The days [start, end)."""
DAY = dt.timedelta(days=1)
# Nothing pauses for longer than this after its planned day; an absence without an end would never let it be due.
LONGEST = dt.timedelta(days=730)


def due_day(raised_on: dt.date, planned: dt.date, away: Iterable[Interval], is_working_day: Callable[[dt.date], bool]) -> dt.date:
    """The day on which as many working days with the person present have passed since raising as lie in (raised_on, planned].

    Without an absence in between that is the planned day itself, a working day or not.
    """
    absences = merged(away)
    lost = sum(is_working_day(day) for start, end in absences for day in _days(max(start, raised_on + DAY), min(end, planned + DAY)))
    day, last = planned, planned + LONGEST
    while lost and day < last:
        day += DAY
        lost -= is_working_day(day) and not any(start <= day < end for start, end in absences)
    return day


def merged(away: Iterable[Interval]) -> Sequence[Interval]:
    """The same days as intervals that do not meet, in order."""
    found: list[Interval] = []
    for start, end in sorted(away):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _days(start: dt.date, end: dt.date) -> Iterable[dt.date]:
    """The days [start, end)."""
    return (start + n * DAY for n in range((end - start).days))
