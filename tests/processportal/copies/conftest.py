"""What tests of copies share: the people, a process in force, and reading a PDF as text."""

import subprocess
from collections.abc import Callable
from shutil import which

import pytest

from organization.models import Position
from processes.models import Process, Revision
from processportal.copies import making
from processportal.copies.typesetting import Typeset
from tests import make
from tests.lifting import _denials_lifted_for_the_flush
from tests.make import Cast

__all__ = ["_denials_lifted_for_the_flush"]

Read = Callable[[bytes], str]


@pytest.fixture
def process(cast: Cast) -> Process:
    """Purchasing's own, seen by everybody."""
    return make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"))


@pytest.fixture
def revision(process: Process) -> Revision:
    """In force."""
    return make.effective(process)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Nothing is set: what would have been is kept here. For tests that are not about the PDF."""
    seen: list[dict[str, object]] = []

    def fake(document: dict[str, object], _files: object) -> Typeset:
        seen.append(document)
        return Typeset(b"%PDF-1.7 made for a test", "a-2a,ua-1")

    monkeypatch.setattr(making, "typeset", fake)
    return seen


@pytest.fixture
def read() -> Read:
    """The text of a PDF as a person reads it; made it is in any case."""

    def text(pdf: bytes) -> str:
        if not which("pdftotext"):
            pytest.skip("pdftotext (poppler) is not on this machine")
        return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()

    return text
