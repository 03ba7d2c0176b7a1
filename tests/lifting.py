"""Lifts what the database refuses, for tests whose committed rows are removed by a flush. `tests/conftest.py` imports the fixture."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection

from organization import triggers


def lift_denials() -> None:
    """No trigger stands in the way of a flush; the flush's own post_migrate puts all of them back."""
    triggers.drop(connection)


PATIENCE = 10.0  # s
LOOK = 0.01  # s
_answering: set[int] = set()
"""Threads of the live server that are at a request. A thread itself lives on as long as the browser keeps its connection."""


def _begins(**_given: object) -> None:
    if threading.current_thread() is not threading.main_thread():
        _answering.add(threading.get_ident())


def _ends(**_given: object) -> None:
    _answering.discard(threading.get_ident())


request_started.connect(_begins, dispatch_uid="answers begin")
request_finished.connect(_ends, dispatch_uid="answers end")


def wait_for_answers() -> None:
    """Until the live server has answered what closed browsers still asked: what it writes during a flush would outlast it."""
    deadline = time.monotonic() + PATIENCE
    time.sleep(LOOK)
    while _answering and time.monotonic() < deadline:
        time.sleep(LOOK)
    _answering.clear()


@pytest.fixture(autouse=True)
def _denials_lifted_for_the_flush(request: pytest.FixtureRequest, _django_db_helper: None) -> Iterator[None]:
    yield
    marker = request.node.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(request.fixturenames):
        wait_for_answers()
        lift_denials()
