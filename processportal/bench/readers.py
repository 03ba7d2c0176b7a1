"""Readers: a company-level version is handed out to all, many confirm at once, and coverage is asked over very many acknowledgements."""

import datetime as dt
import multiprocessing
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from organization.models import Appointment, Department, Person, Position
from processes.models import Process, Revision
from processportal.bench import bulk, reading_rows
from processportal.bench.memory import forget_peak, more_mb
from training import acknowledgements, assignments, coverage, opened
from training.models import Acknowledgement, AudienceRule, HandOut, Reading
from worklist.models import WorkItem

CALLERS, DOORS, WORKERS, BATCH, FOR_ALL = 200, 20, 2, 2_000, 20
"""So many confirm at once, so many of them inside at the same instant, as in a web server's threads; FOR_ALL versions concern everybody."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody of a company, who holds the office at its top, and the version that all of them are to read."""

    people: Sequence[int]
    head: Person
    revision: Revision


@dataclass(frozen=True, slots=True)
class HandedOut:
    """How long it took until all owed it, how many did, with how many statements and megabytes more."""

    seconds: float
    raised: int
    queries: int
    more_mb: int


def gather(count: int) -> Crowd:
    """So many people in the positions that are there, and somebody at the top of the company."""
    since = timezone.now().date() - dt.timedelta(days=300)
    desks = list(Position.objects.exclude(department__kind="company").order_by("pk").values_list("pk", flat=True))
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        people = bulk_create_with_history([Person(login=f"crowd{n}", name=f"Crowd {n:06d}") for n in numbers], Person)
        held = [Appointment(person=one, position_id=desks[n % len(desks)], starts_on=since) for n, one in zip(numbers, people, strict=True)]
        bulk_create_with_history(held, Appointment)
    root = Department.objects.get(kind="company")
    head = Person.objects.create_user("crowd-head", "Head of the crowd")
    Appointment.objects.create(
        person=head, position=Position.objects.create(department=root, title="Head", kind="head"), starts_on=since
    )  # fmt: skip
    bulk.settle(Person, Appointment)
    process: Process = Process.objects.filter(revisions__hand_out__isnull=True, confidentiality="company").order_by("pk")[0]
    AudienceRule.objects.create(process=process, department=root, starts_on=since)
    revision = Revision.objects.select_related("process", "frozen").get(process=process)
    return Crowd(list(Person.objects.filter(login__startswith="crowd").order_by("pk").values_list("pk", flat=True)), head, revision)


def hand_out(crowd: Crowd) -> HandedOut:
    """A company-level version reaches everybody."""
    before = forget_peak()
    with CaptureQueriesContext(connection) as asked:
        start = time.perf_counter()
        raised = assignments.hand_out(crowd.revision, timezone.now())
        seconds = time.perf_counter() - start
    more = more_mb(before)
    bulk.settle(WorkItem, Reading)
    return HandedOut(seconds, raised, len(asked), more)


def confirm_alone(crowd: Crowd, runs: int) -> float:
    """Median seconds in which one person after another confirms."""
    return statistics.median(_confirm(crowd, person) for person in _fresh(crowd, runs))


def confirm_at_once(crowd: Crowd) -> tuple[float, float]:
    """Median seconds of one confirmation while so many confirm, and how many were recorded in a second.

    In as many processes as the web server has workers, with threads in each: one alone would measure its own lock.
    """
    waiting, together = _fresh(crowd, CALLERS + DOORS), multiprocessing.get_context("fork")
    connections.close_all()
    start, answers = together.Barrier(DOORS + 1), together.SimpleQueue()
    workers = [together.Process(target=_work, args=(crowd, waiting[n::WORKERS], start, answers)) for n in range(WORKERS)]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.perf_counter()
    taken = [seconds for _worker in workers for seconds in answers.get()]
    seconds = time.perf_counter() - begun
    for worker in workers:
        worker.join()
    if len(taken) < CALLERS:
        raise RuntimeError(f"{CALLERS - len(taken)} readers failed")
    return statistics.median(taken), CALLERS / seconds


def _work(crowd: Crowd, waiting: list[Person], start: Barrier, answers: "SimpleQueue[list[float]]") -> None:
    """What one worker does: its threads take one reader after the other."""
    taken: list[float] = []

    def door() -> None:
        _confirm(crowd, waiting.pop())  # as in a server that has been up for a while: it knows the tables and the statements
        start.wait()
        try:
            while waiting:
                taken.append(_confirm(crowd, waiting.pop()))
        except IndexError:  # another thread took the last one
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=door) for _door in range(DOORS // WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put(taken)


def have_read(crowd: Crowd, total: int) -> int:
    """So many acknowledgements: of a few versions by everybody, of all others by some; says how many there are."""
    now = timezone.now()
    when = now - dt.timedelta(days=20)
    left = list(Revision.objects.in_force(now).filter(readings=None).order_by("process__number").values_list("pk", flat=True))
    for_all = min(FOR_ALL, total // len(crowd.people) // 2)
    each = min(len(crowd.people), (total - for_all * len(crowd.people)) // (len(left) - for_all))
    twice = [*crowd.people, *crowd.people]
    some = ((one, twice[(place := n * each % len(crowd.people)) : place + each]) for n, one in enumerate(left[for_all:]))
    reading_rows.all_read([*((one, crowd.people) for one in left[:for_all]), *some], when)
    HandOut.objects.bulk_create([HandOut(revision_id=one, handed_out_at=when) for one in left], ignore_conflicts=True)
    bulk.settle(WorkItem, Reading, Acknowledgement)
    return Acknowledgement.objects.count()


def of_one(crowd: Crowd) -> list[coverage.Share]:
    """How far the version that all have to read has come, by department."""
    return coverage.by_department(crowd.revision, timezone.now(), "", 50)


def _fresh(crowd: Crowd, count: int) -> list[Person]:
    """So many who have not confirmed yet."""
    owing = Reading.objects.owed().filter(revision=crowd.revision)
    return list(Person.objects.filter(pk__in=owing.values("person")).order_by("pk")[:count])


def _confirm(crowd: Crowd, person: Person) -> float:
    now = timezone.now()
    token = opened.token(person, crowd.revision, "whole", now)
    start = time.perf_counter()
    acknowledgements.acknowledge(crowd.revision, by=person, now=now, token=token)
    return time.perf_counter() - start
