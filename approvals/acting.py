"""What every act on a case has in common: the open case under its lock, a reason, and telling those whom it concerns."""

import datetime as dt
from collections.abc import Iterable
from typing import cast

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from approvals import moving, policy
from approvals.models import ApprovalCase, CaseAct, Seat
from organization.models import Person
from organization.refusals import Refused, Stale
from worklist.notices import Message, tell_many


def opened(case: ApprovalCase) -> ApprovalCase:
    """The case under its lock. Raises Stale where it is closed."""
    case = moving.lock(case.pk)
    if case.state != ApprovalCase.State.OPEN:
        raise Stale(_("This review is closed: %(state)s. Nothing was recorded.") % {"state": case.get_state_display()})
    return case


def waiting(seat: Seat) -> tuple[ApprovalCase, Seat]:
    """The case under its lock and the seat as it is then. Raises Stale where nothing is to be decided in it now."""
    case, seat = moving.locked(seat)
    if not policy.has_turn(seat, case):
        raise Stale(_("Nothing is to be decided in this seat any more."))
    return case, seat


def tell(
    act: CaseAct, people: Iterable[Person], subject: Promise, body: str | Promise, *, now: dt.datetime, due: bool = False, **more: str
) -> None:
    """Tells these people of the act, apart from whoever did it; `subject` has places for {document}, {person} and for `more`."""
    words = {"document": act.case.subject, "person": act.by.name, **more}
    address = reverse("approvals:case", args=[act.case_id])
    others = {person.pk: person for person in people if person.pk != act.by_id}
    messages = [
        Message(person, f"act:{act.pk}:{person.pk}", format_lazy(cast("str", subject), **words), body, address, due=due)
        for person in others.values()
    ]
    tell_many(messages, now=now)


def reasoned(text: str) -> str:
    """A reason, without margins. Raises Refused where there is none."""
    if not text:
        raise Refused(_("Write some words: whoever gets it and everybody in the review reads them."))
    return text
