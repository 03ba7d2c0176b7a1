"""Remarks on a revision in review: written at a step or on the whole, resolved, and handed to the editor when it is returned."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from approvals import policy
from approvals.models import ApprovalCase, Comment
from organization.calendar import today
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.canonical import clean, from_json
from processes.models import Revision

LONGEST = 4_000


def add(case: ApprovalCase, *, by: Person, now: dt.datetime, text: str, anchor: str = "") -> Comment:
    """A remark at the step with this key, or on the whole (""). The same words said twice by a double click are one remark."""
    with transaction.atomic():
        case = ApprovalCase.objects.select_for_update(of=("self",)).select_related("revision__process").get(pk=case.pk)
        text = _checked(case, by, text, anchor, now)
        said, _new = Comment.objects.get_or_create(
            revision=case.revision, case=case, anchor=anchor, text=text, author=by, resolved_at=None, defaults={"created_at": now}
        )
        return said


def _checked(case: ApprovalCase, by: Person, text: str, anchor: str, now: dt.datetime) -> str:
    answer = policy.may_comment(case, scope(by, today(now)))
    if not answer:
        raise Refused(answer.reason)
    if case.state != ApprovalCase.State.OPEN:
        raise Stale(_("This review is closed; comments can no longer be added to it."))
    text = clean(text).strip()
    if not text:
        raise Refused(_("Write the comment first."))
    if len(text) > LONGEST:
        raise Refused(
            _("The comment has %(length)d characters; at most %(most)d are kept. Shorten it.") % {"length": len(text), "most": LONGEST}
        )
    if anchor and from_json(case.revision.content).step(anchor) is None:
        raise Refused(_("The step of this comment is not in this revision."))
    return text


def resolve(comment: Comment, *, by: Person, now: dt.datetime) -> Comment:
    """Whoever raised it, or an author of the content, marks it as settled. Resolving twice changes nothing."""
    with transaction.atomic():
        comment = Comment.objects.select_for_update(of=("self",)).select_related("revision").get(pk=comment.pk)
        answer = policy.may_resolve(by, comment)
        if not answer:
            raise Refused(answer.reason)
        if comment.resolved_at is None:
            comment.resolved_at, comment.resolved_by = now, by
            comment.save(update_fields=["resolved_at", "resolved_by"])
        return comment


def open_for(revision: Revision) -> QuerySet[Comment]:
    """Remarks on this revision that nobody has resolved yet, oldest first, for the review page and for the editor."""
    return Comment.objects.filter(revision=revision, resolved_at__isnull=True).select_related("author")
