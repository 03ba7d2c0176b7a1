"""From when an approved version is to hold: the day that its author asked for, and the training that comes before it."""

import datetime as dt

from approvals.models import ApprovalCase, Waiver
from approvals.policy import authors
from organization.calendar import add_working_days, today
from processes.holding import Hold, demanded
from processes.models import Revision

SOURCE = "approvals"


def released(case: ApprovalCase, now: dt.datetime) -> bool:
    """Whether its content is in force by an emergency release: the approval takes over from that without a gap."""
    return case.sign_by is not None and Revision.objects.filter(emergency=True, based_on=case.revision_id, effective_until__gt=now).exists()


def day_of(case: ApprovalCase, now: dt.datetime) -> dt.date | None:
    """The day that the author asked for; one that has come meanwhile means at once, and so does content that holds already."""
    if released(case, now):
        return None
    return case.planned_on if case.planned_on and case.planned_on > today(now) else None


def hold_of(case: ApprovalCase, now: dt.datetime) -> Hold | None:
    """What the approval waits for: its day, and at least the training, which the author asked for or apps above demand.

    None where nobody is trained first.
    """
    if released(case, now):
        return None
    asked = add_working_days(today(now), case.training_days) if case.training_days is not None else None
    trained = max((day for day in (asked, demanded(case.revision, now)) if day), default=None)
    if trained is None:
        return None
    day = day_of(case, now)
    return Hold(planned_on=max(trained, day or trained), not_before=day, source=SOURCE)


def training_waiver(case: ApprovalCase, now: dt.datetime) -> Waiver | None:
    """What lets the approval take effect without waiting for the training, signed by nobody who wrote the content."""
    standing = Waiver.objects.for_case(case.revision.process_id, case.revision_id).standing(today(now))
    found: Waiver | None = standing.filter(what=Waiver.What.TRAINING).exclude(given_by__in=authors(case)).first()
    return found
