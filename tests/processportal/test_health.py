"""/healthz and /readyz tell the truth: each part that is wrong is named, and nothing else of the installation."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from processportal import health
from tests import make
from worklist.models import Heartbeat

READY = {"database": "ok", "broker": "ok", "beat": "ok", "dot": "ok"}


def beat_was(seconds: float) -> Heartbeat:
    """The scheduler was last alive so many seconds ago."""
    return Heartbeat.objects.update_or_create(part="beat", defaults={"at": make.now() - dt.timedelta(seconds=seconds)})[0]


def ready() -> tuple[int, dict[str, str]]:
    answer = Client().get("/readyz")
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.json()


def program(folder: Path, text: str) -> str:
    path = folder / "dot"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def gone(*_question: object) -> None:
    raise OperationalError("could not connect to server at 10.0.0.7")


@pytest.mark.django_db
def test_the_process_answers_without_a_database() -> None:
    with connection.execute_wrapper(gone):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok", "text/plain; charset=utf-8")


@pytest.mark.django_db
def test_all_is_well_when_scheduler_broker_and_drawing_are() -> None:
    beat_was(health.BEAT_IS_LATE.total_seconds() - 30)
    assert ready() == (200, READY)


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_named() -> None:
    with connection.execute_wrapper(gone):
        assert ready() == (503, READY | {"database": "OperationalError", "beat": "OperationalError"})


@pytest.mark.django_db
def test_a_scheduler_that_never_ran_or_stopped_is_named() -> None:
    assert ready() == (503, READY | {"beat": "never seen"})
    last = beat_was(health.BEAT_IS_LATE.total_seconds() + 1)
    assert ready() == (503, READY | {"beat": f"last seen {last.at.isoformat(timespec='seconds')}"})
    Heartbeat.objects.create(part="another", at=make.now())
    assert ready()[0] == 503


@pytest.mark.django_db
def test_a_broker_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    beat_was(1)
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://:hidden@127.0.0.1:1/0")
    assert ready() == (503, READY | {"broker": "OperationalError"})


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "said"), [("exit 3", "code 3"), ("exec sleep 60", "TimeoutExpired")])
def test_a_drawing_program_that_is_broken_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    beat_was(1)
    monkeypatch.setattr(health, "DOT_SECONDS", 0.3)
    monkeypatch.setenv("DOT_BINARY", program(tmp_path, text))
    assert ready() == (503, READY | {"dot": said})
    monkeypatch.setenv("DOT_BINARY", "/nowhere/dot")
    assert ready()[1]["dot"] == said, "asked once a minute, also when it failed"
    cache.clear()
    assert ready() == (503, READY | {"dot": "FileNotFoundError"})


@pytest.mark.django_db
def test_two_parts_that_are_wrong_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_BINARY", "/nowhere/dot")
    assert ready() == (503, READY | {"beat": "never seen", "dot": "FileNotFoundError"})
