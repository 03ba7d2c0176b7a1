"""When a reminder is due: two working days before, on the day, then every third working day, and from when the superior hears of it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

WorkingDay = Callable[[dt.date], bool]

# Steps of a plan; what was sent last is kept on the work item. Every step above DUE is an overdue reminder.
NONE, BEFORE, DUE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Plan:
    """Working days before the due day, working days between overdue reminders, overdue reminders before the superior is told."""

    before: int = 2
    every: int = 3
    patience: int = 2


@dataclass(frozen=True, slots=True)
class Schedule:
    """The plan of one item on the company's working days."""

    plan: Plan
    due_on: dt.date
    is_working_day: WorkingDay

    def next_day(self, sent: int, since: dt.date) -> dt.date:
        """The day of the next reminder, always later than `since`: the day it was raised, or last reminded with step `sent`."""
        for step, day in ((BEFORE, self._days_before(self.plan.before)), (DUE, self._days_before(0))):
            if step > sent and day > since:
                return day
        return _add(max(self.due_on, since), self.plan.every, 1, self.is_working_day)

    def step_on(self, sent: int, today: dt.date) -> int:
        """The step that a reminder sent today is. Days that were missed are one reminder, and never skip to the superior."""
        if today > self.due_on:
            return max(sent, DUE) + 1
        return DUE if today >= self._days_before(0) else BEFORE

    def reaches_superior(self, step: int) -> bool:
        """Whether this step also goes to the superior."""
        return step > DUE + self.plan.patience

    def _days_before(self, count: int) -> dt.date:
        """The working day `count` working days before the due day; 0 gives the due day or the last working day before it."""
        day = self.due_on
        while not self.is_working_day(day):
            day -= dt.timedelta(days=1)
        return _add(day, count, -1, self.is_working_day)


# A review stands still while its second approver is not named.
PLANS = {"name_approver": Plan(before=1, every=1)}
STANDARD = Plan()


def plan_of(kind: str) -> Plan:
    """The plan of a kind of work item."""
    return PLANS.get(kind, STANDARD)


def _add(day: dt.date, count: int, direction: int, is_working_day: WorkingDay) -> dt.date:
    """The `count`-th working day after (direction 1) or before (-1) `day`."""
    while count:
        day += dt.timedelta(days=direction)
        count -= is_working_day(day)
    return day
