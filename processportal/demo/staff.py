"""Builds the demo company's departments, positions, people, levels and roles through the portal's own stories."""

import datetime as dt
from dataclasses import dataclass

from organization import appointments, calendar, policy, proposals
from organization.models import CompanySettings, Department, Person, Position, Proposal
from processes.models import ProcessGroup, Role
from processportal.demo.content import DemoCompany, PersonData

FOUNDED_DAYS_AGO = 900
PLACED_DAYS_AGO = 880
PASSWORD = "demo"  # noqa: S105 - the five demo accounts only, in a database that says it is a demo
TOP = ("mgt-gm", "mgt-cpm")


@dataclass(frozen=True, slots=True)
class Staff:
    """What was built, by the ids of the data."""

    departments: dict[str, Department]
    positions: dict[str, Position]
    people: dict[str, Person]
    groups: dict[str, ProcessGroup]

    def holder(self, company: DemoCompany, position: str) -> Person:
        """Who holds a position, by the data; its department's head where nobody does."""
        for person in company.people:
            if any(held == position or held[0] == position for held in person.positions if held):
                return self.people[person.login]
        return self.holder(company, f"{position.split('-', maxsplit=1)[0]}-head")


def build(company: DemoCompany, now: dt.datetime) -> Staff:
    """Everybody, as of their first day; absences around today."""
    founded = now - dt.timedelta(days=FOUNDED_DAYS_AGO)
    CompanySettings.objects.create(time_zone="Europe/Berlin", holiday_country="DE", is_demo=True)
    calendar.forget()
    departments = _departments(company)
    positions = _positions(company, departments)
    people = {person.login: _person(person) for person in company.people}
    staff = Staff(departments, positions, people, _groups(company))
    _appoint(company, staff, founded)
    _place(company, staff, now - dt.timedelta(days=PLACED_DAYS_AGO))
    _absences(company, staff, now)
    for role in company.roles:
        made = Role.objects.create(title=role.title)
        made.positions.set([positions[position] for position in role.positions])
    return staff


def _departments(company: DemoCompany) -> dict[str, Department]:
    made: dict[str, Department] = {}
    root: Department | None = None
    for data in company.departments:
        parent = made.get(data.parent) or root
        made[data.code] = Department.objects.create(code=data.code, name=data.name, kind=data.kind, parent=parent)
        root = root or made[data.code]
    return made


def _positions(company: DemoCompany, departments: dict[str, Department]) -> dict[str, Position]:
    made = {
        data.id: Position.objects.create(
            department=departments[data.department], title=data.title, kind=data.kind, required_level=data.required_level
        )
        for data in company.positions
    }
    for data in company.positions:
        if data.deputy:
            made[data.id].deputy = made[data.deputy]
            made[data.id].save()
    return made


def _person(data: PersonData) -> Person:
    return Person.objects.create_user(
        data.login,
        data.name,
        PASSWORD if data.demo_login else None,
        email=f"{data.login}@example.com",
        language=data.language,
        is_staff=data.is_staff,
    )


def _groups(company: DemoCompany) -> dict[str, ProcessGroup]:
    return {name: ProcessGroup.objects.create(kind=kind, name=name, order=order) for order, (kind, name) in enumerate(company.groups)}


def _administrators(staff: Staff) -> tuple[Person, Person]:
    """Whoever administers, and somebody who appoints the administrator (nobody appoints himself)."""
    administrator = next(person for person in staff.people.values() if person.is_staff)
    founder = Person.objects.create_user("founder", "Set-up", is_staff=True)
    return administrator, founder


def _appoint(company: DemoCompany, staff: Staff, founded: dt.datetime) -> None:
    administrator, founder = _administrators(staff)
    for data in company.people:
        person = staff.people[data.login]
        since = calendar.today(founded) + dt.timedelta(days=FOUNDED_DAYS_AGO + data.since)
        for held in data.positions:
            position, mode, percent = (held, "full", 100) if isinstance(held, str) else held
            by = founder if person == administrator else administrator
            made = proposals.appoint(person, staff.positions[position], by=by, now=founded, starts_on=since, mode=mode, percent=percent)
            _confirm(made, founded)
    founder.is_active = False
    founder.save()


def _place(company: DemoCompany, staff: Staff, placed: dt.datetime) -> None:
    """Top management places; the general manager is placed by the administrator one rung at a time, as the rules ask."""
    top = staff.holder(company, TOP[0])
    second = next(person for person in staff.people.values() if person.is_staff)
    own = next(data for data in company.people if staff.people[data.login] == top)
    for level in range(1, own.level + 1):
        _confirm(proposals.assign(top, level, by=second, now=placed, reason=own.level_reason or "Founding of the process office"), placed)
    for data in company.people:
        if data.level and staff.people[data.login] != top:
            reason = data.level_reason or "Placed when the office began"
            _confirm(proposals.assign(staff.people[data.login], data.level, by=top, now=placed, reason=reason), placed)


def _confirm(made: object, now: dt.datetime) -> None:
    """Whatever waits for a second person is confirmed by one."""
    if isinstance(made, Proposal):
        others = policy.confirmers(calendar.today(now)).exclude(pk__in=(made.proposed_by_id, made.person_id))
        proposals.confirm(made, by=others.get(pk=others.values("pk")[:1]), now=now)


def _absences(company: DemoCompany, staff: Staff, now: dt.datetime) -> None:
    today = calendar.today(now)
    for data in company.people:
        if data.away:
            person, (since, until, substitute) = staff.people[data.login], data.away
            appointments.record_absence(
                person,
                by=person,
                now=now,
                starts_on=today + dt.timedelta(days=since),
                ends_before=today + dt.timedelta(days=until),
                substitute=staff.people.get(substitute),
            )
