"""The actor whom the triggers of the evidence trail name, and the sealing of closed ranges of the trail."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max
from django.utils.translation import gettext as _

from organization.models import EvidenceEntry, EvidenceSeal
from organization.signing import FIRST_HASH, Fault
from organization.trigger_sql import Table, q, sqlite_json
from organization.triggers import Digest, Plan

_actor: ContextVar[str] = ContextVar("evidence_actor", default="")
WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "WITH")
BATCH, LARGE = 500, 20  # rows held in memory at once: small ones, and whole documents
SEALING = 7_262_001  # the number of the advisory lock under which ranges are sealed one after the other


@contextmanager
def acting(login: str) -> Iterator[None]:
    """Inside the block, changes of governed tables are recorded under this login name."""
    token = _actor.set(login)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> str:
    """The login name given to `acting`, or ""."""
    return _actor.get()


def name_actor_on(sender: object, connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    """Receiver of `connection_created`: lets the triggers of this connection know the actor."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("portal_actor", 0, current_actor)
    elif _tell_actor not in connection.execute_wrappers:
        connection.execute_wrappers.append(_tell_actor)


def _tell_actor(execute: Callable[..., Any], statement: str, params: Any, many: Any, context: dict[str, Any]) -> Any:
    """Before every write on PostgreSQL, unless this transaction was told already and nothing of it was rolled back since.

    A rollback, also to a savepoint, takes the setting with it; Django then begins a new list of what to do on commit. Outside a
    transaction it is said each time, since a pool may give every statement to another server process.
    """
    if statement.lstrip("( \n")[:8].upper().startswith(WRITES):
        wrapper: BaseDatabaseWrapper = context["connection"]
        actor, told = current_actor(), getattr(wrapper, "portal_told", None)
        hooks = wrapper.run_on_commit
        if told is None or told[0] != actor or told[1] is not hooks:
            with wrapper.wrap_database_errors:
                wrapper.connection.execute("SELECT set_config('portal.actor', %s, false)", [actor])
            wrapper.portal_told = (actor, hooks) if wrapper.in_atomic_block else None  # type: ignore[attr-defined]
    return execute(statement, params, many, context)


@transaction.atomic
def seal(now: dt.datetime) -> EvidenceSeal | None:
    """Chains everything that was written and committed since the last seal; None where there is nothing new."""
    last_entry = _last_closed_entry()
    before = EvidenceSeal.objects.last()
    if last_entry <= (before.last_entry if before else 0):
        return None
    made = EvidenceSeal(last_entry=last_entry, previous_hash=before.seal_hash if before else FIRST_HASH, sealed_at=now)
    made.first_entry, made.entries, made.seal_hash = _range_hash(before.last_entry if before else 0, last_entry, made.previous_hash)
    made.save(force_insert=True)
    return made


def _last_closed_entry() -> int:
    """The highest entry below which no open transaction can still add one.

    SQLite has one writer at a time. On PostgreSQL the short table lock waits for the open writers; giving back the savepoint frees it.
    """
    if connection.vendor == "sqlite":
        return _highest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING])
        savepoint = transaction.savepoint()
        cursor.execute(f"LOCK TABLE {q(EvidenceEntry._meta.db_table)} IN SHARE MODE")
        highest = _highest()
        transaction.savepoint_rollback(savepoint)
    return highest


def _highest() -> int:
    return EvidenceEntry.objects.aggregate(highest=Max("pk"))["highest"] or 0


def _range_hash(after: int, until: int, previous_hash: str) -> tuple[int, int, str]:
    """First entry, number of entries and hash over the hash before and the canonical JSON of the entries in (after, until]."""
    digest, first, count = hashlib.sha256(previous_hash.encode()), 0, 0
    for entry in EvidenceEntry.objects.filter(pk__gt=after, pk__lte=until).order_by("pk").iterator():
        first, count = first or entry.pk, count + 1
        at = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        row = [entry.pk, entry.table, entry.row_key, entry.operation, entry.before, entry.after, entry.actor, at]
        digest.update(json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
    return first, count, digest.hexdigest()


def verify() -> Iterator[Fault]:
    """Faults of the seals and of the entries that they cover; nothing when all is as it was sealed."""
    after, previous = 0, FIRST_HASH
    for found in EvidenceSeal.objects.order_by("last_entry").iterator():
        name = f"{found.first_entry}–{found.last_entry}"
        if found.previous_hash != previous:
            yield Fault(EvidenceSeal._meta.db_table, str(found.pk), _("does not follow from the seal before it"))
        _first, count, digest = _range_hash(after, found.last_entry, found.previous_hash)
        if count != found.entries:
            words = {"sealed": found.entries, "found": count}
            yield Fault(EvidenceEntry._meta.db_table, name, _("%(sealed)s entries were sealed, %(found)s are there") % words)
        elif digest != found.seal_hash:
            yield Fault(EvidenceEntry._meta.db_table, name, _("an entry was changed after it was sealed"))
        after, previous = found.last_entry, found.seal_hash


def verify_rows(plan: Plan) -> Iterator[Fault]:
    """Append-only rows that differ from the evidence of their insertion, have none, or are gone. In batches, whatever their number."""
    for table in plan.append_only():
        yield from _added_or_changed(table)
        yield from _removed(table)
    for digest in plan.digests:
        yield from _wrong_digests(digest)


def _added_or_changed(table: Table) -> Iterator[Fault]:
    for rows in _rows_as_json(table):
        recorded = _recorded(table, list(rows))
        for key, found in rows.items():
            if key not in recorded:
                yield Fault(table.name, key, _("was added past the evidence trail"))
            elif not _same(json.loads(recorded[key]), json.loads(found)):
                yield Fault(table.name, key, _("was changed after it was written"))


def _removed(table: Table) -> Iterator[Fault]:
    for keys in _recorded_keys(table):
        there = _there(table, keys)
        yield from (Fault(table.name, key, _("was removed")) for key in keys if key not in there)


def _recorded(table: Table, keys: list[str]) -> dict[str, str]:
    """Key → the row as its insertion was recorded, of those rows that have such an entry."""
    entries = EvidenceEntry.objects.filter(table=table.name, operation="insert", row_key__in=keys).order_by("pk")
    return {key: after or "" for key, after in entries.values_list("row_key", "after")}


def _recorded_keys(table: Table) -> Iterator[list[str]]:
    """The keys of all rows whose insertion was recorded."""
    entries = EvidenceEntry.objects.filter(table=table.name, operation="insert").order_by("pk").values_list("row_key", flat=True)
    keys = entries.iterator(BATCH)
    while some := list(islice(keys, BATCH)):
        yield some


def _there(table: Table, keys: list[str]) -> frozenset[str]:
    """Those of these keys that the table still has."""
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {q(table.key)} FROM {q(table.name)} WHERE {q(table.key)} IN ({marks})", list(map(int, keys)))  # noqa: S608
        return frozenset(str(key) for (key,) in cursor.fetchall())


def _wrong_digests(digest: Digest) -> Iterator[Fault]:
    model = apps.get_model(digest.model)
    for key, content, sha256 in model._meta.default_manager.values_list("pk", digest.content, digest.sha256).order_by("pk").iterator(LARGE):
        if hashlib.sha256(content).hexdigest() != sha256:
            yield Fault(model._meta.db_table, str(key), _("its content does not have the hash that was signed"))


def _same(kept: dict[str, object], found: dict[str, object]) -> bool:
    """Equal in every column that both know: columns come and go with migrations."""
    return all(kept[column] == found[column] for column in kept.keys() & found.keys())


def _rows_as_json(table: Table) -> Iterator[dict[str, str]]:
    """Key → recorded columns of every row, written as the trigger writes them; in the order of the keys, which are numbers."""
    row = sqlite_json(table, "t") if connection.vendor == "sqlite" else "to_jsonb(t)::text"
    key, after = f"t.{q(table.key)}", 0
    sql = f"SELECT {key}, {row} FROM {q(table.name)} t WHERE {key} > %s ORDER BY {key} LIMIT %s"  # noqa: S608 — names are ours
    with connection.cursor() as cursor:
        while True:
            cursor.execute(sql, [after, LARGE if table.binary else BATCH])
            rows = cursor.fetchall()
            if not rows:
                return
            yield {str(number): found for number, found in rows}
            after = rows[-1][0]
