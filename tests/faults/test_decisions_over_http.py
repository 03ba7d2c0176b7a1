"""Many decisions at the same instant through a real web server: one outcome, and everybody else is told so in a sentence.

With 20 callers in the suite, with 200 in `make faults`, on whichever database is configured.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.urls import reverse

from approvals.models import ApprovalCase, Decision, Seat
from organization.models import Person, Signature
from organization.signing import verify_chain
from processes.models import DraftEdit, Revision
from tests import make
from tests.faults.serving import CALLERS, Answer, Caller, Server, Start, at_once, caller, with_password
from tests.make import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("web")]


@pytest.fixture
def holders(cast: make.Cast, seat: Seat) -> list[Person]:
    """As many people as callers who all hold the office that decides."""
    return [with_password(holder(seat)) for _n in range(CALLERS)]


def holder(seat: Seat) -> Person:
    made = make.person(level=3)
    make.appoint(made, seat.position)
    return made


def deciding(by: Caller, case: ApprovalCase, seat: Seat, verdict: str = "approve") -> Callable[[], Answer]:
    given = {"sha256": case.content.sha256, "verdict": verdict, "reason": "So be it.", "password": PASSWORD}
    return partial(by.post, reverse("approvals:decide", args=[case.pk, seat.pk]), given)


def editing(by: Caller, number: str, version: int, n: int) -> Callable[[], Answer]:
    change = {"id": f"e{n}", "op": "set", "target": "purpose", "value": f"Another purpose {n}"}
    return partial(by.post_json, reverse("processes:operations", args=[number]), {"seen": version, "operations": [change]})


def one_outcome(case: ApprovalCase, answers: list[Answer], *, winners: int = 1) -> None:
    """So many were told that it is done; everybody else was refused with a sentence; what stands is one decision, signed once."""
    said = Counter(answer.status for answer in answers)
    assert set(said) <= {302, 403, 409}, said
    assert said[302] == winners, said
    assert all("othing" in answer.sentence for answer in answers if answer.status != 302), "each says that nothing was recorded"
    decision = Decision.objects.get(case=case)
    assert Signature.objects.exclude(meaning="authored").get() == decision.signature
    ended = {"approve": ("approved", "approved"), "reject": ("rejected", "draft"), "return": ("returned", "draft")}[decision.verdict]
    assert (ApprovalCase.objects.get(pk=case.pk).state, Revision.objects.get(pk=case.revision_id).state) == ended
    assert list(verify_chain()) == []


def test_the_same_person_from_many_tabs_decides_once(cast: make.Cast, case: ApprovalCase, seat: Seat, start: Start) -> None:
    server = start()
    tabs = [deciding(caller(server, cast.approver), case, seat)] * CALLERS
    one_outcome(case, at_once(tabs), winners=CALLERS)


def test_of_many_holders_of_one_office_one_decides(case: ApprovalCase, seat: Seat, holders: list[Person], start: Start) -> None:
    server = start()
    answers = at_once([deciding(caller(server, one), case, seat) for one in holders])
    one_outcome(case, answers)
    assert {answer.status for answer in answers} == {302, 409}


def test_approve_against_reject_has_one_outcome(case: ApprovalCase, seat: Seat, holders: list[Person], start: Start) -> None:
    server = start()
    one_outcome(case, at_once(both_ways(server, case, seat, holders)))


def both_ways(server: Server, case: ApprovalCase, seat: Seat, holders: list[Person]) -> list[Callable[[], Answer]]:
    return [deciding(caller(server, one), case, seat, ("approve", "reject")[n % 2]) for n, one in enumerate(holders)]


def test_two_web_servers_are_as_one(case: ApprovalCase, seat: Seat, holders: list[Person], start: Start) -> None:
    nodes = [start(), start()]
    one_outcome(case, at_once([deciding(caller(nodes[n % 2], one), case, seat) for n, one in enumerate(holders)]))


def test_approve_against_edit_never_changes_what_was_signed(cast: make.Cast, case: ApprovalCase, seat: Seat, start: Start) -> None:
    """Half approve; of the others one takes it back to edit it, and the rest edit what is in review."""
    server, revision = start(), case.revision
    author, approver = caller(server, cast.author), caller(server, cast.approver)
    recalling = partial(author.post, reverse("approvals:recall", args=[case.pk]), {})
    edits = [editing(author, revision.process.number, revision.version + n % 3, n) for n in range(CALLERS // 2 - 1)]
    answers = at_once([*[deciding(approver, case, seat)] * (CALLERS // 2), recalling, *edits])
    approved, recalled, edited = answers[: CALLERS // 2], answers[CALLERS // 2], answers[CALLERS // 2 + 1 :]
    case.refresh_from_db()
    revision.refresh_from_db()
    assert {answer.status for answer in answers} <= {200, 302, 403, 404, 409}
    assert all(answer.sentence for answer in answers if answer.status in {403, 404, 409})
    kept = DraftEdit.objects.filter(revision=revision).exclude(client_key="first").count()
    if case.state == "approved":
        assert (revision.state, kept, recalled.status) == ("approved", 0, 409)
        assert {answer.status for answer in approved} == {302}
        assert 200 not in {answer.status for answer in edited}
        assert revision.frozen == case.content
    else:
        assert (case.state, revision.state, Decision.objects.count(), recalled.status) == ("recalled", "draft", 0, 302)
        assert {answer.status for answer in approved} <= {403, 404, 409}
        assert kept == sum(answer.status == 200 for answer in edited)
    assert Signature.objects.filter(person=cast.approver).count() == (case.state == "approved")
    assert list(verify_chain()) == []


def test_control_without_lock_and_swap_the_same_race_is_lost(case: ApprovalCase, seat: Seat, holders: list[Person], start: Start) -> None:
    """Why both are there: the very same assertion fails on a server that gets, checks and saves."""
    server = start(UNGUARDED="1")
    answers = at_once(both_ways(server, case, seat, holders))
    with pytest.raises(AssertionError):
        one_outcome(case, answers)
