"""A change of an approved version turns out to matter more than it was marked: raised late, signed, and read again.

Marks only go up: what was substantive at the approval stays so, and the version keeps its number.
"""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Person, Position, Signature
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import sign
from processes import marking, policy
from processes.canonical import clean
from processes.compare import compare
from processes.comparison import Change, Comparison
from processes.content import definition_of
from processes.holding import subject_of
from processes.models import Revision
from processes.moving import lock, move
from processes.wording import Mark
from worklist.outbox import wake

LONGEST: Final = 4_000


def compared(revision: Revision) -> tuple[Revision | None, Comparison]:
    """The version before an approved one, and its changes as they were marked at the approval or since; none of a first version."""
    approved = Revision.objects.regular().filter(process=revision.process_id).select_related("frozen", "process")
    against = approved.filter(pk=revision.marks.get("against")).first()
    if against is None:
        against = approved.filter(approved_at__lt=revision.approved_at).exclude(pk=revision.pk).order_by("-approved_at", "-pk").first()
    if against is None:
        return None, Comparison()
    changes = compare(definition_of(against), definition_of(revision))
    return against, marking.as_marked(changes, marking.final(revision, against))


def to_raise(comparison: Comparison) -> list[Change]:
    """The changes that count for less than substantive."""
    return [change for change in comparison.changes if change.mark < Mark.SUBSTANTIVE]


@transaction.atomic
def raise_mark(revision: Revision, place: str, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """The change at this place counts as substantive from now on, signed on this content; whom it concerns reads again.

    Raises Refused, or Stale where the version is not what readers have to know any more.
    """
    process, view, reason = lock(revision), scope(by, today(now)), clean(reason).strip()[:LONGEST]
    insist(policy.may_remark(by, process, view))
    over = revision.effective_until is not None and revision.effective_until <= now
    if revision.state != Revision.State.APPROVED or revision.frozen is None or over:
        raise Stale(_("Readers have another version by now. Nothing was done; look at it again."))
    against, comparison = compared(revision)
    change = next((one for one in to_raise(comparison) if one.place == place), None)
    if against is None or change is None:
        raise Stale(_("This change counts as substantive already. Nothing was done."))
    if not reason:
        raise Refused(_("Write why it matters more than was thought: those who read it again are told by it."))
    raised = marking.as_marked(comparison, {place: Mark.SUBSTANTIVE})
    said = _("%(change)s: %(old)s → %(new)s. %(reason)s") % {
        "change": change.label, "old": change.mark_label, "new": next(one.mark_label for one in raised.changes if one.place == place),
        "reason": reason,
    }  # fmt: skip
    sign(
        by, position=policy.office_of(process, view, Position.Kind.COMPANY_PROCESS_MANAGER), meaning=Signature.Meaning.CONFIRMED,
        subject=subject_of(revision),
        content_sha256=revision.frozen.sha256, reason=said, now=now,
    )  # fmt: skip
    move(revision, "remark", {"marks": marking.kept(raised, against)}, by=by, now=now, reason=said)
    wake("training.tasks.hand_out_process", process.pk)
    return revision
