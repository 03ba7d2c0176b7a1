"""Which positions decide on what."""

import pytest

from approvals.routes import COMPANY, COUNTERSIGN, DEPARTMENT, plan_for
from organization.models import Position
from organization.refusals import Refused
from processes.models import Process
from tests import make
from tests.make import TODAY


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
        with django_assert_num_queries(4):  # type: ignore[operator]
            plan_for(process, TODAY)
