"""Where nobody of the level that is needed will be left: by month, from the days on which levels lapse and people are known to leave.

What somebody holds on a day to come is in the rows already (see `organization.levels.hold`), so that this asks the same question
as the gate, thirteen times.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from organization import gate
from organization.ladder import GATES, Action
from organization.models import Appointment, Department, HeldLevel, Person, Position
from organization.scope import Scope
from organization.workdays import add_months
from processes.models import Process
from training.competence.policy import Overseen

MONTHS = 12
CANDIDATES = 5
SUBMIT = GATES[Action.SUBMIT].level


def months(day: dt.date) -> list[dt.date]:
    """Today, and the first day of each of the twelve months to come."""
    first = day.replace(day=1)
    return [day, *(add_months(first, n) for n in range(1, MONTHS + 1))]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why somebody will not be there after the last day: the level ends (`lapses`), or the position does."""

    person: Person
    last_day: dt.date
    lapses: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A department, or a process with whoever holds its owner position, in which nobody of this level is left in some month."""

    department: Department
    process: Process | None
    level: int
    counts: Sequence[int]
    first: dt.date
    causes: Sequence[Cause]
    candidates: Sequence[Person]

    @property
    def level_name(self) -> str:
        """As every screen writes it."""
        return gate.level_name(self.level)


@dataclass(frozen=True, slots=True)
class _Holding:
    """Somebody holds a position on [start, end)."""

    person: Person
    position: int
    department: int
    start: dt.date
    end: dt.date

    def on(self, day: dt.date) -> bool:
        return self.start <= day < self.end


def forecast(who: Overseen, view: Scope) -> list[Gap]:
    """The gaps of the departments that one looks after and of the processes there, the earliest first. Five queries."""
    days = months(view.today)
    departments = Department.objects.existing(view.today)
    if not who.everybody:
        departments = departments.filter(pk__in=who.departments)
    known = {one.pk: one for one in departments}
    positions = {one.pk: one for one in Position.objects.existing(view.today).filter(department__in=known)}
    processes = [
        one
        for one in Process.objects.visible_to(view).filter(state=Process.State.ACTIVE, department__in=known).order_by("number")
        if one.owner_id in positions
    ]
    book = _Book(_holdings(known, days), days)
    found = [*_of_departments(known, positions, processes, book), *_of_processes(known, positions, processes, book)]
    return sorted(found, key=lambda gap: (gap.first, gap.department.code, gap.process.number if gap.process else "", gap.level))


def _holdings(departments: Collection[int], days: Sequence[dt.date]) -> list[_Holding]:
    rows = Appointment.objects.filter(position__department__in=departments, person__is_active=True, starts_on__lte=days[-1])
    rows = rows.exclude(ends_before__lte=days[0]).select_related("person", "position")
    found = []
    for row in rows:
        ends = [row.ends_before] if row.ends_before else []
        if row.person.access_until is not None:
            ends.append(row.person.access_until + dt.timedelta(days=1))
        found.append(_Holding(row.person, row.position_id, row.position.department_id, row.starts_on, min(ends, default=dt.date.max)))
    return found


class _Book:
    """Who holds what from when until when, and which level, read once."""

    def __init__(self, holdings: Sequence[_Holding], days: Sequence[dt.date]) -> None:
        self.holdings, self.days = holdings, days
        self.in_department: dict[int, list[_Holding]] = defaultdict(list)
        self.of_position: dict[int, list[_Holding]] = defaultdict(list)
        for one in holdings:
            self.in_department[one.department].append(one)
            self.of_position[one.position].append(one)
        self.levels: dict[int, list[tuple[int, dt.date, dt.date]]] = defaultdict(list)
        people = {one.person.pk for one in holdings}
        for row in HeldLevel.objects.lasting(days[0]).values_list("person", "level", "held_from", "held_until").iterator():
            if row[0] in people:
                self.levels[row[0]].append((row[1], row[2], row[3] or dt.date.max))

    def level(self, person: int, day: dt.date) -> int:
        """What this person holds on this day."""
        return max((level for level, start, end in self.levels[person] if start <= day < end), default=0)

    def able(self, holdings: Sequence[_Holding], level: int, day: dt.date) -> dict[int, _Holding]:
        """Person → holding, of those who are there on this day with this level."""
        return {one.person.pk: one for one in holdings if one.on(day) and self.level(one.person.pk, day) >= level}

    def gap(self, department: Department, process: Process | None, level: int, holdings: Sequence[_Holding]) -> Gap | None:
        """What is missing; None where somebody is left in every month."""
        each = [self.able(holdings, level, day) for day in self.days]
        counts = [len(one) for one in each]
        if all(counts):
            return None
        place = counts.index(0)
        lost = each[place - 1].values() if place else ()
        candidates = self._candidates(department, level, self.days[place])
        return Gap(department, process, level, counts, self.days[place], [self._cause(one, level) for one in lost], candidates)

    def _cause(self, one: _Holding, level: int) -> Cause:
        """Why this holding does not count any more."""
        lapse = max((end for held, _start, end in self.levels[one.person.pk] if held >= level), default=dt.date.max)
        return Cause(one.person, min(lapse, one.end) - dt.timedelta(days=1), lapses=lapse <= one.end)

    def _candidates(self, department: Department, level: int, day: dt.date) -> list[Person]:
        """People of the department one level below, who are still there on this day. By name."""
        near = {
            one.person.pk: one.person
            for one in self.in_department[department.pk]
            if one.on(self.days[0]) and one.on(day) and self.level(one.person.pk, self.days[0]) == level - 1
        }
        return sorted(near.values(), key=lambda person: (person.name, person.pk))[:CANDIDATES]


def _of_departments(
    known: dict[int, Department], positions: dict[int, Position], processes: Sequence[Process], book: _Book
) -> Iterator[Gap]:
    """For each level that the positions of a department require; where it is home of processes, also the one that revises them."""
    needs: dict[int, set[int]] = defaultdict(set)
    for position in positions.values():
        needs[position.department_id].add(gate.required_by(position))
    for process in processes:
        needs[process.department_id].add(SUBMIT)
    for department, levels in needs.items():
        for level in sorted(levels - {0}):
            gap = book.gap(known[department], None, level, book.in_department[department])
            if gap is not None:
                yield gap


def _of_processes(known: dict[int, Department], positions: dict[int, Position], processes: Sequence[Process], book: _Book) -> Iterator[Gap]:
    """Whoever holds the owner position has to be able to revise it."""
    for process in processes:
        owner = positions[process.owner_id]
        level = max(SUBMIT, gate.required_by(owner))
        gap = book.gap(known[process.department_id], process, level, book.of_position[owner.pk])
        if gap is not None:
            yield gap
