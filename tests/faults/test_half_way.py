"""The web server, its connection or the database dies between a signature and what follows from it: all of it is there, or nothing.

The decision is held up inside its transaction by the server itself (`tests.faults.tampering`). What ends the database as a power
failure would runs where the database may be ended: `make faults` starts one for it.
"""

import http.client
import os
import signal
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.urls import reverse

from approvals.models import ApprovalCase, Decision, Seat
from organization.models import Signature
from processes.models import Move, Picture, Revision, SearchDocument
from tests import make
from tests.faults.cluster import Cluster
from tests.faults.serving import Answer, Caller, Server, ask, caller, until
from tests.make import PASSWORD
from worklist.models import OutboxEntry, WorkItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("web")]
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could end a connection")
only_own_cluster = pytest.mark.skipif(not Cluster.running(), reason="needs a PostgreSQL that may be ended: make faults")


class HalfWay:
    """An approval that stands inside its transaction until it is let go."""

    def __init__(self, folder: Path, case: ApprovalCase, seat: Seat, by: make.Person) -> None:
        self.place, self.case, self.seat = folder / "held", case, seat
        self.server = Server(folder, HELD_AT=str(self.place))
        self.caller = caller(self.server, by)
        self.answer: Answer | None = None
        self.place.touch()
        self.thread = threading.Thread(target=self.decide)
        self.thread.start()
        until(self.inside.exists)

    @property
    def inside(self) -> Path:
        """Is there, with the number of the worker, as soon as it is inside."""
        return self.place.with_suffix(".inside")

    def decide(self) -> None:
        """One click; no answer at all where the server died."""
        given = {"sha256": self.case.content.sha256, "verdict": "approve", "reason": "Fine.", "password": PASSWORD}
        try:
            self.answer = self.caller.post(reverse("approvals:decide", args=[self.case.pk, self.seat.pk]), given)
        except (OSError, http.client.HTTPException):
            self.answer = None

    def let_go(self) -> Answer | None:
        """What the first click is answered."""
        self.place.unlink()
        self.thread.join(60)
        return self.answer


@pytest.fixture
def half_way(tmp_path: Path, cast: make.Cast, case: ApprovalCase, seat: Seat) -> Iterator[HalfWay]:
    """Held; the server is stopped at the end."""
    made = HalfWay(tmp_path, case, seat, cast.approver)
    yield made
    made.place.unlink(missing_ok=True)
    made.server.stop()


def consequences(case: ApprovalCase) -> dict[str, object]:
    """Everything that an approval writes."""
    return {
        "case": ApprovalCase.objects.get(pk=case.pk).state,
        "revision": Revision.objects.get(pk=case.revision_id).state,
        "decisions": Decision.objects.count(),
        "signatures": Signature.objects.exclude(meaning="authored").count(),
        "moves": Move.objects.filter(name="approve").count(),
        "found by search": SearchDocument.objects.filter(revision=case.revision_id).count(),
        "owed": WorkItem.objects.open().filter(kind="decide").count(),
        "woken": OutboxEntry.objects.filter(task="training.tasks.hand_out").exists(),
    }


NOTHING = {
    "case": "open", "revision": "in_review", "decisions": 0, "signatures": 0, "moves": 0, "found by search": 0, "owed": 1, "woken": False,
}  # fmt: skip
ALL = {
    "case": "approved", "revision": "approved", "decisions": 1, "signatures": 1, "moves": 1, "found by search": 1, "owed": 0, "woken": True,
}  # fmt: skip


def then_it_works(half_way: HalfWay) -> None:
    """Nothing was kept of the first click; the same click again does all of it, once; the ledger is sound."""
    assert consequences(half_way.case) == NOTHING
    half_way.decide()
    assert half_way.answer is not None
    assert half_way.answer.status == 302
    assert consequences(half_way.case) == ALL
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert out.getvalue() == "The ledger is sound.\n"


def test_a_web_worker_that_is_killed_leaves_nothing_half_done(half_way: HalfWay) -> None:
    """Whoever is served by the other workers notices nothing; the killed one is started again."""
    before = set(half_way.server.workers())
    killed = int(half_way.inside.read_text())
    assert killed in before
    os.kill(killed, signal.SIGKILL)
    failed = 0
    for _request in range(20):
        try:
            assert ask(half_way.server.port, "GET", "/healthz", {}).status == 200
        except (OSError, http.client.HTTPException):
            failed += 1
    assert failed <= 1
    assert half_way.let_go() is None
    until(lambda: len(set(half_way.server.workers()) - {killed}) == len(before))
    then_it_works(half_way)


@only_postgresql
def test_a_connection_that_is_ended_leaves_nothing_half_done(half_way: HalfWay) -> None:
    """The person is told that nothing was saved; no worker needs a restart."""
    before = half_way.server.workers()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone() == (1,)
    told_that_nothing_was_saved(half_way.let_go())
    then_it_works(half_way)
    assert half_way.server.workers() == before


@only_own_cluster
def test_a_database_that_loses_its_power_leaves_nothing_half_done(half_way: HalfWay) -> None:
    """Errors only while it is away; nobody has to restart the web server."""
    before, cluster = half_way.server.workers(), Cluster.running()
    assert cluster is not None
    reading = half_way.caller
    cluster.crash()
    assert reading.get("/").status == 503
    cluster.start()
    connection.close()
    told_that_nothing_was_saved(half_way.let_go())
    assert [reading.get("/").status for _request in range(8)] == [200] * 8
    then_it_works(half_way)
    assert half_way.server.workers() == before


def told_that_nothing_was_saved(answer: Answer | None) -> None:
    assert answer is not None
    assert answer.status == 503
    assert "Nothing was saved" in answer.text


def test_a_worker_killed_while_a_picture_comes_in_keeps_no_piece_of_it(tmp_path: Path, cast: make.Cast, case: ApprovalCase) -> None:
    """Files lie in the database alone: there is no folder in which an orphan could stay."""
    process = make.process(cast.purchasing, number="PUR-002", created_by=cast.author)
    make.draft(process, by=cast.author)
    server = Server(tmp_path)
    try:
        half_a_picture(server, caller(server, cast.author), reverse("processes:add_picture", args=["PUR-002"]))
        until(server.answers)
        assert Picture.objects.count() == 0
    finally:
        server.stop()
    assert not (tmp_path / "var" / "media").exists()
    assert not [field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, models.FileField)]


def half_a_picture(server: Server, by: Caller, address: str) -> None:
    """Announces a file, sends half of it, and kills whoever listens."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    link.putrequest("POST", address)
    for name, value in {**by.headers, "Content-Type": "multipart/form-data; boundary=b", "Content-Length": "200000"}.items():
        link.putheader(name, value)
    link.endheaders()
    link.send(b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n' + b"x" * 90_000)
    for worker in server.workers():
        os.kill(worker, signal.SIGKILL)
    with pytest.raises((OSError, http.client.HTTPException)):
        link.getresponse()
    link.close()
