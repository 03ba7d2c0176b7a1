"""The current assignee of a position, resolved at the moment of action, with the reason in words."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils.formats import date_format
from django.utils.translation import gettext

from organization import chain
from organization.acting_words import SENTENCES
from organization.chain import Away, Cause, Found, Office, Snapshot
from organization.gate import levels_of
from organization.models import Absence, Appointment, Department, Person, Position

OFFICE = ("pk", "department_id", "kind", "deputy_id", "substitution", "standing")
LONG_LIST = 10_000
"""From here on all rows are read instead of a list of ids that a database would refuse."""


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who acts, in which position, and why this person. `acting` is false where the holder acts."""

    person: Person
    position: Position
    reason: str
    acting: bool = False

    @property
    def acting_for(self) -> str:
        """The reason as a signature keeps it (`acting_words.kept`); "" where the holder acts."""
        return self.reason if self.acting else ""


@dataclass(frozen=True, slots=True)
class Question:
    """Who acts for this position? For decisions: without these people, rather not those, with at least this level."""

    position: Position
    excluding: frozenset[int] = frozenset()
    decided: frozenset[int] = frozenset()
    required_level: int = 0


def resolve(
    position: Position,
    at: dt.date,
    *,
    excluding: Collection[int] = frozenset(),
    decided: Collection[int] = frozenset(),
    required_level: int = 0,
) -> Assignee | None:
    """Who acts for the position on this day. `excluding` and `decided` are ids of people.

    None only where nobody in the whole chain is independent and has the level: then top management names a second approver.
    """
    return resolve_each((Question(position, frozenset(excluding), frozenset(decided), required_level),), at)[0]


def resolve_many(
    positions: Iterable[Position],
    at: dt.date,
    *,
    excluding: Collection[int] = frozenset(),
    decided: Collection[int] = frozenset(),
    required_level: int = 0,
) -> dict[int, Assignee | None]:
    """Position id → who acts, in a fixed number of queries."""
    questions = [Question(p, frozenset(excluding), frozenset(decided), required_level) for p in {p.pk: p for p in positions}.values()]
    return {q.position.pk: answer for q, answer in zip(questions, resolve_each(questions, at), strict=True)}


def resolve_each(questions: Iterable[Question], at: dt.date) -> list[Assignee | None]:
    """Answers in the order of the questions, each with its own exclusions, in a fixed number of queries."""
    asked = list(questions)
    if not asked:
        return []
    snapshot = load([q.position for q in asked], at, with_levels=any(q.required_level for q in asked))
    return answers(snapshot, asked)


def answers(snapshot: Snapshot, asked: Sequence[Question]) -> list[Assignee | None]:
    """What the walk finds for each question, with people and positions in two queries. The snapshot may be a supposed one."""
    found = [chain.walk(snapshot, q.position.pk, excluding=q.excluding, decided=q.decided, required_level=q.required_level) for q in asked]
    people = {p.pk: p for p in among(Person.objects.all(), "pk", {f.person for f in found if f})}
    offices = {p.pk: p for p in among(Position.objects.select_related("department"), "pk", {f.office for f in found if f})}
    return [
        Assignee(people[f.person], offices[f.office], _reason(f, q.position, offices[f.office]), f.cause != Cause.HOLDS) if f else None
        for f, q in zip(found, asked, strict=True)
    ]


def _reason(found: Found, asked: Position, office: Position) -> str:
    """The sentence that stands beside the person's name."""
    words = {"position": asked.title, "office": office.title, "day": last_day_in_words(found.until)}
    return gettext(SENTENCES[found.cause, found.standing]) % words


def last_day_in_words(until: dt.date | None) -> str:
    """`4 May`, the day before `until`; nothing where there is none."""
    return date_format(until - dt.timedelta(days=1), "MONTH_DAY_FORMAT") if until else ""


def among(rows: QuerySet[Any], field: str, ids: Collection[int]) -> QuerySet[Any]:
    """The rows whose field is one of the ids; all rows where a database would choke on the list (the caller looks up by key)."""
    return rows.filter(**{f"{field}__in": ids}) if len(ids) <= LONG_LIST else rows


def load(positions: Iterable[Position], at: dt.date, *, with_levels: bool = False) -> Snapshot:
    """What the walk for these positions can touch: four queries, five with levels."""
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    offices = _asked_and_standing_in({p.pk: p for p in positions}, parents, at)
    holders = holders_on(offices, at)
    away = absences_on(at)
    levels: Mapping[int, int] = {}
    if with_levels:
        substitutes = [a.substitute for a in away.values()] + [o.substitute for o in offices.values()]
        levels = levels_of({p for people in (*holders.values(), substitutes) for p in people if p is not None}, at)
    return Snapshot(offices, parents, holders, away, levels)


def holders_on(offices: Collection[int], at: dt.date) -> dict[int, tuple[int, ...]]:
    """Position id → ids of its holders in the order of their appointment. One query."""
    held: dict[int, list[int]] = defaultdict(list)
    rows = among(Appointment.objects.on(at), "position", offices).order_by("starts_on", "pk")
    for position, person in rows.values_list("position_id", "person_id"):
        held[position].append(person)
    return {position: tuple(people) for position, people in held.items()}


def usable(at: dt.date) -> Case:
    """The row's substitute, or none where that person has left or has no access on this day."""
    access = Q(substitute__access_until__isnull=True) | Q(substitute__access_until__gte=at)
    return Case(When(access, substitute__is_active=True, then="substitute_id"))


def absences_on(at: dt.date) -> dict[int, Away]:
    """Person id → the absence that covers this day; of several the one that lasts longest. A substitute who has left is none."""
    rows = Absence.objects.on(at).annotate(acting=usable(at)).order_by("ends_before", "pk")
    return {person: Away(until, acting) for person, until, acting in rows.values_list("person_id", "ends_before", "acting")}


def _asked_and_standing_in(asked: Mapping[int, Position], parents: Mapping[int, int | None], at: dt.date) -> dict[int, Office]:
    """The asked (closed ones too), the same offices above, process office, top management, and the deputies of all of these."""
    storeys = _ancestors({p.department_id for p in asked.values()}, parents)
    above = Q(department__in=storeys, kind__in={p.kind for p in asked.values()} & chain.OFFICES)
    special = Q(kind__in=(chain.PROCESS_OFFICE, chain.TOP))
    with_deputy = Q(deputy__isnull=False) | Q(pk__in=Position.objects.filter(deputy__isnull=False).values("deputy"))
    rows = Position.objects.existing(at).annotate(standing=usable(at)).order_by("pk")
    if len(asked) <= LONG_LIST:
        rows = rows.filter(Q(pk__in=asked) | above | special | with_deputy)
    closed = {pk: Office(pk, p.department_id, p.kind, p.deputy_id) for pk, p in asked.items()}
    return closed | {row[0]: Office(*row) for row in rows.values_list(*OFFICE)}


def _ancestors(departments: Iterable[int], parents: Mapping[int, int | None]) -> set[int]:
    above: set[int] = set()
    for department in departments:
        current = parents.get(department)
        while current is not None and current not in above:
            above.add(current)
            current = parents.get(current)
    return above
