"""An approver more: a stage of its own before or after the one whose turn it is, in this case only. The last stage keeps the last word."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import act_policy, moving, policy, seating, workflow
from approvals.act_policy import BEFORE
from approvals.acting import reasoned, tell
from approvals.models import ApprovalCase, CaseAct, CaseStage, Seat
from approvals.route_faults import LONGEST_DAYS
from organization.calendar import today
from organization.models import Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope


def current_stage(case: ApprovalCase) -> CaseStage | None:
    """The stage whose turn it is; an open case has exactly one."""
    current = {"closed_at__isnull": True, "replaced_at__isnull": True, "waiver__isnull": True}
    return case.stages.filter(opened_at__isnull=False, **current).first()


def add_stage(
    case: ApprovalCase, position: Position, *, where: str, by: Person, now: dt.datetime, seen: int, reason: str,
    working_days: int = 5, needs_signature: bool = True,
) -> CaseAct:  # fmt: skip
    """Puts a stage that asks this position before or after the current one; the stages behind move on by one.

    `seen` is the version of the case that was shown. Before: the current stage waits until the new one has ended. Raises Refused, Stale.
    """
    with transaction.atomic():
        case, day, reason = moving.lock(case.pk), today(now), workflow.typed(reason)
        current = current_stage(case)
        if case.state != ApprovalCase.State.OPEN or case.version != seen or current is None:
            raise Stale(_("Meanwhile something was decided here. Nothing was changed; look at what is left to decide."))
        insist(act_policy.may_add(by, current, where, case, scope(by, day)))
        insist(act_policy.may_be_added(position, by, case, day))
        reason = reasoned(reason)
        if not 1 <= working_days <= LONGEST_DAYS:
            raise Refused(_("Give the stage between 1 and %(most)d working days.") % {"most": LONGEST_DAYS})
        moving.swap(case, to=ApprovalCase.State.OPEN, now=now)
        stage = _put(case, current, where, Position.objects.get(pk=position.pk), days=working_days, signed=needs_signature)
        if where == BEFORE:
            seating.step_back(current, case, now=now)
            seating.open_stage(stage, case, now=now)
        act = CaseAct.objects.create(case=case, kind=CaseAct.Kind.ADD, stage=stage, position=position, text=reason, by=by, at=now)
        asked = policy.assignees(list(stage.seats.select_related(*Seat.NEEDED)), case, day)
        tell(act, [who.person for who in asked if who], gettext_lazy("{document}: {person} added you as an approver"), reason, now=now)
        return act


def _put(case: ApprovalCase, current: CaseStage, where: str, position: Position, *, days: int, signed: bool) -> CaseStage:
    """The new stage in its place. Orders are unique, so the others move on from the last one down."""
    order = current.order if where == BEFORE else current.order + 1
    for behind in case.stages.filter(order__gte=order).order_by("-order"):
        behind.order += 1
        behind.save(update_fields=["order"])
    stage = CaseStage.objects.create(case=case, order=order, title=position.title, working_days=days, needs_signature=signed)
    Seat.objects.create(stage=stage, position=position)
    return stage
