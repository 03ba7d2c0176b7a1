"""Everything that happened to a process, newest first, a page at a time: the list of sources and how they are merged.

A page is cut by instant, then by the source's place in the list, then by key: every source is asked for what lies beyond the last
line, by its own index, and never counted. The rooms that come later add their sources to the list.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from django.db.models import Q

from organization.calendar import midnight
from processportal.evidence import of_approvals, of_neighbours, of_processes
from processportal.evidence.happened import Happened, Kind, Said, Source, Subject

_KINDS: Final = list(Kind)
SOURCES: Final[Sequence[Source]] = sorted(
    (*of_processes.SOURCES, *of_approvals.SOURCES, *of_neighbours.SOURCES), key=lambda source: _KINDS.index(source.kind), reverse=True
)
"""At the same instant what follows stands above what it follows from: the kinds in the order of the lifecycle, turned round."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The last line of a page: where the next one goes on."""

    at: dt.datetime
    place: int
    key: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%f}-{self.place}-{self.key}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What `str` wrote; None for anything else."""
        try:
            at, place, key = text.split("-")
            found = cls(dt.datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC), int(place), int(key))
        except (ValueError, OverflowError):
            return None
        return found if 0 <= found.place < len(SOURCES) and 0 <= found.key < 2**63 else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page shows: these kinds (all where none is named), these days, the last one included."""

    kinds: Collection[str] = ()
    since: dt.date | None = None
    until: dt.date | None = None


def happened(subject: Subject, asked: Asked, limit: int, after: Mark | None = None) -> tuple[list[Happened], Mark | None]:
    """At most `limit` lines beyond the mark, and the mark at which the next page goes on (None where nothing is left).

    A fixed number of queries, whatever is shown. Savings that changed nothing take a place and no line.
    """
    found: list[tuple[dt.datetime, int, int, Any]] = []
    for place, source in enumerate(SOURCES):
        if not asked.kinds or source.kind in asked.kinds:
            rows = source.rows(subject).filter(_window(source.at, asked), _beyond(source.at, place, after))
            ordered = rows.order_by(f"-{source.at}", "-pk")[: limit + 1]
            found += [(getattr(row, source.at), -place, row.pk, row) for row in ordered]
    found.sort(key=lambda one: one[:3], reverse=True)
    shown = found[:limit]
    more = Mark(shown[-1][0], -shown[-1][1], shown[-1][2]) if len(found) > limit else None
    return _lines(shown, subject), more


def _window(at: str, asked: Asked) -> Q:
    window = Q()
    if asked.since:
        window &= Q(**{f"{at}__gte": midnight(asked.since)})
    if asked.until:
        window &= Q(**{f"{at}__lt": midnight(asked.until + dt.timedelta(days=1))})
    return window


def _beyond(at: str, place: int, after: Mark | None) -> Q:
    """What comes behind the mark, in this source."""
    if after is None:
        return Q()
    if place > after.place:
        return Q(**{f"{at}__lte": after.at})
    earlier = Q(**{f"{at}__lt": after.at})
    return earlier if place < after.place else earlier | Q(**{at: after.at, "pk__lt": after.key})


def _lines(shown: Sequence[tuple[dt.datetime, int, int, Any]], subject: Subject) -> list[Happened]:
    """Each source says its own rows all at once."""
    by_place: dict[int, list[Any]] = defaultdict(list)
    for _at, place, _key, row in shown:
        by_place[-place].append(row)
    said: dict[tuple[int, int], Said | None] = {}
    for place, rows in by_place.items():
        said |= {(place, row.pk): one for row, one in zip(rows, SOURCES[place].told(rows, subject), strict=True)}
    lines = [(at, SOURCES[-place].kind, said[-place, key]) for at, place, key, _row in shown]
    return [Happened(at, Kind(kind), one.who, one.what, one.why, one.link, one.proof) for at, kind, one in lines if one]
