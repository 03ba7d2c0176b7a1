"""What the faults need: committed rows, and a version in review."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from approvals import workflow
from approvals.models import ApprovalCase, Seat
from tests import make
from tests.browser import browser_type_launch_args
from tests.faults.machinery import Portal
from tests.faults.serving import CALLERS, Server, Start
from tests.faults.sink import Mailbox
from tests.lifting import _denials_lifted_for_the_flush

__all__ = ["_denials_lifted_for_the_flush", "browser_type_launch_args"]


@pytest.fixture
def case(cast: make.Cast) -> ApprovalCase:
    """The first version of PUR-001; the department's process manager decides."""
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    draft = make.draft(process, by=cast.author)
    return workflow.submit(draft, by=cast.author, now=make.now(), summary="The first version.")


@pytest.fixture
def seat(case: ApprovalCase) -> Seat:
    """Where the approver decides."""
    return Seat.objects.get(stage__case=case)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that counts."""
    made = Mailbox()
    yield made
    made.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, made once by whichever of the test processes comes first."""
    beside = os.environ.get("PYTEST_XDIST_WORKER") is not None
    shared = tmp_path_factory.getbasetemp().parent if beside else tmp_path_factory.mktemp("migrated")
    made = Portal(shared / "portal", 9)
    with (shared / "portal.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "portal.made").exists():
            made.python("manage.py", "migrate", "-v", "0")
            (shared / "portal.made").touch()
    return made.database


@pytest.fixture
def portal(tmp_path: Path, mailbox: Mailbox, migrated: Path) -> Iterator[Portal]:
    """A portal of its own that sends its mail to the mailbox; what it started is killed at the end."""
    made = Portal(tmp_path, mailbox.port)
    made.take_over(migrated)
    yield made
    made.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a server in which half of the callers may be at each of its two workers; it is stopped at the end.

    PostgreSQL as it comes takes a hundred connections, and two such servers may run: there the others wait at the door.
    """
    started = []
    most = 20 if connection.vendor == "postgresql" else CALLERS

    def begin(**environment: str) -> Server:
        started.append(Server(tmp_path, threads=max(4, min(most, CALLERS // 2)), **environment))
        return started[-1]

    yield begin
    for one in started:
        one.stop()
