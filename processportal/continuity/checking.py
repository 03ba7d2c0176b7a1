"""The nightly proof that every open work item, process and indicator leads to somebody who is there and able.

Positions are taken in batches by key. For each batch every checker says, in one query, what its positions owe; the chain is
loaded once, and each position is resolved once per set of excluded people and level, however many items hang on it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse

from kpis.models import Indicator
from organization import chain
from organization.calendar import today
from organization.chain import Cause, Snapshot
from organization.gate import levels_of
from organization.models import Appointment, Person, Position
from organization.policy import GUARDED, confirmers
from organization.resolution import load
from processes.models import Process
from processportal.continuity.words import CARRIED, Finding
from worklist.models import ContinuityProof, WorkItem

BATCH = 1000
KEPT = 500
"""So many exceptions are stored; the counts are of all."""
GUEST_DAYS = 14
LAST = (chain.PROCESS_OFFICE, chain.TOP)


@dataclass(frozen=True, slots=True)
class Owed:
    """So many things of one kind that one position owes.

    `what`: a kind of work item, or a number; `level`: what a decision needs; `page`: name and argument of the address where it is
    given to another position.
    """

    kind: str
    what: str
    position: int
    count: int = 1
    excluded: tuple[int, ...] = ()
    assigned_to: int | None = None
    level: int = 0
    page: tuple[str, str | int] | None = None


Checker = Callable[[Sequence[int], dt.date], Iterable[Owed]]


def open_items(positions: Sequence[int], _day: dt.date) -> Iterator[Owed]:
    """Open work items, those alike counted together; what a decision needs is the level of its stage."""
    rows = WorkItem.objects.open().filter(position__in=positions).order_by()
    alike = rows.values("position", "kind", "excluded", "assigned_to", level=F("seat__stage__required_level")).annotate(count=Count("pk"))
    for row in alike.iterator():
        excluded = tuple(row["excluded"])
        yield Owed("item", row["kind"], row["position"], row["count"], excluded, row["assigned_to"], row["level"] or 0)


def owned_processes(positions: Sequence[int], _day: dt.date) -> Iterator[Owed]:
    """Active processes and their owners."""
    rows = Process.objects.filter(owner__in=positions, state=Process.State.ACTIVE).order_by("number")
    for number, owner in rows.values_list("number", "owner").iterator():
        yield Owed("process", number, owner, page=("processes:metadata", number))


def kept_indicators(positions: Sequence[int], day: dt.date) -> Iterator[Owed]:
    """Indicators of active processes and their keepers."""
    running = Q(ends_before__isnull=True) | Q(ends_before__gt=day)
    rows = Indicator.objects.filter(running, keeper__in=positions, process__state=Process.State.ACTIVE).order_by("pk")
    for pk, number, keeper in rows.values_list("pk", "process__number", "keeper").iterator():
        yield Owed("indicator", number, keeper, page=("kpis:indicator", pk))


# What comes later (audits, actions) adds its checker here.
CHECKERS: tuple[Checker, ...] = (open_items, owned_processes, kept_indicators)


@dataclass(slots=True)
class Result:
    """What one run found. `carried` counts what only the process office or top management is left to carry."""

    open: int = 0
    unowned: int = 0
    processes: int = 0
    processes_unowned: int = 0
    carried: int = 0
    findings: list[Finding] = field(default_factory=list)

    def take(self, owed: Owed, why: str) -> None:
        """Counts one answer of the chain; `why` is "" where it leads to somebody."""
        unowned = owed.count if why and why != CARRIED else 0
        if owed.kind == "item":
            self.open += owed.count
            self.unowned += unowned
        elif owed.kind == "process":
            self.processes += owed.count
            self.processes_unowned += unowned
        self.carried += owed.count if why == CARRIED else 0

    def add(self, finding: Finding) -> None:
        """Keeps the first so many."""
        if len(self.findings) < KEPT:
            self.findings.append(finding)


def check(now: dt.datetime, checkers: Sequence[Checker] = CHECKERS, *, batch: int = BATCH) -> Result:
    """Looks at everything that is owed and says what leads to nobody. A fixed number of queries for each batch of positions."""
    day, result, last = today(now), Result(), 0
    while some := list(Position.objects.filter(pk__gt=last).select_related("department").order_by("pk")[:batch]):
        _Batch(some, day, checkers).check(result)
        last = some[-1].pk
    _owed_in_person(day, result)
    _guests(day, result)
    _second_person(day, result)
    return result


@transaction.atomic
def prove(now: dt.datetime) -> ContinuityProof:
    """Checks and stores what was found, one row for each day; a second run on a day replaces the first."""
    found = check(now)
    values = {
        "checked_at": now, "open_items": found.open, "unowned": found.unowned, "processes": found.processes,
        "processes_unowned": found.processes_unowned, "exceptions": [asdict(one) for one in found.findings],
    }  # fmt: skip
    proof, _new = ContinuityProof.objects.update_or_create(day=today(now), defaults=values)
    return proof


class _Batch:
    """Some positions with what they owe and who is there, read once."""

    def __init__(self, positions: Sequence[Position], day: dt.date, checkers: Sequence[Checker]) -> None:
        self.positions, self.day = {position.pk: position for position in positions}, day
        self.owed = [owed for checker in checkers for owed in checker(list(self.positions), day)]
        given = {owed.assigned_to for owed in self.owed if owed.assigned_to}
        self.given = {person.pk for person in Person.objects.filter(pk__in=given) if person.has_access(day)}
        self.given_levels = levels_of(self.given, day)
        self.snapshot: Snapshot = load([p for p in positions if p.pk in {owed.position for owed in self.owed}], day, with_levels=True)
        self.known: dict[tuple[int, tuple[int, ...], int | None, int], str] = {}

    def check(self, result: Result) -> None:
        carried: dict[int, int] = {}
        for owed in self.owed:
            why = self._why(owed)
            result.take(owed, why)
            if why == CARRIED:
                carried[owed.position] = carried.get(owed.position, 0) + owed.count
            elif why:
                result.add(self._finding(owed, why))
        for pk, count in carried.items():
            result.add(self._finding(Owed(CARRIED, "", pk, count), CARRIED))

    def _why(self, owed: Owed) -> str:
        key = (owed.position, owed.excluded, owed.assigned_to, owed.level)
        if key not in self.known:
            self.known[key] = self._resolved(owed)
        return self.known[key]

    def _resolved(self, owed: Owed) -> str:
        """Nothing where it leads to somebody who is there and able; else why not."""
        position = self.positions[owed.position]
        if position.closed_on and position.closed_on <= self.day:
            return "closed"
        if owed.assigned_to in self.given and owed.assigned_to not in self.snapshot.away:
            return "" if self.given_levels.get(owed.assigned_to, 0) >= position.required_level else "level"
        found = chain.walk(self.snapshot, position.pk, excluding=frozenset(owed.excluded), required_level=owed.level)
        if found is None:
            return "nobody"
        if found.cause == Cause.NOBODY_PRESENT:
            return "away"
        if not owed.level and self.snapshot.levels.get(found.person, 0) < position.required_level:
            return "level"
        return CARRIED if self._is_carried(position, found) else ""

    def _is_carried(self, position: Position, found: chain.Found) -> bool:
        """The chain came to its end, which is nobody's choice: neither the position itself, nor the deputy that was named for it."""
        last = self.snapshot.offices[found.office].kind in LAST and position.kind not in LAST
        return last and found.office != position.deputy_id and found.cause in {Cause.VACANT, Cause.AWAY}

    def _finding(self, owed: Owed, why: str) -> Finding:
        position = self.positions[owed.position]
        name, argument = owed.page if why == "closed" and owed.page else ("organization:position", position.pk)
        where = f"{position.title} · {position.department.name}"
        return Finding(owed.kind, owed.what, where, why, reverse(name, args=[argument]), owed.count, position.department_id)


def _owed_in_person(day: dt.date, result: Result) -> None:
    """Personal items: of people with access they are theirs; while they are away the due day waits."""
    rows = WorkItem.objects.open().filter(person__isnull=False)
    result.open += rows.count()
    gone = rows.filter(Q(person__is_active=False) | Q(person__access_until__lt=day)).order_by("person", "kind")
    left = list(gone.values_list("person", "person__name", "kind").annotate(Count("pk")))
    where = _departments([person for person, *_rest in left])
    for person, name, kind, count in left:
        result.unowned += count
        result.add(Finding("person", kind, name, "left", _page(person), count, where.get(person)))


def _guests(day: dt.date, result: Result) -> None:
    """Guests with a position whose access ends soon."""
    ending = Q(access_until__gte=day, access_until__lte=day + dt.timedelta(days=GUEST_DAYS), is_active=True)
    held = Appointment.objects.on(day).values("person")
    guests = list(Person.objects.filter(ending, pk__in=held).order_by("access_until", "pk"))
    where = _departments([person.pk for person in guests])
    for person in guests:
        last_day = f"{person.access_until:%Y-%m-%d}"
        result.add(Finding("guest", last_day, person.name, "guest", _page(person.pk), 1, where.get(person.pk)))


def _second_person(day: dt.date, result: Result) -> None:
    """With fewer than two who may confirm, whoever proposes a process manager decides alone."""
    able = list(confirmers(day)[:2])
    if len(able) < 2 and Appointment.objects.on(day).filter(position__kind__in=GUARDED).exists():
        names = ", ".join(person.name for person in able) or "–"
        result.add(Finding("second", names, "", "alone", reverse("organization:proposals")))


def _page(person: int) -> str:
    return reverse("organization:person", args=[person])


def _departments(people: Sequence[int]) -> dict[int, int]:
    """Where each of these people works or worked last, for the heads who may see it. One query."""
    rows = Appointment.objects.filter(person__in=people).order_by("starts_on", "pk")
    return dict(rows.values_list("person", "position__department"))
