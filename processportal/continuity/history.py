"""The proofs of the last days as numbers: since when everything has led to somebody, and bars to draw."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from worklist.models import ContinuityProof

DAYS = 90
HEIGHT = 40
LOWEST = 6
"""A bar of a day without exceptions; more than so many exceptions in one day are drawn no higher than HEIGHT."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where it is drawn in a box of DAYS × HEIGHT, and its tone: ok, bad, or none where no proof was made."""

    x: int
    y: int
    height: int
    tone: str


@dataclass(frozen=True, slots=True)
class History:
    """The newest proof (None where there is none yet), how many days in a row were whole, and the last days as bars."""

    latest: ContinuityProof | None
    running: int
    bars: Sequence[Bar]
    proofs: int
    bad_days: int


def read(day: dt.date) -> History:
    """Two queries; a day without a proof proves nothing and ends the row."""
    latest = ContinuityProof.objects.order_by("-day").first()
    rows = ContinuityProof.objects.order_by("-day").values_list("day", "unowned", "processes_unowned")
    known = {found: unowned + processes for found, unowned, processes in rows.iterator()}
    days = [day - dt.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    bars = [_bar(x, known.get(each)) for x, each in enumerate(days)]
    shown = [known[each] for each in days if each in known]
    return History(latest, running(known, day), bars, len(shown), sum(count > 0 for count in shown))


def running(unowned: dict[dt.date, int], day: dt.date) -> int:
    """Days in a row, back from today (or yesterday, until tonight's check), on which nothing was unowned."""
    current = day if day in unowned else day - dt.timedelta(days=1)
    count = 0
    while unowned.get(current, 1) == 0:
        count += 1
        current -= dt.timedelta(days=1)
    return count


def _bar(x: int, unowned: int | None) -> Bar:
    if unowned is None:
        return Bar(x, HEIGHT - 1, 1, "none")
    height = min(HEIGHT, LOWEST + 4 * unowned) if unowned else LOWEST
    return Bar(x, HEIGHT - height, height, "bad" if unowned else "ok")
