"""The walk along the chain, on plain data: laws that hold for every company, and a slow reference that says the same plainly."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.chain import OFFICES, Away, Cause, Found, Link, Office, Rule, Snapshot, Step, links, present, walk

BACK = dt.date(2026, 5, 5)
KINDS = ("head", "department_process_manager", "company_process_manager", "top_management", "staff")
ids = st.integers(0, 6)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


@st.composite
def companies(draw: st.DrawFn) -> Snapshot:
    """Up to seven departments, offices and people, tied together at random: circles in tree, deputies and substitutes included."""
    parents = draw(st.dictionaries(ids, st.none() | ids, max_size=7))
    offices = {
        n: Office(n, draw(ids), draw(st.sampled_from(KINDS)), draw(st.none() | ids), draw(st.sampled_from(Rule)), draw(st.none() | ids))
        for n in draw(st.sets(ids, min_size=1))
    }
    holders = draw(st.dictionaries(st.sampled_from(sorted(offices)), st.lists(ids, max_size=3, unique=True).map(tuple)))
    away = {p: Away(BACK, draw(st.none() | ids.filter(lambda s, p=p: s != p))) for p in draw(st.sets(ids, max_size=5))}
    return Snapshot(offices, parents, holders, away, draw(st.dictionaries(ids, st.integers(0, 5))))


people = st.frozensets(ids, max_size=4)


def reference_chain(company: Snapshot, position: int) -> list[int]:
    """The positions in the order in which PRODUCT asks them: all of them first, doubles taken out at the end, nothing looked up twice."""
    asked = company.offices[position]
    starts = [position]
    department, storeys = company.parents.get(asked.department), []
    while department is not None and department not in [asked.department, *storeys]:
        storeys.append(department)
        department = company.parents.get(department)
    if asked.kind in OFFICES:
        for storey in storeys:
            starts += [o.id for o in company.offices.values() if o.department == storey and o.kind == asked.kind]
    for kind in ("company_process_manager", "top_management"):
        starts += [o.id for o in company.offices.values() if o.kind == kind]
    found: list[int] = []
    for start in starts:
        current: int | None = start
        for _step in range(len(company.offices)):
            if current is None or current not in company.offices:
                break
            found.append(current)
            current = company.offices[current].deputy
    return [office for n, office in enumerate(found) if office not in found[:n]]


def reference_present(company: Snapshot, office: int) -> list[int]:
    """Holders who are there, then for each other holder whom the rule says."""
    holders = company.holders.get(office, ())
    there = [p for p in holders if p not in company.away]
    for holder in holders:
        if holder not in company.away or company.offices[office].rule == "deputy":
            continue
        acting: int | None = None
        if company.offices[office].rule == "absence":
            acting = holder
            for _step in range(len(company.away) + 1):
                if acting in company.away:
                    acting = company.away[acting].substitute
        if acting is None or acting in company.away:
            acting = company.offices[office].substitute
        if acting is not None and acting not in company.away:
            there.append(acting)
    return there


def reference(company: Snapshot, position: int, excluding: frozenset[int], decided: frozenset[int], level: int) -> tuple[int, int] | None:
    """Person and position: every candidate is listed, then filtered, then the first is taken."""
    asked = reference_chain(company, position)
    present = [(p, o) for o in asked for p in reference_present(company, o)]
    absent = [(p, o) for o in asked for p in company.holders.get(o, ())]
    for everybody in (present, absent):
        able = [(p, o) for p, o in everybody if p not in excluding and company.levels.get(p, 0) >= level]
        fresh = [(p, o) for p, o in able if p not in decided]
        if fresh or able:
            return (fresh or able)[0]
    return None


@unhurried
@given(companies(), people, people, st.integers(0, 5))
def test_the_walk_equals_the_slow_reference(company: Snapshot, excluding: frozenset[int], decided: frozenset[int], level: int) -> None:
    for position in company.offices:
        found = walk(company, position, excluding=excluding, decided=decided, required_level=level)
        assert (found and (found.person, found.office)) == reference(company, position, excluding, decided, level)
        assert [link.office for link in links(company, position)] == reference_chain(company, position)
        assert [c.person for c in present(company, position)] == reference_present(company, position)


@unhurried
@given(companies(), people, people, st.integers(0, 5))
def test_who_is_found_is_independent_has_the_level_and_stands_in_the_chain(
    company: Snapshot, excluding: frozenset[int], decided: frozenset[int], level: int
) -> None:
    for position in company.offices:
        found = walk(company, position, excluding=excluding, decided=decided, required_level=level)
        asked = [link.office for link in links(company, position)]
        everybody = {p for o in asked for p in (*company.holders.get(o, ()), *(c.person for c in present(company, o)))}
        able = {p for p in everybody - excluding if company.levels.get(p, 0) >= level}
        assert (found is None) == (not able)
        if found:
            assert found.person in able
            assert found.office in company.offices
            assert (found.cause == Cause.NOBODY_PRESENT) == (found.person in company.away)
            assert (found.person in decided) <= (able - company.away.keys() <= decided)


@unhurried
@given(companies())
def test_while_the_process_office_has_a_holder_no_position_is_without_somebody(company: Snapshot) -> None:
    office = [n for n, o in company.offices.items() if o.kind == "company_process_manager" and company.holders.get(n)]
    somebody_there = [n for n in office if reference_present(company, n)]
    for position in company.offices:
        found = walk(company, position)
        assert found or not office
        assert not somebody_there or (found and found.person not in company.away)


@unhurried
@given(companies())
def test_present_people_come_before_absent_ones_and_nobody_stands_in_for_themselves(company: Snapshot) -> None:
    for office in company.offices:
        assert all(c.person not in company.away for c in present(company, office))


@unhurried
@given(companies())
def test_the_chain_begins_with_the_position_and_asks_each_once(company: Snapshot) -> None:
    for position in company.offices:
        asked = list(links(company, position))
        assert asked[0] == Link(position, Step.ASKED)
        assert len(asked) == len({link.office for link in asked})
        for link in asked:
            assert (link.step == Step.DEPUTY) == (link.deputy_of is not None)
            assert link.deputy_of is None or company.offices[link.deputy_of].deputy == link.office


def small(**fields: object) -> Snapshot:
    """Head 1 of department 11 (deputy office 2), head 3 of the company 10, process office 4, top 5; held by 101 … 105."""
    offices = {
        1: Office(1, 11, "head", 2), 2: Office(2, 11, "staff"), 3: Office(3, 10, "head"),
        4: Office(4, 10, "company_process_manager"), 5: Office(5, 10, "top_management"),
    }  # fmt: skip
    holders = {n: (100 + n,) for n in offices}
    return Snapshot(**{"offices": offices, "parents": {11: 10, 10: None}, "holders": holders, **fields})  # type: ignore[arg-type]


def test_link_by_link() -> None:
    away = {101: Away(BACK, 120)}
    assert walk(small(), 1) == Found(101, 1, Cause.HOLDS)
    assert walk(small(away=away), 1) == Found(120, 1, Cause.AWAY, BACK)
    assert walk(small(away={101: Away(BACK)}), 1) == Found(102, 2, Cause.AWAY, BACK)
    assert walk(small(holders={3: (103,), 4: (104,)}), 1) == Found(103, 3, Cause.VACANT)
    assert walk(small(holders={4: (104,), 5: (105,)}), 1) == Found(104, 4, Cause.VACANT)
    assert walk(small(holders={5: (105,)}), 1) == Found(105, 5, Cause.VACANT)
    assert walk(small(holders={}), 1) is None
    assert walk(small(), 1, excluding=frozenset({101})) == Found(102, 2, Cause.BARRED)


def test_a_substitute_who_is_away_hands_on_and_a_circle_of_substitutes_ends() -> None:
    assert walk(small(away={101: Away(BACK, 120), 120: Away(BACK, 121)}), 1) == Found(121, 1, Cause.AWAY, BACK)
    assert walk(small(away={101: Away(BACK, 120), 120: Away(BACK, 101)}), 1) == Found(102, 2, Cause.AWAY, BACK)


def test_who_has_decided_comes_last_but_before_nobody() -> None:
    company = small(holders={1: (101,), 4: (104,)})
    assert walk(company, 1, decided=frozenset({101})) == Found(104, 4, Cause.BARRED)
    assert walk(company, 1, decided=frozenset({101, 104})) == Found(101, 1, Cause.HOLDS)


def test_when_everybody_is_away_the_nearest_acts_all_the_same() -> None:
    company = small(holders={1: (101,), 5: (105,)}, away={101: Away(BACK), 105: Away(BACK)})
    assert walk(company, 1, excluding=frozenset({101})) == Found(105, 5, Cause.NOBODY_PRESENT, BACK)


def test_the_office_of_a_member_of_staff_does_not_exist_above() -> None:
    offices = {1: Office(1, 11, "staff"), 2: Office(2, 10, "staff"), 3: Office(3, 10, "company_process_manager")}
    assert walk(small(offices=offices, holders={2: (102,), 3: (103,)}), 1) == Found(103, 3, Cause.VACANT)


def test_a_circle_of_departments_ends() -> None:
    assert walk(small(parents={11: 10, 10: 11}, holders={3: (103,)}), 1) == Found(103, 3, Cause.VACANT)


def ruled(rule: str, substitute: int | None = 130, **fields: object) -> Snapshot:
    """The small company whose office 1 has this rule and standing substitute."""
    company = small()
    office = Office(1, 11, "head", 2, rule, substitute)
    return Snapshot(**{"offices": {**company.offices, 1: office}, "parents": company.parents, "holders": company.holders, **fields})  # type: ignore[arg-type]


def test_the_standing_substitute_acts_where_the_absence_names_nobody_who_is_there() -> None:
    standing = Found(130, 1, Cause.AWAY, BACK, standing=True)
    assert walk(ruled("absence", away={101: Away(BACK, 120)}), 1) == Found(120, 1, Cause.AWAY, BACK)
    assert walk(ruled("absence", away={101: Away(BACK)}), 1) == standing
    assert walk(ruled("absence", away={101: Away(BACK, 120), 120: Away(BACK)}), 1) == standing
    assert walk(ruled("absence", away={101: Away(BACK, 120), 120: Away(BACK, 101)}), 1) == standing
    assert walk(ruled("standing", away={101: Away(BACK, 120)}), 1) == standing


def test_a_standing_substitute_who_is_away_is_none_and_hands_on_to_nobody() -> None:
    away = {101: Away(BACK), 130: Away(BACK, 120)}
    for rule in ("absence", "standing"):
        assert walk(ruled(rule, away=away), 1) == Found(102, 2, Cause.AWAY, BACK)
    assert walk(ruled("standing", None, away=away), 1) == Found(102, 2, Cause.AWAY, BACK)
    assert walk(ruled("standing", 101, away=away), 1) == Found(102, 2, Cause.AWAY, BACK)


def test_where_the_rule_says_deputy_no_substitute_acts() -> None:
    assert walk(ruled("deputy", away={101: Away(BACK, 120)}), 1) == Found(102, 2, Cause.AWAY, BACK)


def test_a_standing_substitute_acts_for_who_is_away_and_not_in_a_vacancy() -> None:
    assert walk(ruled("standing", holders={2: (102,)}), 1) == Found(102, 2, Cause.VACANT)


def test_the_links_say_why_each_position_is_asked() -> None:
    assert list(links(small(), 1)) == [
        Link(1, Step.ASKED), Link(2, Step.DEPUTY, 1), Link(3, Step.ABOVE), Link(4, Step.PROCESS_OFFICE), Link(5, Step.TOP),
    ]  # fmt: skip
