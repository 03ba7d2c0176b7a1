"""Lifts what the database refuses, for tests whose committed rows are removed by a flush. `tests/conftest.py` imports the fixture."""

from collections.abc import Iterator

import pytest
from django.db import connection

from organization import triggers


def lift_denials() -> None:
    """No trigger stands in the way of a flush; the flush's own post_migrate puts all of them back."""
    triggers.drop(connection)


@pytest.fixture(autouse=True)
def _denials_lifted_for_the_flush(request: pytest.FixtureRequest, _django_db_helper: None) -> Iterator[None]:
    yield
    marker = request.node.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(request.fixturenames):
        lift_denials()
