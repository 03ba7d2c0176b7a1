"""What django-simple-history writes with the next saving of a row: who, when and why, also where no request is there to tell it."""

import datetime as dt

from django.db.models import Model

from organization.models import Person


def remember(row: Model, *, by: Person, now: dt.datetime | None = None, reason: str = "") -> None:
    """The history rows that saving `row` makes from here on name this person, this instant and this reason."""
    vars(row).update(_history_user=by, _change_reason=reason, **({"_history_date": now} if now else {}))
