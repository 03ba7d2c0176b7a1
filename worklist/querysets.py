"""Sets of work items and notices in the words of the trade."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.sql.compiler import SQLCompiler

from organization.models import Absence, Appointment


class Lists(Func):
    """Whether a JSON list of numbers holds a number, in both databases: `Lists(F("excluded"), Value(7))`."""

    output_field = models.BooleanField()
    arity = 2

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, Any]:
        """SQLite looks through the elements."""
        return self.as_sql(compiler, connection, template="EXISTS (SELECT 1 FROM json_each(%(expressions)s)", arg_joiner=") WHERE value = ")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, Any]:
        """PostgreSQL's containment takes a bare number."""
        return self.as_sql(compiler, connection, template="(%(expressions)s::text::jsonb)", arg_joiner=" @> ")


class WorkItemQuerySet(models.QuerySet[Any]):
    """Work items."""

    def open(self) -> Self:
        """Still owed."""
        return self.filter(closed_at__isnull=True)

    def owed_by(self, person_id: int, positions: Collection[int]) -> Self:
        """Owed by this person, or by one of these positions."""
        return self.filter(Q(person_id=person_id) | Q(position_id__in=positions))

    def not_excluding(self, person_id: int) -> Self:
        """Without those on which this person may not act."""
        return self.exclude(Q(Lists(F("excluded"), Value(person_id))))

    def left_by_holders(self, today: dt.date) -> Self:
        """Of positions of which no holder who is present may act on it, because he or she is excluded."""
        present = Appointment.objects.on(today).filter(position=OuterRef("position"))
        present = present.exclude(person__in=Absence.objects.on(today).values("person"))
        may_act = present.exclude(Q(Lists(OuterRef("excluded"), F("person"))))
        return self.filter(position__isnull=False).exclude(excluded=[]).exclude(Exists(may_act))

    def overdue(self, today: dt.date) -> Self:
        """Open and due before today."""
        return self.open().filter(due_on__lt=today)

    def to_remind(self, now: dt.datetime) -> Self:
        """Open, with a reminder that is due; served by the partial index."""
        return self.open().filter(next_reminder_at__lte=now)
