"""The team of a process manager: who they are, how they grew, what they did, what they have in hand, what they work on next.

By name, and by nothing else: there is no order of merit. Each part is shown only where the company shows it.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from organization import gate
from organization.models import Appointment, CompanySettings, HeldLevel, Person
from organization.scope import below
from training.competence import facts
from training.competence.policy import Overseen
from training.models import DevelopmentStep
from worklist.models import WorkItem

ROWS = 25
GROWTH = dt.timedelta(days=3 * 365)
YEAR = dt.timedelta(days=365)
Tally = Callable[[Collection[int], dt.date], Mapping[int, Mapping[str, int]]]
_tallies: list[Tally] = []


def register(tally: Tally) -> None:
    """Called by an app above when it is ready: person id → kind (as in `facts.KINDS`) → how often since a day."""
    _tallies.extend({tally} - set(_tallies))


@dataclass(frozen=True, slots=True)
class Load:
    """Open items: owed in person or given, and of the positions that the person holds; how many of them are late."""

    own: int
    positions: int
    late: int


@dataclass(frozen=True, slots=True)
class Member:
    """One person. A part that is switched off is empty."""

    person: Person
    positions: Sequence[str]
    level: str
    last_day: dt.date | None
    growth: Sequence[tuple[dt.date, int]]
    did: Sequence[tuple[str, int]]
    load: Load | None
    steps: Sequence[DevelopmentStep]


def members_of(who: Overseen, department: int | None = None) -> QuerySet[Person]:
    """Everybody overseen who holds a position today, in one department with what lies below it where it is named. By name."""
    held = Appointment.objects.on(who.day)
    if department is not None:
        held = held.filter(position__department__in=below({department}))
    return Person.objects.filter(who.people("pk"), pk__in=held.values("person")).order_by("name", "pk")


def following(people: QuerySet[Person], after: str) -> QuerySet[Person]:
    """Those behind a key `name:id`."""
    name, _separator, key = after.rpartition(":")
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return people
    return people.filter(Q(name__gt=name) | Q(name=name, pk__gt=int(key)))


def members(people: Sequence[Person], day: dt.date, settings: CompanySettings) -> list[Member]:
    """Everything that is shown of these people, in a fixed number of queries."""
    ids = [person.pk for person in people]
    titles: dict[int, list[str]] = defaultdict(list)
    for person, title in Appointment.objects.on(day).filter(person__in=ids).values_list("person", "position__title"):
        titles[person].append(title)
    held = {row.person_id: row for row in HeldLevel.objects.on(day).filter(person__in=ids).order_by("level")}
    growth = _growth(ids, day) if settings.team_growth else {}
    did = _did(ids, day - YEAR) if settings.team_contribution else {}
    load = _load(ids, day) if settings.team_load else {}
    steps: dict[int, list[DevelopmentStep]] = defaultdict(list)
    if settings.team_plans:
        for step in DevelopmentStep.objects.filter(person__in=ids, outcome="").select_related("ability", "mentor"):
            steps[step.person_id].append(step)
    return [
        Member(
            person, titles[person.pk], gate.level_name(held[person.pk].level_id if person.pk in held else 0),
            _last_day(held.get(person.pk)), growth.get(person.pk, []), did.get(person.pk, []), load.get(person.pk), steps[person.pk],
        )
        for person in people
    ]  # fmt: skip


def _last_day(row: HeldLevel | None) -> dt.date | None:
    return row.held_until - dt.timedelta(days=1) if row is not None and row.held_until is not None else None


def _growth(people: Sequence[int], day: dt.date) -> dict[int, list[tuple[dt.date, int]]]:
    """Since when which level, oldest first; a renewal of the same level is no step."""
    found: dict[int, list[tuple[dt.date, int]]] = defaultdict(list)
    rows = HeldLevel.objects.begun(day).filter(person__in=people).order_by("held_from", "pk")
    for person, since, level in rows.values_list("person", "held_from", "level"):
        if not found[person] or found[person][-1][1] != level:
            found[person].append((since, level))
    return {person: [step for step in steps if step[0] > day - GROWTH] or steps[-1:] for person, steps in found.items()}


def _did(people: Sequence[int], since: dt.date) -> dict[int, list[tuple[str, int]]]:
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for tally in _tallies:
        for person, kinds in tally(people, since).items():
            counted[person].update(kinds)
    return {person: [(facts.label(kind), kinds[kind]) for kind in facts.KINDS if kinds[kind]] for person, kinds in counted.items()}


def _load(people: Sequence[int], day: dt.date) -> dict[int, Load]:
    late = Count("pk", filter=Q(due_on__lt=day), distinct=True)
    own: dict[int, tuple[int, int]] = {}
    for name in ("person", "assigned_to"):
        rows = WorkItem.objects.open().filter(**{f"{name}__in": people}).values(name).annotate(n=Count("pk"), late=late).order_by()
        for row in rows:
            before = own.get(row[name], (0, 0))
            own[row[name]] = (before[0] + row["n"], before[1] + row["late"])
    appointed = Appointment.objects.on(day).filter(person__in=people)
    rows = WorkItem.objects.open().filter(assigned_to__isnull=True, position__appointments__in=appointed)
    rows = rows.values("position__appointments__person").annotate(n=Count("pk", distinct=True), late=late).order_by()
    held = {row["position__appointments__person"]: (row["n"], row["late"]) for row in rows}
    nothing = (0, 0)
    return {
        person: Load(own.get(person, nothing)[0], held.get(person, nothing)[0], own.get(person, nothing)[1] + held.get(person, nothing)[1])
        for person in people
    }
