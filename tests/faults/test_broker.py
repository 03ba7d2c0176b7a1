"""A broker that is down: approving works, and what was to be woken is woken when the broker is back."""

from collections.abc import Iterator

import kombu.pools
import pytest
from celery import current_app
from django.urls import reverse

from approvals.models import ApprovalCase, Seat
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD
from worklist import outbox
from worklist.models import OutboxEntry

CLOSED = "redis://127.0.0.1:9/0"


def forget_connections() -> None:
    """What is held to a broker is held no more, as after a restart."""
    app = current_app._get_current_object()
    app._after_fork()
    kombu.pools.reset()


@pytest.fixture
def broker_down() -> Iterator[pytest.MonkeyPatch]:
    """Nobody listens where the broker should be, until `undo`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CELERY_BROKER_URL", CLOSED)
        forget_connections()
        yield patch
    forget_connections()


@pytest.mark.django_db(transaction=True)
def test_approving_works_and_the_sweeper_wakes_what_was_to_be_woken(
    client: SignedIn, cast: make.Cast, seat: Seat, broker_down: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = ApprovalCase.objects.get()
    given = {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD}
    answer = client.as_(cast.approver).post(reverse("approvals:decide", args=[case.pk, seat.pk]), given)
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == "approved"
    assert b"Check offer" in client.as_(cast.reader).get("/processes/PUR-001/").content
    waiting = OutboxEntry.objects.filter(delivered_at__isnull=True)
    assert set(waiting.values_list("task", flat=True)) == {
        "training.tasks.hand_out",
        "processes.tasks.propose_shared",
        "processportal.copies.tasks.recall",
    }
    assert "waits for the sweeper" in caplog.text
    assert outbox.deliver(make.now()) == 0
    assert waiting.exists()

    broker_down.undo()
    forget_connections()
    known = waiting.count()
    assert outbox.deliver(make.now()) == known
    assert outbox.deliver(make.now()) == 0
