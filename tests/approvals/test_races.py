"""Many callers at the same instant: exactly one decision per seat, exactly one outcome per case, on either database."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from django.db import connections

from approvals import route_changes, route_effect, waivers, workflow
from approvals.models import ApprovalCase, Decision, Route, Seat
from approvals.rerouting import reroute
from approvals.route_faults import StageTerms
from organization.models import Person, Position, Signature
from organization.refusals import Refused, Stale
from organization.signing import verify_chain
from processes import calling_off, holding, lifecycle
from processes.holding import Hold
from processes.models import Revision
from tests import make
from tests.approvals.routing import LAST, fresh, in_force, written
from tests.make import NOW
from worklist.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 20


def at_once(calls: Sequence[Callable[[], object]]) -> Counter[str]:
    """Runs the calls in threads that start together; says how often each answer came."""
    barrier, answers = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=30)
            answers.append(str(call()))
        except Refused as error:
            answers.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(answers)


def in_review() -> tuple[make.Cast, ApprovalCase, Seat]:
    cast = make.cast()
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW)
    return cast, case, Seat.objects.get(stage__case=case)


def deciding(case: ApprovalCase, seat: Seat, by: Person, verdict: str) -> Callable[[], object]:
    def call() -> object:
        made = workflow.decide(seat, by=by, now=NOW, verdict=verdict, reason="So be it.", sha256=case.content.sha256)
        return f"{verdict} {made.pk}"

    return call


def test_twenty_clicks_of_one_person_are_one_decision() -> None:
    cast, case, seat = in_review()
    answers = at_once([deciding(case, seat, cast.approver, "approve")] * CALLERS)
    assert answers == {f"approve {Decision.objects.get().pk}": CALLERS}
    assert Signature.objects.filter(person=cast.approver).count() == 1
    assert list(verify_chain()) == []


def test_twenty_holders_of_one_office_make_one_decision() -> None:
    _cast, case, seat = in_review()
    holders = [make.person(level=3) for _n in range(CALLERS)]
    for holder in holders:
        make.appoint(holder, seat.position)
    answers = at_once([deciding(case, seat, holder, "approve") for holder in holders])
    assert answers == {f"approve {Decision.objects.get().pk}": 1, "Stale": CALLERS - 1}
    assert Revision.objects.get(pk=case.revision_id).label == "1.0"


def test_approve_and_return_at_the_same_instant_have_one_outcome() -> None:
    _cast, case, seat = in_review()
    holders = [make.person(level=3) for _n in range(8)]
    for holder in holders:
        make.appoint(holder, seat.position)
    answers = at_once([deciding(case, seat, holder, ("approve", "return")[n % 2]) for n, holder in enumerate(holders)])
    made = Decision.objects.get()
    assert answers == {f"{made.verdict} {made.pk}": 1, "Stale": 7}
    case.refresh_from_db()
    state = Revision.objects.get(pk=case.revision_id).state
    assert (case.state, state) in {("approved", "approved"), ("returned", "draft")}
    assert made.verdict == {"approved": "approve", "returned": "return"}[case.state]


def test_approve_against_recall_has_one_outcome() -> None:
    cast, case, seat = in_review()

    def recalling() -> object:
        return workflow.recall(case, by=cast.author, now=NOW).state

    answers = at_once([deciding(case, seat, cast.approver, "approve"), recalling] * 4)
    case.refresh_from_db()
    state = Revision.objects.get(pk=case.revision_id).state
    assert (case.state, state, Decision.objects.count()) in {("approved", "approved", 1), ("recalled", "draft", 0)}
    assert sum(answers[word] for word in answers if word not in {"Refused", "Stale"}) == 4


def test_two_seats_of_one_stage_decided_at_the_same_instant_open_the_next_stage_once() -> None:
    cast = make.cast()
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=[cast.stores])
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    home, stores = Seat.objects.filter(stage__case=case, stage__order=1).order_by("pk")
    storekeeper = Person.objects.get(login="storekeeper")
    answers = at_once([deciding(case, home, cast.manager, "approve"), deciding(case, stores, storekeeper, "approve")])
    assert (len(answers), Decision.objects.count()) == (2, 2)
    assert case.stages.get(order=1).closed_at == case.stages.get(order=2).opened_at == NOW


def test_twenty_submissions_open_one_case() -> None:
    cast = make.cast()
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)

    def submitting() -> object:
        return workflow.submit(Revision.objects.get(pk=draft.pk), by=cast.author, now=NOW).state

    answers = at_once([submitting] * CALLERS)
    assert ApprovalCase.objects.count() == 1
    assert answers["open"] == 1
    assert sum(answers.values()) == CALLERS


def test_control_get_check_save_without_the_swap_lets_several_win() -> None:
    """Why the swap is there: the same race, decided the naive way."""
    _cast, case, _seat = in_review()
    barrier = threading.Barrier(4)

    def naive() -> object:
        found = ApprovalCase.objects.get(pk=case.pk)
        if found.state != "open":
            raise Stale
        barrier.wait(timeout=30)  # the window that a slow request leaves open
        found.state, found.closed_at = "approved", NOW
        found.save()
        return "won"

    assert at_once([naive] * 4) == {"won": 4}


def test_two_changes_of_a_route_that_saw_the_same_version_are_one() -> None:
    cast = make.cast()
    route = written(cast)

    def adding(title: str) -> Callable[[], object]:
        terms = StageTerms(title, rules=["head"])
        return lambda: route_changes.put_stage(route, terms, by=cast.manager, now=NOW, seen=route.version).title

    answers = at_once([adding(f"Stage {n}") for n in range(8)])
    assert answers["Stale"] == 7
    assert (fresh(route).version, route.stages.count()) == (route.version + 1, 2)


def test_two_routes_for_the_same_documents_confirmed_at_the_same_instant_are_one() -> None:
    cast = make.cast()
    routes = [route_effect.propose(written(cast, name=f"Route {n}"), by=cast.manager, now=NOW, seen=2) for n in range(6)]

    def confirming(route: Route) -> Callable[[], object]:
        return lambda: route_effect.confirm(route, by=cast.boss, now=NOW, seen=route.version).state

    assert at_once([confirming(route) for route in routes]) == {"in_force": 1, "Refused": 5}
    assert Route.objects.filter(state="in_force").count() == 1


def test_confirm_against_take_back_and_edit_has_one_outcome() -> None:
    cast = make.cast()
    route = route_effect.propose(written(cast), by=cast.manager, now=NOW, seen=2)
    seen, terms = route.version, StageTerms("More", rules=["company"])
    calls: list[Callable[[], object]] = [
        lambda: route_effect.confirm(route, by=cast.boss, now=NOW, seen=seen).state,
        lambda: route_effect.decline(route, by=cast.manager, now=NOW, seen=seen).state,
        lambda: route_changes.put_stage(route, terms, by=cast.manager, now=NOW, seen=seen).title,
    ]
    answers = at_once(calls * 2)
    assert answers["Stale"] == 5
    assert (fresh(route).state, route.stages.count()) in {("in_force", 1), ("draft", 1), ("draft", 2)}


def test_any_one_of_a_stage_at_the_same_instant_opens_the_next_stage_once() -> None:
    cast = make.cast()
    holders = [make.person() for _n in range(6)]
    circle = StageTerms("Circle", positions=[make.position(holder=holder) for holder in holders], mode="any")
    in_force(cast, circle, LAST)
    case = workflow.submit(make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author), by=cast.author, now=NOW)
    seats = {seat.position.appointments.get().person_id: seat for seat in Seat.objects.filter(stage__case=case, stage__order=1)}
    answers = at_once([deciding(case, seats[holder.pk], holder, "approve") for holder in holders])
    assert answers == {f"approve {Decision.objects.get().pk}": 1, "Stale": 5}
    assert WorkItem.objects.open().filter(seat__stage__case=case).count() == 1


def test_a_decision_against_a_re_route_has_one_outcome() -> None:
    cast, case, seat = in_review()

    def rerouting() -> object:
        return f"rerouted {reroute(case, None, by=cast.manager, now=NOW, seen=case.version, reason='So.').pk}"

    answers = at_once([deciding(case, seat, cast.approver, "approve"), rerouting] * 4)
    state = ApprovalCase.objects.get(pk=case.pk).state
    assert (state, Decision.objects.count(), case.reroutings.count()) in {("approved", 1, 0), ("open", 0, 1)}
    assert sum(answers[word] for word in answers if word not in {"Refused", "Stale"}) in {1, 4}


def test_ready_against_cancel_against_a_later_day_has_one_outcome() -> None:
    cast = make.cast()
    process = make.process(cast.purchasing, created_by=cast.author, owner=Position.objects.get(title="Head of Purchasing"))
    draft = make.draft(process, by=cast.author)
    lifecycle.submit(draft, by=cast.author, now=NOW)
    lifecycle.approve(draft, by=cast.approver, now=NOW, hold=Hold(make.day(9), None, "tests"))
    acts: list[Callable[[Revision], Revision]] = [
        lambda seen: holding.ready(seen, by=cast.author, now=NOW, read=holding.Read()),
        lambda seen: holding.postpone(seen, make.day(20), by=cast.author, now=NOW, reason="Later."),
        lambda seen: calling_off.call_off(seen, by=cast.author, now=NOW, reason="Not at all."),
    ]
    pages = [Revision.objects.select_related("process", "frozen").get(pk=draft.pk) for _caller in range(9)]
    calls = [lambda seen=seen, act=acts[n % 3]: act(seen) and "done" for n, seen in enumerate(pages)]
    assert at_once(calls) == {"done": 1, "Stale": 8}
    assert Signature.objects.count() == 1
    assert list(verify_chain()) == []


def test_of_two_who_sign_the_same_waiver_one_does() -> None:
    cast = make.cast()
    process = make.process(cast.purchasing, created_by=cast.author)

    def waiving(by: Person) -> Callable[[], object]:
        return lambda: waivers.give(process, waivers.Wanted("", make.day(9), "So."), by=by, now=NOW).what

    assert at_once([waiving(by) for by in (cast.boss, cast.manager) * 4]) == {"training": 1, "Refused": 7}
    assert Signature.objects.count() == 1
