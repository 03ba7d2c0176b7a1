"""What if these people left today? The same resolution on a changed snapshot: nothing is written, everything that would move is said."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from approvals.models import ApprovalCase, Seat
from kpis.models import Indicator
from organization import chain
from organization.chain import Found, Snapshot
from organization.models import Absence, Appointment, Department, Person, Position
from organization.resolution import load
from organization.scope import below
from processes.models import Process, Revision
from worklist.models import WorkItem

TOO_MUCH, TWICE = 15, 2
"""Somebody gets too much who would have at least so many things to do, and at least twice as many as today."""
NOBODY = chain.Cause.NOBODY_PRESENT
WAITING = Q(
    stage__case__state=ApprovalCase.State.OPEN, stage__closed_at__isnull=True, stage__replaced_at__isnull=True, decisions__isnull=True
)
LISTED = 200
"""So many processes, drafts, cases and indicators are listed by name; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Who would act instead; `person` None: nobody is there. `same_office`: a colleague who holds it too."""

    person: Person | None
    office: Position | None
    same_office: bool = False
    level_missing: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """One position for which a leaver acts today: what hangs on it and where it goes. `items`: kind of work item → how many."""

    position: Position
    to: Destination
    items: dict[str, int]
    processes: int
    indicators: int
    vacant: bool

    @property
    def things(self) -> int:
        """Everything that hangs on it."""
        return sum(self.items.values()) + self.processes + self.indicators


@dataclass(frozen=True, slots=True)
class Burden:
    """How many things a person has to do today, and would have."""

    person: Person
    today: int
    then: int

    @property
    def too_much(self) -> bool:
        """More than one should carry."""
        return self.then >= TOO_MUCH and self.then >= TWICE * max(self.today, 1)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Everything that would move, where to, and what would be missing."""

    people: Sequence[Person]
    moved: Sequence[Moved]
    personal: int
    given: int
    drafts: Sequence[Revision]
    seats: Sequence[tuple[Seat, Destination]]
    processes: Sequence[Process]
    indicators: Sequence[Indicator]
    appointments: Sequence[Appointment]
    substitutions: Sequence[Absence]
    standing: Sequence[Position]
    burdens: Sequence[Burden] = field(default=())

    @property
    def vacancies(self) -> list[Position]:
        """Positions that nobody would hold any more."""
        return [moved.position for moved in self.moved if moved.vacant]

    @property
    def unqualified(self) -> int:
        """Positions whose work, and reviews whose decision, nobody else is there and able to take."""
        positions = sum(moved.to.person is None or moved.to.level_missing for moved in self.moved)
        return positions + sum(to.person is None for _seat, to in self.seats)

    @property
    def things(self) -> int:
        """Everything that hangs on the positions."""
        return sum(moved.things for moved in self.moved)


def holders_of(positions: Collection[int], day: dt.date) -> list[Person]:
    """Who would be gone if these positions lost everybody who holds them."""
    held = Appointment.objects.on(day).filter(position__in=positions).values("person")
    return list(Person.objects.filter(pk__in=held).order_by("name", "pk"))


def people_of(department: Department, day: dt.date) -> list[Person]:
    """Everybody who holds a position in the department or below it."""
    return holders_of(list(Position.objects.filter(department__in=below({department.pk})).values_list("pk", flat=True)), day)


def without(snapshot: Snapshot, people: Collection[int]) -> Snapshot:
    """The same day, had these people left."""
    holders = {pk: tuple(p for p in held if p not in people) for pk, held in snapshot.holders.items()}
    away = {p: replace(a, substitute=None if a.substitute in people else a.substitute) for p, a in snapshot.away.items() if p not in people}
    return replace(snapshot, holders={pk: held for pk, held in holders.items() if held}, away=away)


def leave(people: Sequence[Person], day: dt.date) -> Leaving:
    """In a number of queries that does not grow with the people or with what they have in hand."""
    gone = {person.pk for person in people}
    positions = _concerned(gone, day)
    now = load(positions.values(), day, with_levels=True)
    then = without(now, gone)
    theirs = {pk for pk in positions if _acts(now, pk, gone)}
    held = Appointment.objects.on(day).filter(person__in=gone).select_related("person", "position__department")
    counts = _Counts(theirs, gone, day)
    found = {pk: chain.walk(then, pk, excluding=frozenset(gone)) for pk in theirs}
    names, offices = _named(found.values())
    moved = [
        Moved(
            position=positions[pk],
            to=_destination(positions[pk], found[pk], then, names, offices),
            items=counts.items[pk],
            processes=counts.processes[pk],
            indicators=counts.indicators[pk],
            vacant=bool(now.holders.get(pk)) and not then.holders.get(pk),
        )
        for pk in theirs
    ]
    moved.sort(key=lambda one: (one.to.person is not None, -one.things, one.position.title, one.position.pk))
    return Leaving(
        people=people,
        moved=moved,
        personal=counts.personal,
        given=counts.given,
        drafts=_drafts(gone),
        seats=_decided_by(_seats(theirs, gone), then, gone),
        processes=list(Process.objects.filter(state=Process.State.ACTIVE, owner__in=theirs).order_by("number")[:LISTED]),
        indicators=list(_running(day).filter(keeper__in=theirs).select_related("process").order_by("process__number", "name")[:LISTED]),
        appointments=list(held.order_by("position__title", "person__name")),
        substitutions=_substitutions(gone, day),
        standing=list(Position.objects.existing(day).filter(substitute__in=gone).select_related("department").order_by("title")),
        burdens=_burdens(moved, day),
    )


def _concerned(gone: set[int], day: dt.date) -> dict[int, Position]:
    """Positions that the people hold, and those without anybody there, which may have fallen to them."""
    away = Absence.objects.on(day).filter(person=OuterRef("person"))
    on_it = Appointment.objects.on(day).filter(position=OuterRef("pk"))
    held = Appointment.objects.on(day).filter(person__in=gone).values("position")
    named = Seat.objects.filter(WAITING, named__in=gone).values("position")
    rows = Position.objects.existing(day).filter(Q(pk__in=held) | Q(pk__in=named) | ~Exists(on_it.exclude(Exists(away))))
    return {position.pk: position for position in rows.select_related("department")}


def _acts(snapshot: Snapshot, position: int, gone: set[int]) -> bool:
    """Whether one of them holds it, or acts for it today."""
    if set(snapshot.holders.get(position, ())) & gone:
        return True
    found = chain.walk(snapshot, position)
    return found is not None and found.person in gone


def _named(found: Iterable[Found | None]) -> tuple[dict[int, Person], dict[int, Position]]:
    known = [one for one in found if one]
    offices = Position.objects.select_related("department").in_bulk({one.office for one in known})
    return Person.objects.in_bulk({one.person for one in known}), offices


def _destination(
    position: Position, found: Found | None, then: Snapshot, people: dict[int, Person], offices: dict[int, Position]
) -> Destination:
    if found is None or found.cause == NOBODY:
        return Destination(None, None)
    missing = then.levels.get(found.person, 0) < position.required_level
    same = found.person in then.holders.get(position.pk, ())
    return Destination(people[found.person], offices[found.office], same, missing)


class _Counts:
    """What hangs on the positions, counted in one query for each kind of thing."""

    def __init__(self, positions: set[int], gone: set[int], day: dt.date) -> None:
        self.items: dict[int, dict[str, int]] = defaultdict(dict)
        open_items = WorkItem.objects.open().order_by()
        with_others = Q(assigned_to__isnull=False) & ~Q(assigned_to__in=gone)
        rows = open_items.filter(position__in=positions).exclude(with_others).values("position", "kind").annotate(count=Count("pk"))
        for row in rows:
            self.items[row["position"]][row["kind"]] = row["count"]
        self.personal = open_items.filter(person__in=gone).count()
        self.given = open_items.filter(assigned_to__in=gone).exclude(position__in=positions).count()
        owned = Process.objects.filter(state=Process.State.ACTIVE, owner__in=positions).order_by()
        self.processes = defaultdict(int, owned.values_list("owner").annotate(Count("pk")))
        kept = _running(day).filter(keeper__in=positions).order_by()
        self.indicators = defaultdict(int, kept.values_list("keeper").annotate(Count("pk")))


def _running(day: dt.date) -> QuerySet[Indicator]:
    running = Q(ends_before__isnull=True) | Q(ends_before__gt=day)
    found: QuerySet[Indicator] = Indicator.objects.filter(running, process__state=Process.State.ACTIVE)
    return found


def _drafts(gone: set[int]) -> list[Revision]:
    rows = Revision.objects.filter(state=Revision.State.DRAFT, created_by__in=gone, process__state=Process.State.ACTIVE)
    return list(rows.select_related("process").order_by("process__number")[:LISTED])


def _seats(positions: set[int], gone: set[int]) -> list[Seat]:
    """Seats that wait for a decision of these positions or people, now or in a later stage."""
    rows = Seat.objects.filter(WAITING).filter(Q(position__in=positions) | Q(named__in=gone))
    rows = rows.select_related("position", "stage__case__revision__process").prefetch_related("stage__case__contributors")
    return list(rows.order_by("stage__case", "stage__order", "pk")[:LISTED])


def _decided_by(seats: Sequence[Seat], then: Snapshot, gone: set[int]) -> list[tuple[Seat, Destination]]:
    """Who would decide: nobody who wrote it, and with the level of the stage."""
    found = []
    for seat in seats:
        case = seat.stage.case
        barred = frozenset({*gone, case.submitted_by_id, *(person.pk for person in case.contributors.all())})
        found.append(chain.walk(then, seat.position_id, excluding=barred, required_level=seat.stage.required_level))
    people, offices = _named(found)
    return [
        (seat, Destination(people[one.person], offices[one.office]) if one and one.cause != NOBODY else Destination(None, None))
        for seat, one in zip(seats, found, strict=True)
    ]


def _substitutions(gone: set[int], day: dt.date) -> list[Absence]:
    rows = Absence.objects.filter(substitute__in=gone, ends_before__gt=day).exclude(person__in=gone)
    return list(rows.select_related("person", "substitute").order_by("starts_on", "pk")[:LISTED])


def _burdens(moved: Sequence[Moved], day: dt.date) -> list[Burden]:
    """Who would get how much more, in open items: the greatest burden first."""
    more: dict[Person, int] = defaultdict(int)
    for one in moved:
        if one.to.person is not None:
            more[one.to.person] += sum(one.items.values())
    has = _open_items_of(more, day)
    burdens = [Burden(person, has.get(person.pk, 0), has.get(person.pk, 0) + count) for person, count in more.items() if count]
    return sorted(burdens, key=lambda burden: (-burden.then, burden.person.name))


def _open_items_of(people: Iterable[Person], day: dt.date) -> dict[int, int]:
    """Person id → open items that are theirs in person, or of the positions that they hold."""
    ids = [person.pk for person in people]
    has: dict[int, int] = defaultdict(int)
    own = WorkItem.objects.open().filter(person__in=ids).order_by().values_list("person").annotate(Count("pk"))
    for person, count in own:
        has[person] += count
    held = Appointment.objects.on(day).filter(person__in=ids, position__work_items__closed_at__isnull=True).order_by()
    for person, count in held.values_list("person").annotate(Count("position__work_items")):
        has[person] += count
    return has
