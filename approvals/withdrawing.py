"""A process is withdrawn by a case of its own, on its own route: who answers for it asks, and the content in force is signed for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import workflow
from approvals.expecting import Expected, expected
from approvals.models import ApprovalCase
from approvals.routes import plan_for
from organization.calendar import today
from organization.gate import Answer
from organization.models import Person
from organization.refusals import Refused
from organization.scope import Scope
from processes import policy, references, review, withdrawal
from processes.models import Process, Revision
from processes.references import Reference

Kind = ApprovalCase.Kind


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything around the form: what stands in the way, who will decide, and whether this person may ask.

    `seen` are the ids of the processes among `references` that the person may see; `obstacle` is a sentence, "" where there is none.
    """

    revision: Revision | None
    references: Sequence[Reference]
    seen: frozenset[int]
    obstacle: str
    route: Expected | None
    may: Answer

    @property
    def ready(self) -> bool:
        """Whether the form is offered."""
        return bool(self.may) and not self.obstacle and not self.references

    @property
    def unseen(self) -> int:
        """How many documents refer to it that this person may not see."""
        return len({one.process.pk for one in self.references} - self.seen)


def ask(
    process: Process, *, by: Person, now: dt.datetime, reason: str, replacement: Process | None = None, planned_on: dt.date | None = None
) -> ApprovalCase:
    """Opens the case: stages copied from the route of the process, the first one called to decide. Nothing changes until it is approved.

    `planned_on` is the day from which it is withdrawn, None for at once. Raises Refused.
    """
    with transaction.atomic():
        reason = workflow.typed(reason)
        if not reason:
            raise Refused(_("Write the reason: readers of the document are told."))
        revision = withdrawal.ready(process, by=by, now=now, on=planned_on, replacement=replacement)
        workflow.insist_no_case(revision.process)
        case = ApprovalCase(
            kind=Kind.WITHDRAW, process=revision.process, revision=revision, content=revision.frozen, summary=reason,
            replacement=replacement, planned_on=planned_on, submitted_by=by, submitted_at=now,
        )  # fmt: skip
        workflow.open_case(case, frozenset({by.pk}), now=now)
        review.withdrawal_asked(process, now)
        return case


def asked_for(process: Process, scope: Scope) -> ApprovalCase | None:
    """The case for its withdrawal that is open, for those who take part in it."""
    cases = ApprovalCase.objects.visible_to(scope).pending().filter(process=process, kind=Kind.WITHDRAW)
    found: ApprovalCase | None = cases.select_related("submitted_by").first()
    return found


def asking(process: Process, by: Person, scope: Scope, now: dt.datetime) -> Asking:
    """What happens when `by` asks for the withdrawal now."""
    revision = process.revisions.in_force(now).first()
    found = references.to_process(process, now) if revision else []
    seen = Process.objects.visible_to(scope).filter(pk__in={one.process.pk for one in found}).values_list("pk", flat=True)
    route, dead_end = _expected(process, by, now)
    return Asking(
        revision=revision,
        references=found,
        seen=frozenset(seen),
        obstacle=_obstacle(process, revision, now) or dead_end,
        route=route,
        may=policy.may_ask_withdrawal(by, process, scope),
    )


def _obstacle(process: Process, revision: Revision | None, now: dt.datetime) -> str:
    if process.state != Process.State.ACTIVE or process.withdrawn_from is not None:
        return _("Its withdrawal is approved already.")
    if revision is None:
        return _("%(number)s is not in force; there is nothing to withdraw.") % {"number": process.number}
    if ApprovalCase.objects.pending().filter(process=process).exists():
        return _("Something about this process is in review. It ends first.")
    if process.revisions.open().exists():
        return _("There is a draft of this process. Finish or discard it first.")
    if process.revisions.filter(effective_from__gt=now).exists():
        return _("A version of this process is approved and waits to take effect. Cancel it first.")
    return ""


def _expected(process: Process, by: Person, now: dt.datetime) -> tuple[Expected | None, str]:
    wrote = frozenset({by.pk})
    try:
        return expected(plan_for(process, today(now), besides=wrote), wrote, today(now)), ""
    except Refused as refused:
        return None, str(refused)
