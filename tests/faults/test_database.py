"""A database that cannot be written (a full or read-only disk): the portal says that nothing was saved, and goes on reading."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from approvals.models import ApprovalCase, Decision, Seat
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD
from worklist.models import Heartbeat

pytestmark = pytest.mark.django_db(transaction=True)
SWITCH = {
    "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
    "postgresql": ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"),
}


@pytest.fixture
def people(cast: make.Cast) -> dict[str, SignedIn]:
    """Signed in while the database could still be written."""
    made = {person.login: SignedIn(raise_request_exception=False).as_(person) for person in (cast.author, cast.approver, cast.reader)}
    for client in made.values():
        client.get("/")
    return made


@pytest.fixture
def read_only(people: dict[str, SignedIn], seat: Seat) -> Iterator[None]:
    """From here on the database takes no writes."""
    on, off = SWITCH[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(on)
    yield
    with connection.cursor() as cursor:
        cursor.execute(off)


def decision(case: ApprovalCase) -> dict[str, str]:
    return {"sha256": case.content.sha256, "verdict": "approve", "reason": "Typed with care", "password": PASSWORD}


@pytest.mark.usefixtures("read_only")
def test_a_form_is_answered_by_a_page_that_says_nothing_was_saved(
    people: dict[str, SignedIn], case: ApprovalCase, seat: Seat, caplog: pytest.LogCaptureFixture
) -> None:
    answer = people["approver"].post(reverse("approvals:decide", args=[case.pk, seat.pk]), decision(case))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    page = answer.content.decode()
    assert "Nothing was saved" in page
    assert "data-not-saved" in page, "so that the browser keeps what was typed"
    assert "Typed with care" not in page
    assert "Traceback" in caplog.text, "the administrator finds it in the log"
    assert Decision.objects.count() == 0


@pytest.mark.usefixtures("read_only")
def test_the_editor_is_answered_in_json(people: dict[str, SignedIn]) -> None:
    body = json.dumps({"seen": 1, "operations": [{"id": "k1", "op": "set", "target": "purpose", "value": "Typed"}]})
    answer = people["author"].post(reverse("processes:operations", args=["PUR-001"]), body, content_type="application/json")
    assert answer.status_code == 503
    assert "Nothing was saved" in answer.json()["error"]


@pytest.mark.usefixtures("read_only")
def test_reading_goes_on(people: dict[str, SignedIn], case: ApprovalCase) -> None:
    assert people["author"].get("/processes/").status_code == 200
    assert people["approver"].get(reverse("approvals:case", args=[case.pk])).status_code == 200
    assert Client().get("/healthz").status_code == 200


@pytest.mark.usefixtures("read_only")
def test_nobody_can_sign_in_and_everybody_is_told_why() -> None:
    answer = Client(raise_request_exception=False).post("/accounts/login/", {"login": "reader", "password": PASSWORD})
    assert answer.status_code == 503


def test_everything_works_again_afterwards(people: dict[str, SignedIn], case: ApprovalCase, seat: Seat) -> None:
    """The same click that failed; the fault and its end are in one test because they belong to one connection."""
    on, off = SWITCH[connection.vendor]
    address = reverse("approvals:decide", args=[case.pk, seat.pk])
    with connection.cursor() as cursor:
        cursor.execute(on)
    assert people["approver"].post(address, decision(case)).status_code == 503
    with connection.cursor() as cursor:
        cursor.execute(off)
    assert people["approver"].post(address, decision(case)).status_code == 302
    assert Decision.objects.count() == 1


def test_a_wrong_question_is_a_mistake_of_ours_and_not_called_otherwise(people: dict[str, SignedIn]) -> None:
    def broken(execute: Callable[..., object], sql: str, params: object, many: object, context: object) -> object:
        if "worklist_workitem" in sql:
            raise ZeroDivisionError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        answer = people["author"].get("/work/")
    assert answer.status_code == 500
    assert b"data-not-saved" in answer.content


def test_a_database_that_has_gone_is_said(people: dict[str, SignedIn]) -> None:
    def gone(execute: Callable[..., object], sql: str, params: object, many: object, context: object) -> object:
        if "worklist_workitem" in sql:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(gone):
        answer = people["author"].get("/work/", headers={"accept-language": "zh-hans"})
    assert answer.status_code == 503
    assert Heartbeat.objects.count() == 0
