"""Stories of favourites: a reader keeps a process at hand, or no longer. Twice is as good as once."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope
from processes.access import may_see
from processes.models import Favourite, Process

MOST = 500
"""Favourites of one person: a list for the eye, no second catalogue."""


@transaction.atomic
def keep(process: Process, *, by: Person, now: dt.datetime) -> None:
    """Among the favourites from now on. Raises Refused."""
    if not may_see(process, scope(by, calendar.today(now))):
        raise Refused(_("There is no process %(number)s that you may see.") % {"number": process.number})
    mine = Favourite.objects.filter(person=by)
    if not mine.filter(process=process).exists() and mine.count() >= MOST:
        raise Refused(_("You have %(most)d favourites already. Take one away first.") % {"most": MOST})
    Favourite.objects.get_or_create(person=by, process=process, defaults={"kept_at": now})


def drop(process: Process, *, by: Person) -> None:
    """No longer among them."""
    Favourite.objects.filter(person=by, process=process).delete()
