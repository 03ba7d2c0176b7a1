"""Days of reminders on a calendar without holidays: 2026-03-04 is a Wednesday."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from worklist.plan import BEFORE, DUE, NONE, STANDARD, Plan, Schedule, plan_of

WEDNESDAY = dt.date(2026, 3, 4)


def weekdays(day: dt.date) -> bool:
    return day.weekday() < 5


def schedule(due_on: dt.date, plan: Plan = STANDARD) -> Schedule:
    return Schedule(plan, due_on, weekdays)


def walk(due_on: dt.date, raised_on: dt.date, count: int) -> list[tuple[int, dt.date, bool]]:
    """(step, day, reaches the superior) of the first reminders, each sent on its day."""
    plan, sent, day, steps = schedule(due_on), NONE, raised_on, []
    for _ in range(count):
        day = plan.next_day(sent, day)
        sent = plan.step_on(sent, day)
        steps.append((sent, day, plan.reaches_superior(sent)))
    return steps


def test_two_working_days_before_then_on_the_day_then_every_third_and_the_superior_after_two() -> None:
    assert walk(dt.date(2026, 3, 16), WEDNESDAY, 6) == [
        (BEFORE, dt.date(2026, 3, 12), False),
        (DUE, dt.date(2026, 3, 16), False),
        (3, dt.date(2026, 3, 19), False),
        (4, dt.date(2026, 3, 24), False),
        (5, dt.date(2026, 3, 27), True),
        (6, dt.date(2026, 4, 1), True),
    ]


def test_what_is_due_today_is_first_reminded_when_it_is_overdue() -> None:
    assert walk(WEDNESDAY, WEDNESDAY, 1) == [(3, dt.date(2026, 3, 9), False)]


def test_what_is_due_on_a_sunday_is_reminded_on_the_friday_before() -> None:
    assert walk(dt.date(2026, 3, 15), WEDNESDAY, 3) == [
        (BEFORE, dt.date(2026, 3, 11), False),
        (DUE, dt.date(2026, 3, 13), False),
        (3, dt.date(2026, 3, 18), False),
    ]


def test_raised_between_the_first_reminder_and_the_due_day() -> None:
    assert walk(dt.date(2026, 3, 5), WEDNESDAY, 1) == [(DUE, dt.date(2026, 3, 5), False)]


def test_days_that_were_missed_are_one_reminder_and_do_not_skip_to_the_superior() -> None:
    late = dt.date(2026, 5, 4)
    step = schedule(WEDNESDAY).step_on(BEFORE, late)
    assert (step, schedule(WEDNESDAY).reaches_superior(step)) == (3, False)


def test_what_was_long_overdue_when_it_was_raised_begins_gently() -> None:
    assert walk(dt.date(2026, 1, 5), WEDNESDAY, 3) == [
        (3, dt.date(2026, 3, 9), False),
        (4, dt.date(2026, 3, 12), False),
        (5, dt.date(2026, 3, 17), True),
    ]


def test_a_missing_approver_is_asked_for_every_day() -> None:
    assert (plan_of("name_approver"), plan_of("decide")) == (Plan(before=1, every=1), STANDARD)


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
    st.integers(-400, 400),
    st.sets(st.integers(0, 6), max_size=6),
    st.lists(st.integers(0, 20), min_size=1, max_size=12),
)
def test_reminders_come_after_the_raising_and_in_order_however_late_each_is_sent(
    raised_on: dt.date, days_to_due: int, closed: set[int], delays: list[int]
) -> None:
    due_on = raised_on + dt.timedelta(days=days_to_due)
    plan = Schedule(STANDARD, due_on, lambda day: day.weekday() not in closed)
    sent, since = NONE, raised_on
    for delay in delays:
        day = plan.next_day(sent, since)
        assert day > since
        assert day.weekday() not in closed
        since = day + dt.timedelta(days=delay)
        step = plan.step_on(sent, since)
        assert step > sent
        sent = step
