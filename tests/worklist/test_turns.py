"""Whose turn it is, in words: who and why, since when against what is usual, when it escalates."""

import datetime as dt

import pytest

from organization.models import Person, Position
from organization.resolution import Assignee
from tests import make
from tests.make import NOW, TODAY, Cast, day
from worklist import items, reminders
from worklist.models import UsualTime, WorkItem
from worklist.turns import turn, turns


def owe(key: str = "act:1", *, position: str = "Buyer", kind: str = "act", ago: int = 0, **how: object) -> WorkItem:
    owed_by = {} if "person" in how else {"position": Position.objects.get(title=position)}
    return items.raise_item(
        kind=kind, subject=key, url_name="home", url_args=[], due_on=day(5), source_key=key, now=NOW - dt.timedelta(days=ago),
        **owed_by, **how,  # type: ignore[arg-type]
    )  # fmt: skip


def usual(days: int, measured: int = 5) -> None:
    UsualTime.objects.create(kind="act", working_days=days, measured=measured, computed_on=TODAY)


def test_all_of_it_in_one_line(cast: Cast) -> None:
    usual(2)
    make.away(cast.reader, substitute=cast.stranger)
    found = turn(owe(ago=5), TODAY)
    # Due on Mon 9 March; late reminders on the 12th, 17th and 20th, the second of which the next in line gets too.
    assert found.words == (
        "Stranger, for Buyer, away until 17 Mar, waiting for 3 working days; usually 2 working days; "
        "escalates on Tue 17 Mar to the substitute"
    )
    assert (found.person, found.is_slow, found.reminder_on) == (cast.stranger, True, day(1))


@pytest.mark.parametrize(
    ("days", "measured", "words"), [(0, 5, "usually done on the same day"), (1, 5, "usually 1 working day"), (3, 4, "")]
)
def test_what_is_usual(cast: Cast, days: int, measured: int, words: str) -> None:
    usual(days, measured)
    found = turn(owe(), TODAY)
    assert (found.usually, found.since, found.is_slow) == (words, "waiting since today", False)


def test_the_planned_escalation_is_the_day_on_which_the_superior_is_told(cast: Cast) -> None:
    item = owe(person=cast.reader, kind="read")
    planned = turn(item, TODAY).escalations
    told: dict[dt.date, set[str]] = {}
    for offset in range(30):
        now = NOW + dt.timedelta(days=offset)
        reminders.run(now)
        told[now.date()] = set(item.notices.filter(created_at=now).values_list("person__login", flat=True))
    first = {who: min(on for on, people in told.items() if who in people) for who in ("author", "manager")}
    assert planned == [(first["author"], "superior"), (first["manager"], "office")]
    item.refresh_from_db()
    assert turn(item, first["manager"]).escalates == ""


def test_nobody_and_people_who_left(cast: Cast) -> None:
    everybody = frozenset(Person.objects.values_list("pk", flat=True))
    barred, left = owe("barred", excluded=everybody), owe("left", person=cast.stranger)
    Person.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    found = turns([barred, left, owe("mine", person=cast.reader)], TODAY)
    assert [each.who for each in found.values()] == ["Nobody can act on it at present"] * 2 + ["Reader"]
    items.withdraw(left, now=NOW)
    assert turn(left, TODAY).escalations == []


def test_the_shared_queue_says_so_and_decisions_do_not(cast: Cast) -> None:
    make.position("Head of Quality", of=make.department("QUA"), kind="head")
    shared, decision = owe("shared", position="Head of Quality"), owe("decision", position="Head of Quality", kind="decide")
    found = turns([shared, decision], TODAY)
    assert [each.who for each in found.values()] == [
        "Manager, shared queue of the process office: for Head of Quality, which nobody holds",
        "Manager, for Head of Quality, which nobody holds",
    ]
    WorkItem.objects.filter(pk=shared.pk).update(assigned_to=cast.manager)
    shared.refresh_from_db()
    assert turn(shared, TODAY).who == "Manager, assigned for Head of Quality"


def test_an_app_above_may_know_better_who_acts(cast: Cast) -> None:
    item = owe(kind="decide")
    position = Position.objects.get(title="Buyer")
    found = turns([item], TODAY, {item.pk: Assignee(cast.boss, position, "named by top management", acting=True)})
    assert found[item.pk].who == "Boss, named by top management"


@pytest.mark.parametrize("count", [1, 5])
def test_five_turns_cost_as_much_as_one(cast: Cast, count: int, django_assert_num_queries: object) -> None:
    make.away(cast.reader)
    made = [owe(f"act:{number}") for number in range(count)]
    fresh = list(WorkItem.objects.filter(pk__in=[item.pk for item in made]).select_related("position"))
    with django_assert_num_queries(11):  # type: ignore[operator]
        turns(fresh, TODAY)
