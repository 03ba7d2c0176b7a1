"""The review page lists the change requests that the version closes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import workflow
from approvals.models import ApprovalCase, Seat
from organization.models import Position
from processes import change_requests
from processes.access import participate
from processes.models import Process, Revision
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """In force, seen by everybody."""
    made = make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"), created_by=cast.author)
    make.effective(made)
    return made


def submitted(process: Process, cast: make.Cast, *wrong: str) -> ApprovalCase:
    """A draft that takes up these wishes of the stranger, in review."""
    revision = process.revisions.get()
    for words in wrong:
        asked = change_requests.ask(process, revision=revision, by=cast.stranger, now=NOW, wrong=words, instead="Quicker", anchor="s1")
        change_requests.accept(asked, by=cast.author, now=NOW, seen=0)
    draft = process.revisions.open().first() or make.draft(process, by=cast.author)
    Revision.objects.filter(pk=draft.pk).update(content=draft.content | {"notes": "Quicker."})
    draft.refresh_from_db()
    return workflow.submit(draft, by=cast.author, now=NOW, summary="So")


def page(client: SignedIn, who: make.Person, case: ApprovalCase) -> str:
    answer = client.as_(who).get(f"/reviews/{case.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_approver_reads_what_is_closed_and_may_look(client: SignedIn, cast: make.Cast, process: Process) -> None:
    case = submitted(process, cast, "Too <b>slow</b>", "Twice the same")
    shown = page(client, cast.approver, case)
    assert "Change requests that this version closes" in shown
    assert "Too &lt;b&gt;slow&lt;/b&gt;" in shown
    assert 'href="?whole#step-s1"' in shown
    assert shown.count("See the request") == 2
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.approver, now=NOW, verdict="approve", sha256=case.content.sha256)
    assert "Too &lt;b&gt;slow" in page(client, cast.approver, case), "closed, and still on record"


def test_whoever_may_not_answer_requests_is_not_led_there(client: SignedIn, cast: make.Cast, process: Process) -> None:
    case = submitted(process, cast, "Too slow")
    adviser = make.person("adviser")
    participate(process, part="approver", revision=case.revision, person=adviser)
    shown = page(client, adviser, case)
    assert "Too slow" in shown
    assert "See the request" not in shown
    assert client.as_(cast.admin).get(f"/reviews/{case.pk}/").status_code == 404


def test_a_version_that_was_returned_closes_nothing(client: SignedIn, cast: make.Cast, process: Process) -> None:
    case = submitted(process, cast, "Too slow")
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.approver, now=NOW, verdict="return", sha256=case.content.sha256, reason="No")
    assert "that this version closes" not in page(client, cast.approver, case)


def test_without_requests_nothing_is_said_and_many_cost_no_more(client: SignedIn, cast: make.Cast, process: Process) -> None:
    case = submitted(process, cast)
    assert "that this version closes" not in page(client, cast.approver, case)
    costs = []
    for number, wishes in (("PUR-002", 1), ("PUR-003", 5)):
        other = make.process(cast.purchasing, number=number, owner=process.owner, created_by=cast.author)
        make.effective(other)
        found = submitted(other, cast, *(f"Wish {n}" for n in range(wishes)))
        client.as_(cast.approver)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/reviews/{found.pk}/")
        costs.append(len(queries))
    assert costs[0] == costs[1], costs
