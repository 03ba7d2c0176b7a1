"""When a reminder is due and who else hears of it: before, on the day, then every so many working days, to more people the later it is."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

WorkingDay = Callable[[dt.date], bool]

# Steps of a plan; what was sent last is kept on the work item. Every step above DUE is a late reminder.
NONE, BEFORE, DUE = 0, 1, 2


class To(StrEnum):
    """Who hears of a late item besides whoever acts for it."""

    SUBSTITUTE = "substitute"
    SUPERIOR = "superior"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Plan:
    """Working days before the due day and between late reminders; late reminders that pass before substitute, superior and office hear."""

    before: int = 2
    every: int = 3
    substitute_after: int = 1
    superior_after: int = 2
    office_after: int = 4

    def patience(self, to: To) -> int:
        """How many late reminders pass before these are told."""
        return {To.SUBSTITUTE: self.substitute_after, To.SUPERIOR: self.superior_after, To.OFFICE: self.office_after}[to]


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

    def reached(self, step: int) -> tuple[To, ...]:
        """Who hears of this step besides whoever acts."""
        return tuple(to for to in To if step > DUE + self.plan.patience(to))

    def escalations(self, sent: int, next_day: dt.date) -> list[tuple[dt.date, To]]:
        """On which day who hears of it for the first time, in order, if nobody acts and the next reminder is on `next_day`."""
        known, found, day = set(self.reached(sent)), [], next_day
        while len(known) < len(To):
            sent = self.step_on(sent, day)
            fresh = [to for to in self.reached(sent) if to not in known]
            known.update(fresh)
            found += [(day, to) for to in fresh]
            day = self.next_day(sent, day)
        return found

    def _days_before(self, count: int) -> dt.date:
        """The working day `count` working days before the due day; 0 gives the due day or the last working day before it."""
        day = self.due_on
        while not self.is_working_day(day):
            day -= dt.timedelta(days=1)
        return _add(day, count, -1, self.is_working_day)


# A review stands still while its second approver is not named.
DEFAULTS = {"name_approver": Plan(before=1, every=1)}
STANDARD = Plan()


def default_plan(kind: str) -> Plan:
    """The plan of a kind of work item for which the process office has set none."""
    return DEFAULTS.get(kind, STANDARD)


def _add(day: dt.date, count: int, direction: int, is_working_day: WorkingDay) -> dt.date:
    """The `count`-th working day after (direction 1) or before (-1) `day`."""
    while count:
        day += dt.timedelta(days=direction)
        count -= is_working_day(day)
    return day
