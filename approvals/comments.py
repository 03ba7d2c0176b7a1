"""What is said about a revision in review or as a draft: threads, their answers, settling and opening again.

Whoever speaks or settles holds the lock of the open case (of the draft where none is open), as decisions do: either an approval
sees what was said, or what is said is refused because the review is closed.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals import policy, quoting, talk_policy
from approvals.mentions import Said, tell_named
from approvals.models import ApprovalCase, Comment, CommentMove
from organization.calendar import today
from organization.models import Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.access import may_see_revision
from processes.canonical import clean
from processes.content import definition_of
from processes.models import Revision

LONGEST = 4_000
What, Outcome = CommentMove.What, Comment.Outcome


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says, about which place (see `quoting`) and which words there; `quote_at` tells equal ones apart."""

    text: str
    anchor: str = ""
    quote: str = ""
    quote_at: int = 0
    blocking: bool = False


def add(case: ApprovalCase, *, by: Person, now: dt.datetime, text: str, anchor: str = "") -> Comment:
    """A remark at this place of a case, where nobody is named and nothing quoted."""
    return say(case, Words(text, anchor), by=by, now=now).comment


def say(case: ApprovalCase, words: Words, *, by: Person, now: dt.datetime) -> Said:
    """A remark in a review. The same words said twice by a double click are one remark. Raises Refused or Stale."""
    with transaction.atomic():
        case = ApprovalCase.objects.select_for_update(of=("self",)).select_related("revision__process", "revision__frozen").get(pk=case.pk)
        standing = scope(by, today(now))
        insist(policy.may_comment(case, standing))
        if case.state != ApprovalCase.State.OPEN:
            raise Stale(_("This review is closed; comments can no longer be added to it."))
        position = None
        if words.blocking:
            insist(talk_policy.may_block(talk_policy.standing(by, case.revision, standing), case))
            position = talk_policy.seat_of(by, case, standing)
        return keep(case.revision, case, words, position, by=by, now=now)


def keep(revision: Revision, case: ApprovalCase | None, words: Words, position: Position | None, *, by: Person, now: dt.datetime) -> Said:
    """Writes a remark down and tells whom it names. For stories that hold the lock and have asked the policy."""
    text, definition = typed(words.text), definition_of(revision)
    if not quoting.exists(definition, words.anchor):
        if words.anchor.startswith(quoting.SECTION):
            raise Refused(_("The document has no such section."))
        raise Refused(_("The step of this comment is not in this revision."))
    quote = clean(words.quote).strip()[: quoting.LONGEST_QUOTE]
    at = quoting.find(quote, words.quote_at, quoting.text_at(definition, words.anchor))
    comment, new = Comment.objects.get_or_create(
        revision=revision, case=case, anchor=words.anchor, text=text, author=by, resolved_at=None, parent=None,
        quote=quote if at is not None else "", blocking=words.blocking,
        defaults={"created_at": now, "position": position, "quote_at": at or 0},
    )  # fmt: skip
    return Said(comment, tell_named(comment, url=address(comment), now=now) if new else ())


def reply(comment: Comment, *, by: Person, now: dt.datetime, text: str) -> Said:
    """An answer to a remark, at its place. The same answer twice is one. Raises Refused or Stale."""
    with transaction.atomic():
        comment, case = locked(comment, by=by, now=now)
        thread = comment.parent or comment
        answer, new = Comment.objects.get_or_create(
            revision=comment.revision, case=case, parent=thread, anchor=thread.anchor, text=typed(text), author=by,
            defaults={"created_at": now},
        )  # fmt: skip
        return Said(answer, tell_named(answer, url=address(answer), now=now) if new else ())


def reword(comment: Comment, *, by: Person, now: dt.datetime, text: str) -> Said:
    """Other words, within minutes and before anybody has answered; whoever is named now is told. Raises Refused or Stale."""
    with transaction.atomic():
        comment = _changeable(comment, by, now)
        comment.text, comment.edited_at = typed(text), now
        comment.save(update_fields=["text", "edited_at"])
        return Said(comment, tell_named(comment, url=address(comment), now=now))


def take_back(comment: Comment, *, by: Person, now: dt.datetime) -> None:
    """Takes one's own words away, within minutes and before anybody has answered; the evidence trail keeps them."""
    with transaction.atomic():
        comment = _changeable(comment, by, now)
        comment.delete()


def resolve(comment: Comment, *, by: Person, now: dt.datetime, word: str = "") -> Comment:
    """Settles a thread. Settling twice changes nothing; what stands in the way is settled by its writer alone (`talk_policy`)."""
    with transaction.atomic():
        comment, _case = locked(comment, by=by, now=now)
        insist(talk_policy.may_settle(_standing(comment, by, now), comment))
        if comment.is_open:
            close(comment, Outcome.SETTLED, by=by, now=now, reason=clean(word).strip()[:LONGEST])
        return comment


def reopen(comment: Comment, *, by: Person, now: dt.datetime, reason: str = "") -> Comment:
    """Opens a closed thread again. Twice is as good as once. Raises Refused or Stale."""
    with transaction.atomic():
        comment, _case = locked(comment, by=by, now=now)
        insist(talk_policy.may_reopen(_standing(comment, by, now), comment))
        if not comment.is_open:
            open_again(comment, by=by, now=now, reason=clean(reason).strip()[:LONGEST])
        return comment


def open_again(comment: Comment, *, by: Person, now: dt.datetime, reason: str) -> None:
    """Opens a closed thread. For stories that hold the lock and have asked the policy."""
    comment.outcome, comment.resolved_at, comment.resolved_by = "", None, None
    comment.save(update_fields=["outcome", "resolved_at", "resolved_by"])
    CommentMove.objects.create(comment=comment, what=What.REOPENED, reason=reason, by=by, at=now)


def close(comment: Comment, outcome: Comment.Outcome, *, by: Person, now: dt.datetime, reason: str = "") -> None:
    """Ends a thread and writes down who ended it and why. For stories that hold the lock and have asked the policy."""
    comment.outcome, comment.resolved_at, comment.resolved_by = outcome, now, by
    comment.save(update_fields=["outcome", "resolved_at", "resolved_by"])
    CommentMove.objects.create(comment=comment, what=What(outcome), reason=reason, by=by, at=now)


def locked(comment: Comment, *, by: Person, now: dt.datetime) -> tuple[Comment, ApprovalCase | None]:
    """The remark as it is under the lock of the open case, or of the draft (None). Raises Stale where its review is over."""
    case = room(comment.revision)
    if not may_see_revision(comment.revision, scope(by, today(now))):
        raise Refused(_("You do not take part in this review."))
    found = Comment.objects.select_related("revision__process", "author", "parent").filter(pk=comment.pk).first()
    if found is None:
        raise Stale(_("This comment was taken back meanwhile."))
    return found, case


def room(revision: Revision) -> ApprovalCase | None:
    """Where this revision is talked about now, under its lock: in its open case, or as a draft (None). Raises Stale elsewhere."""
    cases = ApprovalCase.objects.open().filter(revision=revision).select_for_update(of=("self",))
    case: ApprovalCase | None = cases.select_related("revision__process", "content").first()
    if case is None:
        draft = Revision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
        if draft.state != Revision.State.DRAFT:
            raise Stale(_("This review is closed; comments can no longer be added to it."))
    return case


def _changeable(comment: Comment, by: Person, now: dt.datetime) -> Comment:
    comment, _case = locked(comment, by=by, now=now)
    answered = comment.replies.exists() or comment.moves.exists() or comment.corrections.exists()
    insist(talk_policy.may_change_words(by, comment, now, answered=answered))
    return comment


def _standing(comment: Comment, by: Person, now: dt.datetime) -> talk_policy.Standing:
    return talk_policy.standing(by, comment.revision, scope(by, today(now)))


def typed(text: str) -> str:
    """What was typed, clean and without margins. Raises Refused where nothing was, or too much."""
    text = clean(text).strip()
    if not text:
        raise Refused(_("Write the comment first."))
    if len(text) > LONGEST:
        words = {"length": len(text), "most": LONGEST}
        raise Refused(_("The comment has %(length)d characters; at most %(most)d are kept. Shorten it.") % words)
    return text


def address(comment: Comment) -> str:
    """The page on which it stands, at its place there."""
    if comment.case_id is None:
        return f"{reverse('approvals:discussion', args=[comment.revision.process.number])}#comment-{comment.pk}"
    return f"{reverse('approvals:case', args=[comment.case_id])}#comment-{comment.pk}"


def threads(revision: Revision) -> QuerySet[Comment]:
    """What was said about this revision, without the answers, oldest first."""
    found: QuerySet[Comment] = Comment.objects.threads().filter(revision=revision)
    return found


def open_for(revision: Revision) -> QuerySet[Comment]:
    """Threads on this revision that nobody has settled yet, oldest first, for the review page and for the editor."""
    return threads(revision).filter(resolved_at__isnull=True).select_related("author")
