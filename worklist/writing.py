"""Writes many notices by one statement: a reminder run of thousands spends most of its time here."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from worklist.models import Notice


class Row(NamedTuple):
    """The columns of a notice that differ from one to the next, in the order of the statement."""

    key: str
    kind: str
    person_id: int
    work_item_id: int | None
    subject: str
    body: str
    url: str
    mail: str


NUMBERS = {"person_id", "work_item_id"}


def insert(rows: Sequence[Row], now: dt.datetime) -> None:
    """Inserts those whose key is not there yet; nothing is read back."""
    given = {"rows": json.dumps(rows, ensure_ascii=False), "at": connection.ops.adapt_datetimefield_value(now)}
    with connection.cursor() as cursor:
        cursor.execute(_sql(), given)


def _sql() -> str:
    """One parameter holds all rows as JSON, which both databases take apart."""
    value, source = (
        ("r ->> {n}", "jsonb_array_elements(%(rows)s::jsonb) AS given(r)")
        if connection.vendor == "postgresql"
        else ("json_extract(r, '$[{n}]')", "(SELECT value AS r FROM json_each(%(rows)s))")
    )
    casts = ("bigint" if name in NUMBERS else "text" for name in Row._fields)
    values = ", ".join(f"CAST({value.format(n=n)} AS {cast})" for n, cast in enumerate(casts))
    table = connection.ops.quote_name(Notice._meta.db_table)
    return (
        f"INSERT INTO {table} ({', '.join(Row._fields)}, created_at, attempts, error) "  # noqa: S608 - names are ours, values are parameters
        f"SELECT {values}, %(at)s, 0, '' FROM {source} WHERE true ON CONFLICT DO NOTHING"
    )
