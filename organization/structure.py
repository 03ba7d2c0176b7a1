"""Stories of the company tree: departments and the positions in them are made, changed, moved and closed."""

import datetime as dt
from collections.abc import Iterable
from copy import copy

from django.db import transaction
from django.utils.translation import gettext as _

from organization import calendar, events, policy, process_office
from organization.models import Appointment, Department, Person, Position
from organization.refusals import Refused
from organization.scope import below
from organization.sentences import listed


@transaction.atomic
def create_department(*, by: Person, code: str, name: str, kind: str, parent: Department | None) -> Department:
    """A new node of the tree; the first one is the company."""
    policy.insist(policy.may_manage(by))
    code = code.strip().upper()
    if Department.objects.filter(code__iexact=code).exists():
        raise Refused(_("The code %(code)s is taken or was used before: process numbers begin with it.") % {"code": code})
    _must_fit(kind, parent, None)
    department: Department = Department.objects.create(code=code, name=name, kind=kind, parent=parent)
    return department


@transaction.atomic
def change_department(department: Department, *, by: Person, name: str, kind: str, parent: Department | None) -> Department:
    """A new name, kind or place in the tree. The code stays: process numbers begin with it."""
    _one_after_the_other()
    department = Department.objects.select_for_update().get(pk=department.pk)
    policy.insist(policy.may_manage(by))
    _must_fit(kind, parent, department)
    department.name, department.kind, department.parent = name, kind, parent
    department.save()
    return department


@transaction.atomic
def move_department(department: Department, parent: Department, *, by: Person, now: dt.datetime) -> Department:
    """Another place in the tree, with everything in it and below it; the same offices of other departments stand in from now on."""
    _one_after_the_other()
    department = Department.objects.select_for_update().get(pk=department.pk)
    policy.insist(policy.may_manage(by))
    _must_fit(department.kind, parent, department)
    department.parent = parent
    department.save()
    moved = Position.objects.existing(calendar.today(now)).filter(department__in=below({department.pk}))
    _tell([p.pk for p in moved], now)
    return department


@transaction.atomic
def move_departments_below(department: Department, to: Department, *, by: Person, now: dt.datetime) -> list[Department]:
    """All departments directly below this one go to another one, with everything in them."""
    below_it = Department.objects.existing(calendar.today(now)).filter(parent=department).order_by("code")
    return [move_department(child, to, by=by, now=now) for child in below_it]


@transaction.atomic
def move_positions(department: Department, to: Department, *, by: Person, now: dt.datetime) -> list[Position]:
    """All positions of this department go to another one, with who holds them and what they own. Refused where titles collide."""
    list(Department.objects.select_for_update().filter(pk__in=(department.pk, to.pk)).order_by("pk"))
    policy.insist(policy.may_manage(by))
    if to.dissolved_on:
        raise Refused(_("%(name)s is dissolved; choose another department.") % {"name": to.name})
    moved = list(Position.objects.select_for_update().existing(calendar.today(now)).filter(department=department).order_by("pk"))
    taken = titles_taken(moved, to)
    if taken:
        raise Refused(collision(to, taken))
    for position in moved:
        position.department = to
        position.save()
    _tell([p.pk for p in moved], now)
    return moved


def titles_taken(positions: Iterable[Position], department: Department) -> list[str]:
    """Titles of these positions that a position of the department has or had: a title is one office for ever."""
    there = {title.casefold() for title in Position.objects.filter(department=department).values_list("title", flat=True)}
    return [position.title for position in positions if position.title.casefold() in there]


def collision(department: Department, titles: Iterable[str]) -> str:
    """The sentence that names titles which are taken in the other department."""
    words = {"department": department.name, "titles": listed(titles)}
    return _("%(department)s has, or had, positions of these titles: %(titles)s. Rename them before they move.") % words


def _tell(positions: list[int], now: dt.datetime) -> None:
    events.tell_appointments_changed(positions, [], now)


def _one_after_the_other() -> None:
    """Two changes of the tree that are sound alone could make a circle together: each waits for the company's row."""
    list(Department.objects.select_for_update().filter(kind=Department.Kind.COMPANY).order_by("pk").values_list("pk"))


def _must_fit(kind: str, parent: Department | None, department: Department | None) -> None:
    """One company at the root, everything else below something that exists, nothing below itself."""
    roots = Department.objects.filter(kind=Department.Kind.COMPANY)
    if (kind == Department.Kind.COMPANY) != (parent is None):
        raise Refused(_("The company is the root of the tree; every department lies below it or below another department."))
    if parent is None and roots.exclude(pk=department.pk if department else None).exists():
        raise Refused(_("There is a company already: one installation is one company."))
    if parent is not None and parent.dissolved_on:
        raise Refused(_("%(name)s is dissolved; choose another department.") % {"name": parent.name})
    if parent is not None and department is not None and parent.pk in below({department.pk}):
        raise Refused(_("A department cannot lie below itself."))


@transaction.atomic
def dissolve_department(department: Department, *, by: Person, now: dt.datetime) -> Department:
    """It no longer exists from today on; its rows stay. Everything in it must have moved before."""
    today = calendar.today(now)
    department = Department.objects.select_for_update().get(pk=department.pk)
    policy.insist(policy.may_manage(by))
    if department.kind == Department.Kind.COMPANY:
        raise Refused(_("The company itself cannot be dissolved."))
    if Department.objects.existing(today).filter(parent=department).exists():
        raise Refused(_("Departments below it are left. Move or dissolve them first."))
    if Position.objects.existing(today).filter(department=department).exists():
        raise Refused(_("Positions are left in it. Close them first."))
    if department.processes.filter(state="active").exists():
        raise Refused(_("Processes are left in it. Give them another home department or withdraw them first."))
    department.dissolved_on = today
    department.save()
    return department


@transaction.atomic
def create_position(
    department: Department,
    *,
    by: Person,
    title: str,
    kind: str,
    required_level: int = 0,
    deputy: Position | None = None,
    substitution: str = Position.Substitution.ABSENCE,
    substitute: Person | None = None,
) -> Position:
    """A new office in a department."""
    department = Department.objects.select_for_update().get(pk=department.pk)
    policy.insist(policy.may_manage(by))
    if department.dissolved_on:
        raise Refused(_("%(name)s is dissolved; choose another department.") % {"name": department.name})
    made = Position(
        department=department, title=title, kind=kind, required_level=required_level, deputy=deputy, substitution=substitution,
        substitute=substitute,
    )  # fmt: skip
    policy.insist(policy.may_shape_office(by, None, made, calendar.today()))
    _must_be_possible(made)
    made.save()
    return made


@transaction.atomic
def change_position(
    position: Position,
    *,
    by: Person,
    now: dt.datetime,
    title: str,
    kind: str,
    required_level: int,
    deputy: Position | None,
    substitution: str | None = None,
    substitute: Person | None = None,
) -> Position:
    """New title, kind, required level, deputy or substitution rule (None: rule and standing substitute stay as they are).

    The last office of company process manager keeps its kind.
    """
    today = calendar.today(now)
    with process_office.kept(today):
        position = Position.objects.select_for_update(of=("self",)).select_related("department").get(pk=position.pk)
        before = copy(position)
        policy.insist(policy.may_manage(by))
        if kind != position.kind:
            _must_not_be_the_last(position)
        position.title, position.kind, position.required_level, position.deputy = title, kind, required_level, deputy
        if substitution is not None:
            position.substitution, position.substitute = substitution, substitute
        policy.insist(policy.may_shape_office(by, before, position, today))
        _must_be_possible(position)
        position.save()
    _tell([position.pk], now)
    return position


@transaction.atomic
def change_deputy(position: Position, deputy: Position | None, *, by: Person, now: dt.datetime) -> Position:
    """Another position (or none) stands in while this one has nobody present."""
    return change_position(
        position, by=by, now=now, title=position.title, kind=position.kind, required_level=position.required_level, deputy=deputy
    )


@transaction.atomic
def close_position(position: Position, *, by: Person, now: dt.datetime) -> Position:
    """It no longer exists from today on; its rows stay. Nobody may hold it and nothing may hang on it."""
    today = calendar.today(now)
    with process_office.kept(today):
        position = Position.objects.select_for_update().get(pk=position.pk)
        policy.insist(policy.may_manage(by))
        _must_not_be_the_last(position)
        if Appointment.objects.filter(position=position).exclude(ends_before__lte=today).exists():
            raise Refused(_("Somebody holds it. End the appointment first."))
        if position.owned_processes.filter(state="active").exists():
            raise Refused(_("It owns processes. Give them another owner first."))
        position.closed_on = today
        position.save()
    _tell([position.pk], now)
    return position


def _must_be_possible(position: Position) -> None:
    """A free title, a deputy that does not lead back, a substitute who is there, and for the process office a rule that covers it."""
    same = Position.objects.filter(department=position.department, title__iexact=position.title)
    if same.exclude(pk=position.pk).exists():
        raise Refused(_("%(department)s has a position of this title already.") % {"department": position.department.name})
    _must_not_lead_back(position)
    rule, substitute = position.substitution, position.substitute
    if substitute and not substitute.is_active:
        raise Refused(_("%(name)s has left and cannot be a substitute.") % {"name": substitute.name})
    if rule == Position.Substitution.STANDING and substitute is None:
        raise Refused(_("Name the standing substitute, or choose another rule of substitution."))
    if rule == Position.Substitution.DEPUTY and substitute is not None:
        raise Refused(_("With this rule no substitute acts: leave the standing substitute empty, or choose another rule."))
    if rule == Position.Substitution.DEPUTY and position.kind == Position.Kind.COMPANY_PROCESS_MANAGER:
        raise Refused(_("The company process manager needs a substitute in every absence: choose another rule of substitution."))


def _must_not_be_the_last(position: Position) -> None:
    office = Position.Kind.COMPANY_PROCESS_MANAGER
    others = Position.objects.filter(kind=office, closed_on__isnull=True).exclude(pk=position.pk)
    if position.kind == office and not others.exists():
        raise Refused(_("This is the only office of company process manager; the company cannot be without it."))


def _must_not_lead_back(position: Position) -> None:
    """Goes along the deputies, one query for each: chains are short, and there may be many thousand positions."""
    seen: set[int] = set()
    current = position.deputy_id
    while current is not None and current not in seen:
        if current == position.pk:
            raise Refused(_("These positions would stand in for each other in a circle. Choose another deputy."))
        seen.add(current)
        current = Position.objects.values_list("deputy_id", flat=True).get(pk=current)
