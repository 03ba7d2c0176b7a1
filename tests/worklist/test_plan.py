"""Days of reminders on a calendar without holidays: 2026-03-04 is a Wednesday."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from worklist.plan import BEFORE, DUE, NONE, STANDARD, Plan, Schedule, To, default_plan

WEDNESDAY = dt.date(2026, 3, 4)


def weekdays(day: dt.date) -> bool:
    return day.weekday() < 5


def schedule(due_on: dt.date, plan: Plan = STANDARD) -> Schedule:
    return Schedule(plan, due_on, weekdays)


def walk(due_on: dt.date, raised_on: dt.date, count: int) -> list[tuple[int, dt.date, str]]:
    """(step, day, who else hears) of the first reminders, each sent on its day."""
    plan, sent, day, steps = schedule(due_on), NONE, raised_on, []
    for _ in range(count):
        day = plan.next_day(sent, day)
        sent = plan.step_on(sent, day)
        steps.append((sent, day, " ".join(plan.reached(sent))))
    return steps


def test_two_working_days_before_then_on_the_day_then_every_third_and_more_people_the_later_it_is() -> None:
    assert walk(dt.date(2026, 3, 16), WEDNESDAY, 7) == [
        (BEFORE, dt.date(2026, 3, 12), ""),
        (DUE, dt.date(2026, 3, 16), ""),
        (3, dt.date(2026, 3, 19), ""),
        (4, dt.date(2026, 3, 24), "substitute"),
        (5, dt.date(2026, 3, 27), "substitute superior"),
        (6, dt.date(2026, 4, 1), "substitute superior"),
        (7, dt.date(2026, 4, 6), "substitute superior office"),
    ]


def test_what_is_due_today_is_first_reminded_when_it_is_overdue() -> None:
    assert walk(WEDNESDAY, WEDNESDAY, 1) == [(3, dt.date(2026, 3, 9), "")]


def test_what_is_due_on_a_sunday_is_reminded_on_the_friday_before() -> None:
    assert walk(dt.date(2026, 3, 15), WEDNESDAY, 3) == [
        (BEFORE, dt.date(2026, 3, 11), ""),
        (DUE, dt.date(2026, 3, 13), ""),
        (3, dt.date(2026, 3, 18), ""),
    ]


def test_raised_between_the_first_reminder_and_the_due_day() -> None:
    assert walk(dt.date(2026, 3, 5), WEDNESDAY, 1) == [(DUE, dt.date(2026, 3, 5), "")]


def test_days_that_were_missed_are_one_reminder_and_do_not_skip_to_the_superior() -> None:
    late = dt.date(2026, 5, 4)
    step = schedule(WEDNESDAY).step_on(BEFORE, late)
    assert (step, schedule(WEDNESDAY).reached(step)) == (3, ())


def test_what_was_long_overdue_when_it_was_raised_begins_gently() -> None:
    assert walk(dt.date(2026, 1, 5), WEDNESDAY, 3) == [
        (3, dt.date(2026, 3, 9), ""),
        (4, dt.date(2026, 3, 12), "substitute"),
        (5, dt.date(2026, 3, 17), "substitute superior"),
    ]


def test_a_missing_approver_is_asked_for_every_day() -> None:
    assert (default_plan("name_approver"), default_plan("decide")) == (Plan(before=1, every=1), STANDARD)


def test_the_days_on_which_others_will_hear_of_it() -> None:
    due = schedule(dt.date(2026, 3, 16))
    coming = [(dt.date(2026, 3, 24), To.SUBSTITUTE), (dt.date(2026, 3, 27), To.SUPERIOR), (dt.date(2026, 4, 6), To.OFFICE)]
    assert due.escalations(NONE, dt.date(2026, 3, 12)) == coming
    assert due.escalations(4, dt.date(2026, 3, 27)) == coming[1:]
    assert due.escalations(7, dt.date(2026, 4, 9)) == []


def test_who_is_told_at_once_hears_with_the_first_late_reminder() -> None:
    at_once = Plan(every=1, substitute_after=0, superior_after=0, office_after=0)
    assert schedule(WEDNESDAY, at_once).escalations(DUE, dt.date(2026, 3, 5)) == [(dt.date(2026, 3, 5), to) for to in To]


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
    st.integers(-40, 40),
    st.builds(Plan, *[st.integers(n, 9) for n in (0, 1, 0, 0, 0)]),
)
def test_the_days_that_are_foretold_are_those_on_which_it_happens(raised_on: dt.date, days_to_due: int, plan: Plan) -> None:
    item = schedule(raised_on + dt.timedelta(days=days_to_due), plan)
    day, sent, known, happened = item.next_day(NONE, raised_on), NONE, set(), []
    foretold = item.escalations(NONE, day)
    while len(known) < len(To):
        sent = item.step_on(sent, day)
        happened += [(day, to) for to in item.reached(sent) if to not in known]
        known |= set(item.reached(sent))
        day = item.next_day(sent, day)
    assert foretold == happened


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
