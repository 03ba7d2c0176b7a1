"""A withdrawal from its submission to its end, its pages, and what is refused on the way."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import history, withdrawing, workflow
from approvals.models import ApprovalCase, Decision, Seat
from organization.models import Person, Position, Signature
from organization.refusals import Refused
from organization.scope import scope
from organization.signing import verify_chain
from processes import derived, review
from processes.content import definition_of
from processes.models import Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, PASSWORD, day
from tests.processes.test_withdrawal import naming
from worklist import mine
from worklist.models import Notice, WorkItem

LATER = NOW + dt.timedelta(hours=3)
QUERIES = 37


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Of purchasing, in force since long ago."""
    owner = Position.objects.get(department=cast.purchasing, kind="head")
    process = make.process(cast.purchasing, number="PUR-900", created_by=cast.author, owner=owner)
    make.effective(process)
    return process


def asked(process: Process, cast: make.Cast, **fields: Any) -> ApprovalCase:
    """The head of purchasing asks."""
    return withdrawing.ask(process, **({"by": cast.author, "now": NOW, "reason": "The law has gone."} | fields))


def decide(case: ApprovalCase, by: Person, verdict: str = "approve", reason: str = "So be it.") -> Decision:
    seat = Seat.objects.get(stage__case=case)
    return workflow.decide(seat, by=by, now=LATER, verdict=verdict, reason=reason, sha256=case.content.sha256)


def words(response: Any) -> str:
    """The page as text on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


# The case


def test_it_goes_from_who_answers_for_it_to_the_last_word(cast: make.Cast, process: Process) -> None:
    review.verdict(process, by=cast.author, now=NOW, verdict="withdraw", reason="Not needed.", next_on=day(30))
    case = asked(process, cast)
    revision = Revision.objects.get(process=process)
    assert (case.kind, case.revision, case.content, case.summary) == ("withdraw", revision, revision.frozen, "The law has gone.")
    assert [(item.kind, item.subject) for item in WorkItem.objects.open()] == [("decide", "Withdrawal of PUR-900 Purchase to pay")]
    assert revision.state == "approved"
    decide(case, cast.approver)
    process.refresh_from_db()
    case.refresh_from_db()
    assert (process.state, process.withdrawn_because, case.state) == ("withdrawn", "The law has gone.", "approved")
    assert [(one.meaning, one.subject, one.content_sha256) for one in Signature.objects.order_by("pk")] == [
        ("authored", "Withdrawal of PUR-900 Purchase to pay", revision.frozen.sha256),
        ("approved", "Withdrawal of PUR-900 Purchase to pay", revision.frozen.sha256),
    ]
    assert list(verify_chain()) == []
    assert Notice.objects.filter(person=cast.author, subject="Withdrawal of PUR-900 Purchase to pay was approved").exists()
    assert not WorkItem.objects.open().exists()
    revision.refresh_from_db()
    assert history.signatures_of(revision) == []  # those of the withdrawal say nothing about how the version came about


@pytest.mark.parametrize(("verdict", "state"), [("return", "returned"), ("reject", "rejected")])
def test_turned_down_it_stays_in_force(cast: make.Cast, process: Process, verdict: str, state: str) -> None:
    case = asked(process, cast)
    decide(case, cast.approver, verdict, "We still need it.")
    case.refresh_from_db()
    assert (case.state, Process.objects.in_force(LATER).get(), process.moves.count()) == (state, process, 0)
    assert Notice.objects.get(person=cast.author).body == "We still need it."
    assert asked(process, cast).state == "open"


def test_recalled_it_stays_in_force(cast: make.Cast, process: Process) -> None:
    case = workflow.recall(asked(process, cast), by=cast.author, now=LATER)
    assert (case.state, Process.objects.in_force(LATER).get()) == ("recalled", process)
    assert mine.owed(scope(cast.approver, day(0))).count() == 0


def test_on_a_day_and_with_a_replacement(cast: make.Cast, process: Process) -> None:
    successor = make.process(cast.stores, number="STO-001", title="Goods receipt")
    make.effective(successor)
    decide(asked(process, cast, replacement=successor, planned_on=day(5)), cast.approver)
    process.refresh_from_db()
    assert (process.state, process.replaced_by) == ("active", successor)
    assert not process.is_withdrawn(LATER)


def test_a_planned_day_that_has_come_meanwhile_means_at_once(cast: make.Cast, process: Process) -> None:
    case = asked(process, cast, planned_on=day(1))
    late = NOW + dt.timedelta(days=9)
    workflow.decide(Seat.objects.get(stage__case=case), by=cast.approver, now=late, verdict="approve", sha256=case.content.sha256)
    process.refresh_from_db()
    assert (process.state, process.withdrawn_from) == ("withdrawn", late)


# What is refused


def test_who_asked_does_not_decide(cast: make.Cast, process: Process) -> None:
    case = asked(process, cast, by=cast.approver)
    with pytest.raises(Refused, match="Nobody decides on what they asked for"):
        decide(case, cast.approver)
    decide(case, cast.manager)  # and who wrote the version does not stand in the way: somebody else asks for its end
    process.refresh_from_db()
    assert process.state == "withdrawn"


@pytest.mark.parametrize(("who", "said"), [("stranger", "Only the owner"), ("reader", "Only the owner"), ("admin", "Only the owner")])
def test_others_do_not_ask(cast: make.Cast, process: Process, who: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        asked(process, cast, by=getattr(cast, who))


def test_it_needs_a_reason(cast: make.Cast, process: Process) -> None:
    with pytest.raises(Refused, match="Write the reason"):
        asked(process, cast, reason="  ")
    case = asked(process, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalCase.objects.filter(pk=case.pk).update(summary="")


def test_a_version_and_the_withdrawal_are_never_in_review_at_once(cast: make.Cast, process: Process) -> None:
    case = asked(process, cast)
    draft = make.draft(process, make.definition("Other"), by=cast.author)
    with pytest.raises(Refused, match="Something about this process is in review"):
        workflow.submit(draft, by=cast.author, now=NOW, summary="More.")
    draft.refresh_from_db()
    assert draft.state == "draft"
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalCase.objects.create(
            process=process, revision=draft, content=case.content, submitted_by=cast.author, submitted_at=NOW
        )  # fmt: skip
    decide(case, cast.approver)
    draft.refresh_from_db()
    assert draft.state == "discarded"


def test_it_is_not_asked_twice_nor_beside_a_version_in_review(cast: make.Cast, process: Process) -> None:
    asked(process, cast)
    with pytest.raises(Refused, match="Something about this process is in review"):
        asked(process, cast)
    other = make.process(cast.purchasing, created_by=cast.author)
    make.effective(other)
    workflow.submit(make.draft(other, make.definition("Other"), by=cast.author), by=cast.author, now=NOW, summary="More.")
    with pytest.raises(Refused, match="There is a draft"):
        asked(other, cast)


def test_what_came_to_refer_to_it_stops_the_approval_and_nothing_is_recorded(cast: make.Cast, process: Process) -> None:
    case = asked(process, cast)
    referring = make.effective(make.process(cast.stores, number="STO-001"), naming("PUR-900"))
    derived.rewrite(referring, definition_of(referring))
    with pytest.raises(Refused, match="It is still referred to: STO-001"):
        decide(case, cast.approver)
    case.refresh_from_db()
    assert (case.state, Decision.objects.count(), Signature.objects.count()) == ("open", 0, 1)
    decide(case, cast.approver, "return")


# The page


def address(process: Process) -> str:
    return reverse("approvals:withdraw", args=[process.number])


def test_the_owner_sees_what_it_means_and_hands_it_in(cast: make.Cast, process: Process, client: SignedIn) -> None:
    shown = words(client.as_(cast.author).get(address(process)))
    assert "What it means" in shown
    assert "Process manager, Purchasing" in shown
    assert words(client.get(reverse("processes:metadata", args=[process.number]))).count("Withdraw this document") == 1
    typed = {"reason": "The law has gone.", "replacement": "", "when": "at_once", "password": PASSWORD}
    answer = client.post(address(process), typed, follow=True)
    case = ApprovalCase.objects.get()
    assert answer.redirect_chain == [(reverse("approvals:case", args=[case.pk]), 302)]
    assert "This document is to be withdrawn The law has gone. Nothing replaces it." in words(answer)
    assert "Something about this process is in review" in words(client.get(address(process)))
    assert "Its withdrawal is in review. Author asked for it." in words(client.get(reverse("process", args=[process.number])))
    assert "Its withdrawal is in review" not in words(client.as_(cast.stranger).get(reverse("process", args=[process.number])))


def test_the_approver_signs_the_withdrawal_and_readers_see_it(cast: make.Cast, process: Process, client: SignedIn) -> None:
    successor = make.process(cast.stores, number="STO-001", title="Goods receipt", confidentiality="departments")
    make.effective(successor)
    case = withdrawing.ask(process, by=cast.author, now=make.now(), reason="The law has gone.", replacement=successor)
    page = reverse("approvals:case", args=[case.pk])
    shown = words(client.as_(cast.approver).get(page))
    assert "withdrawal of version 1.0" in shown
    assert "Approve the withdrawal" in shown
    assert "With your signature the document is withdrawn at once." in shown
    seat = Seat.objects.get(stage__case=case)
    typed = {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD}
    answer = client.post(reverse("approvals:decide", args=[case.pk, seat.pk]), typed, follow=True)
    assert "Signed: approved." in words(answer)
    read = words(client.as_(cast.reader).get(reverse("process", args=[process.number])))
    assert "This document is withdrawn. Do not work by it." in read
    assert "approved by Approver. Replaced by: STO-001" in read
    assert "Goods receipt" not in read
    assert "The law has gone." in read
    assert "Check offer" in read
    assert "Suggest a change" not in read
    assert "Goods receipt" in words(client.as_(cast.stranger).get(reverse("process", args=[process.number])))
    catalogue = reverse("processes:list")
    assert process.number not in words(client.get(catalogue))
    assert process.number in words(client.get(catalogue, {"state": "withdrawn"}))
    assert successor.number not in words(client.get(catalogue, {"state": "withdrawn"}))
    assert "begins a new process with its text" in words(client.as_(cast.author).get(reverse("process", args=[process.number])))


def test_until_its_day_readers_are_told_when_it_ends(cast: make.Cast, process: Process, client: SignedIn) -> None:
    decide(asked(process, cast, planned_on=day(5)), cast.approver)
    Process.objects.filter(pk=process.pk).update(withdrawn_from=make.now() + dt.timedelta(days=5))
    Revision.objects.filter(process=process).update(effective_until=make.now() + dt.timedelta(days=5))
    assert "It holds until it is withdrawn on" in words(client.as_(cast.reader).get(reverse("process", args=[process.number])))


def test_what_refers_to_it_is_listed_with_what_to_do(cast: make.Cast, process: Process, client: SignedIn) -> None:
    for number, sight in (("STO-001", "company"), ("STO-002", "departments")):
        referring = make.effective(
            make.process(cast.stores, number=number, title=f"Uses {number}", confidentiality=sight), naming("PUR-900")
        )
        derived.rewrite(referring, definition_of(referring))
    shown = words(client.as_(cast.author).get(address(process)))
    assert "STO-001 Uses STO-001 It names this document. A new version there names what replaces it, or nothing." in shown
    assert "1 document that you may not see." in shown
    assert "STO-002" not in shown
    assert "Sign and hand in" not in shown
    answer = client.post(address(process), {"reason": "Kept words", "replacement": "", "when": "at_once", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Kept words" in words(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": ""}, "This field is required."),
        ({"replacement": "NO-1"}, "There is no other process with this number"),
        ({"replacement": "PUR-900"}, "There is no other process with this number"),
        ({"when": "on", "planned_on": "2020-01-01"}, "This day has passed."),
    ],
    ids=["reason", "unknown", "itself", "past"],
)  # fmt: skip
def test_what_is_missing_is_said_and_what_was_typed_stays(
    cast: make.Cast, process: Process, client: SignedIn, typed: dict[str, str], said: str
) -> None:
    form = {"reason": "Kept words", "replacement": "", "when": "at_once", "password": PASSWORD} | typed
    answer = client.as_(cast.author).post(address(process), form)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not ApprovalCase.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "reader"])
def test_others_are_told_why_not(cast: make.Cast, process: Process, client: SignedIn, who: str) -> None:
    answer = client.as_(getattr(cast, who)).get(address(process))
    assert "You cannot ask for this." in words(answer)
    assert client.post(address(process), {"reason": "So.", "replacement": "", "when": "at_once", "password": PASSWORD}).status_code == 403


def test_who_may_not_see_it_gets_nothing(cast: make.Cast, process: Process, client: SignedIn) -> None:
    Process.objects.filter(pk=process.pk).update(confidentiality="departments")
    assert client.as_(cast.stranger).get(address(process)).status_code == 404


@pytest.mark.parametrize("why", ["withdrawn", "not_in_force", "draft", "waits"])
def test_the_page_says_what_stands_in_the_way(cast: make.Cast, process: Process, client: SignedIn, why: str) -> None:
    if why == "withdrawn":
        decide(asked(process, cast), cast.approver)
        said = "Its withdrawal is approved already."
    elif why == "not_in_force":
        Revision.objects.filter(process=process).update(effective_until=NOW)
        said = "there is nothing to withdraw"
    elif why == "draft":
        make.draft(process, by=cast.author)
        said = "There is a draft of this process."
    else:
        make.effective(process, since=make.now() + dt.timedelta(days=9))
        said = "approved and waits to take effect"
    assert said in words(client.as_(cast.author).get(address(process)))


def test_a_company_without_anybody_to_decide_is_told(cast: make.Cast, process: Process, client: SignedIn) -> None:
    Position.objects.filter(kind__in=("department_process_manager", "company_process_manager", "top_management")).update(closed_on=day(-1))
    assert "notice-bad" in client.as_(cast.author).get(address(process)).content.decode()


def test_the_page_asks_as_often_for_five_as_for_one(
    cast: make.Cast, process: Process, client: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for n in range(5):
        referring = make.effective(make.process(cast.stores, number=f"STO-00{n}"), naming("PUR-900"))
        derived.rewrite(referring, definition_of(referring))
    client.as_(cast.author)
    with django_assert_max_num_queries(QUERIES):
        client.get(address(process))
    with CaptureQueriesContext(connection) as five:
        client.get(address(process))
    Revision.objects.filter(process__number__in=[f"STO-00{n}" for n in range(1, 5)]).update(effective_until=NOW)
    with CaptureQueriesContext(connection) as one:
        client.get(address(process))
    assert len(five) == len(one)


def test_the_verdict_of_a_review_leads_here(cast: make.Cast, process: Process, client: SignedIn) -> None:
    typed = {"verdict": "withdraw", "reason": "Not needed.", "next_on": str(make.now().date() + dt.timedelta(days=30))}
    answer = client.as_(cast.author).post(reverse("review_verdict", args=[process.number]), typed)
    assert answer["Location"] == address(process)
    assert WorkItem.objects.open().get().kind == "act"
