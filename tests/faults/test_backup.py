"""A backup made while people decide, by the very words of docs/operations.md: restored elsewhere it is sound."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.cluster import Cluster
from tests.faults.machinery import ROOT, Portal

pytestmark = pytest.mark.slow
WRITING = """
from approvals import workflow
from approvals.models import Seat
from tests import make
cast = make.cast()
for n in range(10_000):
    process = make.process(cast.purchasing, number=f"PUR-{n:05}", created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now())
    workflow.decide(Seat.objects.get(stage__case=case), by=cast.approver, now=make.now(), verdict="approve", sha256=case.content.sha256)
"""
COUNTS = """
SELECT (SELECT count(*) FROM approvals_decision), (SELECT count(*) FROM processes_move WHERE name = 'approve'),
  (SELECT count(*) FROM processes_revision WHERE state = 'approved'), (SELECT count(*) FROM approvals_approvalcase),
  (SELECT count(*) FROM organization_signature), (SELECT sequence FROM organization_signaturehead)
"""


def documented(beginning: str) -> str:
    """The line of the documentation that begins like this."""
    lines = (ROOT / "docs" / "operations.md").read_text("utf-8").splitlines()
    return next(line for line in lines if line.startswith(beginning))


class Writer:
    """Somebody who submits and somebody who approves, one document after the other, until `stop`."""

    def __init__(self, portal: Portal) -> None:
        words = [sys.executable, "-c", f"import django\ndjango.setup()\n{WRITING}"]
        with portal.log.open("ab") as log:
            self.process = subprocess.Popen(words, cwd=ROOT, env=portal.environment, stdout=log, stderr=log, start_new_session=True)
        portal.started.append(self.process)

    def is_writing(self) -> bool:
        """Whether it still is."""
        return self.process.poll() is None


def sound_up_to_an_instant(restored: Portal, counts: tuple[int, ...], after: int) -> None:
    """Every approval has its decision, its move, its revision and its signature; the submission that was on its way, one more."""
    decisions, moves, approved, cases, signatures, head = counts
    assert decisions == moves == approved >= after
    assert cases - decisions in {0, 1}
    assert signatures == head == cases + decisions
    restored.python("manage.py", "migrate", "--check")
    restored.python("manage.py", "verify_ledger")


def test_sqlite_while_it_runs(portal: Portal, tmp_path: Path) -> None:
    writer = Writer(portal)
    portal.wait(lambda: portal.rows("SELECT count(*) FROM approvals_decision")[0][0] >= 5)
    line = documented('python3 -c "import sqlite3').replace("var/db.sqlite3", str(portal.database))
    copy = tmp_path / "backup.sqlite3"
    subprocess.run(line.replace("'backup.sqlite3'", f"'{copy}'"), shell=True, check=True)
    assert writer.is_writing()
    restored = Portal(tmp_path / "elsewhere", 9)
    restored.take_over(copy)
    restored.run(
        "from django.db import connection\nwith connection.cursor() as cursor:\n"
        "    assert cursor.execute('PRAGMA integrity_check').fetchone() == ('ok',)"
    )
    sound_up_to_an_instant(restored, restored.rows(COUNTS)[0], 5)


@pytest.fixture
def cluster() -> Cluster:
    found = Cluster.running()
    if found is None:
        pytest.skip("needs a PostgreSQL of its own: make faults")
    return found


@pytest.fixture
def on_postgresql(tmp_path: Path, cluster: Cluster) -> Iterator[Portal]:
    with psycopg.connect(cluster.url(), autocommit=True) as link:
        for name in ("portal", "elsewhere"):
            link.execute(f"CREATE DATABASE {name}")
    made = Portal(tmp_path, 9, DATABASE_URL=cluster.url("portal"))
    made.python("manage.py", "migrate", "-v", "0")
    yield made
    made.stop()


def test_postgresql_while_it_runs(on_postgresql: Portal, cluster: Cluster, tmp_path: Path) -> None:
    def counts(database: str) -> tuple[int, ...]:
        with psycopg.connect(cluster.url(database)) as link:
            return link.execute(COUNTS).fetchone() or ()

    writer = Writer(on_postgresql)
    on_postgresql.wait(lambda: counts("portal")[0] >= 5)
    here = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PATH": f"{cluster.programs}:{os.environ['PATH']}"}
    for beginning in ("docker compose exec -T database pg_dump", "docker compose exec -T database pg_restore"):
        line = documented(beginning).removeprefix("docker compose exec -T database ")
        if "pg_restore" in line:
            line = line.replace("-d portal", "-d elsewhere")
        subprocess.run(line, shell=True, check=True, cwd=tmp_path, env=here)
        assert writer.is_writing()
    restored = Portal(tmp_path / "elsewhere", 9, DATABASE_URL=cluster.url("elsewhere"))
    restored.folder.mkdir()
    sound_up_to_an_instant(restored, counts("elsewhere"), 5)
