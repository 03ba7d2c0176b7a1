"""On which days somebody is company process manager, and on which somebody acts as one: over intervals, on plain data."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from organization.chain import Away, Office, Snapshot, present


class Cover(IntEnum):
    """How well the office is kept on one day: more is better."""

    VACANT = 0
    """Nobody holds it."""
    AWAY = 1
    """Somebody holds it, but all are away and no substitute acts."""
    ACTS = 2
    """A holder is there, or the substitute of one."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """A person holds an office on [starts_on, ends_before)."""

    person: int
    office: int
    starts_on: dt.date
    ends_before: dt.date | None


@dataclass(frozen=True, slots=True)
class Leave:
    """A person is away on [starts_on, ends_before)."""

    person: int
    starts_on: dt.date
    ends_before: dt.date
    substitute: int | None


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that decides who acts in these offices on any day.

    `closed`: office → first day on which it does not exist. `lost`: person → first day without access; nobody else loses it.
    """

    offices: Mapping[int, Office]
    closed: Mapping[int, dt.date]
    tenures: tuple[Tenure, ...]
    leaves: tuple[Leave, ...]
    lost: Mapping[int, dt.date]

    def people(self) -> set[int]:
        """Everybody on whom it depends: holders, substitutes, theirs, and standing substitutes."""
        standing = {office.substitute for office in self.offices.values()}
        named = {person for leave in self.leaves for person in (leave.person, leave.substitute)}
        return {person for person in standing | named | {t.person for t in self.tenures} if person is not None}


def snapshot_on(books: Books, day: dt.date) -> Snapshot:
    """The books of one day, as the walk along the chain reads them."""

    def with_access(person: int | None) -> int | None:
        return person if person is not None and books.lost.get(person, dt.date.max) > day else None

    offices = {
        n: Office(n, o.department, o.kind, o.deputy, o.rule, with_access(o.substitute))
        for n, o in books.offices.items()
        if books.closed.get(n, dt.date.max) > day
    }
    holders: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for tenure in books.tenures:
        lasts = tenure.starts_on <= day and (tenure.ends_before is None or tenure.ends_before > day)
        if lasts and tenure.office in offices and with_access(tenure.person):
            holders[tenure.office] += (tenure.person,)
    away = {
        leave.person: Away(leave.ends_before, with_access(leave.substitute))
        for leave in sorted(books.leaves, key=lambda leave: leave.ends_before)
        if leave.starts_on <= day < leave.ends_before
    }
    return Snapshot(offices, {}, holders, away)


def cover_on(books: Books, day: dt.date) -> Cover:
    """How well the offices, taken together, are kept on this day."""
    snapshot = snapshot_on(books, day)
    if any(True for office in snapshot.offices for _acting in present(snapshot, office)):
        return Cover.ACTS
    return Cover.AWAY if any(snapshot.holders.values()) else Cover.VACANT


def turning_points(books: Books, since: dt.date) -> set[dt.date]:
    """The days from `since` on at which the answer may change; from one to the next it stays the same."""
    ends = [t.ends_before for t in books.tenures if t.ends_before]
    begins = [t.starts_on for t in books.tenures]
    leaves = [day for leave in books.leaves for day in (leave.starts_on, leave.ends_before)]
    return {day for day in (*begins, *ends, *leaves, *books.closed.values(), *books.lost.values()) if day > since} | {since}


def first_loss(before: Books, after: Books, since: dt.date) -> dt.date | None:
    """The first day from `since` on on which the office is kept less well than before."""
    days = turning_points(before, since) | turning_points(after, since)
    return min((day for day in days if cover_on(after, day) < cover_on(before, day)), default=None)
