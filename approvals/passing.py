"""Handing one decision on: a transfer gives the seat to another position for good, a delegation lends it to a person.

Both leave a row that says who did it and why; the seat says how it stands. Whoever lends keeps the decision: the first of the two
who decides has decided, and a delegation can be taken back until then.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import act_policy, moving, policy, seating, workflow
from approvals.acting import reasoned, tell, waiting
from approvals.models import ApprovalCase, CaseAct, Seat
from organization.calendar import today
from organization.models import Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope

Kind, OPEN = CaseAct.Kind, ApprovalCase.State.OPEN


def transfer(seat: Seat, position: Position, *, by: Person, now: dt.datetime, reason: str) -> CaseAct:
    """The seat is this position's from now on; who had it and who has it are told. The same again is the act that stands.

    Raises Refused, or Stale where nothing is to be decided in it any more.
    """
    with transaction.atomic():
        case, seat = waiting(seat)
        day, reason = today(now), workflow.typed(reason)
        newest = seat.acts.order_by("-pk").first()
        if newest and (newest.kind, newest.by_id, seat.position_id) == (Kind.TRANSFER, by.pk, position.pk):
            return newest
        insist(act_policy.may_transfer(by, seat, case, scope(by, day)))
        insist(act_policy.may_get_seat(position, by, seat, case, day))
        reason = reasoned(reason)
        had = [who.person for who in (policy.assignee(seat, case, day),) if who]
        moving.swap(case, to=OPEN, now=now)
        act = CaseAct.objects.create(
            case=case, kind=Kind.TRANSFER, seat=seat, given_up=seat.position, position=position, text=reason, by=by, at=now
        )
        seat.position, seat.named, seat.lent = position, None, None
        seat.save(update_fields=["position", "named", "lent"])
        seating.call(seat, case, now=now)
        has = [who.person for who in (policy.assignee(seat, case, day),) if who]
        tell(act, [*had, *has], gettext_lazy("{document}: {person} transferred a decision to {to}"), reason, now=now, to=position.title)
        return act


def delegate(seat: Seat, person: Person, *, by: Person, now: dt.datetime, reason: str, until: dt.date | None = None) -> CaseAct:
    """Lets this person decide in the seat, for its position, until that day (included) or until it is decided or taken back.

    The same again is the act that stands. Raises Refused, or Stale where nothing is to be decided in it any more.
    """
    with transaction.atomic():
        case, seat = waiting(seat)
        day, reason = today(now), workflow.typed(reason)
        person = Person.objects.get(pk=person.pk)
        lent, principal = seat.lent, policy.principals([seat], case, day)[0]
        if lent and (lent.by_id, lent.person_id) == (by.pk, person.pk) and policy.delegate(seat, principal, day):
            return lent
        insist(act_policy.may_delegate(by, seat, case, scope(by, day)))
        insist(act_policy.may_be_lent(person, by, seat, case, day))
        reason = reasoned(reason)
        if until is not None and until < day:
            raise Refused(_("This day has passed. Choose today or a later day."))
        moving.swap(case, to=OPEN, now=now)
        seat.lent = CaseAct.objects.create(
            case=case, kind=Kind.DELEGATE, seat=seat, position=seat.position, person=person, day=until, text=reason, by=by, at=now
        )
        seat.save(update_fields=["lent"])
        seating.call(seat, case, now=now)
        tell(seat.lent, [person], gettext_lazy("{document}: {person} delegated a decision to you"), reason, now=now)
        return seat.lent


def take_back(seat: Seat, *, by: Person, now: dt.datetime) -> CaseAct:
    """The decision is its position's alone again; the delegate is told. Raises Refused, or Stale where nothing is lent."""
    with transaction.atomic():
        case, seat = waiting(seat)
        lent = seat.lent
        if lent is None or lent.person is None:
            raise Stale(_("This decision is not delegated any more."))
        insist(act_policy.may_take_back(by, seat, case, scope(by, today(now))))
        moving.swap(case, to=OPEN, now=now)
        act = CaseAct.objects.create(case=case, kind=Kind.TAKE_BACK, seat=seat, person=lent.person, of=lent, by=by, at=now)
        seat.lent = None
        seat.save(update_fields=["lent"])
        seating.call(seat, case, now=now)
        subject = gettext_lazy("{document}: {person} took a delegation back")
        tell(act, [lent.person], subject, gettext_lazy("You need not decide any more."), now=now)
        return act
