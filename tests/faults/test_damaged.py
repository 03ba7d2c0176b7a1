"""One flipped bit in what was signed: nobody reads, signs, prints or copies it as if it were sound, and verify_ledger names the row."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from approvals import workflow
from approvals.models import ApprovalCase, Decision, Seat
from organization import triggers
from processes.content import Damaged
from processes.models import FrozenContent, Process
from processportal.governed import PLAN
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD
from training import acknowledgements, opened

pytestmark = pytest.mark.django_db
SAYS = b"This document is not what was signed"


def flipped(content: bytes) -> bytes:
    """The lowest bit of a letter in the middle; the JSON stays whole."""
    at = content.index(b"Check offer")
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def cut(content: bytes) -> bytes:
    """The end is missing: no JSON any more."""
    return content[:-20]


def damage(frozen: FrozenContent, by: Callable[[bytes], bytes] = flipped) -> None:
    """What a failing disk does, or the owner of the database."""
    write("processes_frozencontent", "content", by(bytes(frozen.content)), frozen.pk)


def write(table: str, column: str, value: object, key: int) -> None:
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, key])
    triggers.install(PLAN, connection)


@pytest.fixture
def pages() -> SignedIn:
    return SignedIn(raise_request_exception=False)


@pytest.fixture
def in_force(cast: make.Cast) -> Process:
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    make.effective(process, by=cast.author)
    return process


ADDRESSES = ("/processes/PUR-001/", "/processes/PUR-001/revisions/1/", "/processes/PUR-001/revisions/1/download/md/")


@pytest.mark.usefixtures("in_force")
@pytest.mark.parametrize("by", [flipped, cut])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_damaged_document_is_not_shown(
    pages: SignedIn, cast: make.Cast, caplog: pytest.LogCaptureFixture, address: str, by: Callable[[bytes], bytes]
) -> None:
    assert pages.as_(cast.reader).get(address).status_code == 200
    frozen = FrozenContent.objects.get()
    damage(frozen, by)
    answer = pages.get(address)
    assert answer.status_code == 500
    assert SAYS in answer.content
    assert f"processes_frozencontent {frozen.pk}: its content does not have the hash" in caplog.text


def test_damaged_content_is_not_signed(
    pages: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat, caplog: pytest.LogCaptureFixture
) -> None:
    damage(case.content)
    given = {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD}
    answer = pages.as_(cast.approver).post(reverse("approvals:decide", args=[case.pk, seat.pk]), given)
    assert (answer.status_code, SAYS in answer.content) == (500, True)
    assert pages.get(reverse("approvals:case", args=[case.pk])).status_code == 500
    with pytest.raises(Damaged):
        workflow.decide(seat, by=cast.approver, now=make.now(), verdict="approve", sha256=case.content.sha256)
    assert Decision.objects.count() == 0


def test_no_draft_begins_from_damaged_content(
    pages: SignedIn, cast: make.Cast, in_force: Process, caplog: pytest.LogCaptureFixture
) -> None:
    damage(FrozenContent.objects.get())
    assert pages.as_(cast.author).post("/processes/PUR-001/draft/start/").status_code == 500
    assert in_force.revisions.count() == 1


def faults() -> list[str]:
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_ledger", stdout=out)
    return out.getvalue().splitlines()


def test_the_ledger_names_a_damaged_content(cast: make.Cast, in_force: Process) -> None:
    frozen = FrozenContent.objects.get()
    damage(frozen)
    assert any(line.startswith(f"processes_frozencontent {frozen.pk}: ") for line in faults())


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("organization_signature", "reason"),
        ("approvals_decision", "acting_for"),
        ("training_acknowledgement", "shown"),
        ("processes_move", "reason"),
        ("organization_evidenceentry", "actor"),
    ],
)
def test_the_ledger_names_whatever_row_was_changed(cast: make.Cast, case: ApprovalCase, seat: Seat, table: str, column: str) -> None:
    now = make.now()
    workflow.decide(seat, by=cast.approver, now=now, verdict="approve", sha256=case.content.sha256)
    case.revision.refresh_from_db()
    acknowledgements.acknowledge(case.revision, by=cast.reader, now=now, token=opened.token(cast.reader, case.revision, "all", now))
    call_command("verify_ledger", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        key = cursor.fetchone()[0]
    write(table, column, "another", key)
    found = faults()
    # Entries of the trail are sealed in ranges.
    assert any(line.startswith(f"{table} ") and str(key) in line for line in found), found
