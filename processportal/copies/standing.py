"""How what is printed stands today: computed from the dates at every look, told without anything but what is on the paper."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from organization.calendar import today
from processes.models import Process, Revision
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
    """`since` when it is so (of what comes: from when), `newer` since when a newer version is in force, `expired` that its own day has passed."""

    state: State
    since: dt.date | None = None
    newer: dt.date | None = None
    expired: bool = False


def standing_of(copy: Copy, now: dt.datetime) -> Standing:
    """Of a copy with its process and revision; one more query where it was superseded."""
    revision = copy.revision
    expired = copy.valid_until < today(now)
    if copy.process.state == Process.State.WITHDRAWN:
        return Standing(State.WITHDRAWN)
    if not copy.version or revision.state != Revision.State.APPROVED:
        return Standing(State.DRAFT)
    since, until = revision.effective_from, revision.effective_until
    if since is None or since > now:
        return Standing(State.COMING, _day(since), expired=expired)
    if until is None or until > now:
        return Standing(State.CURRENT, _day(since), expired=expired)
    newer = Revision.objects.in_force(now).filter(process=copy.process_id).values_list("effective_from", flat=True).first()
    return Standing(State.SUPERSEDED, _day(until), _day(newer))


def _day(moment: dt.datetime | None) -> dt.date | None:
    return today(moment) if moment else None
