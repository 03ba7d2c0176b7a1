"""The walk along the chain, on plain data: laws that hold for every company."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.chain import Away, Cause, Found, Office, Snapshot, chain, present, walk

BACK = dt.date(2026, 5, 5)
KINDS = ("head", "department_process_manager", "company_process_manager", "top_management", "staff")
ids = st.integers(0, 6)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


@st.composite
def companies(draw: st.DrawFn) -> Snapshot:
    """Up to seven departments, offices and people, tied together at random: cycles in tree, deputies and substitutes included."""
    parents = draw(st.dictionaries(ids, st.none() | ids, max_size=7))
    offices = {n: Office(n, draw(ids), draw(st.sampled_from(KINDS)), draw(st.none() | ids)) for n in draw(st.sets(ids, min_size=1))}
    holders = draw(st.dictionaries(st.sampled_from(sorted(offices)), st.lists(ids, max_size=3, unique=True).map(tuple)))
    away = {p: Away(BACK, draw(st.none() | ids.filter(lambda s, p=p: s != p))) for p in draw(st.sets(ids, max_size=5))}
    return Snapshot(offices, parents, holders, away, draw(st.dictionaries(ids, st.integers(0, 5))))


people = st.frozensets(ids, max_size=4)


@unhurried
@given(companies(), people, people, st.integers(0, 5))
def test_who_is_found_is_independent_has_the_level_and_stands_in_the_chain(
    company: Snapshot, excluding: frozenset[int], decided: frozenset[int], level: int
) -> None:
    for position in company.offices:
        found = walk(company, position, excluding=excluding, decided=decided, required_level=level)
        everybody = {p for o in chain(company, position) for p in (*company.holders.get(o, ()), *(c.person for c in present(company, o)))}
        able = {p for p in everybody - excluding if company.levels.get(p, 0) >= level}
        assert (found is None) == (not able)
        if found:
            assert found.person in able
            assert found.office in company.offices
            assert (found.cause == Cause.NOBODY_PRESENT) == (found.person in company.away)
            assert (found.person in decided) <= (able - company.away.keys() <= decided)


@unhurried
@given(companies())
def test_present_people_come_before_absent_ones_and_nobody_stands_in_for_themselves(company: Snapshot) -> None:
    for office in company.offices:
        assert all(c.person not in company.away for c in present(company, office))


@unhurried
@given(companies())
def test_the_chain_begins_with_the_position_and_asks_each_once(company: Snapshot) -> None:
    for position in company.offices:
        asked = list(chain(company, position))
        assert asked[0] == position
        assert len(asked) == len(set(asked))


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
