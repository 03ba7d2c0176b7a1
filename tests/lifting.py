"""Lifts what the database refuses, for tests whose committed rows are removed by a flush. `tests/conftest.py` imports the fixture."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from organization import triggers


def lift_denials() -> None:
    """No trigger stands in the way of a flush; the flush's own post_migrate puts all of them back."""
    triggers.drop(connection)


PATIENCE = 10.0  # s
LOOK = 0.01  # s


def wait_for_answers() -> None:
    """Until the live server has answered what closed browsers still asked: what it writes during a flush would outlast it."""
    deadline = time.monotonic() + PATIENCE
    while any("process_request_thread" in thread.name for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(LOOK)


@pytest.fixture(autouse=True)
def _denials_lifted_for_the_flush(request: pytest.FixtureRequest, _django_db_helper: None) -> Iterator[None]:
    yield
    marker = request.node.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(request.fixturenames):
        wait_for_answers()
        lift_denials()
