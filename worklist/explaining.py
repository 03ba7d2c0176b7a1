"""A reminder plan in sentences and as an example with dates."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from organization.calendar import add_working_days, is_working_day
from worklist.plan import BEFORE, DUE, NONE, Plan, Schedule, To
from worklist.plans import PERSONAL

EXAMPLE_DAYS = 10


@dataclass(frozen=True, slots=True)
class Reminder:
    """One day of the example: what it is, and who hears of it."""

    day: dt.date
    what: str
    people: tuple[str, ...]


def who(to: To) -> str:
    """In words, for a list of people."""
    return {
        To.SUBSTITUTE: pgettext("is told", "the next in line"),
        To.SUPERIOR: pgettext("is told", "the superior"),
        To.OFFICE: pgettext("is told", "the process office"),
    }[to]


def listeners(kind: str) -> tuple[To, ...]:
    """Who can hear of a kind besides whoever acts: what is owed in person has nobody next in line."""
    return tuple(to for to in To if to != To.SUBSTITUTE or kind not in PERSONAL)


def sentences(kind: str, plan: Plan) -> list[str]:
    """When reminders come, and from when on who else hears."""
    if plan.before:
        first = ngettext(
            "A reminder comes %(count)d working day before it is due and on the day.",
            "A reminder comes %(count)d working days before it is due and on the day.",
            plan.before,
        ) % {"count": plan.before}
    else:
        first = _("A reminder comes on the day it is due.")
    then = ngettext("Then one every working day.", "Then one every %(count)d working days.", plan.every) % {"count": plan.every}
    return [first, then, *(_heard(to, plan.patience(to)) for to in listeners(kind))]


def _heard(to: To, patience: int) -> str:
    words = {"count": patience}
    if to == To.SUBSTITUTE:
        return (
            ngettext(
                "After %(count)d late reminder the next in line hears of it too.",
                "After %(count)d late reminders the next in line hears of it too.",
                patience,
            )
            % words
            if patience
            else _("The next in line hears of it with the first late reminder.")
        )
    if to == To.SUPERIOR:
        return (
            ngettext("After %(count)d the superior hears of it too.", "After %(count)d the superior hears of it too.", patience) % words
            if patience
            else _("The superior hears of it with the first late reminder.")
        )
    return (
        ngettext("After %(count)d the process office hears of it too.", "After %(count)d the process office hears of it too.", patience)
        % words
        if patience
        else _("The process office hears of it with the first late reminder.")
    )


def example(kind: str, plan: Plan, raised_on: dt.date) -> list[Reminder]:
    """The reminders of something raised on this day and due ten working days later, until everybody knows."""
    schedule = Schedule(plan, add_working_days(raised_on, EXAMPLE_DAYS), is_working_day)
    wanted, sent, day, found = set(listeners(kind)), NONE, raised_on, list[Reminder]()
    known: set[To] = set()
    while known < wanted or sent < DUE:
        day = schedule.next_day(sent, day)
        sent = schedule.step_on(sent, day)
        reached = [to for to in schedule.reached(sent) if to in wanted]
        known.update(reached)
        found.append(Reminder(day, _what(sent), (pgettext("is told", "whoever acts"), *map(who, reached))))
    return found


def _what(step: int) -> str:
    if step == BEFORE:
        return _("Before it is due")
    return _("Due") if step == DUE else _("Late reminder %(number)d") % {"number": step - DUE}
