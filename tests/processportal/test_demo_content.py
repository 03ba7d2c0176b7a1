"""The demo company as data: of the promised size, fitting together, and every process drawn without an error."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from processes.catalogue import INFIX
from processes.definition import Definition, Step, explicit_flows
from processes.flowchart.findings import find
from processes.outline import Outline, read_outline, write_outline
from processportal.demo import content
from processportal.demo.content import ContentFault, DemoCompany, ProcessData, load
from processportal.demo.lives import _older

COMPANY = load()
each_process = pytest.mark.parametrize("process", COMPANY.processes, ids=lambda process: process.slug)


def outline(process: ProcessData) -> Outline:
    """With the same keys at every call, so that outlines can be compared."""
    keys = iter(f"k{n}" for n in range(1000))
    return read_outline(process.steps, key=lambda: next(keys))


def definition(process: ProcessData) -> Definition:
    read = outline(process)
    return Definition(title=process.title, language=process.language, roles=read.roles, steps=read.steps)


def errors(content: Definition) -> list[tuple[str, str]]:
    names = {step.key: step.name for step in content.steps}
    return [(finding.code, names.get(finding.step, "")) for finding in find(content) if finding.level == "error"]


def numbers() -> dict[str, str]:
    """Slug → the number it will draw: one series for each department and type, in the order of the files."""
    drawn: Counter[tuple[str, str]] = Counter()
    made = {}
    for process in COMPANY.processes:
        drawn[process.department, process.document_type] += 1
        made[process.slug] = f"{process.department}-{INFIX[process.document_type]}{drawn[process.department, process.document_type]:03d}"
    return made


def holders() -> dict[str, list[str]]:
    """Position → logins of those who hold it."""
    held: dict[str, list[str]] = {position.id: [] for position in COMPANY.positions}
    for person in COMPANY.people:
        for position in person.positions:
            held[position if isinstance(position, str) else position[0]].append(person.login)
    return held


# The size of the company


def test_nine_departments_sixty_people_and_forty_five_processes() -> None:
    root, *below = COMPANY.departments
    assert (root.parent, {department.parent for department in below}, len(below)) == ("", {root.code}, 9)
    assert (len(COMPANY.people), len({person.login for person in COMPANY.people})) == (60, 60)
    assert (len(COMPANY.processes), len({process.slug for process in COMPANY.processes})) == (45, 45)
    assert len({process.title for process in COMPANY.processes}) == 45
    assert len({position.id for position in COMPANY.positions}) == len(COMPANY.positions)


def test_processes_in_every_state_and_type_and_every_group_of_the_map_in_use() -> None:
    assert {process.state for process in COMPANY.processes} == set(content.STATES)
    assert {process.document_type for process in COMPANY.processes} == {"process", "sop", "work_instruction", "policy"}
    assert {process.group for process in COMPANY.processes} == {name for _kind, name in COMPANY.groups}
    assert {process.department for process in COMPANY.processes} == {d.code for d in COMPANY.departments if d.parent}


def test_exactly_one_periodic_review_is_overdue() -> None:
    assert [p.slug for p in COMPANY.processes if p.review_offset is not None and p.review_offset < 0] == ["emergency-drill"]


def test_a_process_is_written_in_the_language_of_its_department() -> None:
    languages = {department.code: department.language for department in COMPANY.departments}
    assert Counter(languages.values()) == {"en": 8, "zh-hans": 2}
    assert [p.slug for p in COMPANY.processes if p.language != languages[p.department]] == []
    assert [p.slug for p in COMPANY.processes if any("一" <= c <= "鿿" for c in p.title + p.purpose) != (p.language == "zh-hans")] == []


# People and positions


def test_one_position_is_vacant_and_everybody_holds_one() -> None:
    assert [position for position, logins in holders().items() if not logins] == ["pur-castings"]
    assert [person.login for person in COMPANY.people if not person.positions] == []


def test_every_department_has_a_head_and_a_process_manager_and_about_half_have_one_person_for_both() -> None:
    held, both = holders(), 0
    for department in COMPANY.departments[1:]:
        of_kind = {p.kind: held[p.id] for p in COMPANY.positions if p.department == department.code and p.kind != "staff"}
        head, manager = of_kind["head"], of_kind["department_process_manager"]
        assert (len(head), len(manager)) == (1, 1), department.code
        both += head == manager
    assert both in range(3, 7)


def test_all_but_two_juniors_have_the_level_that_their_position_asks_for() -> None:
    required = {position.id: position.required_level for position in COMPANY.positions}
    levels = {person.login: person.level for person in COMPANY.people}
    short = [(login, position) for position, logins in holders().items() for login in logins if levels[login] < required[position]]
    assert short == [("priya.nair", "mgt-it"), ("oliver.finch", "eng-design")]
    assert {(p.kind, p.required_level) for p in COMPANY.positions if p.required_level == 5} == {
        ("top_management", 5), ("company_process_manager", 5)
    }  # fmt: skip
    assert [person.login for person in COMPANY.people if person.level and not person.level_reason] == []


def test_who_is_away_is_so_today_and_the_substitute_is_there() -> None:
    logins, away = {person.login for person in COMPANY.people}, {p.login: p.away for p in COMPANY.people if p.away}
    assert len(away) >= 3
    for login, (since, until, substitute) in away.items():
        assert since <= 0 < until, login
        assert substitute in {"", *(logins - set(away))}, login


def test_five_accounts_to_try_in_the_order_of_the_story() -> None:
    accounts = sorted((p.demo_order, p.positions) for p in COMPANY.people if p.demo_login)
    assert accounts == [(1, ("pur-head",)), (2, ("pur-pm",)), (3, ("mgt-cpm",)), (4, ("pur-buyer",)), (5, ("mgt-it",))]
    assert [person.positions for person in COMPANY.people if person.is_staff] == [("mgt-it",)]


# The text of each process


@each_process
def test_a_chart_is_drawn_without_an_error(process: ProcessData) -> None:
    steps = definition(process).steps
    assert errors(definition(process)) == []
    assert [step.name for step in steps if not step.role] == []
    assert len(steps) in range(6, 21)
    assert (steps[0].kind, [step.kind for step in steps].count("start")) == ("start", 1)
    assert "end" in {step.kind for step in steps}


@each_process
def test_every_part_of_the_procedure_is_filled(process: ProcessData) -> None:
    assert "" not in (process.purpose, process.scope, process.trigger, process.result)
    assert {len(row) for row in process.sipoc} == {5}
    assert {len(row) for row in process.records} == {3}
    assert {len(row) for row in process.references} <= {2}


@each_process
def test_lanes_are_roles_of_the_catalogue(process: ProcessData) -> None:
    assert {role.title for role in outline(process).roles} - {role.title for role in COMPANY.roles} == set()


@each_process
def test_what_it_refers_to_exists(process: ProcessData) -> None:
    known, steps = set(numbers().values()), outline(process).steps
    assert {step.link for step in steps if step.link} - known == set()
    assert {target for _label, target in process.references if not target.startswith("https://")} - known == set()
    named = {name for name, _before in process.previous} | {step for step, _text, _login in process.comments if step}
    assert named - {step.name for step in steps} == set()


@each_process
def test_its_steps_are_written_and_read_back(process: ProcessData) -> None:
    before = definition(process)
    again = read_outline(write_outline(before))
    assert told(replace(before, roles=again.roles, steps=again.steps)) == told(before)


def told(definition: Definition) -> tuple[list[Step], list[tuple[int, str, int]]]:
    """The steps without keys, and the arrows between their numbers."""
    number = definition.numbers()
    steps = [_without_keys(step, definition.role_title) for step in definition.steps]
    return steps, [(number[flow.source], flow.label, number[flow.target]) for flow in explicit_flows(definition.steps)]


def test_older_revisions_differ_and_are_without_errors_too() -> None:
    older = [process for process in COMPANY.processes if process.previous]
    assert len(older) >= 8
    for process in older:
        now = definition(process)
        before = replace(now, steps=_older(now.steps, dict(process.previous)))
        assert before != now, process.slug
        assert errors(before) == [], process.slug


# Indicators


def test_indicators_cover_fourteen_months_with_one_gap_a_fall_and_a_recovery() -> None:
    assert (len(COMPANY.indicators), {len(indicator.values) for indicator in COMPANY.indicators}) == (14, {14})
    gaps = [indicator.process for indicator in COMPANY.indicators for value in indicator.values if value is None or math.isnan(value)]
    assert gaps == ["six-s-audit"]
    met = {
        indicator.process: (reached(indicator.values[0], indicator), reached(indicator.values[-1], indicator))
        for indicator in COMPANY.indicators
    }
    assert (met["hiring"], met["training"]) == ((True, False), (False, True))
    assert {rating for i in COMPANY.indicators for _ago, rating, _text in i.assessments} == {"green", "amber", "red"}


def reached(value: float | None, indicator: content.IndicatorData) -> bool:
    """Whether a month's value meets the target."""
    assert value is not None
    return value >= float(indicator.target) if indicator.direction == "up" else value <= float(indicator.target)


# What does not fit together is named


def faulty(**changes: object) -> DemoCompany:
    return replace(COMPANY, **changes)  # type: ignore[arg-type]


ONE, POSITION, PERSON = COMPANY.processes[0], COMPANY.positions[0], COMPANY.people[0]


@pytest.mark.parametrize(
    ("company", "fault"),
    [
        (faulty(positions=(*COMPANY.positions, replace(POSITION, department="XXX"))), "There is no department 'XXX'."),
        (faulty(positions=(*COMPANY.positions, replace(POSITION, deputy="nobody"))), "There is no position 'nobody'."),
        (faulty(people=(*COMPANY.people, replace(PERSON, positions=(("nothing", "part", 20),)))), "There is no position 'nothing'."),
        (faulty(roles=(content.RoleData("Ghost", ("no-office",)),)), "There is no position 'no-office'."),
        (faulty(processes=(*COMPANY.processes, replace(ONE, participating=("YYY",)))), "There is no department 'YYY'."),
        (faulty(processes=(*COMPANY.processes, replace(ONE, owner="gone"))), "There is no position 'gone'."),
        (faulty(processes=(*COMPANY.processes, replace(ONE, group="Dream"))), "There is no group 'Dream'."),
        (faulty(processes=(*COMPANY.processes, replace(ONE, state="lost"))), "There is no state 'lost'."),
        (faulty(processes=(*COMPANY.processes, replace(ONE, comments=(("", "Hm.", "stranger"),)))), "There is no person 'stranger'."),
        (faulty(indicators=(replace(COMPANY.indicators[0], process="unwritten"),)), "There is no process 'unwritten'."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_name_that_does_not_exist_is_refused(company: DemoCompany, fault: str) -> None:
    with pytest.raises(ContentFault) as refusal:
        content._check(company)
    assert str(refusal.value) == fault


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ContentFault) as refusal:
        content._read(ProcessData, {"slug": "tender", "titel": "Tender"})
    assert str(refusal.value) == "ProcessData tender: no field titel"


def _without_keys(step: Step, title: Callable[[str], str]) -> Step:
    return replace(
        step, key="", role=title(step.role), accountable=title(step.accountable), consulted=tuple(map(title, step.consulted)),
        informed=tuple(map(title, step.informed)), risks=tuple(replace(risk, key="") for risk in step.risks), flows=(), goes_on=True,
    )  # fmt: skip
