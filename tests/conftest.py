"""Fixtures for every test."""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import settings
from pytest_django.plugin import DjangoDbBlocker

from organization.models import Person
from processportal.translations import compile_catalogues
from tests import flushing, make
from tests.lifting import _denials_lifted_for_the_flush

__all__ = ["_denials_lifted_for_the_flush"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop in the thread that also asks the database

EXAMPLES_OF_A_PAGE = 2

settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("default", max_examples=60, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_configure(config: pytest.Config) -> None:
    """Chinese is compiled once, by whoever starts the run: a clean checkout has no compiled catalogue."""
    if not hasattr(config, "workerinput"):
        compile_catalogues(Path(__file__).resolve().parents[1] / "locale")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ASKS_DATABASE only what asks it, and of pages two examples of each: all was tried beside another database before."""
    if os.environ.get("ASKS_DATABASE"):
        asks = {item for item in items if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames)}
        tried: Counter[str] = Counter()
        for item in items:
            if item in asks and "client" in item.fixturenames:
                function = item.nodeid.partition("[")[0]
                tried[function] += 1
                if tried[function] > EXAMPLES_OF_A_PAGE:
                    asks.discard(item)
        config.hook.pytest_deselected(items=[item for item in items if item not in asks])
        items[:] = [item for item in items if item in asks]


def pytest_collection_finish() -> None:
    """What collecting made stays to the end: the collector need not walk over it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Flushes are cheap; the test database goes although a killed worker's session may still hang on it."""
    flushing.make_cheap()
    yield
    if connection.vendor == "postgresql":
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")
            for _try in range(50):
                cursor.execute(f"SELECT count(*), pg_sleep(0.1) {others}")
                if cursor.fetchone()[0] == 0:
                    break


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def cast(db: None) -> make.Cast:
    """The fixed people (see make.Cast)."""
    return make.cast()


class SignedIn(Client):
    """A test client that signs people in past the password."""

    def as_(self, person: Person) -> "SignedIn":
        """The same client, signed in as this person."""
        self.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return self


@pytest.fixture
def client() -> SignedIn:
    """`client.as_(cast.author).get(…)`."""
    return SignedIn()
