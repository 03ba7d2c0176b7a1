"""Raising is idempotent, closing happens once, and only open items move."""

import datetime as dt

import pytest

from tests import make
from tests.make import NOW, TODAY, Cast, day
from worklist import items
from worklist.items import NewItem
from worklist.models import WorkItem

LATER = NOW + dt.timedelta(days=1)
IN_TEN_DAYS = day(10)


def raise_for(person_id: int, key: str = "reading:1:1", *, due_on: dt.date = IN_TEN_DAYS) -> WorkItem:
    return items.raise_items([NewItem("read", "Read PUR-001", "process", ["PUR-001"], due_on, key, person_id=person_id)], now=NOW)[0]


def test_an_item_of_a_position_knows_what_when_and_its_first_reminder(cast: Cast) -> None:
    office = make.position(holder=cast.reader)
    item = items.raise_item(
        kind="decide", subject="Approve", url_name="approvals:case", url_args=[7], due_on=day(12), source_key="seat:1", now=NOW,
        position=office, excluded={9, 3},
    )  # fmt: skip
    item = WorkItem.objects.get(pk=item.pk)
    assert (item.position, item.person, item.url_args, item.excluded) == (office, None, [7], [3, 9])
    assert (item.raised_at, item.due_on, item.next_reminder_at, item.reminder_step) == (
        NOW, dt.date(2026, 3, 16), dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC), 0,
    )  # fmt: skip


def test_raising_again_gives_the_item_that_is_there_and_changes_nothing(cast: Cast) -> None:
    first = raise_for(cast.reader.pk)
    again = raise_for(cast.reader.pk, due_on=day(30))
    assert (again.pk, again.due_on, WorkItem.objects.count()) == (first.pk, day(10), 1)


def test_a_closed_item_stays_closed_when_it_is_raised_again(cast: Cast) -> None:
    items.settle(raise_for(cast.reader.pk), outcome="done", now=NOW)
    assert raise_for(cast.reader.pk).closed_at == NOW


def test_items_come_back_in_the_order_given_old_and_new_together(cast: Cast) -> None:
    old = raise_for(cast.reader.pk, "reading:1:3")
    new = [NewItem("read", "Read", "process", ["PUR-001"], day(5), f"reading:1:{n}", person_id=cast.reader.pk) for n in range(5)]
    raised = items.raise_items(new, now=NOW)
    assert [item.source_key for item in raised] == [one.source_key for one in new]
    assert raised[3].pk == old.pk


def test_more_items_than_fit_into_one_batch(cast: Cast) -> None:
    keys = [f"reading:1:{n}" for n in range(items.BATCH + 1)]
    new = [NewItem("read", "Read", "process", ["PUR-001"], day(5), key, person_id=cast.reader.pk) for key in keys]
    assert [item.source_key for item in items.raise_items(new, now=NOW)] == keys
    assert WorkItem.objects.count() == len(keys)


@pytest.mark.parametrize("owed_by", [{}, {"position_id": 1, "person_id": 1}])
def test_an_item_is_owed_by_one_position_or_one_person(owed_by: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="one position or by one person"):
        NewItem("act", "Act", "process", [], TODAY, "key", **owed_by)


def test_reading_is_never_owed_by_a_position() -> None:
    with pytest.raises(ValueError, match="owed by a person"):
        NewItem("read", "Read", "process", [], TODAY, "key", position_id=1)


def test_the_first_to_settle_stands(cast: Cast) -> None:
    item = raise_for(cast.reader.pk)
    assert items.settle(item, outcome=WorkItem.Outcome.DONE, now=NOW)
    assert not items.withdraw(item, now=LATER)
    assert (item.closed_at, item.outcome, item.next_reminder_at) == (NOW, "done", None)


def test_withdrawing_says_that_it_is_no_longer_needed(cast: Cast) -> None:
    item = raise_for(cast.reader.pk)
    assert items.withdraw(item, now=NOW)
    assert (item.closed_at, item.outcome) == (NOW, "moot")


def test_withdrawing_many_leaves_what_is_closed_and_what_is_not_named(cast: Cast) -> None:
    done, owed, other = (raise_for(cast.reader.pk, f"reading:1:{n}") for n in range(3))
    items.settle(done, outcome="done", now=NOW)
    assert items.withdraw_many([done.pk, owed.pk], now=LATER) == 1
    assert list(WorkItem.objects.order_by("pk").values_list("outcome", flat=True)) == ["done", "moot", ""]
    assert WorkItem.objects.open().get() == other


def test_moving_the_due_day_starts_the_reminders_anew(cast: Cast) -> None:
    item = raise_for(cast.reader.pk)
    WorkItem.objects.update(reminder_step=3)
    assert items.reschedule(item, due_on=day(26), now=LATER)
    assert (item.due_on, item.reminder_step, item.next_reminder_at) == (day(26), 0, dt.datetime(2026, 3, 26, 8, tzinfo=dt.UTC))


def test_moving_to_the_same_day_or_a_closed_item_does_nothing(cast: Cast) -> None:
    item = raise_for(cast.reader.pk)
    assert not items.reschedule(item, due_on=day(10), now=LATER)
    items.withdraw(item, now=NOW)
    assert not items.reschedule(item, due_on=day(26), now=LATER)
    assert (item.due_on, item.next_reminder_at) == (day(10), None)


def test_what_was_withdrawn_is_owed_again_and_what_was_done_stays_done(cast: Cast) -> None:
    done, moot, owed = (raise_for(cast.reader.pk, f"reading:1:{n}") for n in range(3))
    items.settle(done, outcome="done", now=NOW)
    items.withdraw(moot, now=NOW)
    assert items.reopen_many([done.pk, moot.pk, owed.pk], due_on=day(26), now=LATER) == 1
    moot.refresh_from_db()
    assert (moot.closed_at, moot.outcome, moot.due_on, moot.next_reminder_at) == (
        None, "", day(26), dt.datetime(2026, 3, 26, 8, tzinfo=dt.UTC),
    )  # fmt: skip
    assert set(WorkItem.objects.open()) == {moot, owed}
    assert str(owed) == "Read PUR-001"


def test_giving_an_item_writes_down_who_and_why(cast: Cast) -> None:
    item = items.raise_item(
        kind="act", subject="Mend", url_name="process", url_args=["PUR-001"], due_on=day(3), source_key="act:1", now=NOW,
        position=make.position(holder=cast.author),
    )  # fmt: skip
    assert items.give(item, cast.reader, what="given", by=cast.author, reason="She knows the machine.", now=NOW)
    row = item.happenings.get()
    assert (item.assigned_to, row.what, row.by, row.person, row.reason) == (
        cast.reader, "given", cast.author, cast.reader, "She knows the machine.",
    )  # fmt: skip
    assert items.give(item, None, what="given_back", by=cast.reader, reason="", now=NOW)
    assert (WorkItem.objects.get(pk=item.pk).assigned_to, item.happenings.count()) == (None, 2)
    items.settle(item, outcome="done", now=NOW)
    assert not items.give(item, cast.reader, what="given", by=cast.author, reason="Too late.", now=NOW)
    personal = raise_for(cast.reader.pk)
    assert not items.give(personal, cast.author, what="given", by=cast.author, reason="Reading stays.", now=NOW)
