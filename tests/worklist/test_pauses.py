"""What is owed in person pauses while the person is away; cancelling gives the planned day back."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization import appointments
from organization.calendar import is_working_day
from organization.models import Position
from tests import make
from tests.make import NOW, TODAY, Cast, day
from worklist import items, pauses
from worklist.items import NewItem
from worklist.models import OutboxEntry, WorkItem
from worklist.tasks import pause

MONDAY = dt.date(2026, 3, 2)


def weekday(on: dt.date) -> bool:
    return on.weekday() < 5


def day_by_day(raised: dt.date, planned: dt.date, away: list[pauses.Interval]) -> dt.date:
    """Counted slowly, as it is defined."""

    def present(on: dt.date) -> bool:
        return weekday(on) and not any(start <= on < end for start, end in away)

    length = (planned - raised).days
    owed = sum(weekday(raised + dt.timedelta(days=n)) for n in range(1, length + 1))
    if owed == sum(present(raised + dt.timedelta(days=n)) for n in range(1, length + 1)):
        return planned
    on, passed = raised, 0
    while passed < owed and on < planned + pauses.LONGEST:
        on += dt.timedelta(days=1)
        passed += present(on)
    return on


intervals = st.tuples(st.integers(-20, 60), st.integers(1, 30)).map(
    lambda it: (MONDAY + dt.timedelta(it[0]), MONDAY + dt.timedelta(sum(it)))
)


@given(st.integers(0, 40), st.lists(intervals, max_size=5))
def test_as_many_present_working_days_as_were_planned(length: int, away: list[pauses.Interval]) -> None:
    planned = MONDAY + dt.timedelta(days=length)
    found = pauses.due_day(MONDAY, planned, away, weekday)
    assert found == day_by_day(MONDAY, planned, away)
    assert found >= planned


def test_an_absence_without_end_does_not_pause_for_ever() -> None:
    found = pauses.due_day(MONDAY, MONDAY + dt.timedelta(days=10), [(MONDAY, dt.date(9999, 1, 1))], weekday)
    assert found == MONDAY + dt.timedelta(days=10) + pauses.LONGEST


def test_a_planned_day_before_the_raising_stays() -> None:
    assert pauses.due_day(MONDAY, MONDAY - dt.timedelta(days=3), [(MONDAY, MONDAY + dt.timedelta(days=9))], weekday) == dt.date(2026, 2, 27)


def read(person_id: int, key: str = "reading:1:1", *, kind: str = "read", due: int = 12) -> WorkItem:
    return items.raise_items([NewItem(kind, "Read PUR-001", "home", [], day(due), key, person_id=person_id)], now=NOW)[0]


@pytest.fixture
def person(cast: Cast) -> make.Person:
    return cast.reader


def test_entering_and_cancelling_an_absence_moves_the_day_there_and_back(cast: Cast, person: make.Person) -> None:
    item, leak = read(person.pk), read(cast.stranger.pk, "reading:1:2")
    decision = read(person.pk, "seat:1", kind="decide")
    WorkItem.objects.filter(pk=item.pk).update(reminder_step=1)
    absence = appointments.record_absence(person, by=person, now=NOW, starts_on=day(2), ends_before=day(7))
    assert (OutboxEntry.objects.filter(task="worklist.tasks.pause").get().arguments, item.due_on) == ([person.pk], day(12))
    assert items.pause_for([person.pk], now=NOW) == 1
    assert items.pause_for([person.pk], now=NOW) == 0
    due = {row.source_key: (row.due_on, row.planned_due_on, row.reminder_step) for row in WorkItem.objects.all()}
    assert due == {
        "reading:1:1": (day(15), day(12), 0),  # away on Friday, Monday and Tuesday: three working days more
        leak.source_key: (day(12), day(12), 0),
        decision.source_key: (day(12), day(12), 0),
    }
    moved = WorkItem.objects.get(pk=item.pk)
    assert moved.next_reminder_at == dt.datetime(2026, 3, 17, 8, tzinfo=dt.UTC)
    appointments.cancel_absence(absence, by=person, now=NOW)
    assert items.pause_for([person.pk, cast.stranger.pk], now=NOW) == 1
    back = WorkItem.objects.get(pk=item.pk)
    assert (back.due_on, back.next_reminder_at) == (item.due_on, item.next_reminder_at)


def test_raised_for_somebody_who_is_away_it_waits_from_the_start(cast: Cast, person: make.Person) -> None:
    make.away(person, until=day(7))
    item, decision = read(person.pk), read(person.pk, "seat:1", kind="decide")
    assert (item.due_on, item.planned_due_on, decision.due_on) == (day(16), day(12), day(12))
    assert items.pause_for([person.pk], now=NOW) == 0


def test_what_is_owed_by_a_position_does_not_pause(cast: Cast) -> None:
    make.away(cast.reader)
    item = items.raise_item(
        kind="assess", subject="Assess", url_name="home", url_args=[], due_on=day(12), source_key="assess:1", now=NOW,
        position=Position.objects.get(title="Buyer"),
    )  # fmt: skip
    assert (items.pause_for([cast.reader.pk], now=NOW), item.due_on) == (0, day(12))


def test_what_is_owed_again_counts_from_then_on(cast: Cast, person: make.Person) -> None:
    item = read(person.pk)
    make.away(person, since=day(1), until=day(6))
    items.withdraw(item, now=NOW)
    later = NOW + dt.timedelta(days=9)
    assert items.reopen_many([item.pk], due_on=day(20), now=later) == 1
    item.refresh_from_db()
    assert (item.raised_at, item.due_on) == (later, day(20))


def test_many_items_of_one_person_move_together(cast: Cast, person: make.Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "BATCH", 2)
    for number in range(5):
        read(person.pk, f"reading:{number}:1")
    make.away(person, until=day(7))
    pause(person.pk)
    assert set(WorkItem.objects.values_list("due_on", flat=True)) == {day(16)}
    assert is_working_day(day(16))
    assert day(16) > TODAY
