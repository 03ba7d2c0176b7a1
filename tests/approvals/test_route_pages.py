"""The pages of routes: reading, writing without a script, taking effect; and who gets which page."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from approvals import route_effect, workflow
from approvals.models import Route, RouteStage
from approvals.route_faults import StageTerms
from organization.models import Person, Position
from tests import make
from tests.approvals.routing import LAST, fresh, in_force, written
from tests.conftest import SignedIn

QUERIES_LIST = 20
QUERIES_ROUTE = 18


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def at(name: str, *args: object) -> str:
    return reverse(f"approvals:{name}", args=args)


STAGE = {"title": "Heads", "rules": ["head"], "mode": "all", "working_days": "5", "required_level": "0", "needs_signature": "on"}


# Writing


def test_the_manager_writes_a_route_in_the_browser_and_another_confirms_it(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.manager)
    made = client.post(at("new_route"), {"seen": 0, "name": "SOPs", "document_type": "sop"})
    route = Route.objects.get()
    assert made["Location"] == at("route", route.pk)
    assert "No stage yet" in words(client.get(at("route", route.pk)))
    client.post(at("new_stage", route.pk), STAGE | {"seen": fresh(route).version})
    assert "It cannot take effect like this" in words(client.get(at("route", route.pk)))
    buyer = Position.objects.get(title="Buyer")
    typed = STAGE | {"title": "Circle", "rules": ["company"], "add": buyer.pk, "group": "Quality circle", "another": "1"}
    answer = client.post(at("new_stage", route.pk), typed | {"seen": fresh(route).version})
    circle = RouteStage.objects.get(title="Circle")
    assert answer["Location"] == at("edit_stage", route.pk, circle.pk)
    assert "Buyer (PUR)" in words(client.get(answer["Location"]))
    storeman = Position.objects.get(title="Storeman")
    typed |= {"positions": [buyer.pk], "add": storeman.pk, "mode": "quorum", "quorum": 2, "seen": fresh(route).version}
    del typed["another"]
    assert client.post(at("edit_stage", route.pk, circle.pk), typed)["Location"] == at("route", route.pk)
    page = words(client.get(at("route", route.pk)))
    assert "Company process manager Quality circle: Buyer (PUR), Storeman (STO) In parallel; 2 approvals are enough." in page
    client.post(at("move_stage", route.pk, circle.pk), {"way": "up", "seen": fresh(route).version})
    assert [stage.title for stage in route.stages.all()] == ["Circle", "Heads"]
    client.post(at("move_stage", route.pk, circle.pk), {"way": "down", "seen": fresh(route).version})
    client.post(at("remove_stage", route.pk, route.stages.get(title="Heads").pk), {"seen": fresh(route).version})
    named = {"seen": fresh(route).version, "name": "SOPs of purchasing", "document_type": "sop", "department": cast.purchasing.pk}
    client.post(at("edit_route", route.pk), named)
    done = client.post(at("act_on_route", route.pk, "propose"), {"seen": fresh(route).version}, follow=True)
    assert "You proposed this change" in words(done)
    client.as_(cast.boss)
    assert "It takes effect when you confirm it" in words(client.get(at("route", route.pk)))
    done = client.post(at("act_on_route", route.pk, "confirm"), {"seen": fresh(route).version}, follow=True)
    assert "Confirmed: it holds for every case" in words(done)
    assert (fresh(route).state, fresh(route).department) == ("in_force", cast.purchasing)
    assert "SOPs of purchasing SOP · Purchasing and what lies below Circle In force" in words(client.get(at("routes")))


def test_changing_and_retiring_what_is_in_force(cast: make.Cast, client: SignedIn) -> None:
    now = make.now()
    route = in_force(cast, StageTerms("Heads", rules=["head"]), LAST, now=now)
    client.as_(cast.manager)
    copy = Route.objects.get(pk=client.post(at("change_route", route.pk))["Location"].split("/")[2])
    assert "a change is being written" in words(client.get(at("route", route.pk)))
    assert "takes the place of" in words(client.get(at("route", copy.pk)))
    asks = client.get(at("route", copy.pk)).content.decode()
    assert (asks.count('data-opens="discard"'), asks.count('<dialog class="dialog" id="discard"')) == (1, 1)
    assert asks.index('<dialog class="dialog" id="discard"') < asks.index(at("act_on_route", copy.pk, "discard"))  # asked before
    assert client.post(at("act_on_route", copy.pk, "discard"), {"seen": copy.version})["Location"] == at("routes")
    assert client.get(at("route", copy.pk)).status_code == 404
    assert client.get(at("retire_route", route.pk)).status_code == 200
    late = client.post(at("retire_route", route.pk), {"seen": route.version, "day": "2001-01-01"})
    assert (late.status_code, "This day has passed" in words(late)) == (422, True)
    client.post(at("retire_route", route.pk), {"seen": route.version, "day": now.date().isoformat()})
    assert "proposes to retire this route" in words(client.as_(cast.boss).get(at("route", route.pk)))
    client.post(at("act_on_route", route.pk, "decline"), {"seen": fresh(route).version})
    assert fresh(route).state == "in_force"
    gone = route_effect.retire(route, by=cast.manager, now=now, seen=fresh(route).version, day=now.date())
    client.post(at("act_on_route", route.pk, "confirm"), {"seen": gone.version})
    assert "Ours" not in words(client.get(at("routes")))
    assert "Ours" in words(client.get(at("routes"), {"retired": ""}))


def test_what_was_seen_too_long_ago_is_refused_and_the_page_shows_what_is(cast: make.Cast, client: SignedIn) -> None:
    route = written(cast, StageTerms("Heads", rules=["head"]), LAST)
    stage = route.stages.get(title="Heads")
    client.as_(cast.manager)
    for address, typed in (
        (at("remove_stage", route.pk, stage.pk), {"seen": 1}),
        (at("move_stage", route.pk, stage.pk), {"seen": 1, "way": "down"}),
        (at("act_on_route", route.pk, "propose"), {"seen": "nonsense"}),
    ):
        answer = client.post(address, typed)
        assert (answer.status_code, "Somebody changed this route meanwhile" in words(answer)) == (409, True)
    answer = client.post(at("edit_stage", route.pk, stage.pk), STAGE | {"seen": 1, "title": "Kept words"})
    assert (answer.status_code, "Kept words" in answer.content.decode()) == (422, True)
    answer = client.post(at("new_stage", route.pk), STAGE | {"seen": route.version, "rules": []})
    assert (answer.status_code, "Nobody would be asked in the stage" in words(answer)) == (422, True)
    assert client.post(at("act_on_route", route.pk, "burn"), {"seen": route.version}).status_code == 404
    holds = in_force(cast, LAST, name="Other", now=make.now())
    answer = client.post(at("act_on_route", holds.pk, "discard"), {"seen": holds.version})
    assert (answer.status_code, "change a copy of it" in words(answer)) == (409, True)
    assert client.as_(cast.boss).post(at("change_route", holds.pk)).status_code == 403


# Which route, and why


def test_the_page_says_which_route_a_process_takes_and_why(cast: make.Cast, client: SignedIn) -> None:
    process = make.process(cast.purchasing, number="PUR-777", document_type="sop", created_by=cast.author)
    client.as_(cast.reader)
    assert "No route of the company fits" in words(client.get(at("route_of", "PUR-777")))
    now = make.now()
    every = in_force(cast, StageTerms("Neighbours", rules=["neighbours"]), LAST, name="Everything", now=now)
    assert "the only route of the company that fits" in words(client.get(at("route_of", "PUR-777")))
    in_force(cast, LAST, name="Our SOPs", document_type="sop", department=cast.purchasing, now=now)
    in_force(cast, LAST, name="Policies", document_type="policy", now=now)
    page = words(client.get(at("route_of", "PUR-777")))
    for said in (
        "Our SOPs SOP , fits Purchasing and what lies below , fits",
        "this one is the most specific",
        "These fit too, but are less specific Everything every document",
        "1 route is for other documents Policies Policy , does not fit",
        "Manager Company process manager",
    ):
        assert said in page
    instead = words(client.get(at("route_of", "PUR-777"), {"route": every.pk}))
    assert "On the route “Everything”" in instead
    assert "Left out, because the process hands nothing to another department: Neighbours" in instead
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=now)
    assert "A case is open." in words(client.get(at("route_of", "PUR-777")))
    assert "Author" not in words(client.get(at("route_of", "PUR-777"))).partition("Who decides")[2]
    assert "Our SOPs" in words(client.get(at("case", case.pk)))


def test_a_number_leads_to_its_process_and_a_wrong_one_back(cast: make.Cast, client: SignedIn) -> None:
    make.process(cast.purchasing, number="PUR-777")
    make.process(cast.purchasing, number="PUR-778", confidentiality="positions")
    client.as_(cast.stranger)
    assert client.get(at("which_route"), {"number": " pur-777 "})["Location"] == at("route_of", "PUR-777")
    for number in ("PUR-778", "", "x"):
        assert "no process with this number that you may see" in words(client.get(at("which_route"), {"number": number}, follow=True))
    assert client.get(at("route_of", "PUR-778")).status_code == 404


def test_a_company_without_offices_is_told_so(cast: make.Cast, client: SignedIn) -> None:
    make.process(cast.purchasing, number="PUR-777")
    Position.objects.update(closed_on=make.now().date())
    assert "Nobody can decide on this yet" in words(client.as_(cast.stranger).get(at("route_of", "PUR-777")))


def test_the_ways_lead_there(cast: make.Cast, client: SignedIn) -> None:
    draft = make.draft(make.process(cast.purchasing, number="PUR-777", created_by=cast.author), by=cast.author)
    client.as_(cast.author)
    for address in (at("submit", draft.process.number), reverse("processes:metadata", args=["PUR-777"])):
        assert at("route_of", "PUR-777") in client.get(address).content.decode()
    assert at("routes") in client.get(reverse("organization:index")).content.decode()
    assert "What stays in its department" in words(client.get(at("default_route")))


# Who gets which page


def test_who_gets_which_page(cast: make.Cast, client: SignedIn) -> None:
    now = make.now()
    holds = in_force(cast, LAST, name="Holds", document_type="sop", now=now)
    draft = written(cast, LAST, name="Draft", now=now)
    proposed = route_effect.propose(written(cast, LAST, name="Proposed", now=now), by=cast.manager, now=now, seen=2)
    make.process(cast.purchasing, number="PUR-777")
    stage, of_holds = draft.stages.get(), holds.stages.get()
    open_to_all = [at("routes"), at("default_route"), at("route", holds.pk), at("route_of", "PUR-777")]
    unseen = [at("route", draft.pk), at("route", proposed.pk), at("edit_route", draft.pk), at("edit_stage", draft.pk, stage.pk)]
    writes = [at("new_route"), at("new_stage", holds.pk), at("edit_stage", holds.pk, of_holds.pk), at("retire_route", holds.pk)]
    acts = [
        at("move_stage", holds.pk, of_holds.pk), at("remove_stage", holds.pk, of_holds.pk), at("change_route", holds.pk),
        *(at("act_on_route", holds.pk, act) for act in ("propose", "discard")),
    ]  # fmt: skip

    def statuses(person: Person, addresses: list[str], *, post: bool = False) -> set[int]:
        client.as_(person)
        return {(client.post(one, {"seen": 2}) if post else client.get(one)).status_code for one in addresses}

    for person in (cast.stranger, cast.reader, cast.author, cast.approver, cast.boss, cast.manager):
        assert statuses(person, open_to_all) == {200}
        assert statuses(person, unseen[:2]) == ({200} if person in (cast.boss, cast.manager) else {404})
        assert statuses(person, unseen[2:]) == {cast.boss: {403}, cast.manager: {200}}.get(person, {404})
        assert statuses(person, writes) == ({200} if person == cast.manager else {403})
        if person != cast.manager:
            assert statuses(person, acts, post=True) == {403}
        listed = words(client.get(at("routes")))
        assert ("Draft" in listed, "Proposed" in listed) == ((True, True) if person in (cast.boss, cast.manager) else (False, False))
        assert ("New route" in listed) == (person == cast.manager)


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_and_a_route_ask_the_database_the_same_for_one_and_five(
    cast: make.Cast, client: SignedIn, count: int, django_assert_num_queries: Any
) -> None:
    stages = [StageTerms(f"Stage {n}", rules=["head"], positions=[Position.objects.all()[n]]) for n in range(count)]
    kinds = ["sop", "form", "policy", "process", "work_instruction"][:count]
    routes = [in_force(cast, *stages, LAST, document_type=kind, now=make.now()) for kind in kinds]
    client.as_(cast.manager).get(at("routes"))
    with django_assert_num_queries(QUERIES_LIST):
        client.get(at("routes"))
    with django_assert_num_queries(QUERIES_ROUTE):
        client.get(at("route", routes[0].pk))


def test_a_long_list_is_paged(cast: make.Cast, client: SignedIn) -> None:
    for n in range(51):
        Route.objects.create(name=f"Route {n:02}", state="retired", retired_from=make.now().date())
    client.as_(cast.reader)
    first, second = (words(client.get(at("routes"), {"retired": "", "page": page})) for page in (1, 2))
    assert ("Route 49" in first, "Route 50" in first, "Route 50" in second) == (True, False, True)
    assert "Next" in first
    assert "Previous" in second


def test_a_route_says_its_levels_and_numbers_in_words(cast: make.Cast, client: SignedIn) -> None:
    one_of_two = StageTerms("One", rules=["head", "company"], mode="quorum", quorum=1, required_level=2)
    company = in_force(cast, one_of_two, LAST, name="Company", level="company", now=make.now())
    page = words(client.as_(cast.reader).get(at("route", company.pk)))
    assert "In parallel; 1 approval is enough. 5 working days · Level 2 · process descriptor · signed" in page
    assert "5 working days · Level 5 · process manager · signed" in page
    department = in_force(cast, StageTerms("One", rules=["department"]), name="Department", level="department", now=make.now())
    assert "Level 3 · process analyst; Level 5 · process manager where it is" in words(client.get(at("route", department.pk)))
    either = in_force(cast, StageTerms("One", rules=["head", "company"], mode="any"), LAST, name="Either", now=make.now())
    assert "In parallel; one of them is enough." in words(client.get(at("route", either.pk)))
    make.process(cast.purchasing, number="PUR-777", level="company")
    assert "In parallel; 1 approval is enough." in words(client.get(at("route_of", "PUR-777")))
