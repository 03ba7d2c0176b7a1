"""Calls people to the seats of a stage: the work item of each seat, and sight of the revision for those who are to decide."""

import datetime as dt
import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import policy
from approvals.models import ApprovalCase, CaseStage, Seat
from approvals.routes import PlannedStage
from organization.calendar import add_working_days, today
from organization.models import Person, Position
from organization.refusals import Refused
from organization.resolution import Assignee, resolve
from processes.access import participate
from processes.models import Participation
from worklist.items import raise_item, withdraw, withdraw_many
from worklist.models import WorkItem

logger = logging.getLogger(__name__)


def copy_stages(case: ApprovalCase, stages: Sequence[PlannedStage], *, after: int = 0) -> None:
    """The stages of a plan become the case's own, behind those up to this order: what happens to the route later changes nothing here."""
    for order, planned in enumerate(stages, start=after + 1):
        stage = CaseStage.objects.create(
            case=case, order=order, title=planned.title, required_level=planned.required_level, working_days=planned.working_days,
            is_last=planned.is_last, mode=planned.mode, quorum=planned.quorum, needs_signature=planned.needs_signature,
            waiver=planned.waiver,
        )  # fmt: skip
        Seat.objects.bulk_create(Seat(stage=stage, position=position) for position in planned.positions)


def open_next(case: ApprovalCase, *, now: dt.datetime) -> None:
    """The first stage that waits has its turn."""
    waiting = case.stages.filter(opened_at__isnull=True, replaced_at__isnull=True, waiver__isnull=True)
    open_stage(waiting.order_by("order")[0], case, now=now)


def unseat(case: ApprovalCase, *, now: dt.datetime) -> None:
    """What is still owed to this case is no longer needed."""
    withdraw_many(list(WorkItem.objects.open().filter(seat__stage__case=case).values_list("pk", flat=True)), now=now)


def step_back(stage: CaseStage, case: ApprovalCase, *, now: dt.datetime) -> None:
    """A stage in which nobody has decided yet waits again: another one has its turn before it."""
    unseat(case, now=now)
    stage.refresh_from_db(fields=("order",))
    stage.opened_at = None
    stage.save(update_fields=["opened_at"])


def open_stage(stage: CaseStage, case: ApprovalCase, *, now: dt.datetime) -> None:
    """The seats of this stage have their turn from now on."""
    stage.opened_at = now
    stage.save(update_fields=["opened_at"])
    for seat in stage.seats.filter(decisions__isnull=True).select_related(*Seat.NEEDED):
        call(seat, case, now=now)


def call(seat: Seat, case: ApprovalCase, *, now: dt.datetime) -> None:
    """Brings the seat's work item, and sight, to who is to decide today. Safe to run again: what is right already stays."""
    day = today(now)
    who = policy.principals([seat], case, day)[0]
    deputed = policy.delegate(seat, who, day)
    if deputed is not None:
        _owe(seat, case, kind=WorkItem.Kind.DECIDE, person=deputed.person, now=now)
    elif who is None:
        _owe(seat, case, kind=WorkItem.Kind.NAME_APPROVER, position=_top(day), now=now)
    elif who.person == seat.named:
        _owe(seat, case, kind=WorkItem.Kind.DECIDE, person=seat.named, now=now)
    else:
        _owe(seat, case, kind=WorkItem.Kind.DECIDE, position=_office(seat, who, day), now=now)


def _top(day: dt.date) -> Position:
    position = policy.top_management(day)
    if position is None:
        raise Refused(_("Nobody independent is left to decide, and the company has no top management position that could name somebody."))
    return position


def _office(seat: Seat, who: Assignee, day: dt.date) -> Position:
    """The position that owes the decision.

    It is the seat's own where that leads to this person anyway: then the item follows holders and absences by itself. Else it
    is the office to which the chain falls because the seat's people wrote the content or lack the level.
    """
    usual = resolve(seat.position, day)
    return seat.position if usual is not None and usual.person.pk == who.person.pk else who.position


def _owe(
    seat: Seat, case: ApprovalCase, *, kind: str, position: Position | None = None, person: Person | None = None, now: dt.datetime
) -> None:
    """Whoever owes it also sees the revision, and so does the position of the seat."""
    process, item = case.revision.process, seat.work_item
    if item and item.closed_at is None:
        if (item.kind, item.position, item.person) == (kind, position, person):
            return
        withdraw(item, now=now)
    participate(process, revision=case.revision, position=position, person=person, part=Participation.Part.APPROVER)
    seat.work_item = raise_item(
        kind=kind,
        subject=case.asked_as,
        url_name="approvals:case",
        url_args=[case.pk],
        due_on=_due_on(seat, case, now),
        source_key=f"seat:{seat.pk}:{item.pk if item else 0}",
        now=now,
        position=position,
        person=person,
        excluded=policy.authors(case) if kind == WorkItem.Kind.DECIDE else (),
    )
    seat.save(update_fields=["work_item"])


def _due_on(seat: Seat, case: ApprovalCase, now: dt.datetime) -> dt.date:
    """By the days of the stage; what was released in an emergency is signed while it holds."""
    due = add_working_days(today(now), seat.stage.working_days)
    return due if case.sign_by is None or case.sign_by < today(now) else min(due, case.sign_by)


def reseat(now: dt.datetime) -> int:
    """Calls every open seat anew, since people come, go and fall ill while a review waits. Says how many seats wait."""
    waiting = Seat.objects.filter(stage__case__state=ApprovalCase.State.OPEN, decisions__isnull=True)
    current = waiting.filter(stage__opened_at__isnull=False, stage__closed_at__isnull=True, stage__replaced_at__isnull=True)
    seats = current.values_list("pk", "stage__case").order_by("pk")
    return sum(_reseat_one(seat, case, now) for seat, case in seats)


@transaction.atomic
def _reseat_one(seat_id: int, case_id: int, now: dt.datetime) -> bool:
    case = ApprovalCase.objects.select_for_update(of=("self",)).select_related("revision__process").get(pk=case_id)
    seat = Seat.objects.select_related(*Seat.NEEDED).get(pk=seat_id)
    if not policy.has_turn(seat, case):
        return False
    try:
        call(seat, case, now=now)
    except Refused as refused:  # one review that nobody can decide must not hold up the others
        logger.warning("seat %s of case %s waits for nobody: %s", seat_id, case_id, refused)
    return True
