"""Very many readings and acknowledgements, made by the database itself: only the rows matter, not how they came."""

import datetime as dt
from collections.abc import Sequence

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max

from organization import triggers
from processportal.governed import PLAN
from training.models import Acknowledgement, Reading
from worklist.models import WorkItem

STEP = 500_000
"""Rows that one statement makes, within the database's patience."""
# Row number k of all: person and revision are looked up by their places in what was given.
FROM = "FROM bench_row b WHERE b.k >= %(start)s AND b.k < %(end)s"
ITEMS = f"""
INSERT INTO worklist_workitem
  (id, kind, subject, url_name, url_args, person_id, priority, excluded, raised_at, due_on, planned_due_on,
   source_key, closed_at, outcome, reminder_step)
SELECT %(first)s + b.k, 'read', 'Read', 'home', '[]', b.person_id, 0, '[]', %(raised)s, %(due)s, %(due)s,
  'reading:' || b.revision_id || ':' || b.person_id, %(at)s, 'done', 0 {FROM}
"""
READINGS = f"""
INSERT INTO training_reading (work_item_id, revision_id, person_id, acknowledged_at)
SELECT %(first)s + b.k, b.revision_id, b.person_id, %(at)s {FROM}
"""
ACKNOWLEDGEMENTS = """
INSERT INTO training_acknowledgement (person_id, revision_id, content_id, opened_at, acknowledged_at, shown)
SELECT b.person_id, b.revision_id, r.frozen_id, %(at)s, %(at)s, 'whole' FROM bench_row b
JOIN processes_revision r ON r.id = b.revision_id WHERE b.k >= %(start)s AND b.k < %(end)s
"""


def all_read(readers: Sequence[tuple[int, Sequence[int]]], when: dt.datetime) -> int:
    """Of each revision id these people owed it, opened it and confirmed it at this moment; says how many rows that made."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_row (k integer PRIMARY KEY, revision_id bigint, person_id bigint)")
        rows = [(revision, person) for revision, people in readers for person in people]
        for start in range(0, len(rows), STEP):
            _put([(start + n, *row) for n, row in enumerate(rows[start : start + STEP])])
        # The trail of evidence of five million rows is not what is measured.
        triggers.drop(connection)
        at = connection.ops.adapt_datetimefield_value(when)
        given = {
            "first": (WorkItem.objects.aggregate(last=Max("pk"))["last"] or 0) + 1,
            "raised": connection.ops.adapt_datetimefield_value(when - dt.timedelta(days=5)),
            "due": connection.ops.adapt_datefield_value((when + dt.timedelta(days=9)).date()),
            "at": at,
        }
        if connection.vendor == "sqlite":
            given = {name: str(value) if isinstance(value, dt.date) else value for name, value in given.items()}
        for start in range(0, len(rows), STEP):
            for statement in (ITEMS, READINGS, ACKNOWLEDGEMENTS):
                cursor.execute(statement, given | {"start": start, "end": start + STEP})
        for statement in connection.ops.sequence_reset_sql(no_style(), [WorkItem, Reading, Acknowledgement]):
            cursor.execute(statement)
        cursor.execute("DROP TABLE bench_row")
    triggers.install(PLAN, connection)
    return len(rows)


def _put(rows: Sequence[tuple[int, int, int]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy("COPY bench_row (k, revision_id, person_id) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO bench_row VALUES (%s, %s, %s)", rows)
