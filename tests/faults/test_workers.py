"""Real workers on the embedded queue: one is killed while it sends, two are started after it; everybody is told once."""

import contextlib
import os
import signal
import socketserver
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ITEMS = 50
KILLED_AFTER = 15
PAUSE = 0.05
SECONDS = 90.0
SEED = f"""
import datetime as dt
from tests import make
from worklist.items import NewItem, raise_items
from worklist.models import WorkItem
now = make.now()
people = [make.person(f"p{{n}}") for n in range({ITEMS})]
raise_items([NewItem("read", f"Read {{p.login}}", "home", [], now.date(), f"due:{{p.pk}}", person_id=p.pk) for p in people], now=now)
WorkItem.objects.update(next_reminder_at=now - dt.timedelta(minutes=1))
"""
WAKE = """
from celery import current_app
from processportal.celery import app
for name in {names!r}:
    app.send_task(name)
"""
LATER = """
import datetime as dt
from django.db.models import F
from worklist.models import Notice
Notice.objects.filter(mail="claimed").update(claimed_at=F("claimed_at") - dt.timedelta(minutes=11))
"""


class Mailbox(socketserver.ThreadingTCPServer):
    """A slow SMTP server that keeps what it took."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.taken: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed is what this is about."""


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server: Mailbox

    def handle(self) -> None:
        self.say(220)
        for line in self.rfile:
            match line[:4].upper():
                case b"DATA":
                    self.say(354)
                    self.take()
                case b"QUIT":
                    self.say(221)
                    return
            if line[:4].upper() not in {b"DATA", b"QUIT"}:
                self.say(250)

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.decode())
        time.sleep(PAUSE)
        self.server.taken.append("".join(lines))
        self.say(250)

    def say(self, code: int) -> None:
        self.wfile.write(f"{code} ok\r\n".encode())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class Portal:
    """A portal of its own in a folder: database, queue, workers."""

    def __init__(self, folder: Path, mail_port: int) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PORTAL_VAR": str(folder / "var"),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "DJANGO_SETTINGS_MODULE": "processportal.settings",
            "PYTHONWARNINGS": "ignore",
        }

    def python(self, *words: str) -> None:
        ended = subprocess.run([sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr

    def run(self, code: str) -> None:
        self.python("-c", f"import django\ndjango.setup()\n{code}")

    def wake(self, *names: str) -> None:
        self.run(WAKE.format(names=names))

    def start_worker(self) -> "subprocess.Popen[bytes]":
        words = ["-m", "celery", "--quiet", "-A", "processportal", "worker", "--concurrency", "1", "--loglevel", "INFO"]
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.workers.append(worker)
        return worker

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "var" / "db.sqlite3", timeout=30)) as database:
            return database.execute(sql).fetchall()

    def wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not until():
            assert time.monotonic() < end, (self.folder / "worker.log").read_text()[-3000:]
            time.sleep(0.05)


@pytest.fixture
def portal(tmp_path: Path, mailbox: Mailbox) -> Iterator[Portal]:
    made = Portal(tmp_path, mailbox.server_address[1])
    made.python("manage.py", "migrate", "-v", "0")
    made.run(SEED)
    yield made
    for worker in made.workers:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@pytest.mark.slow
def test_a_worker_that_dies_while_it_sends_loses_nothing_and_repeats_at_most_what_it_was_at(portal: Portal, mailbox: Mailbox) -> None:
    first = portal.start_worker()
    portal.wake("worklist.tasks.remind", "worklist.tasks.send_mail")
    portal.wait(lambda: len(mailbox.taken) >= KILLED_AFTER)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    reached = len(mailbox.taken)
    assert reached < ITEMS, "it was killed in the middle"
    in_hand = portal.rows("SELECT key FROM worklist_notice WHERE mail = 'claimed'")
    assert len(in_hand) <= 1

    # Ten minutes later a claim counts as the claim of a dead worker. Two sweepers at once, each asked twice.
    portal.run(LATER)
    portal.start_worker()
    portal.start_worker()
    tasks = ["worklist.tasks.remind", "worklist.tasks.send_mail"] * 2
    portal.wake(*tasks)
    portal.wait(lambda: portal.rows("SELECT count(*) FROM worklist_notice WHERE mail = 'sent'") == [(ITEMS,)])

    assert portal.rows("SELECT count(*), count(DISTINCT work_item_id), count(DISTINCT key) FROM worklist_notice") == [(ITEMS, ITEMS, ITEMS)]
    assert portal.rows("SELECT count(*) FROM worklist_workitem WHERE reminder_step = 0") == [(0,)]
    times = Counter(message_from_string(taken)["Message-ID"] for taken in mailbox.taken)
    assert len(times) == ITEMS
    assert sum(times.values()) - ITEMS <= len(in_hand), "only what was in its hand may come twice, under the same Message-ID"


@pytest.mark.slow
def test_a_worker_that_dies_before_its_notices_are_written_leaves_none_half_done(portal: Portal) -> None:
    """The transaction is held up in the middle by another writer; the worker dies there."""
    with contextlib.closing(sqlite3.connect(portal.folder / "var" / "db.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        worker = portal.start_worker()
        portal.wake("worklist.tasks.remind")
        portal.wait(lambda: "Task worklist.tasks.remind" in (portal.folder / "worker.log").read_text())
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        other.execute("ROLLBACK")
    assert portal.rows("SELECT count(*) FROM worklist_notice") == [(0,)]
    portal.start_worker()
    portal.wake("worklist.tasks.remind")
    portal.wait(lambda: portal.rows("SELECT count(*) FROM worklist_notice") == [(ITEMS,)])
