"""The one installer of what the database itself watches over: evidence, append-only rows, what is closed, periods that must not overlap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from organization import trigger_sql as sql
from organization.trigger_sql import Closing, Overlap, Table, Trigger


@dataclass(frozen=True, slots=True)
class Period:
    """Rows of `model` (label) with equal fields `same` must not share a moment of [start, end)."""

    model: str
    same: tuple[str, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Rows of `model` (label) stay as they are, and none is added, once `by` has a value: a field at the end of foreign keys.

    As "assessor__assessment__closed_at". A field of the model itself is written once, by whatever closes the row.
    """

    model: str
    by: str


@dataclass(frozen=True, slots=True)
class Digest:
    """Field `sha256` of `model` (label) is the hash, in hex, of the bytes in field `content`."""

    model: str
    content: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The written list. Models are labels such as "organization.Person"; `governed` gives for each the fields that are not recorded."""

    governed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denied: tuple[str, ...] = ()
    closed: tuple[Closed, ...] = ()
    periods: tuple[Period, ...] = ()
    digests: tuple[Digest, ...] = ()

    def tables(self) -> list[Table]:
        """The governed tables with their recorded columns; many-to-many tables between governed models come with the first of them."""
        return [table_of(model, hidden) for label, hidden in self.governed.items() for model in _with_links(apps.get_model(label))]

    def append_only(self) -> list[Table]:
        """The governed tables that are also denied: each of their rows must equal the evidence of its insertion."""
        denied = {apps.get_model(label)._meta.db_table for label in self.denied}
        return [table for table in self.tables() if table.name in denied]


_registered: list[Plan] = [Plan()]


def register(plan: Plan) -> None:
    """The top app hands the list down once, at start."""
    _registered[0] = plan


def registered() -> Plan:
    """The list in use."""
    return _registered[0]


def table_of(model: type[models.Model], hidden: tuple[str, ...] = ()) -> Table:
    """The model's table without the hidden fields."""
    fields = model._meta.local_concrete_fields
    shown = [f for f in fields if f.name not in hidden]
    return Table(
        name=model._meta.db_table,
        key=next(str(f.column) for f in fields if f.primary_key),
        columns=tuple(str(f.column) for f in shown),
        hidden=tuple(str(f.column) for f in fields if f.name in hidden),
        binary=frozenset(str(f.column) for f in shown if isinstance(f, models.BinaryField)),
    )


def _with_links(model: type[models.Model]) -> Iterable[type[models.Model]]:
    yield model
    for link in model._meta.local_many_to_many:
        through: type[models.Model] = link.remote_field.through  # type: ignore[assignment]
        if through._meta.auto_created:
            yield through


def expected(plan: Plan, connection: BaseDatabaseWrapper) -> list[Trigger]:
    """The triggers that this database should have."""
    denied = [apps.get_model(label)._meta.db_table for label in plan.denied]
    closings = [_closing(closed) for closed in plan.closed]
    guards = [_overlap(period) for period in plan.periods]
    if connection.vendor == "sqlite":
        evidence, denial, closing, overlap = sql.sqlite_evidence, sql.sqlite_denial, sql.sqlite_closing, sql.sqlite_overlap
    else:
        evidence, denial, closing, overlap = sql.postgresql_evidence, sql.postgresql_denial, sql.postgresql_closing, sql.postgresql_overlap
    groups = [*map(evidence, plan.tables()), *map(denial, denied), *map(closing, closings), *map(overlap, guards)]
    return [trigger for group in groups for trigger in group]


def _closing(closed: Closed) -> Closing:
    """The path as columns: the first one in the table itself, each further one with the table that it is looked up in."""
    model = apps.get_model(closed.model)
    table, steps, (*keys, last) = model._meta.db_table, [], closed.by.split("__")
    columns = []
    for name in keys:
        link = model._meta.get_field(name)
        columns.append(str(link.column))
        model = link.related_model
        steps.append((model._meta.db_table, table_of(model).key))
    columns.append(str(model._meta.get_field(last).column))
    return Closing(table, columns[0], tuple((*step, column) for step, column in zip(steps, columns[1:], strict=True)))


def _overlap(period: Period) -> Overlap:
    model = apps.get_model(period.model)
    column = {f.name: str(f.column) for f in model._meta.local_concrete_fields}
    same = tuple(column[name] for name in period.same)
    return Overlap(model._meta.db_table, table_of(model).key, same, column[period.start], column[period.end])


def installed(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name → table of our triggers in the database's catalogue."""
    if connection.vendor == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'portal\\_%%' ESCAPE '\\'"
    else:
        query = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgname LIKE 'portal\\_%%' AND c.relnamespace = current_schema()::regnamespace"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return dict(cursor.fetchall())


def drop(connection: BaseDatabaseWrapper) -> None:
    """Removes all our triggers (before a migration on SQLite, which rebuilds tables; and in tests)."""
    with connection.cursor() as cursor:
        for name, table in installed(connection).items():
            on = "" if connection.vendor == "sqlite" else f" ON {sql.q(table)}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {sql.q(name)}{on}")


def install(plan: Plan, connection: BaseDatabaseWrapper) -> None:
    """Brings the database's triggers to the list, leaving out tables that do not exist (yet). Safe to run again."""
    existing = set(connection.introspection.table_names())
    if sql.EVIDENCE not in existing:
        return
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(sql.postgresql_functions())
        for trigger in expected(plan, connection):
            if trigger.table in existing:
                cursor.execute(trigger.sql)
