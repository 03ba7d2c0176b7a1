"""What a person stands for on a day: departments with what lies below, positions held and acted for."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from organization.models.people import Person


@dataclass(frozen=True, slots=True)
class Scope:
    """Computed once per request. `held` ⊆ `positions`; `acting` are the positions acted for. All are ids."""

    person_id: int
    today: dt.date
    departments: frozenset[int]
    held: frozenset[int]
    acting: frozenset[int]

    @property
    def positions(self) -> frozenset[int]:
        """Positions held and acted for."""
        return self.held | self.acting

    def person_or_position(self) -> Q:
        """The condition on rows that have a `person` or a `position`."""
        return Q(person=self.person_id) | Q(position__in=self.positions)


def scope(person: Person, today: dt.date) -> Scope:
    """The scope of this person on this day."""
    raise NotImplementedError  # written with resolution
