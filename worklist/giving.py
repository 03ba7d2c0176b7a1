"""Giving an item to somebody, taking one out of the shared queue, giving it back, and saying what is urgent; all on record."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.calendar import today
from organization.gate import Answer
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from worklist import items, policy
from worklist.models import Happening, WorkItem
from worklist.notices import tell

# What an app above says to giving an item to a person: may he or she see what it is about, and do it? Giving opens nothing.
Check = Callable[[WorkItem, Person], Answer]
What = Happening.What


@transaction.atomic
def give(given: Sequence[WorkItem], to: Person, *, by: Person, reason: str, now: dt.datetime, check: Check) -> None:
    """All of these items are this person's to do, for their positions, and he or she is told; or none. Raises Refused."""
    view, reason = scope(by, today(now)), _reason(reason)
    reach = policy.reach_of(view)
    to = Person.objects.get(pk=to.pk)
    for item in _locked(given):
        insist(policy.may_give(item, view, reach))
        insist(policy.may_be_given(item, to, view.today))
        insist(check(item, to))
        items.give(item, to, what=What.GIVEN, by=by, reason=reason, now=now)
        _tell(item, to, by, reason, now)


@transaction.atomic
def take(item: WorkItem, *, by: Person, now: dt.datetime) -> WorkItem:
    """Out of the shared queue of the process office, to whoever takes it. Raises Refused."""
    (item,) = _locked([item])
    view = scope(by, today(now))
    insist(policy.may_take(item, view))
    items.give(item, by, what=What.TAKEN, by=by, reason="", now=now)
    return item


@transaction.atomic
def give_back(item: WorkItem, *, by: Person, now: dt.datetime, reason: str = "") -> WorkItem:
    """To its position again, and so to whoever acts for it. Raises Refused."""
    (item,) = _locked([item])
    view = scope(by, today(now))
    insist(policy.may_give_back(item, view, policy.reach_of(view)))
    items.give(item, None, what=What.GIVEN_BACK, by=by, reason=reason.strip(), now=now)
    return item


@transaction.atomic
def mark(item: WorkItem, *, urgent: bool, by: Person, reason: str, now: dt.datetime) -> WorkItem:
    """Urgent from now on, or not any more. The same again changes nothing. Raises Refused."""
    (item,) = _locked([item])
    view = scope(by, today(now))
    insist(policy.may_steer(item, view, policy.reach_of(view)))
    items.mark(item, urgent=urgent, by=by, reason=_reason(reason), now=now)
    return item


def _locked(given: Sequence[WorkItem]) -> list[WorkItem]:
    """In the order of their keys, so that two who give the same items wait for each other and do not block each other."""
    keys = [item.pk for item in given]
    return list(WorkItem.objects.select_for_update(of=("self",)).select_related("position").filter(pk__in=keys).order_by("pk"))


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Say why: whoever gets it and whoever had it will read it."))
    return reason.strip()


def _tell(item: WorkItem, to: Person, by: Person, reason: str, now: dt.datetime) -> None:
    if to.pk == by.pk:
        return
    happening = item.happenings.filter(what=What.GIVEN, person=to).latest("pk")
    tell(
        to,
        key=f"given-{happening.pk}",
        subject=format_lazy(gettext_lazy("{name} gave you work: {subject}"), name=by.name, subject=item.subject),
        body=format_lazy(gettext_lazy("It is yours until you give it back. The reason: {reason}"), reason=reason),
        url=reverse("work_item", args=[item.pk]),
        now=now,
        work_item=item,
    )
