"""Moving or dissolving a department: what lies in it, where each kind goes, what changes for people, and all of it in one step."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from django.db import transaction
from django.utils.translation import gettext as _

from organization import policy, structure
from organization.models import Department, Person, Position
from organization.resolution import Assignee, resolve
from organization.sentences import listed
from processes import catalogue
from processes.models import Process
from training import audiences
from training.models import AudienceRule

HEADS = (Position.Kind.HEAD, Position.Kind.TOP_MANAGEMENT)
ONE_OF_A_KIND = (Position.Kind.HEAD, Position.Kind.DEPARTMENT_PROCESS_MANAGER)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each kind goes; None: it stays. `parent`: the department is moved below it; without one it is dissolved."""

    parent: Department | None = None
    positions: Department | None = None
    departments: Department | None = None
    processes: Department | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies in a department today; `parts` and `rules` count the processes that it takes part in and must read."""

    positions: Sequence[Position]
    departments: Sequence[Department]
    processes: Sequence[Process]
    parts: int
    rules: int


def inside(department: Department, today: dt.date) -> Inside:
    """Everything that would be left behind. Five queries."""
    return Inside(
        list(Position.objects.existing(today).filter(department=department).order_by("title")),
        list(Department.objects.existing(today).filter(parent=department).order_by("code")),
        list(department.processes.filter(state=Process.State.ACTIVE).order_by("number")),
        department.takes_part_in.filter(state=Process.State.ACTIVE).count(),
        AudienceRule.objects.on(today).filter(department=department).count(),
    )


@transaction.atomic
def reorganize(department: Department, plan: Plan, *, by: Person, now: dt.datetime, reason: str = "") -> Department:
    """Carries the plan out as a whole or not at all; what the plan names no place for is not left behind. Raises Refused."""
    policy.insist(policy.may_manage(by))
    if plan.departments:
        structure.move_departments_below(department, plan.departments, by=by, now=now)
    if plan.positions:
        structure.move_positions(department, plan.positions, by=by, now=now)
    if plan.processes:
        for process in department.processes.filter(state=Process.State.ACTIVE).order_by("pk"):
            catalogue.move_home(process, plan.processes, by=by, reason=reason)
        catalogue.pass_on_roles(department, plan.processes, by=by)
    if plan.parent:
        return structure.move_department(department, plan.parent, by=by, now=now)
    readers = plan.positions or plan.processes
    if readers:
        catalogue.pass_on_parts(department, readers, by=by)
        audiences.pass_on(department, readers, by=by, now=now)
    return structure.dissolve_department(department, by=by, now=now)


def obstacle(found: Inside, plan: Plan) -> str:
    """Why the plan would be refused: a sentence, or nothing."""
    taken = structure.titles_taken(found.positions, plan.positions) if plan.positions else []
    return structure.collision(plan.positions, taken) if plan.positions and taken else ""


def warnings(found: Inside, plan: Plan, today: dt.date) -> list[str]:
    """What is allowed and should be known before: sentences."""
    said = []
    if plan.positions and (twice := _kinds_twice(found.positions, plan.positions, today)):
        words = {"department": plan.positions.name, "titles": listed(twice)}
        said.append(_("%(department)s would have several offices of one kind: %(titles)s. Change their kind afterwards.") % words)
    confidential = [p.number for p in found.processes if p.confidentiality == Process.Confidentiality.DEPARTMENTS]
    if plan.processes and confidential:
        words = {"department": plan.processes.name, "numbers": listed(confidential)}
        said.append(_("%(department)s will see documents that only participating departments see: %(numbers)s.") % words)
    readers = plan.positions or plan.processes
    if readers and not plan.parent and found.rules:
        words = {"department": readers.name, "count": str(found.rules)}
        said.append(_("Everybody in %(department)s will have to read what this department must read (rules: %(count)s).") % words)
    return said


def _kinds_twice(moved: Sequence[Position], to: Department, today: dt.date) -> list[str]:
    """Titles of the offices of which the other department would have more than one, once these are there."""
    arriving = [p for p in moved if p.kind in ONE_OF_A_KIND]
    there = list(Position.objects.existing(today).filter(department=to, kind__in={p.kind for p in arriving}).order_by("title"))
    kinds = Counter(p.kind for p in (*there, *arriving))
    return [p.title for p in (*there, *arriving) if kinds[p.kind] > 1]


@dataclass(frozen=True, slots=True)
class HeadAbove:
    """The office at the head of the nearest department above that has one, and who acts in it."""

    position: Position
    assignee: Assignee | None


def head_above(parent: Department | None, today: dt.date) -> HeadAbove | None:
    """Who stands above a department that lies below `parent`: the nearest head, at last top management."""
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    above, current = [], parent.pk if parent else None
    while current is not None and current not in above:
        above.append(current)
        current = parents.get(current)
    offices = list(Position.objects.existing(today).filter(kind__in=HEADS).order_by("kind", "pk"))
    of_department = (p for department in above for p in offices if p.department_id == department)
    top = (p for p in offices if p.kind == Position.Kind.TOP_MANAGEMENT)
    found = next(chain(of_department, top), None)
    return HeadAbove(found, resolve(found, today)) if found else None
