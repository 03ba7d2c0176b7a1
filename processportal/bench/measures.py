"""The measures: what is called, how often, and what is written down of it."""

import datetime as dt
import json
import resource
import statistics
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organization.resolution import resolve_many
from processes.compare import compare
from processes.flowchart.draw import draw
from processportal.bench import approving, bulk, corpus, live, matrix, readers
from processportal.bench.company import Made, positions, steps_of
from training.models import Reading
from worklist import reminders

GROUPS = ("pages", "drawing", "rounds", "matrix", "approving", "readers", "reminders")
MILLION, DUE, RESOLVED, EVERYBODY = 1_000_000, 5_000, 10_000, 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of var/bench.json. `seconds` is the median of the runs; `ratio_to_floor` is against the floor of the same run."""

    name: str
    size: int
    seconds: float
    ratio_to_floor: float
    queries: int
    peak_mb: float
    database: str
    counts: dict[str, int] | None = None


def timed(call: Callable[[], object], runs: int) -> float:
    """Median seconds of `runs` calls after one that is not counted."""
    call()
    taken = []
    for _run in range(runs):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def counted(call: Callable[[], object]) -> int:
    """How many queries one call asks."""
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


class Bench:
    """Measures in one run over one company."""

    def __init__(self, made: Made, processes: int, corpus: Path | None, runs: int, *, large: bool = False) -> None:
        self.made, self.processes, self.corpus, self.runs = made, processes, corpus, runs
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(made.reader, backend="django.contrib.auth.backends.ModelBackend")
        self.floor, self.large = 0.0, large

    def rows(self, only: Collection[str] = ()) -> Iterator[Row]:
        """The floor, then these groups of rows; all of them where none is named, the long ones on the large company alone."""
        self.floor = timed(lambda: self._get("/bench/floor/"), self.runs)
        yield self._page("floor", "/bench/floor/", 1)
        for name in GROUPS:
            if name in only or (not only and (self.large or name != "reminders")):
                yield from getattr(self, f"_{name}")()

    def _pages(self) -> Iterator[Row]:
        """What people open most."""
        yield self._page("read_page", f"/processes/{self.made.process.number}/", self.processes)
        yield self._page("catalogue", "/processes/", self.processes)
        yield self._page("home", "/", self.processes)
        yield self._page("search_common", "/search/?q=care", self.processes)
        yield self._page("search_rare", "/search/?q=zebra", self.processes)
        yield self._page("worklist", "/work/", self.made.items)

    def _drawing(self) -> Iterator[Row]:
        """Flowcharts, one while it is typed, other people's models, and a comparison."""
        for size in (10, 50, 200, 400):
            definition = steps_of(size)
            yield self._row(f"preview_{size}", size, timed(partial(draw, definition), max(3, self.runs // 4)), 0)
        for typed in live.measure(self.made):
            row = self._row(f"live_preview_{typed.steps}", typed.steps, typed.p50, 0)
            yield replace(row, counts={"ms for 95 of 100": round(typed.p95 * 1000)})
        if self.corpus and self.corpus.is_dir():
            for told in corpus.measure(self.corpus):
                yield replace(self._row(told.name, told.size, told.seconds, 0), counts=told.counts)
        else:
            yield replace(self._row("import_corpus", 0, 0.0, 0), counts={})
        yield self._comparison()

    def _rounds(self) -> Iterator[Row]:
        """What the portal does by itself all the time."""
        yield self._sweep()
        yield self._resolution()

    def _get(self, url: str) -> None:
        answer = self.client.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}")

    def _page(self, name: str, url: str, size: int) -> Row:
        cache.clear()
        self._get(url)
        return self._row(name, size, timed(lambda: self._get(url), self.runs), counted(lambda: self._get(url)))

    def _comparison(self) -> Row:
        """Two revisions of 60 steps that differ in names, an order and a step."""
        old = steps_of(60)
        changed = tuple(replace(step, name=f"{step.name} today") if n % 7 == 0 else step for n, step in enumerate(old.steps))
        new = replace(old, purpose=f"{old.purpose} And more.", steps=(*changed[:10], *changed[20:], *changed[10:15], *changed[16:20]))
        return self._row("compare_60", 60, timed(lambda: compare(old, new), self.runs), 0)

    def _sweep(self) -> Row:
        """One tick with nothing due, which is what happens most of the time."""
        now = timezone.now()
        reminders.run(now + dt.timedelta(seconds=1))
        tick = lambda: reminders.run(now + dt.timedelta(seconds=2))  # noqa: E731 - measured and counted alike
        return self._row("reminder_sweep", self.made.items, timed(tick, self.runs), counted(tick))

    def _resolution(self) -> Row:
        """Who acts for each of 10,000 positions, half of them vacant, in one call."""
        asked, day = positions(RESOLVED), timezone.now().date()
        ask = lambda: resolve_many(asked, day)  # noqa: E731 - measured and counted alike
        return self._row("resolve_10k", RESOLVED, timed(ask, max(3, self.runs // 10)), counted(ask))

    def _matrix(self) -> Iterator[Row]:
        """The training matrix of a department of 2,000 people: one page, and all of it as a spreadsheet."""
        head = matrix.build()
        self.client.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
        yield self._page("matrix", "/training/matrix/", matrix.PEOPLE)
        self.client.force_login(self.made.reader, backend="django.contrib.auth.backends.ModelBackend")
        seconds, size = matrix.file(head)
        yield replace(self._row("matrix_file", matrix.PEOPLE, seconds, 0), counts={"KB": size})

    def _approving(self) -> Iterator[Row]:
        """One approval as a story and over HTTP; 50 reviewers at once; my work with 500 cases; the proof of a long ledger."""
        office = approving.build()
        story, queries = approving.stories(office, self.runs)
        yield self._row("approve_story", 1, story, queries)
        http, queries = approving.clicks(office, self.runs)
        yield self._row("approve_http", 1, http, queries)
        yield self._row(f"approve_{approving.REVIEWERS}_at_once", approving.REVIEWERS, approving.side_by_side(office), 0)
        self.client.force_login(office.approver, backend="django.contrib.auth.backends.ModelBackend")
        yield self._page("inbox_500", "/work/", approving.inbox(office, min(500, self.processes)))
        self.client.force_login(self.made.reader, backend="django.contrib.auth.backends.ModelBackend")
        size = MILLION if self.large else self.processes
        proof = approving.verify(office, size)
        yield replace(
            self._row("verify_ledger", size, proof.seconds, 0), counts={"MB more while it ran": proof.more_mb, "faults": proof.faults}
        )

    def _readers(self) -> Iterator[Row]:
        """A version for everybody (P9), one reader after another and two hundred at once (P14), the badge (P7), coverage."""
        crowd = readers.gather(EVERYBODY if self.large else max(2 * readers.CALLERS, self.processes // 10))
        size, out = len(crowd.people), readers.hand_out(crowd)
        told = {"assignments in a second": round(out.raised / out.seconds), "MB more while it ran": out.more_mb}
        yield replace(self._row("hand_out_100k", size, out.seconds, out.queries), counts=told)
        yield self._row("acknowledge", size, readers.confirm_alone(crowd, self.runs), 0)
        median, a_second = readers.confirm_at_once(crowd)
        yield replace(self._row("acknowledge_200", readers.CALLERS, median, 0), counts={"in a second": round(a_second)})
        read = readers.have_read(crowd, 5 * MILLION if self.large else 2 * self.processes)
        badge = lambda: Reading.objects.owed().filter(person=crowd.people[-1]).count()  # noqa: E731 - measured and counted alike
        yield self._row("reading_badge", read, timed(badge, self.runs), counted(badge))
        self.client.force_login(crowd.head, backend="django.contrib.auth.backends.ModelBackend")
        yield self._page("coverage", "/reading/coverage/", read)
        shares = lambda: readers.of_one(crowd)  # noqa: E731 - measured and counted alike
        yield self._row("coverage_by_department", size, timed(shares, max(3, self.runs // 10)), counted(shares))
        self.client.force_login(self.made.reader, backend="django.contrib.auth.backends.ModelBackend")

    def _reminders(self) -> Iterator[Row]:
        """My work with 5,000 items, a tick with nothing due and one with 5,000 due among 1,000,000 open items and among 5,000,000.

        The time may not grow with the total.
        """
        now = timezone.now()
        for millions in (1, 5):
            bulk.grow_to(millions * MILLION, now=now)
            bulk.leave_to(self.made.reader, DUE)
            yield self._page(f"worklist_5000_of_{millions}m", "/work/", millions * MILLION)
            empty = lambda: reminders.run(now + dt.timedelta(seconds=2))  # noqa: E731 - measured and counted alike
            yield self._row(f"reminder_sweep_of_{millions}m", millions * MILLION, timed(empty, self.runs), counted(empty))
            bulk.make_due(DUE, now=now)
            start = time.perf_counter()
            reminded = reminders.run(now)
            seconds = time.perf_counter() - start
            bulk.make_due(DUE, now=now)
            yield self._row(f"remind_5000_of_{millions}m", reminded, seconds, counted(lambda: reminders.run(now)))
        bulk.clear()

    def _row(self, name: str, size: int, seconds: float, queries: int) -> Row:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Row(name, size, round(seconds, 6), round(seconds / self.floor, 2), queries, round(peak, 1), connection.vendor)


def write(rows: list[Row], path: Path) -> None:
    """The rows as JSON."""
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
