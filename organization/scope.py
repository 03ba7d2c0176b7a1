"""What a person stands for on a day: departments with what lies below, positions held and acted for."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import cast

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from organization import chain
from organization.calendar import today as company_today
from organization.models import Absence, Appointment, Department, Person, Position
from organization.resolution import load

STANDS_IN = chain.OFFICES | {chain.PROCESS_OFFICE, chain.TOP}
# Whoever holds or acts for one of these is of the process office, which shares what nobody else can be asked for.
OFFICE_KINDS = frozenset({chain.PROCESS_OFFICE, "process_supervision"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Computed once per request. `held` ⊆ `positions`; `acting` are the positions acted for. All are ids.

    `office`: the person is of the process office. Only then `shared` are the positions for which nobody is there before the
    company process manager: what they owe, decisions apart, everybody of the process office sees and may do.
    """

    person_id: int
    today: dt.date
    departments: frozenset[int]
    held: frozenset[int]
    acting: frozenset[int]
    shared: frozenset[int] = frozenset()
    office: bool = False

    @property
    def positions(self) -> frozenset[int]:
        """Positions held, acted for and shared."""
        return self.held | self.acting | self.shared

    def person_or_position(self) -> Q:
        """The condition on rows that have a `person` or a `position`."""
        return Q(person=self.person_id) | Q(position__in=self.positions)


def scope(person: Person, today: dt.date) -> Scope:
    """The scope of this person on this day: three queries for most people, seven for a substitute, up to twelve where others stand in."""
    is_deputy = Exists(Position.objects.filter(deputy=OuterRef("position")))
    mine = list(
        Appointment.objects.on(today)
        .filter(person=person)
        .values_list("position_id", "position__department_id", "position__kind", is_deputy)
    )
    held = frozenset(row[0] for row in mine)
    kinds = {row[2] for row in mine}
    departments = below({row[1] for row in mine})
    if not _may_substitute(person, today) and not kinds & STANDS_IN and not any(row[3] for row in mine):
        return Scope(person.pk, today, departments, held, frozenset())
    gaps = _gaps(today)
    acting, shared = _filled(gaps, person.pk, today)
    kinds |= {position.kind for position in gaps if position.pk in acting}
    office = bool(kinds & OFFICE_KINDS)
    return Scope(person.pk, today, departments, held, acting - held, shared - held if office else frozenset(), office)


def held_by(person: Person, today: dt.date) -> frozenset[int]:
    """Ids of the positions that this person holds on this day: what their scope says of it. One query."""
    return frozenset(Appointment.objects.on(today).filter(person=person).values_list("position_id", flat=True))


def scope_of(request: HttpRequest) -> Scope:
    """The scope of the person signed in, today; computed once per request."""
    known: Scope | None = getattr(request, "scope", None)
    if known is None:
        known = scope(cast("Person", request.user), company_today())
        request.scope = known  # type: ignore[attr-defined]
    return known


def below(departments: Collection[int]) -> frozenset[int]:
    """These departments and everything below them, by one recursive query (none for no departments)."""
    return _walked("d.id", "d.parent_id = w.id", departments)


def below_each(departments: Collection[int]) -> dict[int, frozenset[int]]:
    """Each of these departments with everything below it, by one recursive query (none for no departments)."""
    found: dict[int, set[int]] = {department: set() for department in departments}
    if found:
        table = connection.ops.quote_name(Department._meta.db_table)
        marks = ", ".join(["%s"] * len(found))
        sql = (
            f"WITH RECURSIVE walked(top, id) AS (SELECT id, id FROM {table} WHERE id IN ({marks}) "  # noqa: S608 — as below
            f"UNION SELECT w.top, d.id FROM {table} d JOIN walked w ON d.parent_id = w.id) SELECT top, id FROM walked"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, list(found))
            for top, department in cursor.fetchall():
                found[top].add(department)
    return {department: frozenset(those) for department, those in found.items()}


def above(departments: Collection[int]) -> frozenset[int]:
    """These departments and those in which they lie, up to the company; in the same way."""
    return _walked("d.parent_id", "d.id = w.id AND d.parent_id IS NOT NULL", departments)


def _walked(step: str, along: str, departments: Collection[int]) -> frozenset[int]:
    if not departments:
        return frozenset()
    table = connection.ops.quote_name(Department._meta.db_table)
    marks = ", ".join(["%s"] * len(departments))
    # UNION drops repeated rows, so that even a cycle in the tree would end.
    sql = (
        f"WITH RECURSIVE walked(id) AS (SELECT id FROM {table} WHERE id IN ({marks}) "  # noqa: S608 — names are ours, values are parameters
        f"UNION SELECT {step} FROM {table} d JOIN walked w ON {along}) SELECT id FROM walked"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, list(departments))
        return frozenset(row[0] for row in cursor.fetchall())


def shared_among(positions: Iterable[Position], today: dt.date) -> frozenset[int]:
    """Ids of those of these positions whose work, decisions apart, lies in the shared queue of the process office. Four queries."""
    asked = {position.pk: position for position in positions}
    if not asked:
        return frozenset()
    snapshot = load(asked.values(), today)
    return frozenset(pk for pk in asked if _is_shared(snapshot, pk))


def _may_substitute(person: Person, today: dt.date) -> bool:
    """Whether an absence of today names this person, or a holder is away for whom this person is the standing substitute."""
    standing = Q(person__appointments__position__substitute=person)
    return Absence.objects.on(today).filter(Q(substitute=person) | standing).exists()


def _gaps(today: dt.date) -> list[Position]:
    """Positions of which a holder is away, or that nobody holds."""
    away = Absence.objects.on(today).filter(person=OuterRef("person"))
    held = Appointment.objects.on(today).filter(position=OuterRef("pk"))
    return list(Position.objects.existing(today).exclude(Exists(held.exclude(Exists(away))), ~Exists(held.filter(Exists(away)))))


def _filled(gaps: Sequence[Position], person: int, today: dt.date) -> tuple[frozenset[int], frozenset[int]]:
    """Of these positions those for which this person acts, and those whose work is shared by the process office."""
    if not gaps:
        return frozenset(), frozenset()
    snapshot = load(gaps, today)
    there = {position.pk: [candidate.person for candidate in chain.present(snapshot, position.pk)] for position in gaps}
    substituted = {pk for pk, people in there.items() if person in people}
    empty = [pk for pk, people in there.items() if not people]
    fallen = {pk for pk in empty if (found := chain.walk(snapshot, pk)) and found.person == person}
    return frozenset(substituted | fallen), frozenset(pk for pk in empty if _is_shared(snapshot, pk))


def _is_shared(snapshot: chain.Snapshot, position: int) -> bool:
    """Whether the chain finds nobody before the company process manager. The last of the chain have their own way."""
    office = snapshot.offices[position]
    if office.kind in (chain.PROCESS_OFFICE, chain.TOP):
        return False
    before = takewhile(lambda link: link.step not in (chain.Step.PROCESS_OFFICE, chain.Step.TOP), chain.links(snapshot, position))
    return not any(True for link in before for _candidate in chain.present(snapshot, link.office))
