"""Keeps what somebody owes for what waits for a second person: a new process manager, a level 5."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from organization import policy
from organization.calendar import add_working_days, today
from organization.gate import level_phrase
from organization.models import Person, Position, Proposal
from organization.phrases import Phrase
from organization.resolution import resolve
from worklist.items import raise_item, settle, withdraw
from worklist.models import WorkItem
from worklist.notices import tell

WORKING_DAYS_TO_CONFIRM = 5
KEY = "proposal:"
KINDS = (Position.Kind.TOP_MANAGEMENT, Position.Kind.COMPANY_PROCESS_MANAGER)
"""Who is asked, in this order; an administrator where neither is there."""
OUTCOMES = {
    Proposal.State.CONFIRMED: WorkItem.Outcome.DONE,
    Proposal.State.DECLINED: WorkItem.Outcome.DONE,
    Proposal.State.WITHDRAWN: WorkItem.Outcome.MOOT,
}


@transaction.atomic
def reconcile(now: dt.datetime) -> int:
    """Whatever waits is owed by somebody who may answer it, and nothing else is. Safe to run twice and side by side; says how many wait."""
    waiting = {f"{KEY}{one.pk}": one for one in Proposal.objects.waiting().select_related("person", "position")}
    open_ones = {item.source_key.rsplit(":", 1)[0]: item for item in WorkItem.objects.open().filter(kind=WorkItem.Kind.CONFIRM)}
    for key, item in open_ones.items():
        if key.startswith(KEY) and key not in waiting:
            settle(item, outcome=_outcome(key), now=now)
    for key, proposal in waiting.items():
        _owe(proposal, open_ones.get(key), now)
    return len(waiting)


def _outcome(key: str) -> str:
    state = Proposal.objects.values_list("state", flat=True).get(pk=int(key.removeprefix(KEY)))
    return OUTCOMES[Proposal.State(state)]


def _owe(proposal: Proposal, item: WorkItem | None, now: dt.datetime) -> None:
    """Another one owes it from the day on which the first one cannot answer it any more."""
    position, person = whom_to_ask(proposal, today(now))
    if item is not None:
        if (item.position_id, item.person_id) == (position and position.pk, person and person.pk):
            return
        withdraw(item, now=now)
    if position is not None or person is not None:
        raise_item(
            kind=WorkItem.Kind.CONFIRM, subject=in_words(proposal), url_name="organization:proposal", url_args=[proposal.pk],
            due_on=add_working_days(today(now), WORKING_DAYS_TO_CONFIRM), position=position, person=person,
            source_key=f"{KEY}{proposal.pk}:{'p' if position else 'a'}{(position or person).pk}",  # type: ignore[union-attr]
            excluded=[proposal.proposed_by_id, proposal.person_id] if position else (), now=now,
        )  # fmt: skip


def whom_to_ask(proposal: Proposal, day: dt.date) -> tuple[Position | None, Person | None]:
    """A position whose holder, or who acts for it, may answer; else a person who may; nobody where there is none."""
    concerned = [proposal.proposed_by_id, proposal.person_id]
    for position in sorted(Position.objects.existing(day).filter(kind__in=KINDS), key=lambda one: (KINDS.index(one.kind), one.pk)):
        found = resolve(position, day, excluding=concerned)
        if found is not None and policy.may_confirm(found.person, proposal, day):
            return position, None
    return None, policy.confirmers(day).exclude(pk__in=concerned).first()


def in_words(proposal: Proposal) -> Phrase:
    """`Name · Process manager, Purchasing`: a work item's subject."""
    what = proposal.position.title if proposal.position else level_phrase(proposal.level or 0)
    return Phrase("%(name)s · %(what)s", name=proposal.person.name, what=what)


def changed(proposal: Proposal, now: dt.datetime, **_given: Any) -> None:
    """Receiver: somebody is asked at once; whoever proposed it hears the answer."""
    reconcile(now)
    heard = {
        Proposal.State.CONFIRMED: _("Confirmed, and in effect: %(what)s"),
        Proposal.State.DECLINED: _("Not confirmed: %(what)s"),
    }
    if proposal.state in heard:
        with translation.override(proposal.proposed_by.language):
            subject = heard[Proposal.State(proposal.state)] % {"what": in_words(proposal)}
        tell(
            proposal.proposed_by, key=f"{KEY}{proposal.pk}:{proposal.state}", subject=subject, body=proposal.answer,
            url=reverse("organization:proposal", args=[proposal.pk]), now=now,
        )  # fmt: skip
