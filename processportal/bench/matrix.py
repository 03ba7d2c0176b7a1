"""A department of 2,000 people who read and are trained in forty processes: what its training matrix and the file of it cost."""

import datetime as dt
import time

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from organization.models import Appointment, Department, Person, Position
from organization.scope import scope
from processes.models import Process, Revision
from training import matrix, matrix_sheet
from training.matrix import Asked, Columns
from training.models import Course, Reading, TrainingRecord
from worklist.items import NewItem, raise_items

PEOPLE, PROCESSES = 2_000, 40
BATCH = 500


def build() -> Person:
    """The people with their readings, a third of them read; their head, who looks at it."""
    now = timezone.now()
    since = now.date() - dt.timedelta(days=400)
    department = Department.objects.create(code="MAT", name="Matrix", parent=Department.objects.get(kind="company"))
    new = [Person(login=f"m{n}", name=f"Matrix {n:04}") for n in range(PEOPLE)]
    people: list[Person] = bulk_create_with_history(new, Person, batch_size=BATCH)
    staff = Position.objects.create(department=department, title="Worker")
    office = Position.objects.create(department=department, title="Head of Matrix", kind="head")
    held = [Appointment(person=person, position=office if n == 0 else staff, starts_on=since) for n, person in enumerate(people)]
    bulk_create_with_history(held, Appointment, batch_size=BATCH)
    chosen = list(Revision.objects.filter(process__confidentiality="company").select_related("process").order_by("-pk")[:PROCESSES])
    for revision in chosen:
        _readings(revision, people, now)
    _records(chosen[0].process, people, now)
    return people[0]


def _readings(revision: Revision, people: list[Person], now: dt.datetime) -> None:
    new = [
        NewItem(
            kind="read", subject=str(revision.process), url_name="process", url_args=[revision.process.number],
            due_on=now.date() + dt.timedelta(days=person.pk % 10 - 5), source_key=f"reading:{revision.pk}:{person.pk}", person_id=person.pk,
        )
        for person in people
    ]  # fmt: skip
    items = raise_items(new, now=now)
    Reading.objects.bulk_create(
        [
            Reading(work_item=item, revision=revision, person=person, acknowledged_at=now if person.pk % 3 == 0 else None)
            for item, person in zip(items, people, strict=True)
        ],
        batch_size=BATCH,
    )


def _records(process: Process, people: list[Person], now: dt.datetime) -> None:
    course = Course.objects.create(code="BENCH", title="Of the bench", created_by=people[0], created_at=now)
    course.processes.add(process)
    rows = [
        TrainingRecord(
            person=person, course=course, source="import", day=now.date(), result="attended", recorded_by=people[0], recorded_at=now
        )
        for person in people[::2]
    ]
    TrainingRecord.objects.bulk_create(rows, batch_size=BATCH)


def file(head: Person) -> tuple[float, int]:
    """Seconds of the whole spreadsheet, and its kilobytes."""
    now = timezone.now()
    view = scope(head, now.date())
    asked = Asked(matrix.departments_of(view))
    start = time.perf_counter()
    columns = Columns(matrix.revisions(asked, view, now))
    with matrix_sheet.write(columns.revisions, matrix.everybody(asked, columns, view.today)) as out:
        size = out.seek(0, 2)
    return time.perf_counter() - start, round(size / 1024)
