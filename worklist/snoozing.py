"""Putting an item off: hidden from one person's list until a day; its due day, reminders and escalation stay as they are."""

import datetime as dt

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization.calendar import add_working_days, today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from worklist import policy
from worklist.models import Happening, Snooze, WorkItem

LONGEST = 300


def latest(due_on: dt.date, day: dt.date) -> dt.date:
    """Until when something can be put off at most: its due day; what is due today or overdue, the next working day."""
    return due_on if due_on > day else add_working_days(day, 1)


@transaction.atomic
def put_off(item: WorkItem, *, until: dt.date, reason: str, by: Person, now: dt.datetime) -> Snooze:
    """Hides the item from this person's list before the day `until`. Raises Refused."""
    item = WorkItem.objects.select_for_update().get(pk=item.pk)
    day, reason = today(now), reason.strip()
    insist(policy.may_put_off(item, scope(by, day)))
    if not reason:
        raise Refused(_("Say why it can wait."))
    if len(reason) > LONGEST:
        raise Refused(_("The reason has at most %(most)d characters.") % {"most": LONGEST})
    last = latest(item.due_on, day)
    if not day < until <= last:
        raise Refused(_("Choose a day from tomorrow until %(day)s.") % {"day": date_format(last)})
    made, _new = Snooze.objects.update_or_create(item=item, person=by, defaults={"until": until, "reason": reason, "at": now})
    Happening.objects.create(item=item, what=Happening.What.SNOOZED, by=by, until=until, reason=reason, at=now)
    return made


@transaction.atomic
def wake(item: WorkItem, *, by: Person, now: dt.datetime) -> bool:
    """The item is on this person's list again. False where it was not put off."""
    gone, _kinds = Snooze.objects.filter(item=item, person=by, until__gt=today(now)).delete()
    if gone:
        Happening.objects.create(item=item, what=Happening.What.WOKEN, by=by, at=now)
    return bool(gone)
