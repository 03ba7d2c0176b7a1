"""A migration that is killed again and again: the database stays whole, and the next run ends what the one before began."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.faults.cluster import Cluster
from tests.faults.machinery import ROOT, Portal

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("KILLS", "3"))


def migrate(portal: Portal) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "manage.py", "migrate", "-v", "0"]
    with portal.log.open("ab") as log:
        return subprocess.Popen(words, cwd=ROOT, env=portal.environment, stdout=log, stderr=log)


def killed_on_the_way(portal: Portal) -> int:
    """Runs it to its end and is not let: each time it is killed a little later. How often it was."""
    chance, killed = random.Random(8), 0
    for n in range(KILLS):
        running = migrate(portal)
        time.sleep(1.5 + n * 0.6 + chance.random() * 0.5)
        if running.poll() is None:
            os.kill(running.pid, signal.SIGKILL)
            killed += 1
        running.wait()
    return killed


def ended_by_the_next_run(portal: Portal) -> None:
    portal.python("manage.py", "migrate", "-v", "0")
    portal.python("manage.py", "migrate", "--check")
    portal.python("manage.py", "verify_ledger")
    portal.run(
        "from organization import triggers\nfrom django.db import connection\nfrom processportal import schema\n"
        "from processportal.governed import PLAN\nassert schema.misfit() == ''\n"
        "assert triggers.installed(connection) == {t.name: t.table for t in triggers.expected(PLAN, connection)}"
    )
    portal.seed(3)


def test_on_sqlite_the_file_stays_whole(tmp_path: Path) -> None:
    portal = Portal(tmp_path, 9)
    assert killed_on_the_way(portal) >= 3
    assert portal.rows("PRAGMA integrity_check") == [("ok",)]
    ended_by_the_next_run(portal)


@pytest.mark.skipif(not Cluster.running(), reason="needs a PostgreSQL of its own: make faults")
def test_on_postgresql_the_next_run_ends_it(tmp_path: Path) -> None:
    cluster = Cluster.running()
    assert cluster is not None
    with psycopg.connect(cluster.url(), autocommit=True) as link:
        link.execute("CREATE DATABASE killed_migration")
    portal = Portal(tmp_path, 9, DATABASE_URL=cluster.url("killed_migration"))
    assert killed_on_the_way(portal) >= 3
    ended_by_the_next_run(portal)
