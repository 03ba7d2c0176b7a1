"""A portal of its own in a folder, with real workers and schedulers that can be killed."""

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 90.0
WAKE = """
import time
from celery import current_app
from processportal.celery import app
for name in {names!r}:
    app.send_task(name)
    time.sleep(0.01)  # the embedded queue orders by the millisecond
"""
SEED = """
import datetime as dt
from tests import make
from worklist.items import NewItem, raise_items
from worklist.models import WorkItem
now = make.now()
people = [make.person(f"p{{n:04}}") for n in range({count})]
raise_items([NewItem("read", f"Read {{p.login}}", "home", [], now.date(), f"due:{{p.pk}}", person_id=p.pk) for p in people], now=now)
WorkItem.objects.update(next_reminder_at=now - dt.timedelta({late}))
"""
LATER = """
import datetime as dt
from django.db.models import F
from worklist.models import Notice
Notice.objects.filter(mail="claimed").update(claimed_at=F("claimed_at") - dt.timedelta(minutes=11))
"""
SENT = "SELECT count(*) FROM worklist_notice WHERE mail = 'sent'"


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Portal:
    """Database, queue, workers."""

    def __init__(self, folder: Path, mail_port: int, **settings: str) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PORTAL_VAR": str(folder / "var"),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "DJANGO_SETTINGS_MODULE": "processportal.settings",
            "PYTHONWARNINGS": "ignore",
            **settings,
        }

    @property
    def database(self) -> Path:
        """The file."""
        return self.folder / "var" / "db.sqlite3"

    def take_over(self, migrated: Path) -> None:
        """Begins with a copy of a migrated database."""
        self.database.parent.mkdir(parents=True)
        shutil.copy(migrated, self.database)

    def python(self, *words: str) -> None:
        """Runs to its end."""
        ended = subprocess.run([sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr

    def run(self, code: str) -> None:
        """Python within the portal."""
        self.python("-c", f"import django\ndjango.setup()\n{code}")

    def seed(self, count: int, *, late: str = "minutes=1") -> None:
        """So many people owe a reading each, whose reminder has been due for so long."""
        self.run(SEED.format(count=count, late=late))

    def wake(self, *names: str) -> None:
        """Sends tasks, to be done in this order."""
        self.run(WAKE.format(names=names))

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """One worker with one child."""
        return self._start("worker", "--concurrency", "1", "--loglevel", "INFO")

    def start_beat(self) -> "subprocess.Popen[bytes]":
        """One scheduler."""
        return self._start("beat", "--pidfile=", "--loglevel", "INFO")

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "processportal", *words]
        with self.log.open("ab") as log:
            made = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        self.started.append(made)
        return made

    @property
    def log(self) -> Path:
        """What all of them say."""
        return self.folder / "worker.log"

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What stands in the database, read past the portal."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as database:
            return database.execute(sql).fetchall()

    def wait(self, until: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Until it is so."""
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, self.log.read_text()[-3000:] if self.log.exists() else "nothing was started"
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends everything that was started here."""
        for one in self.started:
            kill(one)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL to the whole of it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
