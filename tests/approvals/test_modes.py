"""How a stage ends: when all, one, or enough have approved; and what becomes of those who were asked too."""

import datetime as dt

import pytest
from django.urls import reverse

from approvals import history, policy, review, workflow
from approvals.models import ApprovalCase, CaseStage, Decision, Seat
from approvals.route_faults import StageTerms
from approvals.timeline import timeline
from organization.models import Person, Position, Signature
from organization.refusals import Stale
from organization.scope import scope
from processes.models import Revision
from tests import make
from tests.approvals.routing import LAST, in_force
from tests.conftest import SignedIn
from tests.make import NOW, PASSWORD, TODAY
from worklist import mine

LATER = NOW + dt.timedelta(hours=3)


def members(count: int = 3) -> list[Person]:
    """People who each hold a position of the quality circle."""
    people = [make.person(f"member{n}") for n in range(count)]
    for n, person in enumerate(people):
        make.position(f"Member {n}", holder=person)
    return people


def submitted(cast: make.Cast, *, now: dt.datetime = NOW, **stage: object) -> ApprovalCase:
    """A case whose first stage asks the circle, as the terms say."""
    circle = list(Position.objects.filter(title__startswith="Member").order_by("title"))
    in_force(cast, StageTerms("Circle", positions=circle, **stage), LAST, now=now)
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    return workflow.submit(draft, by=cast.author, now=now)


def decide(case: ApprovalCase, by: Person, verdict: str = "approve") -> Decision:
    seat = Seat.objects.get(stage__case=case, position__appointments__person=by)
    return workflow.decide(seat, by=by, now=LATER, verdict=verdict, reason="So.", sha256=case.content.sha256)


def asked(people: list[Person]) -> list[int]:
    """How much each of them owes."""
    return [mine.owed(scope(person, TODAY)).count() for person in people]


@pytest.mark.parametrize(
    ("terms", "enough"),
    [({"mode": "all"}, 3), ({"mode": "any"}, 1), ({"mode": "quorum", "quorum": 2}, 2), ({"mode": "quorum", "quorum": 1}, 1)],
)
def test_the_stage_ends_when_enough_have_approved_and_nobody_else_is_asked(cast: make.Cast, terms: dict[str, object], enough: int) -> None:
    people = members()
    case = submitted(cast, **terms)
    stage = case.stages.get(order=1)
    assert asked(people) == [1, 1, 1]
    for n, person in enumerate(people[:enough], start=1):
        stage.refresh_from_db()
        assert stage.closed_at is None
        decide(case, person)
        if n < enough:
            assert asked(people) == [0] * n + [1] * (3 - n)
    stage.refresh_from_db()
    assert (stage.closed_at, asked(people), asked([cast.manager])) == (LATER, [0, 0, 0], [1])
    assert case.stages.get(order=2).opened_at == LATER
    for late in people[enough:]:
        with pytest.raises(Stale, match="not this stage's turn"):
            decide(case, late)
        assert not policy.has_turn(Seat.objects.get(stage=stage, position__appointments__person=late), case)
    assert Decision.objects.count() == enough


@pytest.mark.parametrize("verdict", ["return", "reject"])
@pytest.mark.parametrize("terms", [{"mode": "any"}, {"mode": "quorum", "quorum": 2}])
def test_one_no_ends_the_case_in_every_mode(cast: make.Cast, terms: dict[str, object], verdict: str) -> None:
    people = members()
    case = submitted(cast, **terms)
    if terms["mode"] == "quorum":
        decide(case, people[0])
    decide(case, people[1], verdict)
    case.refresh_from_db()
    assert (case.state, Revision.objects.get(pk=case.revision_id).state) == ({"return": "returned", "reject": "rejected"}[verdict], "draft")
    assert asked([*people, cast.manager]) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("mode", "quorum", "seats", "needed"),
    [("all", None, 4, 4), ("any", None, 4, 1), ("quorum", 3, 4, 3), ("quorum", 3, 2, 2), ("quorum", 1, 1, 1)],
)
def test_a_quorum_is_never_more_than_there_are_seats(mode: str, quorum: int | None, seats: int, needed: int) -> None:
    assert CaseStage(mode=mode, quorum=quorum).needed(seats) == needed


def test_where_one_is_enough_the_last_stage_approves_with_one(cast: make.Cast) -> None:
    in_force(cast, StageTerms("Both", rules=["company", "head"], mode="any"))
    case = workflow.submit(make.draft(make.process(cast.stores, created_by=cast.author), by=cast.author), by=cast.boss, now=NOW)
    seat = Seat.objects.get(stage__case=case, position__title="Company process manager")
    workflow.decide(seat, by=cast.manager, now=LATER, verdict="approve", sha256=case.content.sha256)
    case.refresh_from_db()
    assert case.state == "approved"


# Without a signature


def test_a_stage_without_signature_keeps_the_decision_and_signs_nothing(cast: make.Cast) -> None:
    (member,) = members(1)
    case = submitted(cast, needs_signature=False)
    assert decide(case, member).signature is None
    assert not Signature.objects.filter(person=member).exists()
    (decided,) = history.decisions_of(case.revision.process)
    assert (decided.person, decided.position) == ("Member0", "Member 0")
    seats = review.seats_of(case)
    lines = timeline(case, seats, review.turns_of(case, seats, cast.author, scope(cast.author, TODAY)), cast.author, TODAY)
    assert (lines[1].title, lines[1].state) == ("Member 0: Approved", "done")
    assert "Member0 · without signature · " in lines[1].detail


def test_the_page_asks_no_password_where_no_signature_is_asked(cast: make.Cast, client: SignedIn) -> None:
    (member,) = members(1)
    case = submitted(cast, now=make.now(), needs_signature=False)
    page = client.as_(member).get(reverse("approvals:case", args=[case.pk])).content.decode()
    assert 'type="password"' not in page
    assert "This stage asks for no signature" in page
    seat = Seat.objects.get(stage__case=case, stage__order=1)
    address = reverse("approvals:decide", args=[case.pk, seat.pk])
    answer = client.post(address, {"sha256": case.content.sha256, "verdict": "approve", "reason": ""}, follow=True)
    assert "Kept: your decision is on record." in answer.content.decode()
    last = Seat.objects.get(stage__case=case, stage__order=2)
    typed = {"sha256": case.content.sha256, "verdict": "approve", "reason": ""}
    address = reverse("approvals:decide", args=[case.pk, last.pk])
    assert client.as_(cast.manager).post(address, typed).status_code == 422
    assert client.post(address, typed | {"password": PASSWORD}).status_code == 302


def test_the_pages_say_how_many_are_enough(cast: make.Cast, client: SignedIn) -> None:
    people = members()
    case = submitted(cast, now=make.now(), mode="quorum", quorum=2)
    page = client.as_(people[0]).get(reverse("approvals:case", args=[case.pk])).content.decode()
    assert "In parallel; 2 approvals are enough." in page
    assert "When enough seats of this stage have approved" in page
