"""The company as people look it up: the tree with heads and vacancies, who holds what today, who is away until when."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Case, Count, Q, When

from organization.models import Absence, Appointment, Department, Person, Position


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds a position today, and the absence of today, if any."""

    appointment: Appointment
    absence: Absence | None

    @property
    def person(self) -> Person:
        """Who holds."""
        return self.appointment.person

    @property
    def last_day(self) -> dt.date | None:
        """The last day of the absence."""
        return last_day(self.absence.ends_before) if self.absence else None


@dataclass(frozen=True, slots=True)
class Office:
    """A position with who holds it today; without holders it is vacant."""

    position: Position
    holders: list[Holder]


@dataclass(frozen=True, slots=True)
class Node:
    """A department in the tree: its depth, its heads, how many positions are vacant and people work in it."""

    department: Department
    depth: int
    heads: list[Office] = field(default_factory=list)
    positions: int = 0
    vacant: int = 0


def last_day(ends_before: dt.date | None) -> dt.date | None:
    """The last day that is included in [ , ends_before)."""
    return ends_before - dt.timedelta(days=1) if ends_before else None


def absences_today(today: dt.date, people: Collection[int]) -> dict[int, Absence]:
    """Person id → the absence of today, with its substitute."""
    rows = Absence.objects.on(today).filter(person__in=people).select_related("substitute")
    return {absence.person_id: absence for absence in rows}


HEADS_FIRST = Case(*(When(kind=kind, then=rank) for rank, kind in enumerate((Position.Kind.TOP_MANAGEMENT, Position.Kind.HEAD))), default=2)


def offices(positions: Iterable[Position], today: dt.date) -> list[Office]:
    """The positions with their holders of today. Two queries."""
    positions = list(positions)
    rows = Appointment.objects.on(today).filter(position__in=positions).select_related("person").order_by("starts_on", "pk")
    held: dict[int, list[Appointment]] = defaultdict(list)
    for appointment in rows:
        held[appointment.position_id].append(appointment)
    absences = absences_today(today, {a.person_id for found in held.values() for a in found})
    return [Office(p, [Holder(a, absences.get(a.person_id)) for a in held[p.pk]]) for p in positions]


def tree(today: dt.date) -> list[Node]:
    """All existing departments, each below its parent. Five queries."""
    children: dict[int | None, list[Department]] = defaultdict(list)
    for department in Department.objects.existing(today).order_by("code"):
        children[department.parent_id].append(department)
    heads: dict[int, list[Office]] = defaultdict(list)
    top = Position.objects.existing(today).filter(kind__in=(Position.Kind.HEAD, Position.Kind.TOP_MANAGEMENT)).order_by("pk")
    for office in offices(top, today):
        heads[office.position.department_id].append(office)
    held = Appointment.objects.on(today).values("position")
    counts = Position.objects.existing(today).order_by().values("department").annotate(all=Count("pk"), empty=Count("pk", ~Q(pk__in=held)))
    totals, vacant = Counter[int](), Counter[int]()
    for row in counts:
        totals[row["department"]], vacant[row["department"]] = row["all"], row["empty"]

    def walk(parent: int | None, depth: int) -> Iterator[Node]:
        for department in children[parent]:
            pk = department.pk
            yield Node(department, depth, heads[pk], totals[pk], vacant[pk])
            yield from walk(pk, depth + 1)

    return list(walk(None, 0))


def people(search: str, *, left: bool, after: tuple[str, int] | None, rows: int) -> list[Person]:
    """Up to `rows` people by name, from after (name, id) on; `left` shows those who have left instead."""
    found = Person.objects.filter(is_active=not left).order_by("name", "pk")
    for word in search.split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(login__icontains=word) | Q(email__icontains=word))
    if after:
        found = found.filter(Q(name__gt=after[0]) | Q(name=after[0], pk__gt=after[1]))
    return list(found[:rows])


def positions_of(people: Iterable[Person], today: dt.date) -> dict[int, list[Position]]:
    """Person id → positions held today. One query."""
    found: dict[int, list[Position]] = defaultdict(list)
    rows = Appointment.objects.on(today).filter(person__in=list(people)).select_related("position__department").order_by("starts_on", "pk")
    for appointment in rows:
        found[appointment.person_id].append(appointment.position)
    return found
