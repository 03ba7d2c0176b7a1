"""How what is printed stands today: computed from the dates at every look, told without anything but what is on the paper."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from organization.calendar import today
from processes.models import Revision
from processportal.copies.models import Copy


class State(StrEnum):
    """What a paper can be."""

    CURRENT = "current"
    COMING = "coming"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Standing:
    """`since` when it is so (of what comes: from when); `expired`: the day until which the paper itself was good has passed."""

    state: State
    since: dt.date | None = None
    expired: bool = False


def standing_of(copy: Copy, now: dt.datetime) -> Standing:
    """Of a copy with its process and revision; asks the database nothing."""
    revision = copy.revision
    expired = copy.valid_until < today(now)
    if copy.process.is_withdrawn(now):
        return Standing(State.WITHDRAWN, _day(copy.process.withdrawn_from))
    if not copy.version or revision.state != Revision.State.APPROVED:
        return Standing(State.DRAFT)
    since, until = revision.effective_from, revision.effective_until
    if since is None or since > now:
        return Standing(State.COMING, _day(since), expired)
    if revision.is_suspended(now):
        return Standing(State.SUPERSEDED, _day(revision.suspended_from))
    if until is None or until > now:
        return Standing(State.CURRENT, _day(since), expired)
    return Standing(State.SUPERSEDED, _day(until))


def newer_since(copy: Copy, now: dt.datetime) -> dt.date | None:
    """Since when the version is in force that is followed instead; None where there is none. One query."""
    return _day(Revision.objects.in_force(now).filter(process=copy.process_id).values_list("effective_from", flat=True).first())


def _day(moment: dt.datetime | None) -> dt.date | None:
    return today(moment) if moment else None
