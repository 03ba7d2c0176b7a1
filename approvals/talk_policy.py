"""Who may say what in a review, and what may become of it; each answer says why not."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from approvals.models import ApprovalCase, CaseAct, Comment, Seat
from approvals.policy import YES, is_current, turns, wrote_revision
from organization.gate import Answer
from organization.models import Person, Position
from organization.scope import Scope
from processes.models import Participation, Revision
from worklist.mine import is_given

Kind = CaseAct.Kind
CHANGEABLE = dt.timedelta(minutes=10)
"""So long one's own words may be changed or taken back, and only before anybody has answered: afterwards they are on record."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is to what is said about a revision; asked once for all its threads."""

    person: Person
    scope: Scope
    wrote: bool


def standing(person: Person, revision: Revision, scope: Scope) -> Standing:
    """How this person stands to this revision."""
    return Standing(person, scope, wrote_revision(person, revision))


def may_block(who: Standing, case: ApprovalCase) -> Answer:
    """Stand in the way of approval: whoever has a seat in the case or was asked for an opinion, and did not write the content."""
    if who.wrote:
        return _no(_("You wrote or submitted this content. Say it as a comment; those who decide raise what stands in the way."))
    if seat_of(who.person, case, who.scope) is not None or was_asked(who.person, case.revision):
        return YES
    return _no(_("Only those who decide in this review or were asked for advice say that something stands in the way of approval."))


def seat_of(person: Person, case: ApprovalCase, scope: Scope) -> Position | None:
    """The position by which this person has a seat in the case; the first of several."""
    mine = Q(position__in=scope.held | scope.acting) | Q(named=person) | Q(work_item__position__in=scope.held | scope.acting)
    seats = Seat.objects.filter(mine, stage__case=case, stage__replaced_at__isnull=True).select_related("position")
    seat = seats.order_by("stage__order", "pk").first()
    return seat.position if seat else None


def was_asked(person: Person, revision: Revision) -> bool:
    """Whether somebody asked this person by name for an opinion on the revision, or for advice in its review; a copy asks nothing."""
    acts = dict(CaseAct.objects.filter(case__revision=revision, person=person, kind__in=(Kind.ASK, Kind.COPY)).values_list("kind", "pk"))
    reads = Participation.objects.filter(revision=revision, person=person, part=Participation.Part.READER)
    return Kind.ASK in acts or (Kind.COPY not in acts and reads.exists())


def may_settle(who: Standing, comment: Comment) -> Answer:
    """Whoever raised it, and who wrote the content. What stands in the way: its raiser, or who holds that seat once he or she has gone."""
    if comment.author_id == who.person.pk:
        return YES
    if not comment.blocking:
        return YES if who.wrote else _no(_("Whoever wrote the comment or the content marks it as settled."))
    words = {"name": comment.author.name}
    if comment.author.has_access(who.scope.today):
        return _no(_("Only %(name)s settles this; an approver overrules it with a reason.") % words)
    if comment.position_id in who.scope.held | who.scope.acting and not who.wrote:
        return YES
    return _no(_("%(name)s has no access any more. Whoever holds that seat settles it, or an approver overrules it.") % words)


def may_reopen(who: Standing, comment: Comment) -> Answer:
    """Whoever raised it, who closed it, and who wrote the content: but nobody stands in the way of approval by what others raised."""
    if who.person.pk in {comment.author_id, comment.resolved_by_id} or (who.wrote and not comment.blocking):
        return YES
    if comment.blocking:
        return _no(_("Whoever raised it or settled it opens it again."))
    return _no(_("Whoever wrote the comment or the content opens it again."))


def may_change_words(person: Person, comment: Comment, now: dt.datetime, *, answered: bool) -> Answer:
    """One's own, within minutes and before anybody has answered: what others have read and acted on stays on record."""
    if comment.author_id != person.pk:
        return _no(_("Only whoever wrote the comment changes it."))
    if now - comment.created_at > CHANGEABLE:
        return _no(_("Comments are kept as they were written; they can be changed for ten minutes. Answer it instead."))
    if answered:
        return _no(_("Somebody has answered this comment already, so it stays as it is. Answer it instead."))
    return YES


def decides_now(person: Person, case: ApprovalCase, scope: Scope) -> Answer:
    """Whether the person may decide in a seat of the present stage."""
    seats = Seat.objects.filter(stage__case=case, decisions__isnull=True).select_related("stage", "position__department", "named")
    current = [seat for seat in seats.order_by("pk") if is_current(seat.stage)]
    if any(turn.answer for turn in turns(person, current, case, scope)):
        return YES
    return _no(_("Only an approver whose turn it is does this."))


def may_overrule(person: Person, comment: Comment, case: ApprovalCase, scope: Scope) -> Answer:
    """An approver whose turn it is; what one raised oneself is settled, not overruled."""
    if comment.author_id == person.pk:
        return _no(_("You raised this yourself: settle it."))
    return decides_now(person, case, scope)


def may_dispose(person: Person, case: ApprovalCase, scope: Scope) -> Answer:
    """Make actions of open comments or decline them: who wrote the content, and an approver whose turn it is."""
    if wrote_revision(person, case.revision) or decides_now(person, case, scope):
        return YES
    return _no(_("Whoever wrote the content or decides on it now says what becomes of open comments."))


def may_finish(comment: Comment, scope: Scope) -> Answer:
    """Say that an action is done: whoever holds or acts for its position."""
    if comment.action_position_id in scope.positions or is_given(scope, action_key(comment)):
        return YES
    return _no(_("Whoever is to do it says that it is done."))


def action_key(comment: Comment) -> str:
    """Under which the action of a comment is owed."""
    return f"comment:{comment.pk}:action"


def _no(reason: str) -> Answer:
    return Answer(False, reason=reason)
