"""One decision is transferred to another position, or delegated to a person, with a reason; and what is refused on the way."""

import datetime as dt

import pytest

from approvals import act_policy, passing, policy, review, workflow
from approvals.models import ApprovalCase, CaseAct, Seat
from approvals.seating import reseat
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from tests import make
from tests.make import NOW, TODAY, day
from worklist import mine
from worklist.models import Notice

LATER = NOW + dt.timedelta(hours=3)


def submitted(cast: make.Cast, **fields: object) -> ApprovalCase:
    """A document of purchasing that its process manager decides on."""
    process = make.process(cast.purchasing, created_by=cast.author, **fields)
    return workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)


def seat_of(case: ApprovalCase) -> Seat:
    return act_policy.waiting_seats(case)[0]


def decide(case: ApprovalCase, by: Person, seat: Seat, now: dt.datetime = LATER) -> str:
    """As whom somebody signed."""
    made = workflow.decide(seat, by=by, now=now, verdict="approve", sha256=case.content.sha256)
    return f"{made.position_title}|{made.acting_for}"


def owes(person: Person, on: dt.date = TODAY) -> int:
    return mine.owed(scope(person, on)).count()


def told(person: Person) -> list[str]:
    return [f"{n.subject}: {n.body}" for n in Notice.objects.filter(person=person, key__startswith="act:").order_by("pk")]


def lines(case: ApprovalCase, person: Person) -> list[str]:
    case.refresh_from_db()
    return [line.title for line in review.of_case(case, person, scope(person, TODAY), LATER).timeline]


@pytest.fixture
def expert(cast: make.Cast) -> Person:
    """Level 3, of another department."""
    who = make.person("expert", level=3)
    make.position("Process manager, Stores", of=cast.stores, kind="department_process_manager", holder=who)
    return who


def position(title: str) -> Position:
    return Position.objects.get(title=title)


# Transfer


def test_a_transfer_gives_the_seat_to_another_position_for_good(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat, to = seat_of(case), position("Process manager, Stores")
    act = passing.transfer(seat, to, by=cast.approver, now=LATER, reason=" I know too little of it. ")
    assert (act.kind, act.given_up, act.position, act.text) == (
        "transfer", position("Process manager, Purchasing"), to, "I know too little of it."
    )  # fmt: skip
    assert (owes(cast.approver), owes(expert)) == (0, 1)
    process = case.revision.process
    assert told(expert) == [f"{process}: Approver transferred a decision to Process manager, Stores: I know too little of it."]
    assert told(cast.approver) == []
    assert passing.transfer(seat, to, by=cast.approver, now=LATER, reason="Again.") == act
    with pytest.raises(Refused, match="neither hold it nor act for it"):
        decide(case, cast.approver, seat)
    assert "Approver transferred the decision to Process manager, Stores" in lines(case, expert)
    assert decide(case, expert, seat) == "Process manager, Stores|"


def test_the_process_office_transfers_too_and_whoever_had_it_is_told(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    passing.transfer(seat_of(case), position("Process manager, Stores"), by=cast.manager, now=LATER, reason="Relief.")
    assert len(told(cast.approver)) == len(told(expert)) == 1


def test_what_a_transfer_is_refused_for(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat, to = seat_of(case), position("Process manager, Stores")

    def refused(by: Person, whom: Position, reason: str = "So.") -> str:
        with pytest.raises(Refused) as caught:
            passing.transfer(seat, whom, by=by, now=LATER, reason=reason)
        return str(caught.value)

    for by in (cast.stranger, cast.reader, cast.boss, expert):
        assert "neither hold it nor act for it" in refused(by, to)
    assert "You wrote or submitted" in refused(cast.author, to)
    assert "Write some words" in refused(cast.approver, to, " \n")
    assert "4000" in refused(cast.approver, to, "x" * 4001)
    assert "asked in this stage already" in refused(cast.approver, seat.position)
    assert "nobody acts today who is independent" in refused(cast.approver, position("Head of Stores"))  # level 2
    assert "nobody acts today who is independent" in refused(cast.approver, position("Head of Purchasing"))  # the author
    Position.objects.filter(pk=to.pk).update(closed_on=TODAY)
    assert "nobody acts today who is independent" in refused(cast.approver, to)
    assert not CaseAct.objects.exists()


def test_an_office_that_wrote_the_content_does_not_transfer(cast: make.Cast, expert: Person) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.manager), by=cast.author, now=NOW)
    with pytest.raises(Refused, match="You wrote or submitted"):
        passing.transfer(seat_of(case), position("Process manager, Stores"), by=cast.manager, now=LATER, reason="So.")


def test_nothing_is_handed_on_once_it_is_decided(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat = seat_of(case)
    decide(case, cast.approver, seat)
    with pytest.raises(Stale, match="Nothing is to be decided"):
        passing.transfer(seat, position("Process manager, Stores"), by=cast.approver, now=LATER, reason="So.")
    with pytest.raises(Stale, match="Nothing is to be decided"):
        passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="So.")
    with pytest.raises(Stale, match="Nothing is to be decided"):
        passing.take_back(seat, by=cast.approver, now=LATER)


def test_a_confidential_process_is_opened_by_nobody_who_does_not_answer_for_it(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast, confidentiality="positions")
    seat = seat_of(case)
    transferred = {"by": cast.boss, "now": LATER, "reason": "So."}
    make.appoint(cast.boss, seat.position)  # holds the office now, but does not answer for the process by it alone
    Position.objects.filter(pk=seat.position_id).update(kind="staff")
    with pytest.raises(Refused, match=r"Expert may not see PUR-\d+. Only whoever answers"):
        passing.transfer(seat, position("Process manager, Stores"), **transferred)
    with pytest.raises(Refused, match="may not see"):
        passing.delegate(seat, expert, **transferred)
    Position.objects.filter(pk=seat.position_id).update(kind="department_process_manager")
    passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="So.")
    assert ApprovalCase.objects.visible_to(scope(expert, TODAY)).filter(pk=case.pk).exists()
    assert owes(expert) == 1


# Delegation


def test_a_delegate_decides_for_the_position_and_says_so(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat = seat_of(case)
    act = passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="On the road.", until=day(3))
    assert (act.kind, act.person, act.position, act.day) == ("delegate", expert, seat.position, day(3))
    assert passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="Twice.") == act
    assert (owes(cast.approver), owes(expert)) == (0, 1)
    assert told(expert) == [f"{case.revision.process}: Approver delegated a decision to you: On the road."]
    assert ApprovalCase.objects.visible_to(scope(expert, TODAY)).filter(pk=case.pk).exists()
    assert "Approver delegated the decision for Process manager, Purchasing to Expert" in lines(case, expert)
    page = review.of_case(case, expert, scope(expert, TODAY), LATER)
    assert page.mine is not None
    assert page.mine.acting_for == "for Process manager, Purchasing, by delegation of Approver"
    said = decide(case, expert, seat)
    assert said == "Process manager, Purchasing|for Process manager, Purchasing, by delegation of Approver"
    signature = case.decisions.get().signature
    assert (signature.person, signature.acting_for) == (expert, "for Process manager, Purchasing, by delegation of Approver")


def test_whoever_delegates_may_still_decide_and_the_delegate_then_not(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat = seat_of(case)
    passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="So.")
    page = review.of_case(case, cast.approver, scope(cast.approver, TODAY), LATER)
    assert page.mine is not None
    assert (page.mine.lent, page.mine.who and page.mine.who.person) == (True, expert)
    assert decide(case, cast.approver, seat) == "Process manager, Purchasing|"
    with pytest.raises(Stale):
        decide(case, expert, seat)


def test_it_is_taken_back_until_it_is_decided(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat = seat_of(case)
    with pytest.raises(Stale, match="not delegated any more"):
        passing.take_back(seat, by=cast.approver, now=LATER)
    lent = passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="So.")
    for by in (cast.reader, cast.stranger, expert, cast.author):
        with pytest.raises(Refused):
            passing.take_back(seat, by=by, now=LATER)
    act = passing.take_back(seat, by=cast.approver, now=LATER)
    assert (act.of, act.person, owes(cast.approver), owes(expert)) == (lent, expert, 1, 0)
    assert told(expert)[1:] == [f"{case.revision.process}: Approver took a delegation back: You need not decide any more."]
    assert "Approver took back what was delegated to Expert" in lines(case, expert)
    with pytest.raises(Refused, match="neither hold it nor act for it"):
        decide(case, expert, seat)


@pytest.mark.parametrize("who", ["second", "manager"])
def test_another_holder_and_the_process_office_take_it_back_too(cast: make.Cast, expert: Person, who: str) -> None:
    case = submitted(cast)
    second = make.person("second", level=3)
    make.appoint(second, seat_of(case).position)
    passing.delegate(seat_of(case), expert, by=cast.approver, now=LATER, reason="So.")
    passing.take_back(seat_of(case), by=second if who == "second" else cast.manager, now=LATER)
    assert (owes(expert), owes(cast.approver)) == (0, 1)


def test_a_delegation_is_not_delegated_and_one_holds_at_a_time(cast: make.Cast, expert: Person) -> None:
    case, other = submitted(cast), make.person("other", level=3)
    seat = seat_of(case)
    passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="So.")
    with pytest.raises(Refused, match="delegated to you; it is not delegated again"):
        passing.delegate(seat, other, by=expert, now=LATER, reason="So.")
    with pytest.raises(Refused, match="delegated to you; it is not delegated again"):
        passing.transfer(seat, position("Company process manager"), by=expert, now=LATER, reason="So.")
    with pytest.raises(Refused, match=r"delegated to Expert\. Take that back first"):
        passing.delegate(seat, other, by=cast.approver, now=LATER, reason="So.")
    with pytest.raises(Refused, match="neither hold it nor act"):
        passing.delegate(seat, other, by=cast.stranger, now=LATER, reason="So.")


def test_what_a_delegation_is_refused_for(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat = seat_of(case)

    def refused(to: Person, by: Person = cast.approver, **more: object) -> str:
        with pytest.raises(Refused) as caught:
            passing.delegate(seat, to, by=by, now=LATER, **{"reason": "So.", **more})
        return str(caught.value)

    assert "partly theirs" in refused(cast.author)
    assert "Level 3" in refused(cast.reader)
    assert "has this decision already" in refused(cast.approver)
    second = make.person("second", level=3)
    make.appoint(second, seat.position)
    assert "has this decision already" in refused(cast.approver, second)
    assert "This day has passed" in refused(expert, until=day(-1))
    assert "Write some words" in refused(expert, reason="")
    assert "You wrote or submitted" in refused(expert, cast.author)
    assert "neither hold" in refused(expert, cast.manager)
    make.away(expert)
    assert "away today" in refused(expert)
    Person.objects.filter(pk=expert.pk).update(is_active=False)
    assert "account is closed" in refused(expert)


def test_who_was_named_by_top_management_hands_nothing_on(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat = seat_of(case)
    seat.named = expert
    seat.save()
    with pytest.raises(Refused, match="Top management named you"):
        passing.delegate(seat, cast.manager, by=expert, now=LATER, reason="So.")
    passing.transfer(seat, position("Company process manager"), by=cast.manager, now=LATER, reason="So.")
    seat.refresh_from_db()
    assert (seat.named, owes(cast.manager)) == (None, 1)


# As of now: a delegation is worth what its giver could do


def test_it_ends_with_its_day_and_the_item_goes_back(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    seat = seat_of(case)
    passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="So.", until=day(1))
    on_the_day, after = NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=2)
    reseat(on_the_day)
    assert (owes(expert, day(1)), owes(cast.approver, day(1))) == (1, 0)
    reseat(after)
    assert (owes(expert, day(2)), owes(cast.approver, day(2))) == (0, 1)
    with pytest.raises(Refused):
        decide(case, expert, seat, after)
    again = passing.delegate(seat, expert, by=cast.approver, now=after, reason="Longer.")
    assert (again.text, owes(expert, day(2))) == ("Longer.", 1)


@pytest.mark.parametrize("what", ["delegate away", "giver left the office", "giver lost the level", "delegate lost the level"])
def test_it_lapses(cast: make.Cast, expert: Person, what: str) -> None:
    case = submitted(cast)
    seat = seat_of(case)
    successor = make.person("successor", level=3)
    passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="So.")
    if what == "delegate away":
        make.away(expert)
    elif what == "giver left the office":
        cast.approver.appointments.update(ends_before=TODAY)
        make.appoint(successor, seat.position)
    elif what == "giver lost the level":
        cast.approver.held_levels.update(held_until=TODAY)
    else:
        expert.held_levels.update(held_until=TODAY)
    with pytest.raises(Refused):
        decide(case, expert, seat)


def test_a_giver_who_is_away_has_still_lent_it_and_a_substitute_lends_only_while_standing_in(cast: make.Cast, expert: Person) -> None:
    case, substitute = submitted(cast), make.person("substitute", level=3)
    seat = seat_of(case)
    away = make.away(cast.approver, substitute=substitute)
    passing.delegate(seat, expert, by=substitute, now=LATER, reason="So.")
    assert policy.assignee(seat_of(case), case, TODAY).person == expert
    away.delete()
    assert policy.assignee(seat_of(case), case, TODAY).person == cast.approver
    passing.delegate(seat, expert, by=cast.approver, now=LATER, reason="Before I leave.")
    make.away(cast.approver)
    assert policy.assignee(seat_of(case), case, TODAY).person == expert


def test_an_approver_is_replaced_half_way_and_what_was_decided_stays(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=[cast.stores])
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    storekeeper, successor = Person.objects.get(login="storekeeper"), make.person("successor", level=5)
    for seat in act_policy.waiting_seats(case):
        decide(case, storekeeper if seat.position.title == "Head of Stores" else cast.manager, seat)
    last, later = seat_of(case), NOW + dt.timedelta(days=1)
    before = list(case.decisions.values_list("pk", "decided_by", "signature__entry_hash"))
    cast.manager.appointments.update(ends_before=day(1))
    make.appoint(successor, position("Company process manager"), since=day(1))
    reseat(later)
    assert (owes(cast.manager, day(1)), owes(successor, day(1))) == (0, 1)
    with pytest.raises(Refused, match="neither hold it nor act for it"):
        decide(case, cast.manager, last, later)
    assert list(case.decisions.values_list("pk", "decided_by", "signature__entry_hash")) == before
    assert decide(case, successor, last, later) == "Company process manager|"
    case.refresh_from_db()
    assert case.state == "approved"


def test_lent_to_somebody_with_a_seat_of_the_stage_both_are_decided_by_one_signature(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=[cast.stores, make.department("QA")])
    quality = make.head(make.department("QA"), "quality")
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    storekeeper = Person.objects.get(login="storekeeper")
    seats = {seat.position.title: seat for seat in act_policy.waiting_seats(case)}
    passing.delegate(seats["Head of Stores"], quality, by=storekeeper, now=LATER, reason="So.")
    decide(case, quality, seats["Head of Department QA"])
    both = case.decisions.filter(decided_by=quality)
    assert {d.acting_for for d in both} == {"", "for Head of Stores, by delegation of Storekeeper"}
    assert both[0].signature == both[1].signature
    assert both[0].signature.acting_for == "also for Head of Stores, by delegation of Storekeeper"


def test_what_is_lent_to_somebody_else_is_not_decided_along(cast: make.Cast, expert: Person) -> None:
    quality = make.department("QA")
    storekeeper = Person.objects.get(login="storekeeper")
    make.position("Head of QA", of=quality, kind="head", holder=storekeeper)
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=[cast.stores, quality])
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    seats = {seat.position.title: seat for seat in act_policy.waiting_seats(case)}
    passing.delegate(seats["Head of QA"], expert, by=storekeeper, now=LATER, reason="So.")
    decide(case, storekeeper, seats["Head of Stores"])
    assert [d.position_title for d in case.decisions.all()] == ["Head of Stores"]
    assert owes(expert) == 1
