"""What the rows of a table name, fetched in a few queries however many rows there are."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from organization.models import Department, Person, Position
from organization.tables.checking import Fault, Line
from organization.tables.steps import Nearest

BATCH = 5000
Value = TypeVar("Value", int, str)

Office = tuple[str, str]
"""Code of the department and folded title."""


def batches(values: Iterable[Value]) -> Iterator[list[Value]]:
    """So many at a time as a database takes in one question."""
    listed = sorted(set(values))
    return (listed[start : start + BATCH] for start in range(0, len(listed), BATCH))


def people(logins: Iterable[str]) -> dict[str, Person]:
    """Login name in small letters → person."""
    found: dict[str, Person] = {}
    for some in batches(login.lower() for login in logins):
        found |= {p.login.lower(): p for p in Person.objects.annotate(small=Lower("login")).filter(small__in=some)}
    return found


def departments() -> dict[str, Department]:
    """Code in capital letters → department."""
    return {d.code.upper(): d for d in Department.objects.select_related("parent")}


def positions(codes: Iterable[str]) -> dict[Office, Position]:
    """The positions of these departments, each with department, deputy and standing substitute."""
    found: dict[Office, Position] = {}
    for some in batches(codes):
        rows = Position.objects.filter(department__code__in=some).select_related("department", "deputy__department", "substitute")
        found |= {named(p): p for p in rows}
    return found


def named(position: Position) -> Office:
    """How a table names this position."""
    return office(position.department.code, position.title)


def office(code: str, title: str) -> Office:
    """How positions are compared."""
    return code.upper(), title.casefold()


class References:
    """The people and positions that the lines of one table name, and what to say where there are none."""

    def __init__(self, lines: Iterable[Line]) -> None:
        lines = list(lines)
        logins = [line.values[key] for line in lines for key in ("login", "substitute") if line.values.get(key)]
        self.people = people(logins)
        self.departments = departments()
        self.positions = positions(self._codes(lines))
        self._near_person = Nearest(self.people)
        self._near_department = Nearest(self.departments)
        self._near_title = Nearest([p.title for p in self.positions.values()])

    @staticmethod
    def _codes(lines: list[Line]) -> Iterator[str]:
        for line in lines:
            if "department" in line.values:
                yield line.values["department"]
            if line.values.get("deputy"):
                yield line.values["deputy"][0]

    def person(self, line: Line, key: str) -> Iterator[Fault]:
        """A fault where this column names nobody."""
        login = line.values.get(key)
        if login and login.lower() not in self.people:
            yield line.fault(key, self._near_person(_("There is nobody with this login name."), login.lower()))

    def department(self, line: Line, key: str) -> Iterator[Fault]:
        """A fault where this column names no department that exists."""
        code = line.values[key]
        if code not in self.departments:
            yield line.fault(key, self._near_department(_("There is no department with this code."), code))
        elif self.departments[code].dissolved_on:
            yield line.fault(key, _("This department is dissolved."))

    def position(self, line: Line) -> Iterator[Fault]:
        """A fault where department and title name no position."""
        code, title = line.values["department"], line.values["title"]
        if code in self.departments and office(code, title) not in self.positions:
            yield line.fault("title", self._near_title(_("There is no position of this title in the department."), title))
