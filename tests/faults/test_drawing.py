"""A drawing program that hangs: the page comes within seconds with all its steps and a sentence."""

import time
from pathlib import Path

import pytest
from django.urls import reverse

from processes import charts
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db
SENTENCE = b"The chart took too long to draw. The steps below are complete."


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Instead of dot: writes down that it was started, and hangs with a child of its own."""
    program, started = tmp_path / "dot", tmp_path / "started"
    program.write_text(f"#!/bin/sh\necho once >> {started}\nsleep 600 &\necho $! > {tmp_path}/child\nexec sleep 600\n")
    program.chmod(0o755)
    monkeypatch.setenv("DOT_BINARY", str(program))
    monkeypatch.setattr(charts, "TIMEOUT", 0.5)
    return started


def test_the_page_comes_without_the_chart(client: SignedIn, cast: make.Cast, hanging: Path) -> None:
    make.effective(make.process(cast.purchasing, number="PUR-001", created_by=cast.author), since=make.now())
    began = time.monotonic()
    for _reader in range(5):
        answer = client.as_(cast.reader).get("/processes/PUR-001/")
        assert answer.status_code == 200
        assert SENTENCE in answer.content
        assert b"Check offer" in answer.content
        assert b"Sign order" in answer.content
    assert hanging.read_text() == "once\n", "the next readers do not wait for it again"
    assert time.monotonic() - began < 60, "it would hang for ten minutes"


def test_the_editor_goes_on_saving(client: SignedIn, cast: make.Cast, hanging: Path) -> None:
    make.draft(make.process(cast.purchasing, number="PUR-001", created_by=cast.author), by=cast.author)
    page = client.as_(cast.author).get(reverse("processes:draft", args=["PUR-001"]))
    assert page.status_code == 200
    assert SENTENCE in client.get(reverse("processes:chart", args=["PUR-001"])).content
    body = {"seen": 1, "operations": [{"id": "k1", "op": "set", "target": "steps/s1/name", "value": "Compare offers"}]}
    saved = client.post(reverse("processes:operations", args=["PUR-001"]), body, content_type="application/json")
    assert (saved.status_code, saved.json()["applied"]) == (200, ["k1"])


def test_nothing_of_it_is_left(client: SignedIn, cast: make.Cast, hanging: Path) -> None:
    make.effective(make.process(cast.purchasing, number="PUR-001", created_by=cast.author), since=make.now())
    client.as_(cast.reader).get("/processes/PUR-001/")
    child = int((hanging.parent / "child").read_text())
    end = time.monotonic() + 10
    while alive(child):
        assert time.monotonic() < end, "the child of the hanging program still runs"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether it runs; a zombie that nobody has looked at does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
