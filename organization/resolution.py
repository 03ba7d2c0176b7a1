"""The current assignee of a position, resolved at the moment of action, with the reason in words."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Q, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import chain
from organization.chain import Away, Cause, Found, Office, Snapshot
from organization.gate import levels_of
from organization.models import Absence, Appointment, Department, Person, Position


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who acts, in which position, and why this person. `acting` is false where the holder acts."""

    person: Person
    position: Position
    reason: str
    acting: bool = False

    @property
    def acting_for(self) -> str:
        """The reason as it is kept with a signature; "" where the holder acts."""
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
    found = [chain.walk(snapshot, q.position.pk, excluding=q.excluding, decided=q.decided, required_level=q.required_level) for q in asked]
    people = Person.objects.in_bulk({f.person for f in found if f})
    offices = Position.objects.select_related("department").in_bulk({f.office for f in found if f})
    return [
        Assignee(people[f.person], offices[f.office], _reason(f, q.position, offices[f.office]), f.cause != Cause.HOLDS) if f else None
        for f, q in zip(found, asked, strict=True)
    ]


def _reason(found: Found, asked: Position, office: Position) -> str:
    """The sentence that stands beside the person's name."""
    words = {"position": asked.title, "office": office.title, "day": _last_day(found.until)}
    sentences = {
        Cause.HOLDS: _("as %(position)s"),
        Cause.AWAY: _("for %(position)s, away until %(day)s"),
        Cause.VACANT: _("for %(position)s, which nobody holds"),
        Cause.BARRED: _("for %(position)s, whose holder may not act here"),
        Cause.NOBODY_PRESENT: _("for %(position)s as %(office)s, although away until %(day)s: nobody present may act"),
    }
    return sentences[found.cause] % words


def _last_day(until: dt.date | None) -> str:
    return date_format(until - dt.timedelta(days=1), "MONTH_DAY_FORMAT") if until else ""


def load(positions: Iterable[Position], at: dt.date, *, with_levels: bool = False) -> Snapshot:
    """What the walk for these positions can touch: four queries, five with levels."""
    asked = {p.pk: _office(p.pk, p.department_id, p.kind, p.deputy_id) for p in positions}
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    offices = asked | _offices_that_may_stand_in(asked, parents, at)
    holders: dict[int, tuple[int, ...]] = {}
    rows = Appointment.objects.on(at).filter(position__in=offices).order_by("starts_on", "pk")
    for position, person in rows.values_list("position_id", "person_id"):
        holders[position] = (*holders.get(position, ()), person)
    away = absences_on(at)
    levels: Mapping[int, int] = {}
    if with_levels:
        levels = levels_of({p for people in holders.values() for p in people} | {a.substitute for a in away.values() if a.substitute}, at)
    return Snapshot(offices, parents, holders, away, levels)


def absences_on(at: dt.date) -> dict[int, Away]:
    """Person id → the absence that covers this day; of several the one that lasts longest. A substitute who has left is none."""
    usable = Q(substitute__is_active=True) & (Q(substitute__access_until__isnull=True) | Q(substitute__access_until__gte=at))
    rows = Absence.objects.on(at).annotate(acting=Case(When(usable, then="substitute_id"))).order_by("ends_before", "pk")
    return {person: Away(until, acting) for person, until, acting in rows.values_list("person_id", "ends_before", "acting")}


def _offices_that_may_stand_in(asked: Mapping[int, Office], parents: Mapping[int, int | None], at: dt.date) -> dict[int, Office]:
    """Same offices above, process office, top management, and the deputies of all of these, deputies' deputies included."""
    existing = Position.objects.existing(at)
    fields = ("pk", "department_id", "kind", "deputy_id")
    kinds = {o.kind for o in asked.values()} & chain.OFFICES
    above = Q(department__in=_ancestors({o.department for o in asked.values()}, parents), kind__in=kinds)
    special = Q(kind__in=(chain.PROCESS_OFFICE, chain.TOP))
    with_deputy = Q(deputy__isnull=False) | Q(deputy_of__isnull=False)
    return {row[0]: _office(*row) for row in existing.filter(above | special | with_deputy).order_by("pk").values_list(*fields).distinct()}


def _ancestors(departments: Iterable[int], parents: Mapping[int, int | None]) -> set[int]:
    above: set[int] = set()
    for department in departments:
        current = parents.get(department)
        while current is not None and current not in above:
            above.add(current)
            current = parents.get(current)
    return above


def _office(pk: int, department: int, kind: str, deputy: int | None) -> Office:
    return Office(pk, department, kind, deputy)
