"""The company tree as it was at a moment, from the history of the departments."""

import datetime as dt
from collections.abc import Collection

from organization.models import Department


def below_then(departments: Collection[int], at: dt.datetime) -> frozenset[int]:
    """These departments and what lay below them at that moment; of a department without so old a record its first one counts."""
    places: dict[int, int | None] = {}
    records = Department.history.order_by("history_date", "history_id").values_list("id", "parent_id", "history_date")
    for department, parent, since in records.iterator():
        if department not in places or since <= at:
            places[department] = parent
    found, fresh = frozenset[int](), frozenset(departments)
    while fresh:
        found |= fresh
        fresh = frozenset(child for child, parent in places.items() if parent in fresh) - found
    return found
