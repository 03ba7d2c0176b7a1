"""Which positions decide on what: on the built-in route and on routes of the company's."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals import route_changes, route_effect
from approvals.models import Route
from approvals.route_faults import StageTerms, of_route
from approvals.routes import COMPANY, COUNTERSIGN, DEPARTMENT, needed_level, plan_by, plan_for, route_for
from organization.models import Position
from organization.refusals import Refused
from processes import interfaces
from processes.interfaces import Terms
from processes.models import Interface, InterfaceTerms, Process
from tests import make
from tests.approvals.routing import LAST, confirmed, fresh, in_force, written
from tests.make import NOW, TODAY, day


def plan(process: Process) -> list[tuple[str, list[str], int, bool]]:
    return [(s.title, [p.title for p in s.positions], s.required_level, s.is_last) for s in plan_for(process, TODAY).stages]


def test_a_department_decides_on_its_own_documents(cast: make.Cast) -> None:
    assert plan(make.process(cast.purchasing)) == [(DEPARTMENT, ["Process manager, Purchasing"], 3, True)]


def test_a_team_without_an_office_goes_to_the_nearest_department_above(cast: make.Cast) -> None:
    team = make.department("PUR-T", parent=make.department("PUR-S", parent=cast.purchasing))
    assert plan(make.process(team)) == [(DEPARTMENT, ["Process manager, Purchasing"], 3, True)]


def test_where_no_department_has_the_office_the_company_process_manager_decides(cast: make.Cast) -> None:
    assert plan(make.process(cast.stores)) == [(DEPARTMENT, ["Company process manager"], 3, True)]


def test_a_closed_office_decides_nothing(cast: make.Cast) -> None:
    Position.objects.filter(kind="department_process_manager").update(closed_on=TODAY)
    assert plan(make.process(cast.purchasing)) == [(DEPARTMENT, ["Company process manager"], 3, True)]


def test_company_level_is_countersigned_by_the_heads_and_decided_by_the_company(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, level="company", participating=[cast.stores])
    assert plan(process) == [
        (COUNTERSIGN, ["Head of Purchasing", "Head of Stores"], 0, False),
        (COMPANY, ["Company process manager"], 5, True),
    ]


def test_a_department_document_that_reaches_into_another_department_is_the_companys(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, participating=[cast.stores, cast.purchasing])
    assert [stage[0] for stage in plan(process)] == [COUNTERSIGN, COMPANY]


def test_a_home_department_that_takes_part_in_itself_is_still_only_the_departments(cast: make.Cast) -> None:
    assert plan(make.process(cast.purchasing, participating=[cast.purchasing]))[0][0] == DEPARTMENT


def test_two_teams_under_one_head_have_one_seat(cast: make.Cast) -> None:
    teams = [make.department(code, parent=cast.purchasing) for code in ("T1", "T2")]
    process = make.process(cast.purchasing, level="company", participating=teams)
    assert plan(process)[0][1] == ["Head of Purchasing"]


def test_without_process_managers_the_top_decides(cast: make.Cast) -> None:
    Position.objects.filter(kind__endswith="process_manager").update(closed_on=TODAY)
    assert plan(make.process(cast.purchasing)) == [(DEPARTMENT, ["General manager"], 3, True)]


@pytest.mark.django_db
def test_a_company_without_any_office_is_told_what_to_add() -> None:
    with pytest.raises(Refused, match="Ask an administrator"):
        plan_for(make.process(make.department("X")), TODAY)


def test_the_route_takes_the_same_queries_for_one_and_for_five_departments(cast: make.Cast, django_assert_num_queries: object) -> None:
    for count in (1, 5):
        others = [make.department(f"D{count}{n}") for n in range(count)]
        process = make.process(cast.purchasing, level="company", participating=others)
        with django_assert_num_queries(5):  # type: ignore[operator]
            plan_for(process, TODAY)


# Routes of the company's


def asked(cast: make.Cast, process: Process, *stages: StageTerms, **terms: object) -> list[list[str]]:
    """The positions of each stage, on a route with these stages and the last word."""
    planned = plan_by(in_force(cast, *stages, LAST, **terms), process, TODAY)
    return [[position.title for position in stage.positions] for stage in planned.stages[:-1]]


def test_the_most_specific_route_that_holds_today_is_taken(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, document_type="sop")
    every = in_force(cast, name="Every document")
    assert route_for(process, TODAY) == every
    below = in_force(cast, name="The company and below", department=make.company())
    sops = in_force(cast, name="SOPs", document_type="sop")
    in_force(cast, name="Policies", document_type="policy")
    written(cast, name="Not yet", document_type="sop", level="department")
    assert (route_for(process, TODAY), route_for(make.process(cast.stores), TODAY)) == (sops, below)
    retiring = route_effect.retire(sops, by=cast.manager, now=NOW, seen=sops.version, day=day(3))
    assert route_for(process, TODAY) == sops
    route_effect.confirm(retiring, by=cast.boss, now=NOW, seen=retiring.version)
    assert [route_for(process, day(n)) for n in (0, 2, 3)] == [sops, sops, below]


def test_what_was_written_stands_in_the_plan_and_the_last_stage_is_signed_with_the_level(cast: make.Cast) -> None:
    first = StageTerms("Advice", rules=["advisor"], mode="any", working_days=3, needs_signature=False, group="Circle")
    last = StageTerms("Last word", rules=["department"], needs_signature=False, required_level=1)
    route = in_force(cast, first, last, level="department")
    planned = plan_for(make.process(cast.purchasing), TODAY)
    assert (planned.route, planned.left_out) == (route, ())
    assert [
        (s.title, s.mode, s.quorum, s.working_days, s.needs_signature, s.required_level, s.is_last, s.group) for s in planned.stages
    ] == [
        ("Advice", "any", None, 3, False, 4, False, "Circle"),
        ("Last word", "all", None, 5, True, 3, True, ""),
    ]
    reaching = make.process(cast.purchasing, participating=[cast.stores])
    assert plan_for(reaching, TODAY).stages[-1].required_level == 5


def test_the_offices_of_the_department_are_found_by_rule(cast: make.Cast) -> None:
    team = make.department("PUR-T", parent=cast.purchasing)
    process = make.process(team, owner=make.position(of=team))
    assert asked(cast, process, StageTerms("Offices", rules=["company", "department", "head"])) == [
        ["Head of Purchasing", "Process manager, Purchasing", "Company process manager"]
    ]


def test_named_positions_are_asked_each_once_and_a_closed_one_falls_to_the_head_of_its_department(cast: make.Cast) -> None:
    head, clerk = Position.objects.get(title="Head of Stores"), Position.objects.get(title="Storeman")
    buyer = Position.objects.get(title="Buyer")
    route = in_force(cast, StageTerms("Circle", positions=[head, clerk, buyer]), LAST)
    clerk.closed_on = TODAY
    clerk.save()
    process = make.process(cast.purchasing)
    assert [position.title for position in plan_by(route, process, day(-1)).stages[0].positions] == ["Head of Stores", "Storeman", "Buyer"]
    assert [position.title for position in plan_by(route, process, TODAY).stages[0].positions] == ["Head of Stores", "Buyer"]


def test_neighbours_are_who_takes_part_and_whom_work_goes_to_or_comes_from(cast: make.Cast) -> None:
    finance, sales, quality = (make.department(code) for code in ("FIN", "SAL", "QA"))
    for one in (finance, sales, quality):
        make.position(f"Head of {one.code}", of=one, kind="head")
    process = make.process(cast.purchasing, participating=[cast.stores, cast.purchasing], created_by=cast.author)
    stage = StageTerms("Neighbours", rules=["neighbours"])
    agrees = Terms(content="What")
    interfaces.propose(process, make.process(finance), "Order", agrees, side="giver", by=cast.author, now=NOW)
    interfaces.propose(make.process(sales), process, "Need", agrees, side="taker", by=cast.author, now=NOW)
    interfaces.propose(process, make.process(cast.purchasing), "Inside", agrees, side="giver", by=cast.author, now=NOW)
    declined = interfaces.propose(process, make.process(quality), "Declined", agrees, side="giver", by=cast.author, now=NOW)
    InterfaceTerms.objects.filter(pk=declined.pk).update(answer="declined", reason="No.")
    assert {*asked(cast, process, stage)[0]} == {"Head of Stores", "Head of FIN", "Head of SAL"}
    Process.objects.filter(department=finance).update(state="withdrawn")
    assert {p.title for p in plan_for(process, TODAY).stages[0].positions} == {"Head of Stores", "Head of SAL"}
    assert Interface.objects.count() == 4


def test_a_stage_of_neighbours_without_any_is_left_out(cast: make.Cast) -> None:
    in_force(cast, StageTerms("Neighbours", rules=["neighbours"]), LAST)
    planned = plan_for(make.process(cast.purchasing), TODAY)
    assert ([stage.title for stage in planned.stages], planned.left_out) == (["Last word"], ("Neighbours",))


def test_the_advisor_is_the_nearest_one_who_did_not_write_it(cast: make.Cast) -> None:
    team = make.department("PUR-T", parent=cast.purchasing)
    process, route = make.process(team), in_force(cast, StageTerms("Advice", rules=["advisor"]), LAST)

    def advisor(besides: frozenset[int] = frozenset()) -> str:
        return plan_by(route, process, TODAY, besides=besides).stages[0].positions[0].title

    assert advisor() == "Company process manager"  # level 5 suffices
    above = make.position("Advisor", of=cast.purchasing, holder=make.person(level=4))
    make.position("Advisor elsewhere", of=cast.stores, holder=make.person(level=4))
    assert advisor() == above.title
    make.position("Manager near by", of=team, holder=make.person(level=5))
    near = make.position("Advisor near by", of=team, holder=make.person("adviser", level=4))
    assert advisor() == near.title
    assert advisor(frozenset({make.person("adviser").pk})) == "Manager near by"
    Position.objects.filter(department__in=[team, cast.purchasing]).update(closed_on=TODAY)
    Position.objects.filter(kind="company_process_manager").update(closed_on=TODAY)
    assert advisor() == "General manager"


def test_planning_on_a_route_takes_the_same_queries_for_one_and_for_five_stages(cast: make.Cast, django_assert_num_queries: object) -> None:
    for count in (1, 5):
        stages = [StageTerms(f"Stage {n}", rules=["head", "advisor"], positions=[Position.objects.all()[n]]) for n in range(count)]
        in_force(cast, *stages, LAST, document_type=["sop", "form"][count > 1])
    for kind in ("sop", "form"):
        process = make.process(cast.purchasing, document_type=kind)
        with django_assert_num_queries(9):  # type: ignore[operator]
            plan_for(process, TODAY)


RULES = st.sets(st.sampled_from(["head", "department", "company", "neighbours", "advisor"]))


@st.composite
def stages(draw: st.DrawFn) -> StageTerms:
    mode = draw(st.sampled_from(["all", "any", "quorum"]))
    return StageTerms(
        draw(st.sampled_from(["First", "Then"])), rules=sorted(draw(RULES)), mode=mode,
        quorum=draw(st.integers(0, 4)) if mode == "quorum" else None, required_level=draw(st.integers(0, 5)),
    )  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(stages(), min_size=1, max_size=3),
    st.sampled_from(["", "company", "department"]),
    st.sampled_from(["company", "department"]),
    st.booleans(),
)
def test_every_planned_route_has_a_seat_in_every_stage_and_ends_with_the_level_of_the_document(
    cast: make.Cast, typed: list[StageTerms], level: str, of_document: str, reaching: bool
) -> None:
    process = make.process(cast.purchasing, level=of_document, participating=[cast.stores] if reaching else [])
    if of_route(level, typed, TODAY):
        with pytest.raises(Refused):
            in_force(cast, *typed, level=level)
        Route.objects.all().delete()
        return
    route = in_force(cast, *typed, level=level)
    planned = plan_by(route, process, TODAY)
    assert all(stage.positions for stage in planned.stages)
    assert [stage.is_last for stage in planned.stages] == [False] * (len(planned.stages) - 1) + [True]
    assert planned.stages[-1].required_level >= needed_level(process) == (5 if of_document == "company" or reaching else 3)
    assert planned.stages[-1].needs_signature
    Route.objects.all().delete()


def test_a_company_without_any_office_is_told_so_on_its_own_route_too(cast: make.Cast) -> None:
    route = in_force(cast)
    Position.objects.update(closed_on=TODAY)
    with pytest.raises(Refused, match="Ask an administrator"):
        plan_by(route, make.process(cast.purchasing), TODAY)


def test_a_route_that_took_the_place_of_another_holds_from_the_same_day(cast: make.Cast) -> None:
    first = in_force(cast)
    copy = route_changes.change(first, by=cast.manager, now=NOW)
    second = confirmed(cast, copy, now=NOW + dt.timedelta(hours=1))
    assert (fresh(first).state, fresh(first).retired_from, second.state) == ("retired", TODAY, "in_force")
    assert route_for(make.process(cast.purchasing), TODAY) == second
