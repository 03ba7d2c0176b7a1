"""A very large worklist, made by the database itself: open work items of which a few are due for a reminder."""

import datetime as dt

from django.db import connection
from django.db.models import Model

from organization.models import Person, Position
from worklist.models import Notice, WorkItem
from worklist.querysets import WorkItemQuerySet

MARK = "bulk:"
# Rows that one statement makes, within the database's patience.
STEP = 250_000
# Both databases count by recursion. Every other item is owed in person and the rest by positions; every 49th has been late for long.
SQL = """
INSERT INTO worklist_workitem
  (kind, subject, url_name, url_args, person_id, position_id, priority, excluded, raised_at, due_on, planned_due_on,
   source_key, outcome, next_reminder_at, reminder_step)
WITH RECURSIVE series(n) AS (SELECT CAST(%(start)s AS bigint) UNION ALL SELECT n + 1 FROM series WHERE n < %(end)s)
SELECT CASE WHEN n %% 2 = 0 THEN 'read' ELSE 'decide' END, 'Number ' || n, 'home', '[]',
  CASE WHEN n %% 2 = 0 THEN %(person)s + n / 2 %% %(people)s END, CASE WHEN n %% 2 = 1 THEN %(position)s + n / 2 %% %(positions)s END,
  0, '[]', %(raised)s, CASE WHEN n %% 49 = 0 THEN %(late)s ELSE %(due)s END, %(due)s,
  %(mark)s || n, '', %(later)s, CASE WHEN n %% 49 = 0 THEN 4 ELSE 1 END
FROM series
"""


def grow_to(count: int, *, now: dt.datetime) -> None:
    """As many open items as this, none of them due for a reminder before tomorrow."""
    there = bulk().count()
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    positions = list(Position.objects.order_by("pk").values_list("pk", flat=True))
    instant, day = connection.ops.adapt_datetimefield_value, connection.ops.adapt_datefield_value
    given = {
        "person": people[0],
        "people": len(people),
        "position": positions[0],
        "positions": len(positions),
        "raised": instant(now - dt.timedelta(days=20)),
        "due": day(now.date()),
        "late": day(now.date() - dt.timedelta(days=12)),
        "later": instant(now + dt.timedelta(days=1)),
        "mark": MARK,
    }
    if "sqlite" in connection.vendor:
        given = {name: str(value) if isinstance(value, dt.date) else value for name, value in given.items()}
    with connection.cursor() as cursor:
        for start in range(there, count, STEP):
            cursor.execute(SQL, given | {"start": start + 1, "end": min(start + STEP, count)})
    settle(WorkItem)


def settle(*models: type[Model]) -> None:
    """What the database does by itself in the hours after so many changes."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"{'VACUUM ANALYZE' if connection.vendor == 'postgresql' else 'ANALYZE'} {model._meta.db_table}")


def leave_to(person: Person, count: int) -> int:
    """Of what this person owes here so many items stay, the rest is another's; says how many open items the person has.

    What the person's positions owe goes to other positions, else a page would be measured with many times as many.
    """
    another = Person.objects.exclude(pk=person.pk).order_by("pk").first()
    held = Position.objects.filter(appointments__person=person)
    free = Position.objects.exclude(pk__in=held).order_by("pk").first()
    bulk().filter(position__in=held).update(position=free)
    theirs = bulk().filter(person=person)
    kept = theirs.order_by("pk").values_list("pk", flat=True)[count : count + 1].first()
    if kept is not None:
        theirs.filter(pk__gte=kept).update(person=another)
        settle(WorkItem)
    return WorkItem.objects.open().filter(person=person).count()


def make_due(count: int, *, now: dt.datetime) -> None:
    """So many of them, spread over all, are due for a reminder now."""
    # An odd step, so that both kinds and the late ones are among them.
    step = max(1, bulk().count() // count - 1) | 1
    at = [connection.ops.adapt_datetimefield_value(instant) for instant in (now - dt.timedelta(minutes=1), now)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE worklist_workitem SET next_reminder_at = %s WHERE id IN (SELECT id FROM worklist_workitem "
            "WHERE source_key LIKE 'bulk:%%' AND next_reminder_at > %s AND id %% %s = 0 ORDER BY id LIMIT %s)",
            [*at, step, count],
        )


def clear() -> None:
    """All of it is gone again."""
    with connection.cursor() as cursor:
        for table in (Notice._meta.db_table, WorkItem._meta.db_table):
            column = "key" if table == Notice._meta.db_table else "source_key"
            pattern = "item-%" if column == "key" else f"{MARK}%"
            cursor.execute(f"DELETE FROM {table} WHERE {column} LIKE %s", [pattern])  # noqa: S608 - names of ours


def bulk() -> WorkItemQuerySet:
    """What was made here."""
    return WorkItem.objects.filter(source_key__startswith=MARK)
