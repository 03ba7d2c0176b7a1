"""A real Celery worker with its scheduler, on the database of the running test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection

from worklist.models import Heartbeat
from worklist.outbox import wake

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # s: a busy machine starts Python slowly
LOOK = 0.1  # s


def until(found: Callable[[], object], what: str, *, patience: float = PATIENCE) -> None:
    """Waits for something that another process does; says what did not happen."""
    deadline = time.monotonic() + patience
    while not found():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {patience:.0f} s in vain: {what}")
        time.sleep(LOOK)


def database_url() -> str:
    """The test database as an address for another process."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    user = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    return f"postgres://{user}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Worker and scheduler run until the test ends, and complain of nothing. What the portal wakes reaches them and nobody else."""
    queue = f"stories-{os.getpid()}"
    usual, current_app.conf.task_default_queue = current_app.conf.task_default_queue, queue
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "PORTAL_VAR": str(settings.VAR),
        "CELERY_QUEUE": queue,
        "DJANGO_SETTINGS_MODULE": "processportal.settings",
    }
    command = [sys.executable, "-m", "celery", "-A", "processportal", "worker", "--beat", "--concurrency", "1", "-l", "WARNING"]
    log = tmp_path / "worker.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=written, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        wake("worklist.tasks.beat")
        until(lambda: process.poll() is not None or Heartbeat.objects.exists(), "the worker's first sign of life")
        assert process.poll() is None, log.read_text()
        yield
    finally:
        current_app.conf.task_default_queue = usual
        _end(process)
    assert "Traceback" not in log.read_text(), log.read_text()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """The whole session, so that no child holds the database when it is emptied."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
