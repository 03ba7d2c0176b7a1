"""Putting off hides from one list only, until a day that is near enough, and comes back by itself."""

import datetime as dt

import pytest

from organization.models import Position
from organization.refusals import Refused
from organization.scope import scope
from tests import make
from tests.make import NOW, TODAY, Cast, day
from worklist import items, mine, snoozing
from worklist.models import Snooze, WorkItem


def owe(key: str = "act:1", *, due: int = 5) -> WorkItem:
    return items.raise_item(
        kind="act", subject=key, url_name="home", url_args=[], due_on=day(due), source_key=key, now=NOW,
        position=Position.objects.get(title="Buyer"),
    )  # fmt: skip


def off(item: WorkItem, cast: Cast, until: dt.date, reason: str = "Waiting for the offer.") -> Snooze:
    return snoozing.put_off(item, until=until, reason=reason, by=cast.reader, now=NOW)


def test_it_is_hidden_from_this_list_only_until_the_day_and_nothing_else_changes(cast: Cast) -> None:
    item = owe()
    make.appoint(cast.stranger, Position.objects.get(title="Buyer"))
    off(item, cast, day(3))
    mine_, theirs = scope(cast.reader, TODAY), scope(cast.stranger, TODAY)
    assert (mine.count(mine_), mine.count(theirs)) == (0, 1)
    assert (list(mine.put_off(mine_)), list(mine.put_off(theirs))) == ([item], [])
    assert (mine.count(scope(cast.reader, day(2))), mine.count(scope(cast.reader, day(3)))) == (0, 1)
    after = WorkItem.objects.get()
    assert (after.due_on, after.next_reminder_at) == (item.due_on, item.next_reminder_at)
    row = item.happenings.get()
    assert (row.what, row.until, row.reason, row.by) == ("snoozed", day(3), "Waiting for the offer.", cast.reader)


def test_putting_off_again_moves_the_day_and_waking_brings_it_back(cast: Cast) -> None:
    item = owe()
    off(item, cast, day(3))
    off(item, cast, day(4), "Longer.")
    assert list(Snooze.objects.values_list("until", "reason")) == [(day(4), "Longer.")]
    assert snoozing.wake(item, by=cast.reader, now=NOW)
    assert not snoozing.wake(item, by=cast.reader, now=NOW)
    assert mine.count(scope(cast.reader, TODAY)) == 1
    assert list(item.happenings.values_list("what", flat=True)) == ["snoozed", "snoozed", "woken"]


@pytest.mark.parametrize(
    ("due", "until", "sentence"),
    [
        (5, 6, "until 9 Mar 2026"),  # after the due day
        (5, 0, "from tomorrow"),
        (0, 2, "until 5 Mar 2026"),  # due today: the next working day at most
        (-2, 2, "until 5 Mar 2026"),  # overdue: the next working day at most
    ],
)
def test_until_a_day_that_is_near_enough(cast: Cast, due: int, until: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        off(owe(due=due), cast, day(until))
    assert Snooze.objects.count() == 0


def test_the_due_day_itself_and_the_next_working_day_are_allowed(cast: Cast) -> None:
    off(owe("due"), cast, day(5))
    off(owe("today", due=0), cast, day(1))
    off(owe("late", due=-2), cast, day(1))
    friday = NOW + dt.timedelta(days=2)
    assert snoozing.latest(day(-1), friday.date()) == day(5)  # Monday


@pytest.mark.parametrize(("reason", "sentence"), [("  ", "Say why"), ("x" * 301, "at most 300")])
def test_a_short_reason_is_needed(cast: Cast, reason: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        off(owe(), cast, day(3), reason)


def test_what_does_not_wait_for_me_cannot_be_put_off(cast: Cast) -> None:
    item = owe()
    with pytest.raises(Refused, match="does not wait for you"):
        snoozing.put_off(item, until=day(3), reason="Why.", by=cast.author, now=NOW)
