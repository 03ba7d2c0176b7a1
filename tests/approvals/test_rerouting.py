"""The process office gives an open case other stages: what was decided stays, nobody is asked twice, all are told why."""

import datetime as dt

import pytest
from django.urls import reverse

from approvals import review, route_effect, workflow
from approvals.models import ApprovalCase, Rerouting, Seat
from approvals.rerouting import plan_to_come, reroute
from approvals.route_faults import StageTerms
from approvals.seating import reseat
from approvals.timeline import timeline
from organization.models import HeldLevel, Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from tests import make
from tests.approvals.routing import LAST, in_force
from tests.conftest import SignedIn
from tests.make import NOW, TODAY
from worklist import mine
from worklist.models import Notice

LATER = NOW + dt.timedelta(hours=3)


def submitted(cast: make.Cast, *, now: dt.datetime = NOW, **fields: object) -> ApprovalCase:
    """A company document on the built-in route: heads of purchasing and stores, then the company."""
    process = make.process(cast.purchasing, created_by=cast.author, level="company", participating=[cast.stores], **fields)
    return workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=now)


def decide(case: ApprovalCase, by: Person, title: str) -> None:
    seat = Seat.objects.get(
        stage__case=case, stage__replaced_at=None, stage__closed_at=None, stage__opened_at__isnull=False, position__title=title
    )
    workflow.decide(seat, by=by, now=LATER, verdict="approve", sha256=case.content.sha256)


def again(case: ApprovalCase) -> ApprovalCase:
    return ApprovalCase.objects.get(pk=case.pk)


def stages(case: ApprovalCase) -> list[tuple[int, str, bool, bool, bool]]:
    """Order and title of each stage, and whether it is open, closed and replaced."""
    return [(s.order, s.title, s.opened_at is not None, s.closed_at is not None, s.replaced_at is not None) for s in case.stages.all()]


def owed(person: Person) -> int:
    return mine.owed(scope(person, TODAY)).count()


@pytest.fixture
def storekeeper(cast: make.Cast) -> Person:
    return Person.objects.get(login="storekeeper")


def test_what_waits_is_replaced_and_all_who_take_part_are_told(cast: make.Cast, storekeeper: Person) -> None:
    case = submitted(cast)
    board = make.person("board", level=5)
    route = in_force(cast, StageTerms("Board", positions=[make.position("Board", holder=board)]), LAST)
    made = reroute(case, route, by=cast.manager, now=LATER, seen=case.version, reason=" Too few saw it. ")
    assert (made.reason, made.first_order, made.route, made.by) == ("Too few saw it.", 3, route, cast.manager)
    assert stages(case) == [
        (1, "Countersign of the departments", True, False, True),
        (2, "Company process manager", False, False, True),
        (3, "Board", True, False, False),
        (4, "Last word", False, False, False),
    ]
    assert (owed(storekeeper), owed(board), again(case).route) == (0, 1, route)
    told = Notice.objects.filter(key__startswith="rerouted:").values_list("person__login", "body")
    assert {login for login, _body in told} == {"author", "storekeeper", "board"}
    assert {body for _login, body in told} == {"Manager changed who decides on it: Too few saw it."}
    decide(case, board, "Board")
    decide(case, cast.manager, "Company process manager")
    assert again(case).state == "approved"


def test_what_was_decided_stays_and_is_not_asked_again(cast: make.Cast, storekeeper: Person) -> None:
    case = submitted(cast)
    decide(case, storekeeper, "Head of Stores")
    heads = StageTerms("Stores", positions=[Position.objects.get(title="Head of Stores")])
    both = StageTerms("Stores or sales", positions=[*heads.positions, make.position("Head of Sales")], mode="any")
    more = StageTerms("Stores at level 3", positions=heads.positions, required_level=3)
    route = in_force(cast, heads, both, more, LAST)
    assert [stage.title for stage in plan_to_come(again(case), route, TODAY).stages] == ["Stores at level 3", "Last word"]
    reroute(case, route, by=cast.manager, now=LATER, seen=again(case).version, reason="So.")
    assert [title for _order, title, *_rest in stages(case)][2:] == ["Stores at level 3", "Last word"]
    assert case.decisions.get().stage.order == 1


def test_a_decision_without_signature_does_not_count_where_one_is_asked(cast: make.Cast, storekeeper: Person) -> None:
    stores = [Position.objects.get(title="Head of Stores")]
    unsigned = StageTerms("Stores", positions=stores, needs_signature=False)
    first = in_force(cast, unsigned, StageTerms("Others", rules=["head"]), LAST, document_type="process")
    case = submitted(cast)
    decide(case, storekeeper, "Head of Stores")
    assert [stage.title for stage in plan_to_come(again(case), first, TODAY).stages] == ["Others", "Last word"]
    signed = in_force(cast, StageTerms("Stores, signed", positions=stores), LAST, document_type="sop")
    assert [stage.title for stage in plan_to_come(again(case), signed, TODAY).stages] == ["Stores, signed", "Last word"]


def test_the_last_stage_is_asked_even_of_who_has_approved_before(cast: make.Cast) -> None:
    in_force(cast, StageTerms("Company first", rules=["company"], required_level=5), StageTerms("Two", rules=["company", "head"]))
    case = submitted(cast)
    decide(case, cast.manager, "Company process manager")
    assert [stage.title for stage in plan_to_come(again(case), None, TODAY).stages] == [
        "Countersign of the departments", "Company process manager"
    ]  # fmt: skip


def test_nobody_who_wrote_it_gets_a_seat(cast: make.Cast) -> None:
    case = submitted(cast)
    route = in_force(cast, StageTerms("Head", rules=["head"]), LAST)
    reroute(case, route, by=cast.manager, now=LATER, seen=case.version, reason="So.")
    assert (owed(cast.author), owed(cast.manager)) == (0, 1)


def test_reseating_passes_over_what_was_replaced(cast: make.Cast) -> None:
    case = submitted(cast)
    reroute(case, in_force(cast), by=cast.manager, now=LATER, seen=case.version, reason="So.")
    assert reseat(LATER) == 1


def test_the_timeline_tells_it_between_what_was_and_what_comes(cast: make.Cast, storekeeper: Person) -> None:
    case = submitted(cast)
    decide(case, storekeeper, "Head of Stores")
    reroute(case, None, by=cast.manager, now=LATER, seen=again(case).version, reason="Once more.")
    seats = review.seats_of(case)
    turns = review.turns_of(case, seats, cast.author, scope(cast.author, TODAY))
    lines = timeline(case, seats, turns, cast.author, TODAY)
    assert [line.title for line in lines] == [
        "Submitted by Author", "Head of Stores: Approved", "Re-routed by Manager", "Head of Purchasing", "Head of Stores",
        "Company process manager", "Takes effect as soon as it is approved",
    ]  # fmt: skip
    assert "Built-in route · " in lines[2].detail
    assert lines[2].detail.endswith("Once more.")


def test_what_is_refused(cast: make.Cast) -> None:
    case, route = submitted(cast), in_force(cast)

    def refusal(by: Person, *, reason: str = "So.", seen: int = 0, to: object = route) -> str:
        with pytest.raises(Refused) as refused:
            reroute(case, to, by=by, now=LATER, seen=seen, reason=reason)  # type: ignore[arg-type]
        return str(refused.value)

    for person in (cast.stranger, cast.reader, cast.author, cast.approver, cast.boss):
        assert refusal(person) == "Only the company process manager changes approval routes."
    assert "Write the reason" in refusal(cast.manager, reason="  ")
    assert "Meanwhile something was decided" in refusal(cast.manager, seen=7)
    case.contributors.add(cast.manager)
    assert "You wrote or submitted this content" in refusal(cast.manager)
    case.contributors.remove(cast.manager)
    gone = route_effect.retire(route, by=cast.manager, now=NOW, seen=route.version, day=TODAY)
    route_effect.confirm(gone, by=cast.boss, now=NOW, seen=gone.version)
    assert "not in force any more" in refusal(cast.manager)
    workflow.recall(case, by=cast.author, now=LATER)
    assert "Meanwhile something was decided" in refusal(cast.manager, seen=1)
    assert not Rerouting.objects.exists()


def test_twice_the_same_version_is_stale(cast: make.Cast) -> None:
    case = submitted(cast)
    reroute(case, None, by=cast.manager, now=LATER, seen=case.version, reason="So.")
    with pytest.raises(Stale):
        reroute(case, None, by=cast.manager, now=LATER, seen=case.version, reason="So.")


# The page


def test_the_manager_chooses_a_route_sees_who_is_asked_and_says_why(cast: make.Cast, client: SignedIn) -> None:
    case = submitted(cast, now=make.now())
    route = in_force(cast, StageTerms("Once more", rules=["head"]), LAST, name="Ours", now=make.now())
    assert "Re-route this case" in client.as_(cast.manager).get(reverse("approvals:case", args=[case.pk])).content.decode()
    address = reverse("approvals:reroute", args=[case.pk])
    shown = client.get(address).content.decode()
    assert "Once more" in shown  # what a new case would take
    assert "Countersign of the departments" in client.get(address, {"route": "built-in"}).content.decode()
    assert client.get(address, {"route": "999"}).status_code == 404
    missing = client.post(address, {"route": route.pk, "seen": case.version, "reason": ""})
    assert missing.status_code == 422
    stale = client.post(address, {"route": route.pk, "seen": 9, "reason": "So."})
    assert (stale.status_code, "Meanwhile something was decided" in stale.content.decode()) == (422, True)
    done = client.post(address, {"route": route.pk, "seen": case.version, "reason": "So."}, follow=True).content.decode()
    assert "All who take part have been told" in done
    assert again(case).route == route
    client.post(address, {"route": "built-in", "seen": again(case).version, "reason": "Back."})
    assert again(case).route is None


def test_others_may_not_and_a_closed_case_cannot_be(cast: make.Cast, client: SignedIn) -> None:
    case = submitted(cast, now=make.now())
    address = reverse("approvals:reroute", args=[case.pk])
    expected = {cast.stranger: {403, 404}, cast.reader: {403, 404}, cast.author: {403}, cast.approver: {403}, cast.manager: {200}}
    for person, statuses in expected.items():
        assert client.as_(person).get(address).status_code in statuses, person.login
        page = client.get(reverse("approvals:case", args=[case.pk]))
        assert ("Re-route this case" in page.content.decode()) == (person == cast.manager)
    workflow.recall(case, by=cast.author, now=make.now())
    assert "nothing left to re-route" in client.as_(cast.manager).get(address, follow=True).content.decode()


def test_the_process_office_sees_what_it_may_re_route_where_it_sees_the_process(cast: make.Cast, client: SignedIn) -> None:
    away = make.department("OFF", parent=cast.stores)  # the office is not above purchasing
    Position.objects.filter(kind="company_process_manager").update(department=away)
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=make.now())
    number, address = draft.process.number, reverse("approvals:reroute", args=[case.pk])
    review = reverse("approvals:case", args=[case.pk])

    def seen() -> dict[str, tuple[int, int]]:
        people = (cast.author, cast.approver, cast.reader, cast.stranger, cast.boss, cast.manager)
        return {one.login: (client.as_(one).get(review).status_code, client.get(address).status_code) for one in people}

    others = {"author": (200, 403), "approver": (200, 403), "reader": (200, 403), "stranger": (404, 404), "boss": (200, 403)}
    assert seen() == others | {"manager": (200, 200)}
    comment = reverse("approvals:comment", args=[case.pk])
    offered = {one.login: comment in client.as_(one).get(review).content.decode() for one in (cast.approver, cast.manager)}
    assert offered == {"approver": True, "manager": False}  # who only sees the review says nothing in it
    page = client.as_(cast.manager).get(reverse("approvals:route_of", args=[number])).content.decode()
    assert (f'href="{address}"' in page, "To the review" in page) == (True, True)
    HeldLevel.objects.filter(person=cast.manager).update(level=4)  # the office without its level re-routes nothing
    assert client.get(review).status_code == 404
    HeldLevel.objects.filter(person=cast.manager).update(level=5)
    done = client.post(address, {"route": "built-in", "seen": case.version, "reason": "So."})
    assert done["Location"] == review
    draft.process.confidentiality = "positions"
    draft.process.save()
    assert seen()["manager"] == (404, 404)
    draft.process.confidentiality = "company"
    draft.process.save()
    workflow.recall(case, by=cast.author, now=make.now())
    assert client.as_(cast.manager).get(review).status_code == 404  # nothing is left to re-route
