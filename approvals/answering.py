"""What becomes of open comments before approval: overruled, declined or made an action; and the actions that follow.

Nobody approves while something stands in the way, at any stage; the last stage approves once it is said of every open comment
what becomes of it. The actions are owed from the transaction in which the revision is approved.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import comments, talk_policy
from approvals.models import ApprovalCase, CaseStage, Comment, CommentMove, Decision
from organization.calendar import today
from organization.models import Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import Scope, scope
from processes.access import participate
from processes.canonical import clean
from processes.models import Participation, Process, Revision
from processes.policy import may_change_metadata
from worklist.items import NewItem, raise_items, settle
from worklist.models import WorkItem

What, Outcome = CommentMove.What, Comment.Outcome


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to become of one open comment: `what` is settled, declined (with a reason) or action (by whom, until when)."""

    comment: int
    what: str
    reason: str = ""
    position: Position | None = None
    due_on: dt.date | None = None


def overrule(comment: Comment, *, by: Person, now: dt.datetime, reason: str) -> Comment:
    """An approver whose turn it is decides against what stands in the way. Twice is as good as once. Raises Refused or Stale."""
    with transaction.atomic():
        comment, case = comments.locked(comment, by=by, now=now)
        if case is None or not comment.blocking:
            raise Stale(_("Nothing is to be overruled here any more."))
        insist(talk_policy.may_overrule(by, comment, case, scope(by, today(now))))
        reason = _reason(reason)
        if comment.is_open:
            comments.close(comment, Outcome.OVERRULED, by=by, now=now, reason=reason)
        return comment


def dispose(case: ApprovalCase, choices: Sequence[Choice], *, by: Person, now: dt.datetime) -> None:
    """Carries out all of these choices, or none. Raises Refused, or Stale where somebody was faster."""
    with transaction.atomic():
        found = comments.room(case.revision)
        if found is None:
            raise Stale(_("This review is closed; nothing is to be decided about its comments any more."))
        standing = scope(by, today(now))
        insist(talk_policy.may_dispose(by, found, standing))
        by_id = {one.pk: one for one in undecided(case.revision).select_related("revision__process", "author")}
        who = talk_policy.standing(by, case.revision, standing)
        for choice in choices:
            if choice.comment not in by_id:
                raise Stale(_("Somebody has settled one of these comments meanwhile. Look at what is left."))
            _dispose(by_id[choice.comment], choice, who, now)


def _dispose(comment: Comment, choice: Choice, who: talk_policy.Standing, now: dt.datetime) -> None:
    if choice.what == What.SETTLED:
        insist(talk_policy.may_settle(who, comment))
        comments.close(comment, Outcome.SETTLED, by=who.person, now=now, reason=clean(choice.reason).strip())
    elif choice.what == What.DECLINED:
        comments.close(comment, Outcome.DECLINED, by=who.person, now=now, reason=_reason(choice.reason))
    elif choice.position is None or choice.due_on is None or choice.due_on < who.scope.today:
        raise Refused(_("An action needs a position that does it, and a day that has not passed."))
    else:
        _may_be_told(choice.position, comment.revision.process, who.person, who.scope)
        comment.action_position, comment.action_due_on = choice.position, choice.due_on
        comment.save(update_fields=["action_position", "action_due_on"])
        CommentMove.objects.create(comment=comment, what=What.ACTION, reason=clean(choice.reason).strip(), by=who.person, at=now)


def _may_be_told(position: Position, process: Process, by: Person, standing: Scope) -> None:
    """An action shows its position the review, so a confidential process is opened only by who answers for it."""
    inside = {process.department_id, *process.participating.values_list("pk", flat=True)}
    if process.confidentiality == Process.Confidentiality.COMPANY or position.pk == process.owner_id:
        return
    if process.confidentiality == Process.Confidentiality.DEPARTMENTS and position.department_id in inside:
        return
    if not may_change_metadata(by, process, standing):
        raise Refused(_("Only whoever answers for %(number)s opens it to people who may not see it yet.") % {"number": process.number})


def undecided(revision: Revision) -> QuerySet[Comment]:
    """Open threads of which nobody has said yet what becomes of them; what stands in the way is not among them."""
    return comments.threads(revision).filter(resolved_at__isnull=True, blocking=False, action_position__isnull=True)


def insist_on_answers(case: ApprovalCase, stage: CaseStage, verdict: str, *, discussed: bool) -> bool:
    """Refuses an approval while something stands in its way or, at the last stage, while it is open what becomes of comments.

    `discussed`: whether anything is open at all.

    Says whether comments were made into actions, which an approval of the whole raises.
    """
    if verdict != Decision.Verdict.APPROVE or not discussed:
        return False
    rows = list(Comment.objects.unsettled().filter(revision=case.revision).values_list("blocking", "action_position"))
    blocking = sum(blocks for blocks, _position in rows)
    if blocking:
        words = ngettext(
            "%(n)d comment stands in the way of approval. Its writer settles it, or you overrule it with a reason.",
            "%(n)d comments stand in the way of approval. Their writers settle them, or you overrule them with a reason.",
            blocking,
        )
        raise Refused(words % {"n": blocking})
    left = sum(position is None for _blocks, position in rows)
    if stage.is_last and left:
        words = ngettext(
            "%(n)d comment is open. Say what becomes of it before the last approval: settled, an action, or declined with a reason.",
            "%(n)d comments are open. Say what becomes of them before the last approval: settled, an action, or declined with a reason.",
            left,
        )
        raise Refused(words % {"n": left})
    return left < len(rows)


def raise_actions(case: ApprovalCase, *, now: dt.datetime) -> None:
    """What open comments were made into is owed from now on, and whoever owes it sees what was said."""
    process, revision = case.revision.process, case.revision
    planned = list(
        comments.threads(revision)
        .filter(resolved_at__isnull=True, action_position__isnull=False, action__isnull=True)
        .select_related("action_position")
    )
    new = [
        NewItem(
            WorkItem.Kind.ACT, f"{process.number} {process.title}", "approvals:comment_action", [comment.pk],
            comment.action_due_on or today(now), talk_policy.action_key(comment), position_id=comment.action_position_id,
        )
        for comment in planned
    ]  # fmt: skip
    for comment, item in zip(planned, raise_items(new, now=now), strict=True):
        participate(process, revision=revision, position=comment.action_position, part=Participation.Part.READER)
        comment.action = item
        comment.save(update_fields=["action"])


def finish(comment: Comment, *, by: Person, now: dt.datetime, word: str) -> Comment:
    """Whoever owes the action says that it is done, and in a word how. Twice is as good as once. Raises Refused."""
    with transaction.atomic():
        found: Comment = Comment.objects.select_for_update(of=("self",)).select_related("action").get(pk=comment.pk)
        if found.action is None:
            raise Stale(_("This comment is no action."))
        insist(talk_policy.may_finish(found, scope(by, today(now))))
        word = clean(word).strip()
        if not word:
            raise Refused(_("Say in a word what was done."))
        if found.is_open:
            found.outcome, found.resolved_at, found.resolved_by = Outcome.SETTLED, now, by
            found.save(update_fields=["outcome", "resolved_at", "resolved_by"])
            CommentMove.objects.create(comment=found, what=What.DONE, reason=word[: comments.LONGEST], by=by, at=now)
            settle(found.action, outcome=WorkItem.Outcome.DONE, now=now)
        return found


def _reason(reason: str) -> str:
    reason = clean(reason).strip()
    if not reason:
        raise Refused(_("Write the reason: whoever raised it and everybody who reads this review sees it."))
    return reason[: comments.LONGEST]
