"""The bar of a review and the pages of its acts: who is offered what, what is refused, and that nothing typed is lost."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from approvals import act_policy, advising, informing, passing, workflow
from approvals.models import ApprovalCase, CaseAct, Decision, Seat
from organization.models import Person, Position
from tests import make
from tests.conftest import SignedIn
from tests.make import PASSWORD

ACTS = ("transfer", "delegate", "add", "advice", "copy")
WORDS = {
    "transfer": "Transfer…", "delegate": "Delegate this decision…", "add": "Add an approver…", "advice": "Ask for advice…",
    "copy": "Copy for information…",
}  # fmt: skip


@pytest.fixture
def case(cast: make.Cast) -> ApprovalCase:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    return workflow.submit(draft, by=cast.author, now=make.now())


@pytest.fixture
def expert(cast: make.Cast) -> Person:
    who = make.person("expert", level=4, password=PASSWORD)
    make.position("Desk", of=cast.stores, holder=who)
    return who


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def page(case: ApprovalCase) -> str:
    return reverse("approvals:case", args=[case.pk])


def address(case: ApprovalCase, act: str) -> str:
    return reverse("approvals:act", args=[case.pk, act])


def seat_of(case: ApprovalCase) -> Seat:
    return act_policy.waiting_seats(case)[0]


def on_page(client: SignedIn, case: ApprovalCase, person: Person) -> set[str]:
    text = words(client.as_(person).get(page(case)))
    others = {"nudge": "Nudge", "recall": "Recall: back to draft", "take back": "Take back what was delegated", "re-route": "Re-route this"}
    return {name for name, said in (WORDS | others).items() if re.search(rf"(?<!\w){re.escape(said)}", text)}


def test_who_is_offered_what(cast: make.Cast, client: SignedIn, case: ApprovalCase, expert: Person) -> None:
    assert on_page(client, case, cast.approver) == set(ACTS)
    assert on_page(client, case, cast.author) == {"copy", "nudge", "recall"}
    assert on_page(client, case, cast.reader) == {"nudge"}
    assert on_page(client, case, cast.manager) == {"transfer", "add", "advice", "copy", "nudge", "re-route"}
    passing.delegate(seat_of(case), expert, by=cast.approver, now=make.now(), reason="So.")
    assert on_page(client, case, expert) == {"add", "advice", "copy"}
    assert on_page(client, case, cast.approver) == {"add", "advice", "copy", "nudge", "take back"}
    workflow.recall(case, by=cast.author, now=make.now())
    assert on_page(client, case, cast.approver) == on_page(client, case, cast.manager) == set()


def test_each_page_opens_for_those_and_is_refused_to_the_others(
    cast: make.Cast, client: SignedIn, case: ApprovalCase, expert: Person
) -> None:
    for act in ACTS:
        statuses = {p.login: client.as_(p).get(address(case, act)).status_code for p in (cast.approver, cast.reader, cast.stranger)}
        assert statuses == {"approver": 200, "reader": 403, "stranger": 404}, act
        assert client.as_(cast.author).get(address(case, act)).status_code == (200 if act == "copy" else 403)
        assert client.as_(cast.manager).get(address(case, act)).status_code == (403 if act == "delegate" else 200)
    assert client.as_(cast.approver).get(address(case, "dance")).status_code == 404
    workflow.recall(case, by=cast.author, now=make.now())
    for act in ACTS:
        answer = client.as_(cast.approver).post(address(case, act), {}, follow=True)
        assert "This review is closed: Recalled" in words(answer)


def test_transfer_and_delegation_through_their_pages(cast: make.Cast, client: SignedIn, case: ApprovalCase, expert: Person) -> None:
    seat, desk = seat_of(case), Position.objects.get(title="Desk")
    shown = client.as_(cast.approver).get(address(case, "delegate")).content.decode()
    assert f'<option value="{expert.pk}">Expert, Desk</option>' in shown
    assert f'value="{cast.reader.pk}"' not in shown
    typed = {"seat": seat.pk, "delegate": expert.pk, "reason": "On the road."}
    again = client.post(address(case, "delegate"), typed | {"until": "2020-01-01"})
    assert (again.status_code, "On the road." in again.content.decode(), "This day has passed" in words(again)) == (422, True, True)
    assert "Delegated. You can take it back" in words(client.post(address(case, "delegate"), typed, follow=True))
    assert "You delegated this decision to Expert" in words(client.get(page(case)))
    assert "by delegation of Approver" in words(client.as_(expert).get(page(case)))
    back = reverse("approvals:take_back", args=[case.pk, seat.pk])
    assert client.post(back).status_code == 403
    assert "Taken back." in words(client.as_(cast.approver).post(back, follow=True))
    assert client.post(back).status_code == 409
    shown = client.get(address(case, "transfer")).content.decode()
    assert f'<option value="{desk.pk}">Desk (STO): Expert</option>' in shown
    done = client.post(address(case, "transfer"), {"seat": seat.pk, "position": desk.pk, "reason": "For good."}, follow=True)
    assert "Transferred." in words(done)
    assert "Not yours to decide" in words(done)
    signed = {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD}
    client.as_(expert).post(reverse("approvals:decide", args=[case.pk, seat.pk]), signed)
    assert Decision.objects.get().decided_by == expert


def test_forged_seats_positions_and_people_are_not_taken(cast: make.Cast, client: SignedIn, case: ApprovalCase, expert: Person) -> None:
    other = workflow.submit(
        make.draft(make.process(cast.stores, created_by=cast.author), by=cast.author), by=Person.objects.get(login="storekeeper"),
        now=make.now(),
    )  # fmt: skip
    foreign, own = seat_of(other), seat_of(case)
    buyer, head = Position.objects.get(title="Buyer"), Position.objects.get(title="Head of Purchasing")
    client.as_(cast.approver)
    for act, typed in (
        ("transfer", {"seat": foreign.pk, "position": Position.objects.get(title="Desk").pk}),
        ("transfer", {"seat": own.pk, "position": buyer.pk}),
        ("delegate", {"seat": own.pk, "delegate": cast.author.pk}),
        ("delegate", {"seat": foreign.pk, "delegate": expert.pk}),
        ("add", {"seen": case.version, "where": "after", "position": buyer.pk, "working_days": 3}),
        ("add", {"seen": case.version, "where": "before", "position": head.pk, "working_days": 3}),
        ("advice", {"whom": "person:999999", "due_on": "2099-01-01", "question": "?"}),
        ("advice", {"due_on": "2099-01-01", "question": "?"}),
        ("copy", {"person": "nobody"}),
    ):
        assert client.post(address(case, act), typed | {"reason": "So."}).status_code == 422, act
    assert not CaseAct.objects.exists()
    asked = advising.ask_advice(case, expert, by=cast.approver, now=make.now(), question="Well?", due_on=make.now().date())
    storekeeper = Person.objects.get(login="storekeeper")
    client.as_(storekeeper)
    for name, args in (("take_back", [other.pk, own.pk]), ("advise", [other.pk, asked.pk]), ("drop_advice", [other.pk, asked.pk])):
        assert client.post(reverse(f"approvals:{name}", args=args), {"text": "Mine."}).status_code == 404
        assert client.get(reverse(f"approvals:{name}", args=args)).status_code == 405


def test_an_approver_is_added_through_the_page_which_says_what_it_saw(
    cast: make.Cast, client: SignedIn, case: ApprovalCase, expert: Person
) -> None:
    shown = words(client.as_(cast.approver).get(address(case, "add")))
    assert "Before the present stage: Department process manager" in shown
    assert "After the present stage" not in shown
    assert "The last stage always keeps the last word" in shown
    typed = {"where": "before", "position": Position.objects.get(title="Desk").pk, "working_days": 3, "reason": "Safety."}
    stale = client.post(address(case, "add"), typed | {"seen": case.version + 1})
    assert (stale.status_code, "Meanwhile something was decided" in words(stale)) == (422, True)
    assert "Added." in words(client.post(address(case, "add"), typed | {"seen": case.version}, follow=True))
    assert [stage.title for stage in case.stages.all()] == ["Desk", "Department process manager"]


def test_advice_through_the_pages(cast: make.Cast, client: SignedIn, case: ApprovalCase, expert: Person) -> None:
    shown = client.as_(cast.approver).get(address(case, "advice")).content.decode()
    assert shown.index('label="Advisors, level 4 and above"') < shown.index(f"person:{expert.pk}") < shown.index('label="Positions"')
    typed = {"whom": f"person:{expert.pk}", "due_on": "2099-01-01", "question": "Safe?"}
    assert client.post(address(case, "advice"), typed | {"person": "reader"}).status_code == 422
    assert "Asked." in words(client.post(address(case, "advice"), typed, follow=True))
    client.post(address(case, "advice"), {"person": "reader", "due_on": "2099-01-01", "question": "Usable?"})
    client.post(address(case, "advice"), typed | {"whom": f"position:{Position.objects.get(title='Head of Stores').pk}"})
    first, second, third = CaseAct.objects.filter(kind="ask").order_by("pk")
    assert (first.person, second.person, third.position.title) == (expert, cast.reader, "Head of Stores")
    answer = reverse("approvals:advise", args=[case.pk, first.pk])
    assert client.post(answer, {"text": "Mine."}).status_code == 403
    assert client.as_(expert).post(answer, {"text": " "}).status_code == 422
    assert "Your advice stands" in words(client.post(answer, {"text": "With gloves."}, follow=True))
    late = client.post(answer, {"text": "Once more."})
    assert late.status_code == 409
    drop = reverse("approvals:drop_advice", args=[case.pk, second.pk])
    assert client.as_(cast.reader).post(drop).status_code == 403
    assert "Withdrawn." in words(client.as_(cast.approver).post(drop, follow=True))
    seen = words(client.get(page(case)))
    assert "With gloves." in seen
    assert "not needed any more" in seen


def test_a_copy_and_a_nudge_through_the_page(cast: make.Cast, client: SignedIn, case: ApprovalCase) -> None:
    assert client.as_(cast.stranger).get(page(case)).status_code == 404
    assert "Sent." in words(client.as_(cast.author).post(address(case, "copy"), {"person": "stranger"}, follow=True))
    assert client.as_(cast.stranger).get(page(case)).status_code == 200
    nudge = reverse("approvals:nudge", args=[case.pk])
    done = words(client.as_(cast.author).post(nudge, follow=True))
    assert "Reminded." in done
    assert "Nudged. Possible again on" in done
    assert client.post(nudge).status_code == 403
    assert client.as_(cast.admin).post(nudge).status_code == 404


def test_two_seats_are_shown_as_one_signature(cast: make.Cast, client: SignedIn) -> None:
    keeper = Person.objects.get(login="storekeeper")
    quality = make.department("QA")
    make.position("Head of QA", of=quality, kind="head", holder=keeper)
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=[cast.stores, quality])
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now())
    shown = words(client.as_(keeper).get(page(case)))
    assert "You decide at once, by one signature, for:" in shown
    seat = next(seat for seat in act_policy.waiting_seats(case) if seat.position.title == "Head of QA")
    signed = {"sha256": case.content.sha256, "verdict": "approve", "reason": "", "password": PASSWORD}
    client.post(reverse("approvals:decide", args=[case.pk, seat.pk]), signed)
    assert case.decisions.count() == 2
    assert words(client.get(page(case))).count("one signature for several seats") == 2


def test_whoever_hands_on_one_of_two_seats_says_which(cast: make.Cast, client: SignedIn) -> None:
    keeper = Person.objects.get(login="storekeeper")
    quality = make.department("QA")
    make.position("Head of QA", of=quality, kind="head", holder=keeper)
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=[cast.stores, quality])
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now())
    assert "Head of QA" in words(client.as_(keeper).get(address(case, "delegate")))
    seat = next(seat for seat in act_policy.waiting_seats(case) if seat.position.title == "Head of QA")
    client.post(address(case, "delegate"), {"seat": seat.pk, "delegate": "reader", "reason": "So."})
    seat.refresh_from_db()
    assert seat.lent.person == cast.reader


@pytest.mark.parametrize("count", [1, 5])
def test_acts_cost_the_page_no_query_each(
    cast: make.Cast, client: SignedIn, case: ApprovalCase, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        who = make.person(f"adviser{n}")
        asked = advising.ask_advice(case, who, by=cast.approver, now=make.now(), question="Well?", due_on=make.now().date())
        advising.advise(asked, by=who, now=make.now(), text="Well.")
        informing.copy(case, make.person(f"copied{n}"), by=cast.author, now=make.now())
    client.as_(cast.approver).get(page(case))
    with django_assert_num_queries(31):
        client.get(page(case))
