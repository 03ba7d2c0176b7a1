"""The bus factor of processes and departments: how many people are there who could carry it on. Red at 1, amber at 2.

    bus factor = min(owners, approvers, knowers)

* owners: people present today who could act for the owner position (of a department: for its head), one after the other along
  the chain, without the process office and top management, which stand in for everything and so say nothing;
* approvers: people present today who could approve it: along the chain of the office that approves last, with the level that it
  asks for (department: 3, company or several departments: 5), process office and top management included, since they may decide;
* knowers: people present today who know it: level 2 or more in the home department, or wrote in one of its revisions, or hold a
  position that fills one of the roles of the revision in force. Of a department: level 2 or more in it.

Present is who has access and is not away today. Counts end at 9.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from organization import chain
from organization.chain import Cause, Snapshot
from organization.gate import levels_of
from organization.models import Absence, Appointment, Department, Person, Position
from organization.resolution import load
from processes.models import DraftEdit, Process, Revision
from processes.models.derived import RoleUse

RED, AMBER, ENOUGH = 1, 2, 9
KNOWS_FROM = 2
NEEDED = {False: 3, True: 5}
KEPT_SECONDS = 60
LAST = (chain.PROCESS_OFFICE, chain.TOP)
Kind = Position.Kind


@dataclass(frozen=True, slots=True)
class Factor:
    """How many could carry on one process or department; `key` is the number or code that it is sorted by."""

    pk: int
    key: str
    department: int
    owners: int
    approvers: int
    knowers: int

    @property
    def number(self) -> int:
        """The weakest of the three."""
        return min(self.owners, self.approvers, self.knowers)

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return "bad" if self.number <= RED else "warn" if self.number <= AMBER else "ok"


def of_processes(day: dt.date) -> list[Factor]:
    """Every active process. A fixed number of queries, kept for a minute."""
    return cache.get_or_set(f"bus-processes-{day}", lambda: list(_Company(day).processes()), KEPT_SECONDS) or []


def of_departments(day: dt.date) -> list[Factor]:
    """Every existing department. A fixed number of queries, kept for a minute."""
    return cache.get_or_set(f"bus-departments-{day}", lambda: list(_Company(day).departments()), KEPT_SECONDS) or []


def could_act(snapshot: Snapshot, position: int, *, level: int = 0, last_links: bool = True) -> int:
    """How many people who are there could act for the position, one after the other: ask, set aside, ask again."""
    own_kind, aside = snapshot.offices[position].kind, set[int]()
    while len(aside) < ENOUGH:
        found = chain.walk(snapshot, position, excluding=frozenset(aside), required_level=level)
        if found is None or found.cause == Cause.NOBODY_PRESENT:
            break
        if not last_links and snapshot.offices[found.office].kind in LAST and own_kind not in LAST:
            break
        aside.add(found.person)
    return len(aside)


class _Company:
    """Who is there, who holds what level where, and who stands for which office; read once."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        away = Absence.objects.on(day).filter(person=OuterRef("pk"))
        access = Q(access_until__isnull=True) | Q(access_until__gte=day)
        self.there = set(Person.objects.filter(access, ~Exists(away), is_active=True).values_list("pk", flat=True))
        self.tree: dict[int, Department] = {d.pk: d for d in Department.objects.existing(day).order_by("code")}
        self.offices = list(Position.objects.existing(day).filter(kind__in=chain.OFFICES | set(LAST)).order_by("-pk"))
        self.held: dict[int, set[int]] = defaultdict(set)
        in_department: dict[int, set[int]] = defaultdict(set)
        rows = Appointment.objects.on(day).values_list("position", "position__department", "person")
        for position, department, person in rows:
            if person in self.there:
                self.held[position].add(person)
                in_department[department].add(person)
        levels = levels_of({person for people in in_department.values() for person in people}, day)
        self.able = {pk: {person for person in people if levels.get(person, 0) >= KNOWS_FROM} for pk, people in in_department.items()}
        self._counted: dict[tuple[int, int, bool], int] = {}

    def processes(self) -> Iterator[Factor]:
        found = list(Process.objects.filter(state=Process.State.ACTIVE).select_related("owner").order_by("number"))
        shared = set(Process.participating.through.objects.values_list("process_id", flat=True))
        snapshot = load({p.owner for p in found} | self._approving(), self.day, with_levels=True)
        wrote, does = self._writers(), self._doers()
        for process in found:
            company = process.level == Process.Level.COMPANY or process.pk in shared
            knows = self.able.get(process.department_id, set()) | (wrote[process.pk] & self.there) | does[process.pk]
            owners = self._count(snapshot, process.owner_id, 0, last_links=False)
            approvers = self._approvers(snapshot, process.department_id, company=company)
            yield Factor(process.pk, process.number, process.department_id, owners, approvers, min(len(knows), ENOUGH))

    def departments(self) -> Iterator[Factor]:
        heads = {office.department_id: office for office in self.offices if office.kind in (Kind.HEAD, Kind.TOP_MANAGEMENT)}
        snapshot = load({*heads.values()} | self._approving(), self.day, with_levels=True)
        for pk, department in self.tree.items():
            head, knows = heads.get(pk), len(self.able.get(pk, ()))
            owners = self._count(snapshot, head.pk, 0, last_links=False) if head else 0
            if head or pk in self.able:
                yield Factor(pk, department.code, pk, owners, self._approvers(snapshot, pk, company=False), min(knows, ENOUGH))

    def _approvers(self, snapshot: Snapshot, department: int, *, company: bool) -> int:
        office = self._office(department, company=company)
        return self._count(snapshot, office, NEEDED[company], last_links=True) if office else 0

    def _office(self, department: int, *, company: bool) -> int | None:
        """Who approves last: the department's process manager or the nearest above; the company's; top management."""
        climbing: Department | None = None if company else self.tree.get(department)
        while climbing is not None:
            for office in self.offices:
                if office.department_id == climbing.pk and office.kind == Kind.DEPARTMENT_PROCESS_MANAGER:
                    return int(office.pk)
            climbing = self.tree.get(climbing.parent_id or 0)
        last = sorted((office for office in self.offices if office.kind in LAST), key=lambda office: (office.kind, office.pk))
        return last[0].pk if last else None

    def _approving(self) -> set[Position]:
        return {office for office in self.offices if office.kind in (Kind.DEPARTMENT_PROCESS_MANAGER, *LAST)}

    def _count(self, snapshot: Snapshot, position: int, level: int, *, last_links: bool) -> int:
        key = (position, level, last_links)
        if key not in self._counted:
            self._counted[key] = could_act(snapshot, position, level=level, last_links=last_links)
        return self._counted[key]

    def _writers(self) -> dict[int, set[int]]:
        """Process → people who began, submitted or edited one of its revisions."""
        wrote: dict[int, set[int]] = defaultdict(set)
        edits = DraftEdit.objects.filter(revision__process__state=Process.State.ACTIVE).order_by()
        revisions = Revision.objects.filter(process__state=Process.State.ACTIVE).order_by()
        _collect(wrote, edits.values_list("revision__process", "by").distinct())
        _collect(wrote, revisions.values_list("process", "created_by").distinct())
        _collect(wrote, revisions.filter(submitted_by__isnull=False).values_list("process", "submitted_by").distinct())
        return wrote

    def _doers(self) -> dict[int, set[int]]:
        """Process → people who hold a position that fills a role of the revision in force (or about to be)."""
        does: dict[int, set[int]] = defaultdict(set)
        valid: QuerySet[Revision] = Revision.objects.filter(effective_from__isnull=False, effective_until__isnull=True)
        uses = RoleUse.objects.filter(revision__in=valid.values("pk"), role__positions__isnull=False).order_by()
        for process, position in uses.values_list("revision__process", "role__positions").distinct():
            does[process] |= self.held.get(position, set())
        return does


def _collect(into: dict[int, set[int]], rows: Iterable[tuple[int, int]]) -> None:
    for process, person in rows:
        into[process].add(person)


def within(factors: Iterable[Factor], departments: Collection[int] | None) -> list[Factor]:
    """Those of these departments; all for None."""
    return [factor for factor in factors if departments is None or factor.department in departments]


def worst_first(factors: Iterable[Factor], *, after: tuple[int, str] | None, rows: int) -> list[Factor]:
    """Up to `rows` of them from (factor, key) on, the smallest factor first."""
    following = [f for f in factors if after is None or (f.number, f.key) > after]
    return sorted(following, key=lambda f: (f.number, f.key))[:rows]


def by_key(factors: Iterable[Factor], *, after: str, rows: int) -> list[Factor]:
    """Up to `rows` of them by number or code, from `after` on."""
    return sorted((f for f in factors if f.key > after), key=lambda f: f.key)[:rows]
