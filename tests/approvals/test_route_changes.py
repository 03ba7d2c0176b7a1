"""Writing a route, letting it take effect by a second person, retiring it, and everything that has to be refused on the way."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from approvals import policy, route_changes, route_effect, workflow
from approvals.models import Route, RouteRule, RouteStage
from approvals.route_faults import StageTerms, of_route, of_stage, office_level
from organization.models import Absence, Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from tests import make
from tests.approvals.routing import LAST, confirmed, fresh, in_force, put, written
from tests.make import NOW, TODAY, day
from worklist import mine
from worklist.models import WorkItem

HEADS = StageTerms("Heads", rules=["head"])


def owed(person: Person) -> list[str]:
    """What waits for this person."""
    return [item.subject for item in mine.owed(scope(person, TODAY))]


def titles(route: Route) -> list[str]:
    return [stage.title for stage in route.stages.all()]


# Taking effect


def test_what_one_person_writes_holds_when_a_second_one_confirms_it(cast: make.Cast) -> None:
    route = written(cast, HEADS, LAST, name="  SOPs  ", document_type="sop")
    assert (route.name, route.state, titles(route), owed(cast.boss)) == ("SOPs", "draft", ["Heads", "Last word"], [])
    route = route_effect.propose(route, by=cast.manager, now=NOW, seen=route.version)
    assert (route.state, route.proposed_by, owed(cast.boss), owed(cast.manager)) == (
        "proposed",
        cast.manager,
        ["Approval route “SOPs”"],
        [],
    )
    assert route_effect.propose(route, by=cast.manager, now=NOW, seen=route.version).version == route.version
    route = route_effect.confirm(route, by=cast.boss, now=NOW, seen=route.version)
    assert (route.state, route.confirmed_by, route.confirmed_at, owed(cast.boss)) == ("in_force", cast.boss, NOW, [])
    assert route.work_item is not None
    assert route.work_item.outcome == WorkItem.Outcome.DONE
    assert [row.state for row in route.history.order_by("history_id")][-3:] == ["draft", "proposed", "in_force"]


def test_nobody_confirms_what_they_proposed_but_they_may_take_it_back(cast: make.Cast) -> None:
    make.appoint(cast.manager, Position.objects.get(kind="top_management"))
    route = route_effect.propose(written(cast), by=cast.manager, now=NOW, seen=fresh(Route.objects.get()).version)
    with pytest.raises(Refused, match="A second person confirms"):
        route_effect.confirm(route, by=cast.manager, now=NOW, seen=route.version)
    route = route_effect.decline(route, by=cast.manager, now=NOW, seen=route.version)
    assert (route.state, route.work_item and route.work_item.outcome) == ("draft", "moot")


def test_any_change_takes_a_proposal_back(cast: make.Cast) -> None:
    proposed = route_effect.propose(written(cast), by=cast.manager, now=NOW, seen=2)
    put(proposed, HEADS, by=cast.manager)
    assert (fresh(proposed).state, owed(cast.boss)) == ("draft", [])
    with pytest.raises(Stale, match="Somebody changed this route"):
        route_effect.confirm(proposed, by=cast.boss, now=NOW, seen=proposed.version)


def test_without_top_management_another_process_manager_confirms(cast: make.Cast) -> None:
    Position.objects.filter(kind="top_management").update(closed_on=TODAY)
    second = make.person(level=5)
    make.appoint(second, Position.objects.get(kind="company_process_manager"))
    route = route_effect.propose(written(cast), by=cast.manager, now=NOW, seen=2)
    assert route.work_item is None
    assert route_effect.confirm(route, by=second, now=NOW, seen=route.version).confirmed_by == second


def test_a_change_is_a_copy_that_takes_the_place_of_what_is_in_force(cast: make.Cast) -> None:
    circle = StageTerms(
        "Circle", rules=["head", "advisor"], positions=[Position.objects.get(title="Buyer")], mode="quorum", quorum=2, working_days=3,
        needs_signature=False, required_level=2, group="Quality circle",
    )  # fmt: skip
    route = in_force(cast, circle, LAST, document_type="sop", level="company", department=cast.purchasing, confidentiality="positions")
    copy = route_changes.change(route, by=cast.manager, now=NOW)
    assert route_changes.change(route, by=cast.manager, now=NOW) == copy
    same = ("name", "document_type", "level", "department", "confidentiality")
    assert [getattr(copy, name) for name in same] == [getattr(route, name) for name in same]
    kept = ("title", "mode", "quorum", "working_days", "needs_signature", "required_level", "group", "order")
    assert list(copy.stages.values_list(*kept)) == list(route.stages.values_list(*kept))
    assert list(RouteRule.objects.filter(stage__route=copy).values_list("kind", "position__title")) == [
        ("head", None), ("advisor", None), ("position", "Buyer"), ("company", None)
    ]  # fmt: skip
    put(copy, HEADS, by=cast.manager)
    route_changes.move_stage(copy, copy.stages.get(title="Heads"), up=True, by=cast.manager, now=NOW, seen=fresh(copy).version)
    assert titles(fresh(route)) == ["Circle", "Last word"]
    confirmed(cast, copy)
    assert (fresh(copy).state, fresh(route).state, fresh(route).retired_from) == ("in_force", "retired", TODAY)
    assert titles(fresh(copy)) == ["Circle", "Heads", "Last word"]
    with pytest.raises(Stale, match="not in force"):
        route_changes.change(route, by=cast.manager, now=NOW)


def test_a_change_of_what_was_retired_meanwhile_still_takes_effect(cast: make.Cast) -> None:
    route = in_force(cast)
    copy = route_changes.change(route, by=cast.manager, now=NOW)
    retiring = route_effect.retire(route, by=cast.manager, now=NOW, seen=route.version, day=TODAY)
    route_effect.confirm(retiring, by=cast.boss, now=NOW, seen=retiring.version)
    assert confirmed(cast, copy).state == "in_force"


# Retiring


def test_a_route_is_retired_from_a_day_once_a_second_person_says_so(cast: make.Cast) -> None:
    route = in_force(cast)
    with pytest.raises(Refused, match="This day has passed"):
        route_effect.retire(route, by=cast.manager, now=NOW, seen=route.version, day=day(-1))
    retiring = route_effect.retire(route, by=cast.manager, now=NOW, seen=route.version, day=day(2))
    assert (retiring.state, owed(cast.boss)) == ("retiring", ["Approval route “Ours”"])
    with pytest.raises(Stale, match="about to be retired"):
        route_effect.retire(retiring, by=cast.manager, now=NOW, seen=retiring.version, day=day(3))
    with pytest.raises(Stale, match="about to be retired"):
        route_changes.change(retiring, by=cast.manager, now=NOW)
    kept = route_effect.decline(retiring, by=cast.boss, now=NOW, seen=retiring.version)
    assert (kept.state, kept.retired_from, owed(cast.boss)) == ("in_force", None, [])
    again = route_effect.retire(kept, by=cast.manager, now=NOW, seen=kept.version, day=day(2))
    late = route_effect.confirm(again, by=cast.boss, now=NOW + dt.timedelta(days=9), seen=again.version)
    assert (late.state, late.retired_from) == ("retired", day(9))


def test_nothing_is_confirmed_or_declined_where_nothing_was_proposed(cast: make.Cast) -> None:
    route = written(cast)
    for verb in (route_effect.confirm, route_effect.decline):
        with pytest.raises(Stale, match="nothing to confirm"):
            verb(route, by=cast.boss, now=NOW, seen=route.version)


# Writing


def test_stages_are_added_changed_moved_and_removed(cast: make.Cast) -> None:
    route = written(cast, HEADS, LAST, StageTerms("Third", rules=["company"]))
    by_title = {stage.title: stage for stage in route.stages.all()}

    def act(verb: Callable[..., object], stage: str, **more: object) -> list[str]:
        verb(route, by_title[stage], by=cast.manager, now=NOW, seen=fresh(route).version, **more)
        return titles(fresh(route))

    assert act(route_changes.move_stage, "Third", up=True) == ["Heads", "Third", "Last word"]
    assert act(route_changes.move_stage, "Heads", up=True) == ["Heads", "Third", "Last word"]
    assert act(route_changes.move_stage, "Last word", up=False) == ["Heads", "Third", "Last word"]
    assert act(route_changes.move_stage, "Heads", up=False) == ["Third", "Heads", "Last word"]
    assert act(route_changes.remove_stage, "Third") == ["Heads", "Last word"]
    with pytest.raises(Stale, match="not there any more"):
        act(route_changes.remove_stage, "Third")
    buyer = Position.objects.get(title="Buyer")
    terms = StageTerms(" Others ", rules=["company"], positions=[buyer], mode="all", quorum=3)
    route_changes.put_stage(route, terms, by=cast.manager, now=NOW, seen=fresh(route).version, stage=by_title["Heads"])
    stage = RouteStage.objects.get(pk=by_title["Heads"].pk)
    assert (stage.title, stage.quorum, sorted(str(rule.position or rule.kind) for rule in stage.rules.all())) == (
        "Others", None, ["Buyer", "company"]
    )  # fmt: skip
    assert RouteRule.history.filter(kind="head", history_type="-").count() == 1


def test_name_and_documents_change_while_it_is_written(cast: make.Cast) -> None:
    route = written(cast)
    terms = {"document_type": "form", "level": "department", "department": cast.stores, "confidentiality": "company"}
    changed = route_changes.set_terms(route, by=cast.manager, now=NOW, seen=route.version, name="Forms", **terms)
    assert [words for _criterion, words in changed.conditions] == [
        "Form",
        "Department level",
        "Stores and what lies below",
        "Public in the company",
    ]
    with pytest.raises(Refused, match="Give the route a name"):
        route_changes.set_terms(changed, by=cast.manager, now=NOW, seen=changed.version, name=" ", **terms)
    with pytest.raises(Stale):
        route_changes.set_terms(route, by=cast.manager, now=NOW, seen=route.version - 1, name="Forms", **terms)


def test_a_draft_can_be_discarded_and_the_history_keeps_it(cast: make.Cast) -> None:
    route = route_effect.propose(written(cast), by=cast.manager, now=NOW, seen=2)
    route_changes.discard(route, by=cast.manager, now=NOW, seen=route.version)
    assert (Route.objects.count(), Route.history.filter(history_type="-").count(), owed(cast.boss)) == (0, 1, [])
    other = written(cast)
    route_changes.discard(other, by=cast.manager, now=NOW, seen=other.version)
    with pytest.raises(Stale, match="Somebody changed"):
        route_changes.discard(other, by=cast.manager, now=NOW, seen=other.version)


def test_what_is_in_force_is_never_edited(cast: make.Cast) -> None:
    route = in_force(cast)
    with pytest.raises(Stale, match="change a copy of it"):
        put(route, HEADS, by=cast.manager)


# What could never end


NEVER = [
    (StageTerms(""), ["Give the stage a title.", "Nobody would be asked"]),
    (StageTerms("Q", rules=["head"], mode="quorum"), ["Say how many"]),
    (StageTerms("Q", rules=["head"], mode="quorum", quorum=0), ["Say how many"]),
    (StageTerms("Q", rules=["head"], mode="quorum", quorum=2), ["wants 2 approvals, but asks 1 position at most"]),
    (StageTerms("Q", rules=["head", "company"], mode="quorum", quorum=3), ["asks 2 positions at most"]),
    (StageTerms("Q", rules=["head"], working_days=0), ["1 to 60 working days"]),
    (StageTerms("Q", rules=["head"], working_days=61), ["1 to 60 working days"]),
    (StageTerms("Q", rules=["head"], required_level=6), ["Levels go from 1 to 5"]),
    (StageTerms("Q", rules=["neighbours"], mode="quorum", quorum=9), []),
    (StageTerms("Q", rules=["head", "company"], mode="quorum", quorum=2), []),
]


@pytest.mark.parametrize(("terms", "said"), NEVER)
def test_a_stage_that_could_never_end_is_not_kept(cast: make.Cast, terms: StageTerms, said: list[str]) -> None:
    found = of_stage(terms, TODAY)
    assert len(found) == len(said)
    assert all(words in fault for words, fault in zip(said, found, strict=True))
    route = written(cast)
    if said:
        with pytest.raises(Refused, match=said[0].replace(".", r"\.")):
            put(route, terms, by=cast.manager)
        assert (fresh(route).version, titles(route)) == (route.version, ["Last word"])


@pytest.mark.parametrize(
    ("level", "last", "fits"),
    [
        ("department", StageTerms("L", rules=["department"]), True),
        ("department", StageTerms("L", rules=["advisor"]), True),
        ("department", StageTerms("L", rules=["head", "neighbours"]), False),
        ("company", StageTerms("L", rules=["department"]), False),
        ("", StageTerms("L", rules=["department"]), False),
        ("", StageTerms("L", rules=["head", "company"]), True),
    ],
)
def test_the_last_stage_needs_an_office_of_the_level(cast: make.Cast, level: str, last: StageTerms, fits: bool) -> None:
    found = of_route(level, [HEADS, last], TODAY)
    assert (found == []) == fits
    route = written(cast, HEADS, last, level=level)
    if not fits:
        assert "names no office of Level" in found[0]
        with pytest.raises(Refused, match="names no office of Level"):
            route_effect.propose(route, by=cast.manager, now=NOW, seen=route.version)
        assert fresh(route).state == "draft"


def test_a_named_position_counts_by_its_office_or_its_level_while_it_is_open(cast: make.Cast) -> None:
    top, buyer = Position.objects.get(kind="top_management"), Position.objects.get(title="Buyer")
    assert office_level(StageTerms("L", positions=[buyer]), TODAY) == 0
    assert office_level(StageTerms("L", positions=[buyer, top]), TODAY) == 5
    buyer.required_level, top.closed_on = 3, TODAY
    assert office_level(StageTerms("L", positions=[buyer, top]), TODAY) == 3
    assert "choose at least one rule" in of_stage(StageTerms("L", positions=[top]), TODAY)[0]
    assert "no stage yet" in of_route("", [], TODAY)[0]


def test_a_route_whose_only_office_was_closed_meanwhile_is_not_confirmed(cast: make.Cast) -> None:
    board = make.position("Board")
    Position.objects.filter(pk=board.pk).update(required_level=5)
    board.refresh_from_db()
    route = written(cast, StageTerms("Top", positions=[board]))
    route = route_effect.propose(route, by=cast.manager, now=NOW, seen=route.version)
    Position.objects.filter(pk=board.pk).update(closed_on=TODAY)
    with pytest.raises(Refused, match="Nobody would be asked"):
        route_effect.confirm(route, by=cast.boss, now=NOW, seen=route.version)
    assert fresh(route).state == "proposed"


def test_two_routes_for_the_same_documents_are_never_in_force_together(cast: make.Cast) -> None:
    in_force(cast, name="First", document_type="sop")
    second = written(cast, name="Second", document_type="sop")
    second = route_effect.propose(second, by=cast.manager, now=NOW, seen=second.version)
    with pytest.raises(Refused, match="“First” holds for the same documents already"):
        route_effect.confirm(second, by=cast.boss, now=NOW, seen=second.version)
    with pytest.raises(IntegrityError), transaction.atomic():
        Route.objects.filter(pk=second.pk).update(state="in_force")
    with pytest.raises(IntegrityError), transaction.atomic():
        Route.objects.filter(pk=second.pk).update(confirmed_by=cast.manager)


# Who may


def test_only_the_company_process_manager_with_the_level_writes(cast: make.Cast) -> None:
    route = in_force(cast)
    said = {}
    for person in (cast.stranger, cast.reader, cast.author, cast.approver, cast.boss, cast.admin):
        with pytest.raises(Refused) as refused:
            route_changes.begin(by=person, now=NOW, name="Mine")
        said[person.login] = str(refused.value)
        for verb in (route_changes.change, lambda *a, **k: route_effect.retire(*a, seen=route.version, day=TODAY, **k)):
            with pytest.raises(Refused):
                verb(route, by=person, now=NOW)
    assert set(said.values()) == {"Only the company process manager changes approval routes."}
    cast.manager.held_levels.all().delete()
    with pytest.raises(Refused, match="needs Level 5"):
        route_changes.begin(by=cast.manager, now=NOW, name="Mine")


def test_who_sees_and_confirms_what_is_being_written(cast: make.Cast) -> None:
    draft, holds = written(cast), in_force(cast)
    people = (cast.stranger, cast.reader, cast.author, cast.approver, cast.manager, cast.boss)
    views = [scope(person, TODAY) for person in people]
    assert [bool(policy.may_see_route(p, draft, s)) for p, s in zip(people, views, strict=True)] == [False] * 4 + [True] * 2
    assert all(policy.may_see_route(p, holds, s) for p, s in zip(people, views, strict=True))
    draft = route_effect.propose(draft, by=cast.manager, now=NOW, seen=draft.version)
    for person in people[:4]:
        for verb in (route_effect.confirm, route_effect.decline):
            with pytest.raises(Refused, match="Only the company process manager and top management confirm"):
                verb(draft, by=person, now=NOW, seen=draft.version)


def test_whoever_acts_for_the_office_writes_with_the_level_of_their_own(cast: make.Cast) -> None:
    deputy = make.person(level=5)
    Absence.objects.create(person=cast.manager, starts_on=TODAY, ends_before=day(5), substitute=deputy)
    assert route_changes.begin(by=deputy, now=NOW, name="While away").name == "While away"


# What runs


def test_a_running_case_keeps_its_stages_whatever_happens_to_the_route(cast: make.Cast) -> None:
    route = in_force(cast, StageTerms("Circle", rules=["company"], mode="any", working_days=2), LAST)
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW)
    copied = list(case.stages.values_list("title", "mode", "working_days", "seats__position__title"))
    assert (case.route, copied) == (
        route, [("Circle", "any", 2, "Company process manager"), ("Last word", "all", 5, "Company process manager")]
    )  # fmt: skip
    copy = route_changes.change(route, by=cast.manager, now=NOW)
    route_changes.remove_stage(copy, copy.stages.get(title="Circle"), by=cast.manager, now=NOW, seen=copy.version)
    copy = confirmed(cast, copy)
    gone = route_effect.retire(copy, by=cast.manager, now=NOW, seen=copy.version, day=TODAY)
    route_effect.confirm(gone, by=cast.boss, now=NOW, seen=gone.version)
    assert list(case.stages.values_list("title", "mode", "working_days", "seats__position__title")) == copied
