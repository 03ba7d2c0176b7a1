"""Whoever owes a reading is whom the rules select, evaluated one person and one rule at a time; and since when."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from organization.models import Appointment, Department, HeldLevel, Level, Person, Position
from processes.models import Process, Role
from tests import make
from tests.make import NOW, TODAY, day
from training import assignments, audiences, reach, turning
from training.models import AudienceRule, Reading
from training.owing import reasons
from training.selection import Chosen, choose, contradict, since, together

DAYS = 6


@dataclass(frozen=True)
class About:
    """A rule as plain data."""

    about: tuple[str, int]
    narrow: bool = False
    excludes: bool = False


# Pure


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        (About(("department", 1)), Chosen(departments=frozenset({1, 2, 3}))),
        (About(("department", 1), narrow=True), Chosen(departments=frozenset({1}))),
        (About(("department", 9)), Chosen(departments=frozenset({9}))),
        (About(("position", 4)), Chosen(positions=frozenset({4}))),
        (About(("role", 5)), Chosen(positions=frozenset({6, 7}))),
        (About(("role", 6)), Chosen()),
        (About(("level", 3)), Chosen(levels=frozenset({3, 4, 5}))),
        (About(("level", 3), narrow=True), Chosen(levels=frozenset({3}))),
        (About(("person", 8)), Chosen(people=frozenset({8}))),
    ],
)
def test_each_kind_selects_what_it_names(rule: About, chosen: Chosen) -> None:
    assert choose(rule, {1: frozenset({1, 2, 3})}, {5: frozenset({6, 7})}) == chosen


def test_rules_are_joined_and_nothing_is_nobody() -> None:
    assert together([]) == Chosen()
    all_kinds = [Chosen(people=frozenset({1})), Chosen(levels=frozenset({2})), Chosen(positions=frozenset({3}), people=frozenset({4}))]
    assert together(all_kinds) == Chosen(positions=frozenset({3}), levels=frozenset({2}), people=frozenset({1, 4}))


@pytest.mark.parametrize(
    ("asks", "leaves_out", "clash"),
    [
        (About(("position", 1)), About(("position", 1), excludes=True), True),
        (About(("position", 1)), About(("position", 2), excludes=True), False),
        (About(("department", 1)), About(("position", 1), excludes=True), False),
        (About(("department", 1)), About(("department", 1), excludes=True), True),
        (About(("department", 1)), About(("department", 1), excludes=True, narrow=True), False),
        (About(("department", 1), narrow=True), About(("department", 1), excludes=True), True),
        (About(("level", 3), narrow=True), About(("level", 3), excludes=True, narrow=True), True),
        (About(("level", 3)), About(("level", 3)), False),
    ],
)
def test_what_asks_for_a_thing_and_leaves_it_out_contradicts(asks: About, leaves_out: About, *, clash: bool) -> None:
    assert contradict(asks, leaves_out) is clash
    assert contradict(leaves_out, asks) is clash


@pytest.mark.parametrize(
    ("periods", "first"),
    [
        ([], None),
        ([(-9, None)], -9),
        ([(-9, 0)], None),
        ([(-9, 1)], -9),
        ([(1, None)], None),
        ([(-9, -5), (-5, None)], -9),
        ([(-9, -6), (-5, None)], -5),
        ([(-5, None), (-9, -3)], -9),
        ([(-9, None), (-3, -2)], -9),
        ([(-9, -3), (-8, -6), (-3, 5)], -9),
        ([(-9, -3), (-5, None)], -9),
    ],
)
def test_since_when_is_the_first_day_without_a_gap(periods: list[tuple[int, int | None]], first: int | None) -> None:
    days = [(day(start), None if end is None else day(end)) for start, end in periods]
    assert since(days, TODAY) == (None if first is None else day(first))


# The evaluation against the plain one


def selects(rule: AudienceRule, person: Person, on: dt.date) -> bool:
    """One rule and one person, in plain words."""
    held = [one.position for one in person.appointments.all() if one.starts_on <= on and (one.ends_before is None or on < one.ends_before)]
    if rule.person:
        return rule.person == person
    if rule.level:
        rows = person.held_levels.all()
        levels = [row.level_id for row in rows if row.held_from <= on and (row.held_until is None or on < row.held_until)]
        return any(level == rule.level_id if rule.narrow else level >= rule.level_id for level in levels)
    if rule.position:
        return rule.position in held
    if rule.role:
        return any(position in held for position in rule.role.positions.all())
    return any(lies_in(position.department, rule.department, narrow=rule.narrow) for position in held)


def lies_in(department: Department | None, other: Department, *, narrow: bool) -> bool:
    if department is None:
        return False
    return department == other or (not narrow and lies_in(department.parent, other, narrow=False))


def owing_plainly(rules: list[AudienceRule], on: dt.date) -> set[int]:
    """Everybody asked by a rule and left out by none, one after another."""
    owing = set()
    for person in Person.objects.all():
        if not person.is_active or (person.access_until is not None and person.access_until < on):
            continue
        held = [rule for rule in rules if rule.starts_on <= on and (rule.ends_before is None or on < rule.ends_before)]
        selecting = [rule for rule in held if selects(rule, person, on)]
        if any(not rule.excludes for rule in selecting) and not any(rule.excludes for rule in selecting):
            owing.add(person.pk)
    return owing


PERIOD = st.tuples(st.integers(-3, DAYS), st.none() | st.integers(1, DAYS))
NTH = st.integers(0, 5)
COMPANY = st.fixed_dictionaries(
    {
        "held": st.lists(st.tuples(NTH, NTH, PERIOD), max_size=10, unique_by=lambda row: row[:2]),
        "levels": st.lists(st.tuples(NTH, st.integers(1, 5), st.integers(-3, DAYS)), max_size=6, unique_by=lambda row: row[0]),
        "gone": st.lists(st.tuples(NTH, st.none() | st.integers(-1, DAYS)), max_size=2, unique_by=lambda row: row[0]),
        "roles": st.lists(NTH, max_size=3, unique=True),
        "rules": st.lists(
            st.tuples(st.sampled_from(("department", "position", "role", "level", "person")), NTH, st.booleans(), st.booleans(), PERIOD),
            max_size=6,
            unique_by=lambda row: (row[0], row[1] % (1 if row[0] == "role" else 4 if row[0] == "department" else 6), row[3]),
        ),
    }
)


class OwingTest(TestCase):
    """For random rules, appointments, levels, roles and leavers, on every day that follows: a round looks at what turned alone."""

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(made=COMPANY)
    def test_whoever_owes_is_whom_the_rules_select_every_day(self, made: dict[str, list[tuple[Any, ...]]]) -> None:
        home = make.department("A")
        rules = company_with_rules(home, made)
        revision = make.effective(rules[0].process)
        for model in (Process, Role, Department):  # else every round would look at all that was made just now
            model.history.update(history_date=NOW - dt.timedelta(days=9))
        for offset in range(DAYS + 1):
            on = day(offset)
            wanted = owing_plainly(rules, on)
            assert audiences.must_read(revision.process, on) == wanted
            assert set(reach.audience(revision.process, on).values_list("pk", flat=True)) == wanted
            assert reach.reach(revision.process, on, None).people == len(wanted)
            with mock.patch.object(assignments, "STEP", 2):
                turning.hand_out_turned(NOW + dt.timedelta(days=offset))
            assert set(Reading.objects.owed().filter(revision=revision).values_list("person", flat=True)) == wanted
            why = reasons(reach.rules_on(revision.process, on), wanted)
            assert set(why) == wanted
            for person, (rule, first) in why.items():
                reached_since(rule, Person.objects.get(pk=person), first, on)


def reached_since(rule: AudienceRule, who: Person, first: dt.date, on: dt.date) -> None:
    """The rule selects this person on both days, and not on the day before the first one."""
    assert rule.starts_on <= first <= on
    assert selects(rule, who, on)
    assert selects(rule, who, first)
    assert first == rule.starts_on or not selects(rule, who, first - dt.timedelta(days=1))


def company_with_rules(home: Department, made: dict[str, list[tuple[Any, ...]]]) -> list[AudienceRule]:
    """Departments, positions and people, with what was drawn; the rules of one process, of which the first reaches nobody."""
    departments = [make.company(), home, make.department("A1", parent=home), make.department("B")]
    positions = [make.position(f"P{n}", of=departments[n % 4]) for n in range(6)]
    people = [make.person(f"q{n}") for n in range(6)]
    levels = [Level.objects.get_or_create(number=n + 1, defaults={"name": f"level {n + 1}"})[0] for n in range(5)]
    role = Role.objects.create(title="Buyer")
    role.positions.set([positions[n] for n in made["roles"]])
    for who, where, (start, end) in made["held"]:
        make.appoint(people[who], positions[where], since=day(start), until=None if end is None else day(max(end, start + 1)))
    for who, number, start in made["levels"]:
        make.hold(people[who], number, since=day(start))
    for who, last in made["gone"]:
        Person.objects.filter(pk=people[who].pk).update(is_active=last is not None, access_until=None if last is None else day(last))
    process = make.process(home, created_by=make.person("maker"))
    targets = {"department": departments, "position": positions, "role": [role], "level": levels, "person": people}
    rules = [AudienceRule.objects.create(process=process, department=make.department("EMPTY"), starts_on=day(-9))]
    for kind, nth, narrow, excludes, (start, end) in made["rules"]:
        about = {kind: targets[kind][nth % len(targets[kind])]}
        if AudienceRule.objects.filter(process=process, excludes=excludes, **about).exists():
            continue
        only = narrow and kind in ("department", "level")
        until = None if end is None else day(max(end, start + 1))
        row = AudienceRule(process=process, narrow=only, excludes=excludes, starts_on=day(start), ends_before=until, **about)
        row.save()
        rules.append(row)
    return rules


def test_the_plain_evaluation_can_tell_people_apart(cast: make.Cast) -> None:
    """The oracle is not of one mind with everybody: some are selected and some are not."""
    process = make.process(cast.purchasing)
    rule = AudienceRule.objects.create(process=process, department=cast.purchasing, starts_on=TODAY)
    assert owing_plainly([rule], TODAY) == {cast.author.pk, cast.approver.pk, cast.reader.pk}
    assert (Appointment.objects.count(), HeldLevel.objects.count(), Position.objects.count()) == (7, 5, 7)
