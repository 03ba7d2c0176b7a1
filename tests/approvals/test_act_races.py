"""Acts against decisions and against each other at the same instant: one outcome, and everybody else a clear refusal."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from approvals import adding, advising, informing, passing, routes, seating, waivers, workflow
from approvals.models import ApprovalCase, CaseAct, Decision, Seat, Waiver
from approvals.waivers import Wanted
from organization.models import Person, Position, Signature
from organization.refusals import Stale
from organization.signing import verify_chain
from tests import make
from tests.approvals.test_races import at_once, deciding
from tests.make import NOW, TODAY
from worklist.models import Notice, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> make.Cast:
    return make.cast()


def in_review(cast: make.Cast, **fields: object) -> tuple[ApprovalCase, Seat]:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author, **fields), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW)
    return case, Seat.objects.filter(stage__case=case).order_by("pk")[0]


def expert() -> Person:
    who = make.person("expert", level=3)
    make.position("Desk", holder=who)
    return who


def done(answers: Counter[str]) -> int:
    return sum(count for answer, count in answers.items() if answer not in {"Refused", "Stale"})


def test_delegate_and_principal_decide_at_the_same_instant_once(cast: make.Cast) -> None:
    case, seat = in_review(cast)
    passing.delegate(seat, expert(), by=cast.approver, now=NOW, reason="So.")
    delegate = Person.objects.get(login="expert")
    answers = at_once([deciding(case, seat, who, "approve") for who in (cast.approver, delegate)] * 4)
    made = Decision.objects.get()
    assert answers == {f"approve {made.pk}": 4, "Stale": 4}
    assert Signature.objects.filter(meaning="approved").count() == 1
    assert list(verify_chain()) == []


def test_a_transfer_against_a_decision(cast: make.Cast) -> None:
    case, seat = in_review(cast)
    expert()
    desk = Position.objects.get(title="Desk")

    def transferring() -> object:
        return passing.transfer(seat, desk, by=cast.approver, now=NOW, reason="So.").kind

    at_once([deciding(case, seat, cast.approver, "approve"), transferring] * 4)
    state = ApprovalCase.objects.get(pk=case.pk).state
    outcome = (state, Decision.objects.count(), CaseAct.objects.count(), WorkItem.objects.open().filter(kind="decide").count())
    assert outcome in {("approved", 1, 0, 0), ("open", 0, 1, 1)}


def test_a_delegation_is_given_once_and_taken_back_against_the_delegates_decision(cast: make.Cast) -> None:
    case, seat = in_review(cast)
    who = expert()
    given = at_once([lambda: passing.delegate(seat, who, by=cast.approver, now=NOW, reason="So.").pk] * 6)
    assert given == {str(CaseAct.objects.get().pk): 6}

    def taking_back() -> object:
        return passing.take_back(seat, by=cast.approver, now=NOW).kind

    at_once([deciding(case, seat, who, "approve"), taking_back] * 3)
    state = ApprovalCase.objects.get(pk=case.pk).state
    assert (state, Decision.objects.count(), CaseAct.objects.filter(kind="take_back").count()) in {("approved", 1, 0), ("open", 0, 1)}


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_stage_is_added_against_a_decision(cast: make.Cast, where: str) -> None:
    case, seat = in_review(cast, level="company")
    expert()
    desk = Position.objects.get(title="Desk")

    def add() -> object:
        return adding.add_stage(case, desk, where=where, by=cast.manager, now=NOW, seen=case.version, reason="So.").kind

    answers = at_once([deciding(case, seat, cast.manager, "approve"), add] * 3)
    orders = list(case.stages.values_list("order", "is_last"))
    assert [order for order, _last in orders] == list(range(1, len(orders) + 1))
    assert [last for _order, last in orders] == [False] * (len(orders) - 1) + [True]
    present = case.stages.filter(opened_at__isnull=False, closed_at=None)
    assert (present.count(), WorkItem.objects.open().filter(kind="decide").count()) == (1, 1)
    assert answers["add"] <= 1
    assert done(answers) >= 1


def test_two_nudges_two_copies_two_answers_are_one(cast: make.Cast) -> None:
    case, _seat = in_review(cast)
    nudges = at_once([lambda: len(informing.nudge(case, by=cast.author, now=NOW))] * 6)
    assert nudges == {"1": 1, "Refused": 5}
    copies = at_once([lambda: informing.copy(case, cast.stranger, by=cast.author, now=NOW).kind] * 6)
    assert copies == {"copy": 6}
    asked = advising.ask_advice(case, cast.boss, by=cast.approver, now=NOW, question="Well?", due_on=NOW.date())
    answers = at_once([lambda: advising.advise(asked, by=cast.boss, now=NOW, text="Yes.").kind] * 6)
    assert answers == {"advise": 1, "Stale": 5}
    assert Counter(CaseAct.objects.values_list("kind", flat=True)) == {"nudge": 1, "copy": 1, "ask": 1, "advise": 1}
    assert Notice.objects.filter(person=cast.approver, subject__contains="reminds you").count() == 1


def test_control_without_the_lock_several_nudge(cast: make.Cast) -> None:
    """Why the lock is there: the same race, looked up and written the naive way, where only the database's own rule is left."""
    case, _seat = in_review(cast)
    barrier = threading.Barrier(4)

    def naive() -> object:
        if case.acts.filter(kind="nudge").exists():
            raise Stale
        barrier.wait(timeout=30)
        CaseAct.objects.create(case=case, kind="nudge", person=cast.approver, by=cast.author, at=NOW)  # no day: the rule does not bite
        return "nudged"

    calls: Sequence[Callable[[], object]] = [naive] * 4
    assert at_once(calls) == {"nudged": 4}


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("verdict", ["approve", "return"])
def test_a_waiver_against_a_decision_in_the_stage_that_it_skips(
    cast: make.Cast, verdict: str, turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either the decision counts and the waiver follows it, or it comes too late: never a stage that is skipped and asked at once."""
    unseat = seating.unseat

    def slowly(*given: Any, **named: Any) -> None:  # long enough for the other one to come between, were there no lock
        time.sleep(0.1)
        unseat(*given, **named)

    monkeypatch.setattr(seating, "unseat", slowly)
    owner = Position.objects.get(title="Head of Purchasing")
    case, _first = in_review(cast, owner=owner, level="company", participating=[cast.stores])
    seat = Seat.objects.get(stage__case=case, position__title="Head of Stores")
    decider = seat.position.appointments.get().person
    wanted = Wanted(routes.COUNTERSIGN, TODAY, "Both heads are on leave.", case.revision)
    answers = at_once(
        [deciding(case, seat, decider, verdict), lambda: f"waived {waivers.give(case.revision.process, wanted, by=cast.boss, now=NOW).pk}"]
    )
    case.refresh_from_db()
    decided, waived = Decision.objects.count(), Waiver.objects.count()
    assert answers["Stale"] == 2 - decided - waived, answers
    assert decided + waived >= 1
    if decided and waived:
        assert Signature.objects.get(decisions__isnull=False).sequence < Signature.objects.get(waiver__isnull=False).sequence
        assert verdict == "approve", "what came back has no stage to skip"
    stage = case.stages.get(title=routes.COUNTERSIGN)
    if case.state == "open":
        assert (stage.waiver_id is not None, stage.closed_at is not None) == (waived == 1, waived == 1)
        open_seats = set(WorkItem.objects.open().filter(seat__isnull=False).values_list("seat__stage__title", flat=True))
        assert open_seats == {routes.COMPANY if waived else routes.COUNTERSIGN}
    else:
        assert (case.state, verdict) == ("returned", "return")
        assert not WorkItem.objects.open().filter(seat__isnull=False).exists()
    assert list(verify_chain()) == []
