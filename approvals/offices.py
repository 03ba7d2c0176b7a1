"""The positions that rules of routes mean for a process, as the company stands on a day."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from organization.models import Appointment, Department, HeldLevel, Position
from organization.refusals import Refused

Kind = Position.Kind
ADVISOR = 4


class Offices:
    """The offices of a day by department and kind, and the tree to climb: two queries, whatever the size of the route."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self._above: dict[int, int | None] = dict(Department.objects.values_list("pk", "parent_id"))
        kinds = (Kind.HEAD, Kind.DEPARTMENT_PROCESS_MANAGER, Kind.COMPANY_PROCESS_MANAGER, Kind.TOP_MANAGEMENT)
        self._found: dict[tuple[int, str], Position] = {}
        self._anywhere: dict[str, Position] = {}
        for position in Position.objects.existing(today).filter(kind__in=kinds).select_related("department").order_by("-pk"):
            self._found[position.department_id, position.kind] = position
            self._anywhere[position.kind] = position

    def nearest(self, department: int, kind: str) -> Position:
        """The office of this kind in the department or the nearest one above; else the company's process manager; else the top."""
        for above in self.upwards(department):
            if (above, kind) in self._found:
                return self._found[above, kind]
        return self.company()

    def company(self) -> Position:
        """The company's process manager, wherever the office stands in the tree; else the top."""
        for kind in (Kind.COMPANY_PROCESS_MANAGER, Kind.TOP_MANAGEMENT):
            if kind in self._anywhere:
                return self._anywhere[kind]
        raise Refused(
            _(
                "Nobody can decide on this yet: the company has neither a company process manager nor a general manager. "
                "Ask an administrator to add one of these positions."
            )
        )

    def advisor(self, department: int, besides: frozenset[int]) -> Position:
        """The nearest position, climbing from the department, whose holder has level 4 and did not write the content.

        Of several in one department the level that fits exactly, then the oldest position; where there is none anywhere on the
        way, the company's process manager.
        """
        storeys = {above: distance for distance, above in enumerate(self.upwards(department))}
        found = [(storeys[p.department_id], level, p.pk, p) for p, level in self._advisors(besides) if p.department_id in storeys]
        return min(found, key=lambda one: one[:3])[3] if found else self.company()

    def _advisors(self, besides: frozenset[int]) -> list[tuple[Position, int]]:
        """Positions with the highest level among those of their holders that suffice."""
        able = HeldLevel.objects.on(self.today).filter(level__gte=ADVISOR).exclude(person__in=besides)
        levels = dict(able.order_by("level").values_list("person", "level"))
        held = Appointment.objects.on(self.today).filter(person__in=levels).select_related("position__department")
        open_ones = held.filter(position__in=Position.objects.existing(self.today))
        return [(row.position, levels[row.person_id]) for row in open_ones]

    def upwards(self, department: int) -> Iterator[int]:
        """The department and those above it, up to the company."""
        climbing: int | None = department
        while climbing is not None:
            yield climbing
            climbing = self._above[climbing]
