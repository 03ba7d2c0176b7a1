"""Advice is asked for and answered, copies are sent, whose turn it is gets nudged once a working day, and a no is told to all."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from approvals import able, act_policy, advising, informing, passing, review, workflow
from approvals.models import ApprovalCase, CaseAct
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from tests import make
from tests.make import NOW, TODAY, day
from worklist import mine
from worklist.models import Notice, WorkItem

LATER = NOW + dt.timedelta(hours=3)


def submitted(cast: make.Cast, **fields: object) -> ApprovalCase:
    process = make.process(cast.purchasing, created_by=cast.author, **fields)
    return workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)


def ask(case: ApprovalCase, whom: Person | Position, by: Person, **more: object) -> CaseAct:
    values: dict[str, object] = {"now": LATER, "question": " Is it safe? ", "due_on": day(2)} | more
    return advising.ask_advice(case, whom, by=by, **values)


def told(person: Person) -> list[str]:
    return [f"{n.subject}: {n.body}" for n in Notice.objects.filter(person=person).order_by("pk")]


def owes(person: Person) -> list[str]:
    return list(mine.owed(scope(person, TODAY)).values_list("kind", flat=True))


@pytest.fixture
def expert(cast: make.Cast) -> Person:
    return make.staff(cast.stores, "expert", level=4)


# Advice


def test_advice_is_asked_for_seen_and_answered_and_is_no_vote(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    assert not ApprovalCase.objects.visible_to(scope(expert, TODAY)).exists()
    asked = ask(case, expert, cast.approver)
    subject = str(case.revision.process)
    assert (asked.text, asked.day, owes(expert)) == ("Is it safe?", day(2), ["advise"])
    assert told(expert) == [f"{subject}: Approver asks for your advice: Is it safe?"]
    assert ApprovalCase.objects.visible_to(scope(expert, TODAY)).exists()
    (shown,) = review.of_case(case, expert, scope(expert, TODAY), LATER).advices
    assert (shown.whom, shown.term, shown.may_answer, shown.may_drop, shown.answer) == ("Expert", "due 6 Mar", True, False, None)
    answer = advising.advise(asked, by=expert, now=LATER, text="With gloves.")
    assert told(cast.approver) == [f"{subject}: Expert gave advice: With gloves."]
    page = review.of_case(case, cast.author, scope(cast.author, TODAY), LATER)
    assert (page.advices[0].answer, page.advices[0].may_answer, owes(expert)) == (answer, False, [])
    assert [line.title for line in page.timeline][1:3] == ["Approver asked Expert for advice", "Expert gave advice"]
    assert (case.decisions.count(), WorkItem.objects.get(kind="advise").outcome) == (0, "done")
    with pytest.raises(Stale, match="has been given or is not wanted"):
        advising.advise(asked, by=expert, now=LATER, text="Twice.")
    with pytest.raises(Stale, match="has been given or is not wanted"):
        advising.drop(asked, by=cast.approver, now=LATER)


def test_a_position_is_asked_and_whoever_acts_for_it_or_was_given_the_work_answers(cast: make.Cast) -> None:
    case, stores = submitted(cast), Position.objects.get(title="Head of Stores")
    keeper = Person.objects.get(login="storekeeper")
    asked = ask(case, stores, cast.approver)
    assert (asked.position, asked.person, owes(keeper)) == (stores, None, ["advise"])
    with pytest.raises(Refused, match="Only whoever was asked"):
        advising.advise(asked, by=cast.stranger, now=LATER, text="Me too.")
    WorkItem.objects.filter(pk=asked.work_item_id).update(assigned_to=cast.stranger)
    assert advising.advise(asked, by=cast.stranger, now=LATER, text="As given.").by == cast.stranger


def test_a_question_is_withdrawn_by_whoever_asked_or_the_office_and_ends_with_the_case(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    asked = ask(case, expert, cast.approver)
    with pytest.raises(Refused, match="Only the company process manager"):
        advising.drop(asked, by=expert, now=LATER)
    advising.drop(asked, by=cast.approver, now=LATER)
    assert (owes(expert), WorkItem.objects.get(kind="advise").outcome) == ([], "moot")
    page = review.of_case(case, expert, scope(expert, TODAY), LATER)
    assert (page.advices[0].dropped, page.advices[0].may_answer) == (True, False)
    assert "Approver no longer needs advice from Expert" in [line.title for line in page.timeline]
    advising.drop(ask(case, expert, cast.approver), by=cast.manager, now=LATER)
    again = ask(case, expert, cast.manager)
    workflow.recall(case, by=cast.author, now=LATER)
    assert owes(expert) == []
    with pytest.raises(Stale, match="closed"):
        advising.advise(again, by=expert, now=LATER, text="Late.")
    case.refresh_from_db()
    page = review.of_case(case, expert, scope(expert, TODAY), LATER)
    assert (page.bar, [one.may_answer or one.may_drop for one in page.advices]) == (None, [False] * 3)


def test_what_asking_is_refused_for(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast, confidentiality="positions")
    outsider = make.person("outsider", level=4)
    holder = make.person("holder", level=3)
    make.appoint(holder, Position.objects.get(title="Process manager, Purchasing"))

    def refused(whom: Person | Position, by: Person = cast.approver, **more: object) -> str:
        with pytest.raises(Refused) as caught:
            ask(case, whom, by, **more)
        return str(caught.value)

    for by in (cast.author, cast.reader, expert):
        assert refused(expert, by)
    assert "Write some words" in refused(expert, question=" ")
    assert "has passed" in refused(expert, due_on=day(-1))
    assert "wrote part of the content" in refused(cast.author)
    assert ask(case, expert, cast.approver)  # who answers for it opens it
    assert "has been asked already" in refused(expert)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseAct.objects.create(case=case, kind="advise", by=expert, at=LATER, text="Of nothing.")
    Person.objects.filter(pk=outsider.pk).update(is_active=False)
    assert "no access any more" in refused(Person.objects.get(pk=outsider.pk))
    Position.objects.filter(kind__in=("company_process_manager", "top_management", "head")).update(closed_on=TODAY)
    assert "Nobody acts for this position" in refused(make.position("Empty desk"))


def test_advisors_are_offered_first_and_levels_only_where_they_are_enforced(cast: make.Cast, expert: Person) -> None:
    case = submitted(cast)
    assert [pk for pk, _label in able.advisors(case, TODAY)] == [cast.boss.pk, expert.pk, cast.manager.pk]
    assert dict(able.advisors(case, TODAY))[cast.boss.pk] == "Boss, General manager"
    make.away(expert)
    assert expert.pk not in dict(able.advisors(case, TODAY))
    assert (able.needs_level(0), able.needs_level(4), able.needs_level(3)) == (False, True, True)
    from_whom = dict(able.positions_with(3, case, TODAY))
    assert sorted(from_whom.values()) == [
        "Company process manager (CO): Manager", "General manager (CO): Boss", "Process manager, Purchasing (PUR): Approver",
    ]  # fmt: skip


# Copies


def test_a_copy_lets_somebody_read_along_and_asks_nothing(cast: make.Cast) -> None:
    case = submitted(cast)
    act = informing.copy(case, cast.stranger, by=cast.author, now=LATER)
    assert informing.copy(case, cast.stranger, by=cast.approver, now=LATER, note="Again.") == act
    assert told(cast.stranger) == [
        f"{case.revision.process}: Author sends you a copy for information: You may read along and comment; nothing is asked of you."
    ]
    assert ApprovalCase.objects.visible_to(scope(cast.stranger, TODAY)).exists()
    assert owes(cast.stranger) == []
    informing.copy(case, cast.boss, by=cast.manager, now=LATER, note="Look.")
    assert told(cast.boss)[0].endswith(": Look.")
    for by in (cast.reader, cast.stranger):
        with pytest.raises(Refused):
            informing.copy(case, cast.admin, by=by, now=LATER)


def test_a_copy_opens_no_confidential_process(cast: make.Cast) -> None:
    case = submitted(cast, confidentiality="positions")
    keeper = make.person("keeper", level=3)
    office = make.position("Checker", of=cast.purchasing, holder=keeper)
    seat = act_policy.waiting_seats(case)[0]
    passing.transfer(seat, office, by=cast.approver, now=LATER, reason="So.")
    with pytest.raises(Refused, match="may not see"):
        informing.copy(case, cast.stranger, by=keeper, now=LATER)


# Nudges


def test_whose_turn_it_is_gets_nudged_once_a_working_day_and_the_page_says_when_again(cast: make.Cast) -> None:
    case = submitted(cast)  # Wednesday, 4 March
    (act,) = informing.nudge(case, by=cast.author, now=LATER)
    assert (act.person, act.day) == (cast.approver, TODAY)
    assert told(cast.approver) == [f"{case.revision.process}: Author reminds you that it is your turn: The review waits for your decision."]
    with pytest.raises(Refused, match="Approver was nudged already; that is possible again on 5 Mar 2026"):
        informing.nudge(case, by=cast.reader, now=LATER)
    page = review.of_case(case, cast.author, scope(cast.author, TODAY), LATER)
    assert page.bar is not None
    assert (page.bar.may_nudge, page.bar.nudge_again) == (False, day(1))
    friday, saturday, monday = (NOW + dt.timedelta(days=n) for n in (2, 3, 5))
    assert informing.nudge(case, by=cast.reader, now=friday)
    with pytest.raises(Refused, match="nudged already"):
        informing.nudge(case, by=cast.author, now=saturday)
    page = review.of_case(case, cast.author, scope(cast.author, monday.date()), monday)
    assert page.bar is not None
    assert page.bar.may_nudge
    assert informing.nudge(case, by=cast.author, now=monday)


def test_who_was_not_nudged_yet_is_and_nobody_nudges_themselves(cast: make.Cast) -> None:
    case = submitted(cast, level="company", participating=[cast.stores])
    keeper = Person.objects.get(login="storekeeper")
    assert [act.person for act in informing.nudge(case, by=cast.manager, now=LATER)] == [keeper]
    assert [act.person for act in informing.nudge(case, by=cast.author, now=LATER)] == [cast.manager]
    other = submitted(cast)
    with pytest.raises(Refused, match="Nobody else is asked"):
        informing.nudge(other, by=cast.approver, now=LATER)
    page = review.of_case(other, cast.approver, scope(cast.approver, TODAY), LATER)
    assert page.bar is not None
    assert (page.bar.may_nudge, page.bar.nudge_again) == (False, None)


def test_top_management_is_nudged_to_name_somebody(cast: make.Cast) -> None:
    case = submitted(cast)
    seat = act_policy.waiting_seats(case)[0]
    WorkItem.objects.filter(pk=seat.work_item_id).update(kind="name_approver", position=Position.objects.get(kind="top_management"))
    assert [act.person for act in informing.nudge(case, by=cast.author, now=LATER)] == [cast.boss]


# A no is told


@pytest.mark.parametrize(("verdict", "words"), [("return", "was returned for changes"), ("reject", "was rejected")])
def test_a_no_is_told_to_earlier_stages_to_those_who_were_asked_and_to_those_drawn_in(
    cast: make.Cast, expert: Person, verdict: str, words: str
) -> None:
    keeper, quality = Person.objects.get(login="storekeeper"), make.head(make.department("QA"), "quality")
    case = submitted(cast, level="company", participating=[cast.stores, make.department("QA")])
    informing.copy(case, cast.stranger, by=cast.author, now=LATER)
    ask(case, expert, cast.manager)
    seats = {seat.position.title: seat for seat in act_policy.waiting_seats(case)}
    workflow.decide(seats["Head of Stores"], by=keeper, now=LATER, verdict="approve", sha256=case.content.sha256)
    workflow.decide(
        seats["Head of Purchasing"], by=cast.manager, now=LATER, verdict=verdict, reason="Step 2 is missing.", sha256=case.content.sha256
    )
    for person in (keeper, quality, cast.stranger, expert):
        assert told(person)[-1] == f"{case.revision.process} {words}: Manager: Step 2 is missing.", person
    assert all(words not in line for line in told(cast.manager))
    assert len([line for line in told(cast.author) if "Step 2 is missing." in line]) == 1
