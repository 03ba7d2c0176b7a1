"""Who owes what: the person, positions held, positions acted for; nobody else's, and nothing one may not act on."""

import pytest

from organization.models import Position
from organization.scope import Scope, scope
from tests import make
from tests.make import NOW, TODAY, Cast, day
from worklist import items, mine
from worklist.models import WorkItem


def scope_of(person_id: int, *, held: set[int] | None = None, acting: set[int] | None = None) -> Scope:
    return Scope(person_id, TODAY, frozenset(), frozenset(held or ()), frozenset(acting or ()))


def owe(key: str, *, position: Position | None = None, person: make.Person | None = None, excluded: set[int] | None = None) -> WorkItem:
    return items.raise_item(
        kind="act", subject=key, url_name="home", url_args=[], due_on=day(5), source_key=key, now=NOW,
        position=position, person=person, excluded=excluded or (),
    )  # fmt: skip


@pytest.fixture
def office(cast: Cast) -> Position:
    return Position.objects.get(title="Head of Purchasing")


def test_open_items_of_me_my_positions_and_those_i_act_for(cast: Cast, office: Position) -> None:
    other = Position.objects.get(title="Head of Stores")
    leak = Position.objects.get(title="Company process manager")
    expected = [owe("mine", person=cast.reader), owe("held", position=office), owe("acting", position=other)]
    owe("a stranger's", person=cast.stranger)
    owe("another office", position=leak)
    items.withdraw(owe("closed", person=cast.reader), now=NOW)
    scope = scope_of(cast.reader.pk, held={office.pk}, acting={other.pk})
    assert list(mine.owed(scope)) == expected
    assert mine.count(scope) == 3


@pytest.mark.parametrize(("excluded", "expected"), [((), True), ((1,), False), ((22, 1), False), ((11, 21, 12), True)])
def test_what_i_may_not_act_on_is_not_mine(cast: Cast, office: Position, excluded: tuple[int, ...], expected: bool) -> None:
    me = make.person("me", pk=1_000_001)
    owe("decide", position=office, excluded={number + 1_000_000 for number in excluded})
    assert mine.owed(scope_of(me.pk, held={office.pk})).exists() is expected


def test_why_me(cast: Cast, office: Position) -> None:
    me = cast.reader
    assert mine.why_me(owe("mine", person=me), scope_of(me.pk), {}) == "addressed to you"
    item = owe("office", position=office)
    assert mine.why_me(item, scope_of(me.pk, held={office.pk}), {}) == "as Head of Purchasing"
    assert mine.why_me(item, scope_of(me.pk, acting={office.pk}), {}) == "for Head of Purchasing"


def test_the_substitute_sees_the_item_and_why(cast: Cast, office: Position) -> None:
    make.away(cast.author, until=day(14), substitute=cast.reader)
    item = owe("office", position=office)
    me, other = scope(cast.reader, TODAY), scope(cast.approver, TODAY)
    assert (list(mine.owed(me)), list(mine.owed(other))) == ([item], [])
    acting = mine.who_acts([item], TODAY)
    assert mine.why_me(item, me, acting) == "for Head of Purchasing, away until 17 Mar"
    assert mine.why_me(item, scope_of(cast.approver.pk, acting={office.pk}), acting) == "for Head of Purchasing"


def test_what_its_holder_may_not_decide_falls_to_the_next_in_the_chain_and_to_nobody_else(cast: Cast, office: Position) -> None:
    item = owe("decide", position=office, excluded={cast.author.pk})
    owe("leak: the storekeeper's", position=Position.objects.get(title="Head of Stores"), excluded={cast.author.pk})
    seen = {who.login: list(mine.owed(scope(who, TODAY))) for who in (cast.author, cast.approver, cast.manager, cast.boss, cast.stranger)}
    assert seen == {"author": [], "approver": [], "manager": [item], "boss": [], "stranger": []}
    acting = mine.who_acts([item], TODAY)
    assert mine.why_me(item, scope(cast.manager, TODAY), acting) == "for Head of Purchasing, whose holder may not act here"


def test_a_vacant_position_s_items_are_with_whom_the_chain_names(cast: Cast) -> None:
    vacant = make.position("Head of Quality", of=make.department("QUA"), kind="head")
    item = owe("act", position=vacant)
    assert list(mine.owed(scope(cast.manager, TODAY))) == [item]
    assert mine.why_me(item, scope(cast.manager, TODAY), mine.who_acts([item], TODAY)) == (
        "shared queue of the process office: for Head of Quality, which nobody holds"
    )
