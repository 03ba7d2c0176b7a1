# ruff: noqa: S608 — these are statements made of our own models' names, without any value that a person typed
"""The text of the triggers, for SQLite and PostgreSQL: evidence of every change, refusal of changes, no overlapping days."""

from dataclasses import dataclass

PREFIX = "portal_"
EVIDENCE = "organization_evidenceentry"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the triggers need it: columns that are recorded (`binary` ones as hex) and hidden ones that are not."""

    name: str
    key: str
    columns: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    binary: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows of `table` with equal `same` must not share a moment of [start, end); an empty end is open, an empty start is no period."""

    table: str
    key: str
    same: tuple[str, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Closing:
    """A row of `table` is closed when the value at the end is there: of `column`, or looked up by it in `steps` (table, key, column)."""

    table: str
    column: str
    steps: tuple[tuple[str, str, str], ...] = ()

    def has(self, row: str) -> str:
        """The condition on `row` (NEW or OLD)."""
        value = f"{row}.{q(self.column)}"
        for table, key, column in self.steps:
            value = f"(SELECT {q(column)} FROM {q(table)} WHERE {q(key)} = {value})"
        return f"{value} IS NOT NULL"

    @property
    def operations(self) -> dict[str, str]:
        """What is refused when; a row that is closed by its own column is closed by an update, or comes closed."""
        if not self.steps:
            return {"update": self.has("OLD"), "delete": self.has("OLD")}
        return {"insert": self.has("NEW"), "update": f"{self.has('OLD')} OR {self.has('NEW')}", "delete": self.has("OLD")}


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger: its name, its table, and the statement that makes it."""

    name: str
    table: str
    sql: str


def q(name: str) -> str:
    """A name as an identifier; names come from our own models, never from people."""
    return '"' + name.replace('"', '""') + '"'


def lit(text: str) -> str:
    """A name as a string literal."""
    return "'" + text.replace("'", "''") + "'"


def sqlite_json(table: Table, row: str) -> str:
    """The recorded columns of `row` (NEW, OLD or an alias) as JSON text."""
    pairs = (f"{lit(c)}, {f'hex({row}.{q(c)})' if c in table.binary else f'{row}.{q(c)}'}" for c in table.columns)
    return f"json_object({', '.join(pairs)})"


def sqlite_evidence(table: Table) -> list[Trigger]:
    """After every change that a recorded column shows. The actor is a function of the portal's own connections only."""
    made = []
    for operation, before, after in (("insert", "", "NEW"), ("update", "OLD", "NEW"), ("delete", "OLD", "")):
        name = f"{PREFIX}evidence_{table.name}_{operation}"
        old, new = (sqlite_json(table, row) if row else "NULL" for row in (before, after))
        changed = f"WHEN {old} IS NOT {new}" if operation == "update" else ""
        sql = (
            f"CREATE TRIGGER {q(name)} AFTER {operation.upper()} ON {q(table.name)} {changed} BEGIN "
            f'INSERT INTO {EVIDENCE} ("table", row_key, operation, before, after, actor, at) VALUES '
            f"({lit(table.name)}, {after or before}.{q(table.key)}, {lit(operation)}, {old}, {new}, "
            f"portal_actor(), strftime('%Y-%m-%d %H:%M:%f', 'now')); END"
        )
        made.append(Trigger(name, table.name, sql))
    return made


def sqlite_denial(table: str) -> list[Trigger]:
    """Rows are added only."""
    return [
        Trigger(
            name := f"{PREFIX}deny_{table}_{operation}",
            table,
            f"CREATE TRIGGER {q(name)} BEFORE {operation.upper()} ON {q(table)} BEGIN SELECT RAISE(ABORT, {lit(refusal(table))}); END",
        )
        for operation in ("update", "delete")
    ]


def sqlite_closing(guard: Closing) -> list[Trigger]:
    """What is closed stays as it is."""
    return [
        Trigger(
            name := f"{PREFIX}closed_{guard.table}_{operation}",
            guard.table,
            f"CREATE TRIGGER {q(name)} BEFORE {operation.upper()} ON {q(guard.table)} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, {lit(closed_refusal(guard.table))}); END",
        )
        for operation, condition in guard.operations.items()
    ]


def sqlite_overlap(guard: Overlap) -> list[Trigger]:
    """Checked after each row, so that a predecessor's end must be written before its successor's start."""
    return [
        Trigger(
            name := f"{PREFIX}overlap_{guard.table}_{operation}",
            guard.table,
            f"CREATE TRIGGER {q(name)} AFTER {operation.upper()} ON {q(guard.table)} WHEN EXISTS ({_overlapping(guard)}) "
            f"BEGIN SELECT RAISE(ABORT, {lit(overlap_refusal(guard.table))}); END",
        )
        for operation in ("insert", "update")
    ]


def postgresql_functions() -> str:
    """The two functions that all triggers of PostgreSQL share; JSON is written in UTC whatever the session says."""
    return f"""
CREATE OR REPLACE FUNCTION {PREFIX}evidence() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    hidden text[] := TG_ARGV[1]::text[];
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
    IF TG_OP = 'UPDATE' AND old_row - hidden = new_row - hidden THEN RETURN NULL; END IF;
    INSERT INTO {EVIDENCE} ("table", row_key, operation, before, after, actor, at) VALUES (
        TG_TABLE_NAME, coalesce(new_row, old_row) ->> TG_ARGV[0], lower(TG_OP), (old_row - hidden)::text, (new_row - hidden)::text,
        left(coalesce(current_setting('portal.actor', true), 'database:' || session_user), 80), clock_timestamp());
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION {PREFIX}deny() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
END $$;
"""


def postgresql_evidence(table: Table) -> list[Trigger]:
    """One trigger for the three operations."""
    name = f"{PREFIX}evidence_{table.name}"[:63]
    arguments = f"{lit(table.key)}, {lit('{' + ','.join(table.hidden) + '}')}"
    sql = (
        f"CREATE TRIGGER {q(name)} AFTER INSERT OR UPDATE OR DELETE ON {q(table.name)} "
        f"FOR EACH ROW EXECUTE FUNCTION {PREFIX}evidence({arguments})"
    )
    return [Trigger(name, table.name, sql)]


def postgresql_denial(table: str) -> list[Trigger]:
    """Rows are added only."""
    name = f"{PREFIX}deny_{table}"[:63]
    sql = (
        f"CREATE TRIGGER {q(name)} BEFORE UPDATE OR DELETE ON {q(table)} FOR EACH ROW EXECUTE FUNCTION {PREFIX}deny({lit(refusal(table))})"
    )
    return [Trigger(name, table, sql), _not_emptied(table, refusal(table))]


def _not_emptied(table: str, said: str) -> Trigger:
    """TRUNCATE passes by the triggers of rows."""
    name = f"{PREFIX}kept_{table}"[:63]
    return Trigger(
        name, table, f"CREATE TRIGGER {q(name)} BEFORE TRUNCATE ON {q(table)} FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}deny({lit(said)})"
    )


def postgresql_closing(guard: Closing) -> list[Trigger]:
    """A function for each operation, since the condition of a trigger itself may not look into other tables."""
    made = [_not_emptied(guard.table, closed_refusal(guard.table))]
    for operation, condition in guard.operations.items():
        name = f"{PREFIX}closed_{guard.table}_{operation}"[:63]
        sql = (
            f"CREATE OR REPLACE FUNCTION {q(name)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', "
            f"MESSAGE = {lit(closed_refusal(guard.table))}; END IF; RETURN {'OLD' if operation == 'delete' else 'NEW'}; END $$; "
            f"CREATE TRIGGER {q(name)} BEFORE {operation.upper()} ON {q(guard.table)} FOR EACH ROW EXECUTE FUNCTION {q(name)}()"
        )
        made.append(Trigger(name, guard.table, sql))
    return made


def postgresql_overlap(guard: Overlap) -> list[Trigger]:
    """The advisory lock makes two transactions that touch the same rows' group take turns, so that neither misses the other's row."""
    name = f"{PREFIX}overlap_{guard.table}"[:63]
    group = " || ',' || ".join(f"NEW.{q(c)}" for c in guard.same)
    function = (
        f"CREATE OR REPLACE FUNCTION {q(name)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"PERFORM pg_advisory_xact_lock(hashtext({lit(name)}), hashtext('' || {group})); "
        f"IF EXISTS ({_overlapping(guard)}) THEN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', "
        f"MESSAGE = {lit(overlap_refusal(guard.table))}; END IF; RETURN NULL; END $$; "
    )
    sql = (
        f"{function}CREATE CONSTRAINT TRIGGER {q(name)} AFTER INSERT OR UPDATE ON {q(guard.table)} "
        f"NOT DEFERRABLE FOR EACH ROW EXECUTE FUNCTION {q(name)}()"
    )
    return [Trigger(name, guard.table, sql)]


def _overlapping(guard: Overlap) -> str:
    same = " AND ".join(f"o.{q(c)} = NEW.{q(c)}" for c in guard.same)
    start, end = q(guard.start), q(guard.end)
    return (
        f"SELECT 1 FROM {q(guard.table)} o WHERE {same} AND o.{q(guard.key)} <> NEW.{q(guard.key)} "
        f"AND o.{start} IS NOT NULL AND NEW.{start} IS NOT NULL "
        f"AND (o.{end} IS NULL OR o.{end} > NEW.{start}) AND (NEW.{end} IS NULL OR NEW.{end} > o.{start})"
    )


def refusal(table: str) -> str:
    """What the database says to a change of an append-only row."""
    return f"rows of {table} are never changed or removed"


def closed_refusal(table: str) -> str:
    """What the database says to a change of what is closed."""
    return f"rows of {table} stay as they are once they are closed"


def overlap_refusal(table: str) -> str:
    """What the database says to overlapping days."""
    return f"periods in {table} must not overlap"
