"""Who acts for a position on a day, and what a person stands for."""

import datetime as dt

import pytest
from django.test import RequestFactory

from organization import resolution
from organization.models import Department, Person, Position
from organization.resolution import Question, resolve, resolve_each, resolve_many
from organization.scope import Scope, scope, scope_of
from tests import make
from tests.make import TODAY, day

pytestmark = pytest.mark.django_db


def office(title: str) -> Position:
    return Position.objects.get(title=title)


def who_acts(position: Position, at: dt.date = TODAY, **how: object) -> tuple[str, str, str] | None:
    found = resolve(position, at, **how)  # type: ignore[arg-type]
    return (found.person.login, found.position.title, found.reason) if found else None


def test_the_holder_acts(cast: make.Cast) -> None:
    assert who_acts(office("Head of Purchasing")) == ("author", "Head of Purchasing", "as Head of Purchasing")
    found = resolve(office("Head of Purchasing"), TODAY)
    assert found is not None
    assert (found.acting, found.acting_for) == (False, "")


def test_the_substitute_acts_while_the_holder_is_away(cast: make.Cast) -> None:
    make.away(cast.author, since=day(0), until=day(3), substitute=cast.reader)
    head = office("Head of Purchasing")
    assert who_acts(head) == ("reader", "Head of Purchasing", "for Head of Purchasing, away until 6 Mar")
    assert who_acts(head, day(2)) == ("reader", "Head of Purchasing", "for Head of Purchasing, away until 6 Mar")
    assert who_acts(head, day(3)) == ("author", "Head of Purchasing", "as Head of Purchasing")
    found = resolve(head, TODAY)
    assert found is not None
    assert found.acting_for == "for Head of Purchasing, away until 6 Mar"


def test_a_substitute_who_left_does_not_act(cast: make.Cast) -> None:
    make.away(cast.author, substitute=cast.reader)
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert who_acts(office("Head of Purchasing")) == ("manager", "Company process manager", "for Head of Purchasing, away until 17 Mar")


def test_deputies_of_deputies_act_and_a_circle_ends(cast: make.Cast) -> None:
    head, second, third = (
        office("Head of Purchasing"),
        make.position("Second", of=cast.purchasing),
        make.position("Third", of=cast.purchasing),
    )
    for position, deputy in ((head, second), (second, third), (third, head)):
        Position.objects.filter(pk=position.pk).update(deputy=deputy)
    head.refresh_from_db()
    make.away(cast.author)
    assert who_acts(head) == ("manager", "Company process manager", "for Head of Purchasing, away until 17 Mar")
    make.appoint(cast.stranger, third)
    assert who_acts(head) == ("stranger", "Third", "for Head of Purchasing, away until 17 Mar")


def test_the_same_office_above_acts_for_a_vacancy(cast: make.Cast) -> None:
    team = Department.objects.create(code="CAST", name="Castings", parent=cast.purchasing)
    below = Department.objects.create(code="SAND", name="Sand castings", parent=team)
    vacant = make.position("Head of Sand castings", of=below, kind="head")
    assert who_acts(vacant) == ("author", "Head of Purchasing", "for Head of Sand castings, which nobody holds")


def test_a_closed_office_does_not_stand_in(cast: make.Cast) -> None:
    Position.objects.filter(title="Company process manager").update(closed_on=TODAY)
    assert who_acts(make.position("Empty", of=cast.stores)) == ("boss", "General manager", "for Empty, which nobody holds")


def test_for_decisions_levels_and_independence_count(cast: make.Cast) -> None:
    head = office("Head of Purchasing")
    barred = "for Head of Purchasing, whose holder may not act here"
    assert who_acts(head, required_level=3) == ("manager", "Company process manager", barred)
    assert who_acts(head, excluding={cast.author.pk}) == ("manager", "Company process manager", barred)
    assert who_acts(head, excluding={cast.author.pk}, decided={cast.manager.pk}) == ("boss", "General manager", barred)
    everybody = {cast.author.pk, cast.manager.pk, cast.boss.pk}
    assert who_acts(head, excluding=everybody) is None


def test_when_nobody_is_present_somebody_is_still_named(cast: make.Cast) -> None:
    for person in Person.objects.all():
        make.away(person, until=day(3))
    assert who_acts(office("Head of Purchasing")) == (
        "author", "Head of Purchasing", "for Head of Purchasing as Head of Purchasing, although away until 6 Mar: nobody present may act",
    )  # fmt: skip


def test_guests_and_leavers_do_not_hold(cast: make.Cast) -> None:
    Person.objects.filter(pk=cast.author.pk).update(access_until=day(-1))
    Person.objects.filter(pk=cast.manager.pk).update(is_active=False)
    assert who_acts(office("Head of Purchasing")) == ("boss", "General manager", "for Head of Purchasing, which nobody holds")


def test_each_question_has_its_own_exclusions(cast: make.Cast) -> None:
    head = office("Head of Purchasing")
    answers = resolve_each((Question(head), Question(head, excluding=frozenset({cast.author.pk}))), TODAY)
    assert [a.person.login for a in answers if a] == ["author", "manager"]
    assert resolve_each((), TODAY) == []


@pytest.mark.parametrize("count", [1, 5])
def test_many_positions_cost_as_much_as_one(cast: make.Cast, count: int, django_assert_num_queries: object) -> None:
    people = [make.staff(cast.stores) for _ in range(count)]
    positions = list(Position.objects.filter(appointments__person__in=people))
    for person in people:
        make.away(person, substitute=cast.reader)
    with django_assert_num_queries(6):  # type: ignore[operator]
        found = resolve_many(positions, TODAY, required_level=0, decided={cast.boss.pk})
    assert {p.pk: "reader" for p in positions} == {key: a.person.login for key, a in found.items() if a}


def titles(of: Scope) -> tuple[list[str], list[str]]:
    return tuple(sorted(Position.objects.filter(pk__in=ids).values_list("title", flat=True)) for ids in (of.held, of.acting))  # type: ignore[return-value]


def test_a_person_stands_for_departments_with_what_lies_below(cast: make.Cast) -> None:
    team = make.department("CAST", parent=cast.purchasing)
    mine = scope(cast.author, TODAY)
    assert mine.departments == {cast.purchasing.pk, team.pk}
    assert titles(mine) == (["Head of Purchasing"], [])
    assert mine.positions == mine.held
    assert scope(cast.boss, TODAY).departments == set(Department.objects.values_list("pk", flat=True))
    assert scope(cast.admin, TODAY) == Scope(cast.admin.pk, TODAY, frozenset(), frozenset(), frozenset())


def test_appointments_count_on_their_days_only(cast: make.Cast) -> None:
    make.appoint(cast.stranger, office("Buyer"), since=day(5), until=day(7))
    assert titles(scope(cast.stranger, day(4))) == (["Storeman"], [])
    assert titles(scope(cast.stranger, day(5))) == (["Buyer", "Storeman"], [])
    assert titles(scope(cast.stranger, day(7))) == (["Storeman"], [])


def test_a_substitute_acts_even_where_another_holder_is_present(cast: make.Cast) -> None:
    make.appoint(cast.stranger, office("Head of Purchasing"))
    make.away(cast.author, substitute=cast.reader)
    assert titles(scope(cast.reader, TODAY)) == (["Buyer"], ["Head of Purchasing"])
    assert titles(scope(cast.reader, day(20))) == (["Buyer"], [])


def test_what_falls_to_a_deputy_an_office_above_or_the_process_office_is_theirs(cast: make.Cast) -> None:
    team = make.department("CAST", parent=cast.purchasing)
    make.position("Head of Castings", of=team, kind="head")
    make.position("Vacant post", of=cast.stores)
    make.position("Assisted", of=cast.stores, deputy=office("Storeman"))
    assert titles(scope(cast.author, TODAY)) == (["Head of Purchasing"], ["Head of Castings"])
    assert titles(scope(cast.stranger, TODAY)) == (["Storeman"], ["Assisted"])
    assert titles(scope(cast.manager, TODAY)) == (["Company process manager"], ["Vacant post"])
    assert titles(scope(cast.boss, TODAY)) == (["General manager"], [])


def test_every_position_is_in_somebodys_scope(cast: make.Cast) -> None:
    make.position("Vacant post", of=cast.stores)
    make.away(cast.author)
    make.away(cast.stranger, substitute=cast.reader)
    covered = set().union(*(scope(person, TODAY).positions for person in Person.objects.all()))
    assert covered == set(Position.objects.values_list("pk", flat=True))
    for position in Position.objects.all():
        found = resolve(position, TODAY)
        assert found is not None
        assert position.pk in scope(found.person, TODAY).positions


@pytest.mark.parametrize("count", [1, 5])
def test_the_scope_costs_the_same_in_a_small_and_a_larger_company(cast: make.Cast, count: int, django_assert_num_queries: object) -> None:
    for _ in range(count):
        make.position(of=cast.stores)
        make.staff(cast.purchasing)
    with django_assert_num_queries(3):  # type: ignore[operator]
        scope(cast.reader, TODAY)
    with django_assert_num_queries(8):  # type: ignore[operator]
        scope(cast.manager, TODAY)


def test_a_request_computes_its_scope_once(cast: make.Cast, rf: RequestFactory, django_assert_num_queries: object) -> None:
    request = rf.get("/")
    request.user = cast.reader
    first = scope_of(request)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert scope_of(request) is first


def ruled(title: str, rule: str, substitute: Person | None) -> Position:
    found = office(title)
    found.substitution, found.substitute = rule, substitute
    found.save()
    return found


def test_the_reason_says_that_a_standing_substitute_acts(cast: make.Cast) -> None:
    head = ruled("Head of Purchasing", "absence", cast.stranger)
    make.away(cast.author, until=day(3))
    said = "for Head of Purchasing, away until 6 Mar, as standing substitute of Head of Purchasing"
    assert who_acts(head) == ("stranger", "Head of Purchasing", said)
    team = make.department("CAST", parent=cast.purchasing)
    vacant = make.position("Head of Castings", of=team, kind="head")
    said = "for Head of Castings, which nobody holds, as standing substitute of Head of Purchasing"
    assert who_acts(vacant) == ("stranger", "Head of Purchasing", said)
    held = make.position("Head of Pipes", of=make.department("PIP", parent=cast.purchasing), kind="head", holder=cast.reader)
    said = "for Head of Pipes, whose holder may not act here, as standing substitute of Head of Purchasing"
    assert who_acts(held, excluding={cast.reader.pk}) == ("stranger", "Head of Purchasing", said)


@pytest.mark.parametrize("how", [{"is_active": False}, {"access_until": day(-1)}])
def test_a_standing_substitute_who_left_or_has_no_access_does_not_act(cast: make.Cast, how: dict[str, object]) -> None:
    head = ruled("Head of Purchasing", "standing", cast.stranger)
    make.away(cast.author)
    assert who_acts(head) is not None
    assert who_acts(head)[0] == "stranger"  # type: ignore[index]
    Person.objects.filter(pk=cast.stranger.pk).update(**how)
    assert who_acts(head)[0] == "manager"  # type: ignore[index]


def test_the_standing_substitute_and_the_substitutes_substitute_stand_for_the_position(cast: make.Cast) -> None:
    ruled("Head of Purchasing", "absence", cast.stranger)
    make.away(cast.author, substitute=cast.reader)
    assert (titles(scope(cast.reader, TODAY))[1], titles(scope(cast.stranger, TODAY))[1]) == (["Head of Purchasing"], [])
    make.away(cast.reader, substitute=cast.approver)
    assert titles(scope(cast.reader, TODAY)) == (["Buyer"], [])
    assert titles(scope(cast.approver, TODAY))[1] == ["Buyer", "Head of Purchasing"]
    ruled("Head of Purchasing", "standing", cast.stranger)
    assert titles(scope(cast.stranger, TODAY))[1] == ["Head of Purchasing"]
    assert titles(scope(cast.approver, TODAY))[1] == ["Buyer"]
    ruled("Head of Purchasing", "deputy", cast.stranger)
    assert titles(scope(cast.stranger, TODAY))[1] == []


def test_a_substitute_stands_for_what_falls_to_the_office(cast: make.Cast) -> None:
    team = make.department("CAST", parent=cast.purchasing)
    vacant = make.position("Head of Castings", of=team, kind="head")
    make.away(cast.author, substitute=cast.reader)
    assert who_acts(vacant) == ("reader", "Head of Purchasing", "for Head of Castings, which nobody holds")
    assert titles(scope(cast.reader, TODAY))[1] == ["Head of Castings", "Head of Purchasing"]


def test_a_very_long_list_is_answered_alike(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = make.position("Closed", of=cast.purchasing)
    Position.objects.filter(pk=closed.pk).update(closed_on=TODAY)
    make.away(cast.author, substitute=cast.reader)
    short = resolve_many(Position.objects.all(), TODAY)
    monkeypatch.setattr(resolution, "LONG_LIST", 0)
    assert resolve_many(Position.objects.all(), TODAY) == short
