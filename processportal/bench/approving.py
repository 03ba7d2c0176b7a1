"""Approvals: one as a story and over HTTP, many reviewers at once, a full inbox, and the proof of a long chain of signatures."""

import datetime as dt
import itertools
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from approvals import workflow
from approvals.models import Seat
from organization import evidence, signing, triggers
from organization.models import Appointment, Department, EvidenceEntry, HeldLevel, Level, Person, Position, Signature, SignatureHead
from processes import importing
from processes.catalogue import create_process
from processportal.bench import bulk
from processportal.bench.company import steps_of
from processportal.bench.memory import forget_peak, more_mb

REVIEWERS = 50
PASSWORD = "only for the bench"  # noqa: S105 - of a database that is dropped after the run
STEP = 5_000


@dataclass(frozen=True, slots=True)
class Office:
    """Who writes and who decides, in one department."""

    department: Department
    head: Position
    author: Person
    approver: Person


@dataclass(frozen=True, slots=True)
class Proof:
    """How long it took, how many megabytes more the process held while it ran, and what was found."""

    seconds: float
    more_mb: int
    faults: int


def build() -> Office:
    """A department of its own with a head of level 2 and a process manager of level 3."""
    company = Department.objects.get(kind="company")
    department = Department.objects.create(code="APP", name="Approving", parent=company)
    people = []
    for kind, level in (("head", 2), ("department_process_manager", 3)):
        person = Person.objects.create_user(f"bench-{kind}", f"Bench {kind}", PASSWORD)
        position = Position.objects.create(department=department, title=f"Bench {kind}", kind=kind)
        since = timezone.now().date() - dt.timedelta(days=400)
        Appointment.objects.create(person=person, position=position, starts_on=since)
        rung, _made = Level.objects.get_or_create(number=level, defaults={"name": f"level {level}"})
        HeldLevel.objects.create(person=person, level=rung, held_from=since, reason="bench", given_by=person, given_at=timezone.now())
        people.append(person)
    author, approver = people
    return Office(department, Position.objects.get(appointments__person=author), author, approver)


_number = itertools.count(1)


def submitted(office: Office) -> Seat:
    """A first version of twenty steps in review; the seat in which the approver decides."""
    now = timezone.now()
    process = create_process(
        title=f"Approved {next(_number)}", document_type="process", level="department", department=office.department, owner=office.head,
        by=office.author, now=now,
    )  # fmt: skip
    draft = process.revisions.get()
    importing.fill(draft, steps_of(20), by=office.author, now=now)
    draft.refresh_from_db()
    case = workflow.submit(draft, by=office.author, now=now, warnings_word="bench")
    return Seat.objects.select_related("stage__case__content").get(stage__case=case)


def stories(office: Office, runs: int) -> tuple[float, int]:
    """Median seconds of the story, and its statements."""
    return _measured([_story(office, submitted(office)) for _run in range(runs + 2)])


def _story(office: Office, seat: Seat) -> Callable[[], object]:
    sha256 = seat.stage.case.content.sha256
    return lambda: workflow.decide(seat, by=office.approver, now=timezone.now(), verdict="approve", sha256=sha256)


def clicks(office: Office, runs: int) -> tuple[float, int]:
    """Median seconds from the click to the answer, with a hasher that costs nothing: the password's price is the same everywhere."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        office.approver.set_password(PASSWORD)
        office.approver.save()
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(office.approver, backend="django.contrib.auth.backends.ModelBackend")
        return _measured([_click(client, submitted(office)) for _run in range(runs + 2)])


def _click(client: Client, seat: Seat) -> Callable[[], object]:
    case = seat.stage.case
    address = reverse("approvals:decide", args=[case.pk, seat.pk], urlconf="processportal.urls")
    typed = {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD}

    def click() -> None:
        answer = client.post(address, typed)
        if answer.status_code != 302:
            raise RuntimeError(f"{address} answered {answer.status_code}")

    return click


def _measured(calls: list[Callable[[], object]]) -> tuple[float, int]:
    first, *measured, last = calls
    first()
    taken = [_seconds(call) for call in measured]
    with CaptureQueriesContext(connection) as seen:
        last()
    return statistics.median(taken), len(seen)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def side_by_side(office: Office) -> float:
    """Median seconds of one approval while so many reviewers decide at the same instant, each in a case of their own."""
    calls = [_story(office, submitted(office)) for _reviewer in range(REVIEWERS)]
    together, taken = threading.Barrier(REVIEWERS), []

    def review(call: Callable[[], object]) -> None:
        try:
            together.wait()
            taken.append(_seconds(call))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=review, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(taken) < REVIEWERS:
        raise RuntimeError(f"{REVIEWERS - len(taken)} reviewers failed")
    return statistics.median(taken)


def inbox(office: Office, count: int) -> int:
    """So many cases wait for the approver."""
    for _case in range(count):
        submitted(office)
    return count


def verify(office: Office, size: int) -> Proof:
    """What `verify_ledger` does, over at least so many signatures."""
    _grow(office, size)
    evidence.seal(timezone.now())
    bulk.settle(Signature, EvidenceEntry)
    before = forget_peak()
    start = time.perf_counter()
    found = itertools.chain(signing.verify_chain(), evidence.verify(), evidence.verify_rows(triggers.registered()))
    faults = sum(1 for _fault in found)
    return Proof(time.perf_counter() - start, more_mb(before), faults)


def _grow(office: Office, size: int) -> None:
    """Signatures as `sign` makes them, many in one statement."""
    head = SignatureHead.objects.get()
    while head.sequence < size:
        rows = []
        for _row in range(min(STEP, size - head.sequence)):
            row = Signature(
                sequence=head.sequence + 1, person=office.approver, person_name=office.approver.name, meaning="approved", subject="Bench",
                signed_at=timezone.now(), content_sha256="0" * 64, previous_hash=head.entry_hash,
            )  # fmt: skip
            row.entry_hash = signing.entry_hash(row)
            head.sequence, head.entry_hash = row.sequence, row.entry_hash
            rows.append(row)
        Signature.objects.bulk_create(rows, batch_size=500)
        head.save()
