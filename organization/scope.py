"""What a person stands for on a day: departments with what lies below, positions held and acted for."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from organization import chain
from organization.calendar import today as company_today
from organization.models import Absence, Appointment, Department, Person, Position
from organization.resolution import load, substituted_by


@dataclass(frozen=True, slots=True)
class Scope:
    """Computed once per request. `held` ⊆ `positions`; `acting` are the positions acted for. All are ids."""

    person_id: int
    today: dt.date
    departments: frozenset[int]
    held: frozenset[int]
    acting: frozenset[int]

    @property
    def positions(self) -> frozenset[int]:
        """Positions held and acted for."""
        return self.held | self.acting

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
    acting = substituted_by(person, today)
    if any(kind in STANDS_IN or deputy for _position, _department, kind, deputy in mine) or _stand_in(acting):
        acting |= _fallen_to(person, today)
    return Scope(person.pk, today, below({row[1] for row in mine}), held, acting - held)


def scope_of(request: HttpRequest) -> Scope:
    """The scope of the person signed in, today; computed once per request."""
    known: Scope | None = getattr(request, "scope", None)
    if known is None:
        known = scope(cast("Person", request.user), company_today())
        request.scope = known  # type: ignore[attr-defined]
    return known


STANDS_IN = chain.OFFICES | {chain.PROCESS_OFFICE, chain.TOP}


def below(departments: Collection[int]) -> frozenset[int]:
    """These departments and everything below them, by one recursive query (none for no departments)."""
    if not departments:
        return frozenset()
    table = connection.ops.quote_name(Department._meta.db_table)
    marks = ", ".join(["%s"] * len(departments))
    # UNION drops repeated rows, so that even a cycle in the tree would end.
    sql = (
        f"WITH RECURSIVE below(id) AS (SELECT id FROM {table} WHERE id IN ({marks}) "  # noqa: S608 — names are ours, values are parameters
        f"UNION SELECT d.id FROM {table} d JOIN below b ON d.parent_id = b.id) SELECT id FROM below"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, list(departments))
        return frozenset(row[0] for row in cursor.fetchall())


def _stand_in(positions: Collection[int]) -> bool:
    """Whether something may fall to one of these positions: no query for none."""
    something = Q(kind__in=STANDS_IN) | Q(deputy_of__isnull=False)
    return bool(positions) and Position.objects.filter(something, pk__in=positions).exists()


def _fallen_to(person: Person, today: dt.date) -> frozenset[int]:
    """Positions without any holder present whose chain leads to this person."""
    away = Absence.objects.on(today).filter(person=OuterRef("person"))
    there = Appointment.objects.on(today).filter(position=OuterRef("pk")).exclude(Exists(away))
    uncovered = list(Position.objects.existing(today).exclude(Exists(there)))
    if not uncovered:
        return frozenset()
    snapshot = load(uncovered, today)
    found = ((p.pk, chain.walk(snapshot, p.pk)) for p in uncovered)
    return frozenset(position for position, answer in found if answer and answer.person == person.pk)
