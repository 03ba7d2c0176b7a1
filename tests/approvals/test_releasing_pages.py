"""The pages of an emergency release: who is offered it, what its readers see while it holds and afterwards."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from approvals import releasing, workflow
from approvals.models import ApprovalCase, EmergencyRelease
from organization.models import Person, Position
from processes.models import Process, Revision
from processportal.copies import making
from processportal.copies.models import Copy
from processportal.copies.standing import standing_of
from processportal.ledger.exporting import revision_rows
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db
WHY = "The supplier's valve bursts."
EVERYBODY = ("author", "approver", "manager", "boss", "reader", "stranger", "admin")


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """A company document in force since long ago, by the clock of the wall."""
    owner = Position.objects.get(title="Head of Purchasing")
    made = make.process(
        cast.purchasing, number="PUR-001", created_by=cast.author, owner=owner, level="company", participating=[cast.stores]
    )
    make.effective(made, make.definition("Check offer"), by=cast.author)
    return made


@pytest.fixture
def case(process: Process, cast: make.Cast) -> ApprovalCase:
    draft = make.draft(process, make.definition("Close the valve"), by=cast.author)
    return workflow.submit(draft, by=cast.author, now=make.now(), summary="As asked.")


def released(case: ApprovalCase, cast: make.Cast) -> Revision:
    made = releasing.release(case, by=cast.manager, now=make.now(), reason=WHY).revision
    return Revision.objects.get(pk=made.pk)


def text(client: SignedIn, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def address_of(case: ApprovalCase) -> str:
    return reverse("approvals:release", args=[case.pk])


@pytest.mark.parametrize(
    ("login", "status"),
    [("author", 403), ("approver", 403), ("manager", 200), ("boss", 403), ("reader", 403), ("stranger", 404), ("admin", 404)],
)
def test_the_page_is_for_whoever_may_decide_last(case: ApprovalCase, cast: make.Cast, client: SignedIn, login: str, status: int) -> None:
    found = client.as_(Person.objects.get(login=login)).get(address_of(case))
    assert found.status_code == status
    if status != 404:
        review = text(client, reverse("approvals:case", args=[case.pk]))
        assert (address_of(case) in review) == (status == 200)


def test_it_is_signed_with_the_password_and_the_reader_sees_who_and_until_when(
    case: ApprovalCase, process: Process, cast: make.Cast, client: SignedIn
) -> None:
    client.as_(cast.manager)
    assert "version 1.0 is in force again" in text(client, address_of(case))
    refused = client.post(address_of(case), {"reason": WHY, "password": "no"})
    assert (refused.status_code, WHY.replace("'", "&#x27;") in refused.content.decode()) == (422, True)
    assert not EmergencyRelease.objects.exists()
    assert client.post(address_of(case), {"reason": "", "password": make.PASSWORD}).status_code == 422
    done = client.post(address_of(case), {"reason": WHY, "password": make.PASSWORD})
    assert (done.status_code, done["Location"]) == (302, "/processes/PUR-001/")
    page = text(client.as_(cast.stranger), "/processes/PUR-001/")
    assert "Released in an emergency by Manager on" in page
    assert "approvals outstanding until" in page
    assert "valve bursts" in page
    assert "Revision 1.1E" in page
    assert "Close the valve" in page


def test_the_version_before_says_that_it_is_set_aside_and_leads_to_what_holds(
    case: ApprovalCase, process: Process, cast: make.Cast, client: SignedIn
) -> None:
    released(case, cast)
    page = text(client.as_(cast.reader), "/processes/PUR-001/revisions/1/")
    assert "An emergency release holds instead of this revision." in page
    assert "Set aside by an emergency release" in page
    assert "Revision 1.1E holds since" in page
    listing = text(client, "/processes/")
    assert "1.1E" in listing


def test_the_review_says_it_and_no_longer_offers_it(case: ApprovalCase, cast: make.Cast, client: SignedIn) -> None:
    released(case, cast)
    review = text(client.as_(cast.manager), reverse("approvals:case", args=[case.pk]))
    assert "Released in an emergency by Manager on" in review
    assert address_of(case) not in review
    assert "already" in text(client, address_of(case), status=403)


def test_a_closed_review_leads_back_to_itself(case: ApprovalCase, cast: make.Cast, client: SignedIn) -> None:
    workflow.recall(case, by=cast.author, now=make.now())
    answer = client.as_(cast.manager).get(address_of(case))
    assert (answer.status_code, answer["Location"]) == (302, reverse("approvals:case", args=[case.pk]))


def test_what_stands_in_the_way_meanwhile_is_said_and_the_reason_kept(cast: make.Cast, client: SignedIn) -> None:
    owner = Position.objects.get(title="Head of Purchasing")
    first = make.process(cast.purchasing, created_by=cast.author, owner=owner, level="company", participating=[cast.stores])
    case = workflow.submit(make.draft(first, by=cast.author), by=cast.author, now=make.now(), summary="First.")
    page = client.as_(cast.manager).post(address_of(case), {"reason": WHY, "password": make.PASSWORD})
    assert page.status_code == 422
    assert "nothing could hold again afterwards" in page.content.decode()
    assert "valve bursts" in page.content.decode()


@pytest.mark.parametrize("after", ["released", "given-back"])
def test_everybody_who_sees_the_procedure_reads_what_holds_and_what_held(
    case: ApprovalCase, process: Process, cast: make.Cast, client: SignedIn, after: str
) -> None:
    """Also when it is over, and when its case was given back: what people worked by stays readable."""
    made = released(case, cast)
    if after == "given-back":
        workflow.recall(case, by=cast.author, now=make.now())
    for login in EVERYBODY:
        client.as_(Person.objects.get(login=login))
        page = text(client, f"/processes/PUR-001/revisions/{made.ordinal}/")
        assert "Close the valve" in page
        assert ("approvals outstanding" in page) == (after == "released")
        current = text(client, "/processes/PUR-001/")
        assert ("Close the valve" in current) == (after == "released")


def test_the_history_tells_it_in_one_line_with_the_reason(case: ApprovalCase, cast: make.Cast, client: SignedIn) -> None:
    released(case, cast)
    workflow.recall(case, by=cast.author, now=make.now())
    page = text(client.as_(cast.stranger), "/processes/PUR-001/history/")
    assert "Version 1.1E released in an emergency, before its approval is complete" in page
    assert "valve bursts" in page
    assert "Version 1.1E is no longer in force" in page
    assert "Draft begun" not in page


def test_a_paper_of_the_version_before_is_called_back_and_says_so(case: ApprovalCase, process: Process, cast: make.Cast) -> None:
    before = process.revisions.get(ordinal=1)
    kept = {"process": process, "revision": before, "version": "1.0", "printed_by": cast.author, "printed_at": make.now()}
    copy = Copy(**kept, kind="posted", place="Gate 3", position=process.owner, valid_until=make.now().date() + dt.timedelta(days=90))
    copy.facts = {"state": "current"}
    copy.save()
    day = make.now().date()
    assert standing_of(copy, make.now()).state == "current"
    assert not Copy.objects.outdated(make.now(), day).exists()
    released(case, cast)
    copy.revision.refresh_from_db()
    assert standing_of(copy, make.now()).state == "superseded"
    assert Copy.objects.outdated(make.now(), day).get() == copy
    assert {"current", "coming"} == making.HOLDS


def test_the_exported_ledger_names_its_signature(case: ApprovalCase, cast: make.Cast) -> None:
    made = released(case, cast)
    (row,) = revision_rows(Revision.objects.filter(pk=made.pk))
    assert (row["version"], row["signatures"]) == ("1.1E", [made.release.signature.sequence])
