"""The story of a table: rehearsed to learn everything that would be refused, and carried out as a whole or not at all."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import transaction

from organization import calendar, events, policy, process_office
from organization.models import Person
from organization.refusals import Refused
from organization.tables import absences, appointments, departments, people, positions
from organization.tables.checking import Fault, Line, check
from organization.tables.columns import KINDS
from organization.tables.reading import Sheet, Unreadable, read
from organization.tables.steps import Occasion, Plan, State, Step

PLANS: dict[str, Callable[[tuple[Line, ...], Occasion], Plan]] = {
    "departments": departments.plan,
    "people": people.plan,
    "positions": positions.plan,
    "appointments": appointments.plan,
    "absences": absences.plan,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a table does, or what is wrong with it: then nothing is done. `count` are its rows."""

    kind: str
    encoding: str
    separator: str
    count: int
    faults: tuple[Fault, ...]
    steps: tuple[Step, ...]

    def number(self, state: State) -> int:
        """Rows of this state."""
        return Counter(step.state for step in self.steps)[state]

    @property
    def changes_something(self) -> bool:
        """Whether a row is new or changed."""
        return any(step.state != State.SAME for step in self.steps)

    @property
    def digest(self) -> str:
        """Stands for what would be done: when it differs later, the company has changed in between."""
        told = [[step.row, step.label, step.state, [asdict(d) for d in step.differences]] for step in self.steps]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def rehearse(text: str, kind: str, *, by: Person, now: dt.datetime, encoding: str = "UTF-8") -> Report:
    """Everything that would happen or be refused; nothing stays. Raises Refused, Unreadable."""
    with transaction.atomic():
        report = _carry_out(text, kind, by=by, now=now, encoding=encoding)
        transaction.set_rollback(True)
    return report


def bring_in(text: str, kind: str, *, by: Person, now: dt.datetime, encoding: str = "UTF-8", seen: str = "") -> tuple[Report, bool]:
    """The report, and whether it was done: not where something is wrong, nor where it is no longer what was `seen` (a digest)."""
    with transaction.atomic():
        report = _carry_out(text, kind, by=by, now=now, encoding=encoding)
        done = not report.faults and seen in {"", report.digest}
        if not done:
            transaction.set_rollback(True)
    return report, done


def _carry_out(text: str, kind: str, *, by: Person, now: dt.datetime, encoding: str) -> Report:
    policy.insist(policy.may_manage(by))
    today = calendar.today(now)
    sheet: Sheet = read(text, encoding)
    checked = check(sheet, KINDS[kind])
    plan = PLANS[kind](checked.lines, Occasion(by, now, today))
    spoilt = {fault.row for fault in checked.faults}  # what is wrong with them is told; a refusal would only follow from that
    with process_office.together(today), events.together(now):
        refused = [fault for step in plan.steps if (fault := _told(step)) and fault.row not in spoilt]
    faults = sorted((*checked.faults, *plan.faults, *refused), key=lambda fault: fault.row)
    steps = sorted(plan.steps, key=lambda step: step.row)
    return Report(kind, encoding, sheet.separator, checked.count, tuple(faults), tuple(steps))


def _told(step: Step) -> Fault | None:
    """Tells the story of one row; its refusal becomes a fault of the row."""
    try:
        if step.do:
            step.do()
    except Refused as refusal:
        return Fault(step.row, "", step.label, str(refusal))
    return None


__all__ = ["PLANS", "Report", "Unreadable", "bring_in", "rehearse"]
