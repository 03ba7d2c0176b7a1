"""A session that ended, a body too large, numbers that were guessed: a clear answer, and nothing happens."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import ApprovalCase, Decision, Seat
from organization.models import Person
from processes.models import DraftEdit, Process
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD
from training import opened
from training.models import Acknowledgement
from worklist.models import Notice
from worklist.notices import tell

pytestmark = pytest.mark.django_db
TOO_LARGE = "x" * 10_000_000


@pytest.fixture
def drafted(cast: make.Cast) -> Process:
    process = make.process(cast.purchasing, number="PUR-007", created_by=cast.author)
    make.draft(process, by=cast.author)
    return process


def rename(value: str) -> str:
    """What the editor sends."""
    return json.dumps({"seen": 1, "operations": [{"id": "k1", "op": "set", "target": "steps/s1/name", "value": value}]})


def test_a_session_that_ended_while_typing_is_told_so_to_the_editor(client: SignedIn, cast: make.Cast, drafted: Process) -> None:
    client.as_(cast.author).logout()
    answer = client.post(reverse("processes:operations", args=[drafted.number]), rename("Typed"), content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
    assert answer.json() == {"error": "You were signed out. Sign in again; what you typed is kept on this device."}
    assert DraftEdit.objects.exclude(client_key="first").count() == 0


def test_a_form_after_the_session_ended_leads_to_the_sign_in_and_back(client: SignedIn, cast: make.Cast, drafted: Process) -> None:
    address = reverse("approvals:submit", args=[drafted.number])
    assert b'data-keep="submit-' in client.as_(cast.author).get(address).content
    client.logout()
    answer = client.post(address, {"version": 1, "summary": "Typed for an hour", "when": "at_once"})
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")
    answer = client.post(answer["Location"], {"login": "author", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert ApprovalCase.objects.count() == 0


def test_a_form_with_the_token_of_an_earlier_session_says_what_to_do(cast: make.Cast, drafted: Process) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.author, backend="django.contrib.auth.backends.ModelBackend")
    answer = strict.post(reverse("approvals:submit", args=[drafted.number]), {"csrfmiddlewaretoken": "a" * 64})
    assert answer.status_code == 403
    assert b"data-not-saved" in answer.content


def test_ten_megabytes_in_a_form_are_refused_with_a_page(client: SignedIn, cast: make.Cast, drafted: Process) -> None:
    answer = client.as_(cast.author).post(reverse("approvals:submit", args=[drafted.number]), {"version": 1, "summary": TOO_LARGE})
    assert answer.status_code == 413
    assert b"data-not-saved" in answer.content
    assert b"more than the portal can take at once" in answer.content
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_ten_megabytes_pasted_into_a_step_are_refused_with_a_sentence(client: SignedIn, cast: make.Cast, drafted: Process) -> None:
    address = reverse("processes:operations", args=[drafted.number])
    answer = client.as_(cast.author).post(address, rename(TOO_LARGE), content_type="application/json")
    assert answer.status_code == 413
    assert "too much text" in answer.json()["error"]
    assert DraftEdit.objects.exclude(client_key="first").count() == 0


def test_tens_of_thousands_of_fields_are_refused_with_a_page(client: SignedIn, cast: make.Cast, drafted: Process) -> None:
    answer = client.as_(cast.author).post(reverse("approvals:submit", args=[drafted.number]), {f"f{n}": "" for n in range(20_001)})
    assert answer.status_code == 413


def decide(client: Client, case: int, seat: int, sha256: str, password: str = PASSWORD) -> int:
    given = {"sha256": sha256, "verdict": "approve", "reason": "", "password": password}
    return client.post(reverse("approvals:decide", args=[case, seat]), given).status_code


def test_a_guessed_case_or_seat_is_not_found(client: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat) -> None:
    other = make.process(cast.stores, number="STO-001", created_by=cast.boss)
    make.draft(other, by=cast.boss)
    sha = case.content.sha256
    assert decide(client.as_(cast.approver), case.pk + 1000, seat.pk, sha) == 404
    assert decide(client, case.pk, seat.pk + 1000, sha) == 404
    assert decide(client.as_(cast.stranger), case.pk, seat.pk, sha) == 404
    assert decide(client.as_(cast.reader), case.pk, seat.pk, sha) in {403, 404}
    assert Decision.objects.count() == 0


def test_a_decision_on_content_that_was_not_shown_is_stale(client: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat) -> None:
    assert decide(client.as_(cast.approver), case.pk, seat.pk, "0" * 64) == 409
    assert Decision.objects.count() == 0
    assert decide(client, case.pk, seat.pk, case.content.sha256) == 302


@pytest.mark.parametrize("number", ["PUR-999", "../admin", "PUR-007'--", "😀"])
def test_a_guessed_number_is_not_found(client: SignedIn, cast: make.Cast, drafted: Process, number: str) -> None:
    for person in (cast.stranger, cast.author):
        assert client.as_(person).get(f"/processes/{number}/").status_code == 404


@pytest.mark.parametrize("address", ["/processes/%00/", "/search/?q=a%00b", "/processes/?department=%00", "/reviews/%00/"])
def test_zero_bytes_make_no_sense(client: SignedIn, cast: make.Cast, address: str) -> None:
    answer = client.as_(cast.author).get(address)
    assert answer.status_code == 400
    assert b"data-not-saved" in answer.content


def test_zero_bytes_in_what_is_typed_are_refused_or_left_out(client: SignedIn, cast: make.Cast, drafted: Process) -> None:
    answer = client.as_(cast.author).post(
        reverse("processes:operations", args=[drafted.number]), rename("a\0b"), content_type="application/json"
    )
    assert answer.status_code in {200, 400}
    assert client.post(reverse("approvals:submit", args=[drafted.number]), {"version": 1, "summary": "a\0b"}).status_code == 422
    assert client.post(reverse("worklist:seen"), {"notice": "\0", "until": "\0"}).status_code == 302
    revision = make.effective(make.process(cast.purchasing, number="PUR-003", created_by=cast.author), since=make.now())
    opened_late = client.post(reverse("training:acknowledge", args=["PUR-003", revision.ordinal]), {"opened": "\0"})
    assert opened_late.status_code == 302


def test_the_confirmation_of_somebody_else_confirms_nothing(client: SignedIn, cast: make.Cast) -> None:
    revision = make.effective(make.process(cast.purchasing, number="PUR-002", created_by=cast.author), since=make.now())
    address = reverse("training:acknowledge", args=["PUR-002", revision.ordinal])
    for token in (opened.token(cast.author, revision, "all", make.now()), "forged", "", "1:2:3"):
        client.as_(cast.reader).post(address, {"opened": token})
    assert Acknowledgement.objects.count() == 0


def test_the_notice_of_somebody_else_stays_unseen(client: SignedIn, cast: make.Cast) -> None:
    tell(cast.author, key="k", subject="For the author", body="", url="https://evil.example/", now=make.now())
    notice = Notice.objects.get()
    address = reverse("worklist:seen")
    assert client.as_(cast.stranger).post(address, {"notice": notice.pk}).status_code == 404
    client.post(address, {"until": notice.pk})
    for nonsense in ("", "-1", "1e9", "9" * 40, "٣"):
        assert client.post(address, {"notice": nonsense}).status_code == 404
    notice.refresh_from_db()
    assert notice.seen_at is None
    answer = client.as_(cast.author).post(address, {"notice": notice.pk})
    assert answer["Location"] == reverse("worklist:notices"), "never away from the portal"


def test_a_person_cannot_be_edited_by_guessing(client: SignedIn, cast: make.Cast) -> None:
    before = Person.objects.values_list("login", "is_staff", "is_active").order_by("pk")
    known = list(before)
    page = reverse("organization:person", args=[cast.admin.pk])
    client.as_(cast.reader).post(page, {"is_staff": "on", "login": "owned"})
    client.post(reverse("organization:person", args=[cast.admin.pk + 1000]), {"is_staff": "on"})
    assert list(before.all()) == known


def test_the_pages_of_errors_have_no_script_of_their_own() -> None:
    for name in ("400", "403", "403_csrf", "404", "413", "500", "503"):
        assert "<script>" not in (Path(__file__).resolve().parents[2] / "templates" / f"{name}.html").read_text()
