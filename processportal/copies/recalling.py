"""Calling posted copies back that no longer tell the truth, and what became of them."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from organization.calendar import add_working_days, today
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope
from processportal.copies import making, policy
from processportal.copies.models import Copy
from worklist.items import NewItem, raise_items, settle
from worklist.models import WorkItem

WORKING_DAYS = 5
BATCH = 200


def recall(now: dt.datetime) -> int:
    """Asks the responsible position of each outdated copy to exchange it; says how many. Safe to run twice and side by side."""
    called = 0
    while batch := list(Copy.objects.outdated(now, today(now)).select_related("process").order_by("pk")[:BATCH]):
        called += _call_back(batch, now)
    return called


@transaction.atomic
def _call_back(copies: Sequence[Copy], now: dt.datetime) -> int:
    """A copy that somebody took down meanwhile keeps no item."""
    locked = Copy.objects.select_for_update(of=("self",)).outdated(now, today(now)).filter(pk__in=[copy.pk for copy in copies])
    waiting = list(locked.select_related("process").order_by("pk"))
    items = raise_items([_item(copy, now) for copy in waiting], now=now)
    for copy, item in zip(waiting, items, strict=True):
        copy.recall, copy.recalled_at = item, now
    Copy.objects.bulk_update(waiting, ["recall", "recalled_at"])
    return len(waiting)


def exchange(copy: Copy, *, by: Person, now: dt.datetime, valid_until: dt.date) -> making.Made:
    """A new copy of what is in force hangs in its place; settles what called it back. Raises Refused or Stale."""
    _ask(copy, by, now)
    return making.renewed(copy, by=by, now=now, valid_until=valid_until, before=lambda: _close(copy, Copy.Outcome.EXCHANGED, by, now))


@transaction.atomic
def destroy(copy: Copy, *, by: Person, now: dt.datetime) -> None:
    """It was taken down and destroyed, and nothing hangs in its place. Raises Refused or Stale."""
    _ask(copy, by, now)
    _close(copy, Copy.Outcome.DESTROYED, by, now)


def _ask(copy: Copy, by: Person, now: dt.datetime) -> None:
    answer = policy.may_settle(by, copy, scope(by, today(now)))
    if not answer:
        raise Refused(answer.reason)
    if copy.kind == Copy.Kind.UNCONTROLLED:
        raise Refused(_("Nobody answers for an uncontrolled print; it is not exchanged."))


def _close(copy: Copy, outcome: str, by: Person, now: dt.datetime) -> None:
    closed = Copy.objects.filter(pk=copy.pk, closed_at__isnull=True).update(outcome=outcome, closed_at=now, closed_by=by)
    if not closed:
        raise Stale(_("Somebody has already said what became of this copy. Nothing was changed."))
    copy.refresh_from_db(fields=("recall", "outcome", "closed_at", "closed_by"))
    if copy.recall is not None:
        settle(copy.recall, outcome=WorkItem.Outcome.DONE, now=now)


def _item(copy: Copy, now: dt.datetime) -> NewItem:
    return NewItem(
        kind=WorkItem.Kind.EXCHANGE,
        subject=f"{copy.process.number} {copy.process.title} · {copy.place}",
        url_name="copies:copy",
        url_args=[copy.process.number, copy.pk],
        position_id=copy.position_id,
        due_on=add_working_days(today(now), WORKING_DAYS),
        source_key=f"copy:{copy.pk}:recall",
    )
