"""The shared queue of the process office, and scopes that follow the chain wherever it leads."""

import random

import pytest

from organization.models import Person, Position
from organization.resolution import resolve
from organization.scope import scope, shared_among
from tests import make
from tests.make import TODAY, Cast, day


def titles(ids: frozenset[int]) -> list[str]:
    return sorted(Position.objects.filter(pk__in=ids).values_list("title", flat=True))


@pytest.fixture
def supervisor(cast: Cast) -> Person:
    who = make.person("supervisor")
    make.position("Process supervision", of=make.company(), kind="process_supervision", holder=who)
    return who


def test_what_nobody_covers_before_the_process_office_is_shared_by_all_of_it_and_by_nobody_else(cast: Cast, supervisor: Person) -> None:
    vacant = make.position("Head of Quality", of=make.department("QUA"), kind="head")
    make.position("Team lead", of=make.department("CAST", parent=cast.purchasing), kind="head")  # the head above stands in
    make.position("Assisted", of=cast.stores, deputy=Position.objects.get(title="Storeman"))
    for who in (cast.manager, supervisor):
        mine = scope(who, TODAY)
        assert (mine.office, titles(mine.shared)) == (True, ["Head of Quality"]), who
        assert vacant.pk in mine.positions
    for who in (cast.author, cast.approver, cast.boss, cast.stranger, cast.admin):
        mine = scope(who, TODAY)
        assert (mine.office, mine.shared) == (False, frozenset()), who


def test_an_absent_holder_without_substitute_shares_too_and_one_with_a_substitute_does_not(cast: Cast) -> None:
    make.away(cast.author)
    make.away(cast.stranger, substitute=cast.reader)
    assert titles(scope(cast.manager, TODAY).shared) == ["Head of Purchasing"]
    assert titles(scope(cast.manager, day(20)).shared) == []


def test_the_last_of_the_chain_are_never_shared(cast: Cast, supervisor: Person) -> None:
    make.away(cast.manager)
    make.away(cast.boss)
    assert titles(scope(supervisor, TODAY).shared) == []


def test_whoever_acts_for_the_company_process_manager_is_of_the_office(cast: Cast) -> None:
    vacant = make.position("Empty", of=cast.stores)
    make.away(cast.manager, substitute=cast.reader)
    assert (scope(cast.reader, TODAY).office, titles(scope(cast.reader, TODAY).shared)) == (True, ["Empty"])
    assert shared_among([vacant, Position.objects.get(title="Buyer")], TODAY) == {vacant.pk}
    assert shared_among([], TODAY) == frozenset()


def test_a_substitute_of_a_substitute_acts_and_stands_in_as_the_holder_would(cast: Cast) -> None:
    make.position("Team lead", of=make.department("CAST", parent=cast.purchasing), kind="head")
    make.away(cast.author, substitute=cast.stranger)
    make.away(cast.stranger, substitute=cast.reader)
    assert titles(scope(cast.reader, TODAY).acting) == ["Head of Purchasing", "Storeman", "Team lead"]


@pytest.mark.parametrize("seed", range(12))
def test_whoever_the_chain_finds_has_the_position_in_scope(cast: Cast, seed: int) -> None:
    dice = random.Random(seed)
    people = list(Person.objects.order_by("pk"))
    departments = [make.department(f"D{n}", parent=dice.choice([None, cast.purchasing, cast.stores])) for n in range(4)]
    kinds = ["head", "staff", "department_process_manager", "process_supervision"]
    made = [make.position(of=dice.choice(departments), kind=dice.choice(kinds)) for _ in range(8)]
    for position in made:
        if dice.random() < 0.6:
            make.appoint(dice.choice(people), position)
        if dice.random() < 0.4:
            position.deputy = dice.choice([other for other in made if other != position])
            position.save()
    for person in dice.sample(people, 4):
        make.away(person, substitute=dice.choice([None, *(other for other in people if other != person)]))
    scopes = {person.pk: scope(person, TODAY) for person in people}
    for position in Position.objects.all():
        found = resolve(position, TODAY)
        assert found is not None
        assert position.pk in scopes[found.person.pk].positions, position
