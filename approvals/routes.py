"""The default routes: which positions decide on a process, in which stages. Positions only; people are resolved when they decide."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from organization.models import Department, Position
from organization.refusals import Refused
from processes.models import Process

COUNTERSIGN = gettext_noop("Countersign of the departments")
DEPARTMENT = gettext_noop("Department process manager")
COMPANY = gettext_noop("Company process manager")
Kind = Position.Kind


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """One stage to come; its positions decide in parallel and all must approve. `title` is a message id."""

    title: str
    positions: tuple[Position, ...]
    required_level: int
    working_days: int
    is_last: bool


def plan_for(process: Process, today: dt.date) -> tuple[PlannedStage, ...]:
    """The stages for this process as the company stands today. Raises Refused where no office could ever decide."""
    offices = _Offices(today)
    others = tuple(process.participating.exclude(pk=process.department_id).values_list("pk", flat=True))
    if process.level == Process.Level.DEPARTMENT and not others:
        last = offices.nearest(process.department_id, Kind.DEPARTMENT_PROCESS_MANAGER)
        return (PlannedStage(DEPARTMENT, (last,), required_level=3, working_days=5, is_last=True),)
    heads = [offices.nearest(department, Kind.HEAD) for department in (process.department_id, *others)]
    return (
        PlannedStage(COUNTERSIGN, _once(heads), required_level=0, working_days=5, is_last=False),
        PlannedStage(COMPANY, (offices.company(),), required_level=5, working_days=5, is_last=True),
    )


class _Offices:
    """The offices of today by department and kind, and the tree to climb: two queries, whatever the size of the route."""

    def __init__(self, today: dt.date) -> None:
        self._above: dict[int, int | None] = dict(Department.objects.values_list("pk", "parent_id"))
        kinds = (Kind.HEAD, Kind.DEPARTMENT_PROCESS_MANAGER, Kind.COMPANY_PROCESS_MANAGER, Kind.TOP_MANAGEMENT)
        self._found: dict[tuple[int, str], Position] = {}
        self._anywhere: dict[str, Position] = {}
        for position in Position.objects.existing(today).filter(kind__in=kinds).select_related("department").order_by("-pk"):
            self._found[position.department_id, position.kind] = position
            self._anywhere[position.kind] = position

    def nearest(self, department: int, kind: str) -> Position:
        """The office of this kind in the department or the nearest one above; else the company's process manager; else the top."""
        for above in self._upwards(department):
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

    def _upwards(self, department: int) -> Iterator[int]:
        climbing: int | None = department
        while climbing is not None:
            yield climbing
            climbing = self._above[climbing]


def _once(positions: Iterable[Position]) -> tuple[Position, ...]:
    return tuple({position.pk: position for position in positions}.values())
