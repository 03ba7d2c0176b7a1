"""How a certificate stands today: from the record, which is never changed, and the one that may have put it right."""

import datetime as dt
from enum import StrEnum

from training.models import TrainingRecord


class State(StrEnum):
    """What the page behind the code says."""

    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


def standing_of(record: TrainingRecord, day: dt.date) -> State:
    """Superseded where a later record puts it right, whatever that one says: then this paper is not what is on record."""
    if getattr(record, "superseded_by", None) is not None:
        return State.SUPERSEDED
    return State.EXPIRED if record.valid_until is not None and record.valid_until < day else State.VALID


def is_certified(record: TrainingRecord) -> bool:
    """Whether there is a certificate of it at all: something was completed. What was put right gets no new paper."""
    return record.is_completed and getattr(record, "superseded_by", None) is None
