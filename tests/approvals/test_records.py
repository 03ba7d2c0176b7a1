"""What auditors ask of a decision: its time, its order, whose it is, and that no way round leads to deciding on one's own text."""

import datetime as dt
from collections.abc import Callable
from itertools import product

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from approvals import workflow
from approvals.models import ApprovalCase, Decision, Seat
from organization.models import Appointment, HeldLevel, Person, Signature
from organization.refusals import Refused
from organization.signing import sign, verify_chain
from processes.models import FrozenContent
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, PASSWORD
from worklist import giving
from worklist.models import WorkItem

pytestmark = pytest.mark.django_db
EARLIER = NOW - dt.timedelta(days=1)


@pytest.fixture
def case(cast: make.Cast) -> ApprovalCase:
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    return workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now())


@pytest.fixture
def seat(case: ApprovalCase) -> Seat:
    return Seat.objects.get(stage__case=case)


def typed(case: ApprovalCase, **more: object) -> dict[str, object]:
    return {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD, **more}


def address(case: ApprovalCase, seat: Seat) -> str:
    return reverse("approvals:decide", args=[case.pk, seat.pk])


# Time


def test_a_clock_that_is_stepped_back_reorders_nothing(cast: make.Cast) -> None:
    for at in (NOW, EARLIER, NOW - dt.timedelta(days=400)):
        sign(cast.approver, meaning="approved", subject="PUR-001", now=at)
    assert [one.sequence for one in Signature.objects.order_by("sequence")] == [1, 2, 3]
    assert Signature.objects.get(sequence=1).signed_at == NOW
    assert list(verify_chain()) == []


def test_the_clock_and_the_name_that_a_browser_sends_are_not_listened_to(
    client: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat
) -> None:
    before = make.now()
    forged = typed(case, signed_at="2001-01-01", decided_at="2001-01-01T00:00Z", decided_by=cast.boss.pk, person=cast.boss.pk)
    client.as_(cast.approver).post(address(case, seat), forged, headers={"date": "Mon, 01 Jan 2001 00:00:00 GMT"})
    made = Decision.objects.select_related("signature").get()
    assert before <= made.decided_at == made.signature.signed_at <= make.now()
    assert made.decided_by == made.signature.person == cast.approver


# Nobody decides on what they wrote, whichever way it is tried


def of_level(person: Person, level: int) -> None:
    """Enough for the stage."""
    HeldLevel.objects.filter(person=person).update(level=level)


def as_superuser(cast: make.Cast, seat: Seat) -> None:
    Person.objects.filter(pk=cast.author.pk).update(is_superuser=True, is_staff=True)


def with_every_permission(cast: make.Cast, seat: Seat) -> None:
    everything = Group.objects.create(name="Everything")
    everything.permissions.set(Permission.objects.all())
    cast.author.groups.add(everything)


def as_holder_of_the_office(cast: make.Cast, seat: Seat) -> None:
    of_level(cast.author, 3)
    make.appoint(cast.author, seat.position)


def as_substitute(cast: make.Cast, seat: Seat) -> None:
    of_level(cast.author, 3)
    make.away(cast.approver, since=make.now().date(), substitute=cast.author)


def as_named(cast: make.Cast, seat: Seat) -> None:
    of_level(cast.author, 5)
    Seat.objects.filter(pk=seat.pk).update(named=cast.author)


WAYS: list[Callable[[make.Cast, Seat], None]] = [
    as_superuser, with_every_permission, as_holder_of_the_office, as_substitute, as_named,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_no_way_leads_to_deciding_on_what_one_wrote(
    client: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat, way: Callable[[make.Cast, Seat], None]
) -> None:
    way(cast, seat)
    answer = client.as_(cast.author).post(address(case, seat), typed(case))
    assert answer.status_code == 403
    assert b"Nobody decides on what they wrote" in answer.content
    assert Decision.objects.count() == 0
    assert not Signature.objects.exclude(meaning="authored").exists()


def test_a_co_author_decides_neither(client: SignedIn, cast: make.Cast) -> None:
    """Who wrote one field of the draft that somebody else began and submitted."""
    process = make.process(cast.purchasing, number="PUR-009", created_by=cast.author)
    draft = make.draft(process, by=cast.author)
    draft.edits.create(
        revision=draft, version=2, client_key="co", operation="set", target="scope", before="", after="x", by=cast.approver, at=make.now()
    )
    case = workflow.submit(draft, by=cast.author, now=make.now())
    seat = Seat.objects.get(stage__case=case)
    assert client.as_(cast.approver).post(address(case, seat), typed(case)).status_code == 403


def test_the_work_of_deciding_is_not_given_to_who_wrote_it(cast: make.Cast, case: ApprovalCase, seat: Seat) -> None:
    item = WorkItem.objects.get(seat=seat)
    with pytest.raises(Refused):
        giving.give([item], cast.author, by=cast.manager, reason="So.", now=make.now(), check=lambda *_args: None)


def test_the_database_itself_knows_the_submitter(cast: make.Cast, case: ApprovalCase, seat: Seat) -> None:
    row = {"case": case, "stage": seat.stage, "seat": seat, "verdict": "approve", "content": case.content, "decided_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.bulk_create([Decision(decided_by=cast.author, submitted_by=cast.author, **row)])


# Whose it is, and of what


def test_who_has_signed_is_never_removed(cast: make.Cast, case: ApprovalCase, seat: Seat) -> None:
    workflow.decide(seat, by=cast.approver, now=make.now(), verdict="approve", sha256=case.content.sha256)
    with pytest.raises((ProtectedError, IntegrityError)), transaction.atomic():
        cast.approver.delete()
    assert Person.objects.filter(pk=cast.approver.pk).exists()


def test_a_signature_is_not_carried_over_to_other_content(cast: make.Cast, case: ApprovalCase, seat: Seat) -> None:
    workflow.decide(seat, by=cast.approver, now=make.now(), verdict="approve", sha256=case.content.sha256)
    other = FrozenContent.objects.create(sha256="0" * 64, content=b"{}", created_at=NOW)
    for rows, change in ((Decision.objects, {"content": other}), (Signature.objects, {"content_sha256": other.sha256})):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            rows.update(**change)


# What was true when the page was shown


def test_an_office_lost_between_the_page_and_the_click_decides_nothing(
    client: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat
) -> None:
    page = client.as_(cast.approver).get(reverse("approvals:case", args=[case.pk]))
    assert b"data-verdict" in page.content
    Appointment.objects.filter(person=cast.approver).update(ends_before=make.now().date())
    assert client.post(address(case, seat), typed(case)).status_code in {403, 404}
    assert Decision.objects.count() == 0


def test_an_account_that_was_closed_between_the_page_and_the_click_is_signed_out(
    client: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat
) -> None:
    client.as_(cast.approver).get(reverse("approvals:case", args=[case.pk]))
    Person.objects.filter(pk=cast.approver.pk).update(is_active=False)
    answer = client.post(address(case, seat), typed(case))
    assert (answer.status_code, "login" in answer.headers.get("Location", "")) == (302, True)
    assert Decision.objects.count() == 0


def test_a_substitute_whose_days_ended_between_the_page_and_the_click_decides_nothing(
    client: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat
) -> None:
    substitute = make.person("substitute", level=3, password=PASSWORD)
    absence = make.away(cast.approver, since=make.now().date(), substitute=substitute)
    assert client.as_(substitute).get(reverse("approvals:case", args=[case.pk])).status_code == 200
    absence.delete()
    assert client.post(address(case, seat), typed(case)).status_code in {403, 404}


def test_what_a_position_opened_is_shut_at_the_next_request(client: SignedIn, cast: make.Cast) -> None:
    process = make.process(cast.purchasing, number="PUR-002", created_by=cast.author, confidentiality="departments")
    make.effective(process, by=cast.author)
    assert client.as_(cast.reader).get("/processes/PUR-002/").status_code == 200
    Appointment.objects.filter(person=cast.reader).update(ends_before=make.now().date())
    assert client.get("/processes/PUR-002/").status_code == 404
    assert client.as_(cast.stranger).get("/processes/PUR-002/").status_code == 404
    make.appoint(cast.stranger, Person.objects.get(pk=cast.reader.pk).appointments.get().position)
    assert client.get("/processes/PUR-002/").status_code == 200


# The order of the steps

STATES = ("open", "approved", "returned", "rejected", "recalled")
ENDS = {"approve": "approved", "return": "returned", "reject": "rejected", "recall": "recalled"}
VERBS = (*ENDS, "name")
WHO = ("author", "approver", "manager", "boss", "reader", "stranger", "admin")
POSSIBLE = {"author": ("recall",), "approver": ("approve", "return", "reject")}


def brought_to(state: str, case: ApprovalCase, seat: Seat, cast: make.Cast) -> None:
    verdicts = {"approved": "approve", "returned": "return", "rejected": "reject"}
    if state in verdicts:
        workflow.decide(seat, by=cast.approver, now=make.now(), verdict=verdicts[state], reason="So.", sha256=case.content.sha256)
    elif state == "recalled":
        workflow.recall(case, by=cast.author, now=make.now())


@pytest.mark.parametrize("state", STATES)
def test_every_step_in_every_state_by_everybody(client: SignedIn, cast: make.Cast, case: ApprovalCase, seat: Seat, state: str) -> None:
    """Only the written steps are possible; everything else is refused, and leaves case and decisions as they were."""
    brought_to(state, case, seat, cast)
    before = (state, Decision.objects.count())
    for who, verb in product(WHO, VERBS):
        point = transaction.savepoint()
        status = tried(client.as_(getattr(cast, who)), case, seat, verb)
        after = (ApprovalCase.objects.get().state, Decision.objects.count())
        if state == "open" and verb in POSSIBLE.get(who, ()):
            assert (status, after != before) == (302, True), (who, verb)
        else:
            same_click = verb in POSSIBLE.get(who, ()) and ENDS[verb] == state
            assert status in ({302} if same_click else {403, 404, 409, 422}), (who, verb, status)
            assert after == before, (who, verb)
        transaction.savepoint_rollback(point)


def tried(client: SignedIn, case: ApprovalCase, seat: Seat, verb: str) -> int:
    """The status of the answer."""
    if verb == "recall":
        return client.post(reverse("approvals:recall", args=[case.pk])).status_code
    if verb == "name":
        return client.post(reverse("approvals:name_approver", args=[case.pk, seat.pk]), {"person": "boss"}).status_code
    return client.post(address(case, seat), typed(case, verdict=verb, reason="So.")).status_code
