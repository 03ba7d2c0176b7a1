"""What the audience page shows: the rules in words with how many people each reaches, what is wrong with them, and who they are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import Q

from organization import directory
from organization.models import Person, Position
from processes.models import Process
from training.models import AudienceRule
from training.owing import TONES, Owed, State, described, reasons, to_read
from training.reach import Rules, choose_each
from training.rule_words import obstacle, whom
from training.selection import contradict

ROWS = 50
NAMED = 10
After = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: whom it selects in words, how many people that are, and why it selects nobody for good, if so."""

    rule: AudienceRule
    whom: str
    people: int | None
    obstacle: str
    last_day: dt.date | None


@dataclass(frozen=True, slots=True)
class Blind:
    """People whom the rules reach but who may not see the document: how many, and some of their names."""

    count: int = 0
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has to read: by which rule, since when; `owed` where the reader may know how it stands."""

    person: Person
    positions: Sequence[Position]
    whom: str
    since: dt.date | None
    owed: Owed | None = None

    @property
    def tone(self) -> str:
        """The colour of how it stands."""
        return TONES.get(self.owed.state, "neutral") if self.owed else ""

    @property
    def due(self) -> dt.date | None:
        """Until when, while it is owed."""
        return self.owed.due if self.owed and self.owed.state not in (State.READ, State.SIGNED) else None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the audience by name, and where it goes on."""

    readers: Sequence[Reader]
    more: After | None = field(default=None)


def lines(rules: Rules) -> list[Line]:
    """The rules of today with their numbers."""
    return [
        _line(rule, rules.day, people, filled=bool(chosen.positions))
        for (rule, chosen), people in zip(rules.each, rules.counted(), strict=True)
    ]


def coming(process: Process, day: dt.date) -> list[Line]:
    """The rules that begin later."""
    later = AudienceRule.objects.filter(process=process, starts_on__gt=day).with_targets().order_by("starts_on", "pk")
    return [_line(rule, rule.starts_on, None, filled=bool(chosen.positions)) for rule, chosen in choose_each(later)]


def contradictions(rules: Rules) -> list[str]:
    """What one rule asks and another leaves out, in words."""
    return [whom(one) for (one, _one), (other, _other) in combinations(rules.each, 2) if contradict(one, other)]


def blind(rules: Rules) -> Blind:
    """Asked by a rule, and without sight. Two queries where there are any, none where everybody sees the document."""
    if rules.process.is_for_all:
        return Blind()
    found = rules.blind()
    names = list(found.order_by("name", "pk").values_list("name", flat=True)[:NAMED])
    return Blind(found.count() if len(names) == NAMED else len(names), names)


def page(rules: Rules, search: str, after: After | None, now: dt.datetime, *, states: bool) -> Page:
    """The audience by name from a place on, maybe those whose name or login contains some words. A fixed number of queries."""
    found = rules.people().order_by("name", "pk")
    for word in search.split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(login__icontains=word))
    if after:
        found = found.filter(Q(name__gt=after[0]) | Q(name=after[0], pk__gt=after[1]))
    people = list(found[: ROWS + 1])
    shown = people[:ROWS]
    positions = directory.positions_of(shown, rules.day)
    if states:
        owed = described(rules, to_read(rules.process, now), shown)
        readers = [_reader(one.person, positions, one.rule, one.since, one) for one in owed]
    else:
        why = reasons(rules, [person.pk for person in shown])
        readers = [_reader(person, positions, *why.get(person.pk, (None, None))) for person in shown]
    return Page(readers, (shown[-1].name, shown[-1].pk) if len(people) > ROWS else None)


def _line(rule: AudienceRule, day: dt.date, people: int | None, *, filled: bool) -> Line:
    return Line(rule, whom(rule), people, obstacle(rule, day, filled=filled), directory.last_day(rule.ends_before))


def _reader(
    person: Person, positions: dict[int, list[Position]], rule: AudienceRule | None, since: dt.date | None, owed: Owed | None = None
) -> Reader:
    return Reader(person, positions.get(person.pk, []), whom(rule) if rule else "", since, owed)
