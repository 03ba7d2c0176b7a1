"""What tests of audit packs share: a department with documents, and reading what was made."""

import io
import zipfile
from pathlib import Path

import pytest

from approvals import workflow
from approvals.models import Seat
from organization.models import Position
from processes.models import Process
from processportal.audit_pack import making
from processportal.audit_pack.models import AuditPack
from processportal.copies.typesetting import Typeset
from tests import make
from tests.lifting import _denials_lifted_for_the_flush

__all__ = ["_denials_lifted_for_the_flush"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Nothing is set: what would have been is kept here. For tests that are not about the PDF."""
    seen: list[dict[str, object]] = []

    def fake(document: dict[str, object], _files: object) -> Typeset:
        seen.append(document)
        return Typeset(b"%PDF-1.7 made for a test", "a-2a,ua-1")

    monkeypatch.setattr(making, "typeset", fake)
    return seen


def approved(cast: make.Cast, number: str, **more: object) -> Process:
    """Signed by its author and its approver, in force since make.NOW."""
    owner = Position.objects.get(title="Head of Purchasing")
    process = make.process(cast.purchasing, number=number, owner=owner, created_by=cast.author, **more)
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.NOW, summary="First")
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.approver, now=make.NOW, verdict="approve", sha256=case.content.sha256, reason="=1+1")
    return process


@pytest.fixture
def process(cast: make.Cast) -> Process:
    return approved(cast, "PUR-001")


def whole(pack: AuditPack) -> bytes:
    return b"".join(bytes(part.content) for part in pack.parts.order_by("ordinal"))


def unpacked(pack: AuditPack, to: Path) -> Path:
    """The archive in a folder."""
    with zipfile.ZipFile(io.BytesIO(whole(pack))) as archive:
        assert archive.testzip() is None
        archive.extractall(to)
    return to
