"""Whom audience rules select, as sets of ids; which rules contradict each other; since when something held. Pure: no database."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Protocol

from organization.ladder import HIGHEST

Days = tuple[dt.date, dt.date | None]
"""The days [start, end); None: without an end."""


class Rule(Protocol):
    """What is asked of a rule."""

    narrow: bool
    excludes: bool

    @property
    def about(self) -> tuple[str, int]:
        """The kind and the key of its target."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Holders of these positions or of any in these departments, people who hold one of these levels, and these people."""

    departments: frozenset[int] = frozenset()
    positions: frozenset[int] = frozenset()
    levels: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()

    def __or__(self, other: "Chosen") -> "Chosen":
        return Chosen(
            self.departments | other.departments,
            self.positions | other.positions,
            self.levels | other.levels,
            self.people | other.people,
        )

    def by_office(self, position: int, department: int) -> bool:
        """Whether holding this position, which lies in this department, selects."""
        return position in self.positions or department in self.departments


def choose(rule: Rule, below: Mapping[int, frozenset[int]], fills: Mapping[int, frozenset[int]]) -> Chosen:
    """Whom this rule selects; `below`: departments with what lies below them; `fills`: roles with the positions that fill them."""
    kind, key = rule.about
    alone = frozenset({key})
    if kind == "department":
        return Chosen(departments=alone if rule.narrow else below.get(key, alone))
    if kind == "position":
        return Chosen(positions=alone)
    if kind == "role":
        return Chosen(positions=fills.get(key, frozenset()))
    if kind == "level":
        return Chosen(levels=alone if rule.narrow else frozenset(range(key, HIGHEST + 1)))
    return Chosen(people=alone)


def together(chosen: Iterable[Chosen]) -> Chosen:
    """All that any of them selects."""
    return reduce(or_, chosen, Chosen())


def contradict(one: Rule, other: Rule) -> bool:
    """Whether one leaves out all that the other asks: both are about the same thing, and what is left out is not narrower."""
    if one.about != other.about or one.excludes == other.excludes:
        return False
    asks, leaves_out = (other, one) if one.excludes else (one, other)
    return asks.narrow or not leaves_out.narrow


def since(periods: Iterable[Days], day: dt.date) -> dt.date | None:
    """The first of the days without a gap up to this day that these periods cover; None where they do not cover the day."""
    first: dt.date | None = None
    reached: dt.date | None = None
    for start, end in sorted(periods, key=lambda days: days[0]):
        if start > day:
            break
        if first is None or (reached is not None and start > reached):
            first, reached = start, end
        elif reached is not None:
            reached = None if end is None else max(reached, end)
    return first if first is not None and (reached is None or reached > day) else None
