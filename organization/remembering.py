"""What django-simple-history writes with the saving of a row: who, when and why, also where no request is there to tell it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Model

from organization.models import Person


@contextmanager
def remembered(row: Model, *, by: Person, now: dt.datetime | None = None, reason: str = "") -> Iterator[None]:
    """Inside the block the history of `row` names this person, this instant and this reason; what is saved later does not."""
    said = {"_history_user": by, "_change_reason": reason, **({"_history_date": now} if now else {})}
    vars(row).update(said)
    try:
        yield
    finally:
        for name in said:
            vars(row).pop(name, None)
