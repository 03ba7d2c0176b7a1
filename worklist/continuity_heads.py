"""Which position stands above another one: the nearest head, and the process office at last."""

import datetime as dt
from collections.abc import Collection

from organization.models import Department, Position

Kind = Position.Kind


class Heads:
    """The heads of all departments and the process office on one day, in two queries."""

    def __init__(self, day: dt.date) -> None:
        self._parents: dict[int, int | None] = dict(Department.objects.values_list("pk", "parent_id"))
        self._heads: dict[int, list[Position]] = {}
        self._office: list[Position] = []
        kinds = (Kind.HEAD, Kind.TOP_MANAGEMENT, Kind.COMPANY_PROCESS_MANAGER)
        for position in Position.objects.existing(day).filter(kind__in=kinds).select_related("department").order_by("pk"):
            if position.kind == Kind.COMPANY_PROCESS_MANAGER:
                self._office.append(position)
            else:
                self._heads.setdefault(position.department_id, []).append(position)
        for heads in self._heads.values():
            heads.sort(key=lambda head: (head.kind == Kind.TOP_MANAGEMENT, head.pk))
        self._top = [head for heads in self._heads.values() for head in heads if head.kind == Kind.TOP_MANAGEMENT]

    def above(self, position: Position, *, barred: Collection[int] = ()) -> Position | None:
        """The nearest head above, never the position itself nor a barred one; else top management, else the process office.

        None only where the company has no such office. In one department the head comes before top management.
        """
        never = {position.pk, *barred}
        department: int | None = position.department_id
        seen: set[int] = set()
        while department is not None and department not in seen:
            seen.add(department)
            for head in self._heads.get(department, ()):
                if head.pk not in never and not _is_below(head, position):
                    return head
            department = self._parents.get(department)
        return next((position for position in (*self._top, *self._office) if position.pk not in never), None)

    def office(self) -> Position | None:
        """The process office; None only where the company has none."""
        return next(iter(self._office), None)


def _is_below(head: Position, position: Position) -> bool:
    """Top management is above the head that stands beside it, never the other way round."""
    return position.kind == Kind.TOP_MANAGEMENT and head.kind == Kind.HEAD
