"""Sets of work items and notices in the words of the trade."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.sql.compiler import SQLCompiler

from organization.models import Absence, Appointment, Person
from organization.scope import Scope

# What follows a route of its own and is never given away or shared.
DECISIONS = ("decide", "name_approver")


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


class Excludes(Func):
    """Whether a JSON list holds anything at all, in the same words in both databases and in the condition of an index."""

    output_field = models.BooleanField()
    arity = 1
    template = "(%(expressions)s <> '[]')"


def available(today: dt.date) -> models.QuerySet[Person]:
    """People who can be asked on this day: with access, and not away."""
    access = Q(access_until__isnull=True) | Q(access_until__gte=today)
    away = Absence.objects.on(today).filter(person=OuterRef("pk"))
    return Person.objects.filter(access, is_active=True).exclude(Exists(away))


def with_another(today: dt.date) -> Exists:
    """Whether an item is given to somebody who can be asked on this day; else it is with its position again."""
    return Exists(available(today).filter(pk=OuterRef("assigned_to")))


class WorkItemQuerySet(models.QuerySet[Any]):
    """Work items."""

    def open(self) -> Self:
        """Still owed."""
        return self.filter(closed_at__isnull=True)

    def of_departments(self, departments: Collection[int], today: dt.date) -> Self:
        """Of positions of these departments, or owed in person by people who hold one of them on this day."""
        people = Appointment.objects.on(today).filter(position__department__in=departments).values("person")
        return self.filter(Q(position__department__in=departments) | Q(person__in=people))

    def due_from(self, scope: Scope, fallen: Collection[int] = ()) -> Self:
        """Open items of this person, of the positions held and acted for, of the shared queue, given to this person, or `fallen` to it.

        Each arm says "open" for itself: only so do both databases take the partial indexes.
        """
        mine, is_open = scope.held | scope.acting, Q(closed_at__isnull=True)
        arms = is_open & Q(person=scope.person_id) | is_open & Q(assigned_to=scope.person_id)
        arms |= self._of_positions(mine, scope.today)
        if shared := scope.shared - mine:
            arms |= self._of_positions(shared, scope.today) & ~Q(kind__in=DECISIONS)
        if fallen:
            arms |= Q(pk__in=fallen)
        return self.filter(arms).not_excluding(scope.person_id)

    def _of_positions(self, positions: Collection[int], today: dt.date) -> Q:
        free = Q(assigned_to__isnull=True) | ~Q(with_another(today))
        return Q(closed_at__isnull=True, position__in=positions) & free

    def given_away(self, scope: Scope) -> Self:
        """Open items of the person's positions that somebody else does at present."""
        of_mine = self.open().filter(position__in=scope.positions, assigned_to__isnull=False)
        return of_mine.exclude(assigned_to=scope.person_id).filter(with_another(scope.today))

    def not_excluding(self, person_id: int) -> Self:
        """Without those on which this person may not act."""
        return self.exclude(Q(Excludes(F("excluded"))) & Q(Lists(F("excluded"), Value(person_id))))

    def put_off_by(self, person_id: int, today: dt.date) -> Q:
        """The condition that this person does not want to see it yet."""
        snooze = self.model._meta.get_field("snoozes").related_model
        return Q(pk__in=snooze.objects.filter(person=person_id, until__gt=today).values("item"))

    def left_by_holders(self, today: dt.date) -> Self:
        """Open items of positions of which no holder who is present may act on it, because he or she is excluded."""
        present = Appointment.objects.on(today).filter(position=OuterRef("position"))
        present = present.exclude(person__in=Absence.objects.on(today).values("person"))
        may_act = present.exclude(Q(Lists(OuterRef("excluded"), F("person"))))
        return self.open().filter(Excludes(F("excluded")), position__isnull=False).exclude(Exists(may_act))

    def overdue(self, today: dt.date) -> Self:
        """Open and due before today."""
        return self.open().filter(due_on__lt=today)

    def to_remind(self, now: dt.datetime) -> Self:
        """Open, with a reminder that is due; served by the partial index."""
        return self.open().filter(next_reminder_at__lte=now)
