"""What a reader is told of a process that was withdrawn or is going to be: from when, by whom, why, and what replaces it."""

import datetime as dt
from dataclasses import dataclass

from approvals.withdrawing import asked_for
from organization.calendar import today
from organization.models import Person
from organization.scope import Scope
from processes.access import may_see
from processes.models import Process
from processes.withdrawal import withdrawn_by


@dataclass(frozen=True, slots=True)
class Ending:
    """`day` is None while nobody has approved it yet; then `case` is the id of the review, for those who may see it."""

    day: dt.date | None
    comes: bool
    by: Person | None
    because: str
    replacement: Process | None
    titled: bool
    case: int | None = None


def ending_of(process: Process, scope: Scope, now: dt.datetime) -> Ending | None:
    """None for a process of which nobody has asked that it be withdrawn. The title of a replacement is for those who may see it."""
    other = process.replaced_by
    titled = other is not None and may_see(other, scope)
    if process.withdrawn_from is not None:
        move = withdrawn_by(process)
        day, comes = today(process.withdrawn_from), not process.is_withdrawn(now)
        return Ending(day, comes, move.by if move else None, process.withdrawn_because, other, titled)
    case = asked_for(process, scope)
    return Ending(None, True, case.submitted_by, case.summary, None, False, case.pk) if case else None
