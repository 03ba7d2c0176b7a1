"""What a return names as to be corrected, and what its author answers before submitting again."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import comments
from approvals.models import ApprovalCase, Comment, Correction, Decision
from approvals.policy import wrote_revision
from organization.calendar import today
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.canonical import clean
from processes.models import Revision
from processes.policy import may_contribute

Answer = Correction.Answer


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to one correction."""

    answer: str
    word: str = ""


def ask(decision: Decision, named: Collection[int]) -> None:
    """The open comments that this return names; those that are not open, or of another revision, are left out."""
    if decision.verdict == Decision.Verdict.RETURN and named:
        found = comments.threads(decision.case.revision).filter(resolved_at__isnull=True, pk__in=named)
        Correction.objects.bulk_create(Correction(comment=comment, decision=decision) for comment in found)


def asked(revision: Revision, *, before: ApprovalCase | None = None) -> QuerySet[Correction]:
    """What the last return of this revision named (the last one before this case), in the order of the comments."""
    cases = ApprovalCase.objects.filter(revision=revision, state=ApprovalCase.State.RETURNED)
    if before is not None:
        cases = cases.filter(pk__lt=before.pk)
    last = cases.order_by("-pk").values("pk")[:1]
    rows = Correction.objects.filter(decision__case=last).select_related("comment__author", "decision__decided_by", "answered_by")
    return rows.order_by("comment")


def unanswered(revision: Revision) -> int:
    """How many of them nobody has answered."""
    return asked(revision).filter(answer="").count()


def answer(revision: Revision, given: Mapping[int, Given], *, by: Person, now: dt.datetime) -> None:
    """Answers those of the corrections that are given, by their ids. Raises Refused or Stale.

    What was corrected is settled, unless it stands in the way: then its writer looks first. Taking the answer back opens it again.
    """
    with transaction.atomic():
        if comments.room(revision) is not None:
            raise Stale(_("The draft has been submitted already; its answers stand."))
        if not (wrote_revision(by, revision) or may_contribute(by, revision, scope(by, today(now)))):
            raise Refused(_("Whoever writes the draft answers what has to be corrected."))
        for row in asked(revision):
            if row.pk in given:
                _answer(row, given[row.pk], by, now)


def _answer(row: Correction, given: Given, by: Person, now: dt.datetime) -> None:
    word = clean(given.word).strip()[: comments.LONGEST]
    if given.answer == Answer.NOT_DONE and not word:
        raise Refused(_("Say in a word why it is not corrected."))
    row.answer, row.word, row.answered_by, row.answered_at = Answer(given.answer), word, by, now
    row.save(update_fields=["answer", "word", "answered_by", "answered_at"])
    comment = row.comment
    if row.answer == Answer.DONE and comment.is_open and not comment.blocking:
        comments.close(comment, Comment.Outcome.SETTLED, by=by, now=now, reason=word)
    elif row.answer == Answer.NOT_DONE and not comment.is_open:
        comments.open_again(comment, by=by, now=now, reason=word)


def insist_on_answers(revision: Revision) -> None:
    """Refuses a submission while something that the last return named has no answer."""
    left = unanswered(revision)
    if left:
        words = ngettext(
            "%(n)d comment that the draft was returned for has no answer yet. Say whether it is corrected.",
            "%(n)d comments that the draft was returned for have no answer yet. Say whether they are corrected.",
            left,
        )
        raise Refused(words % {"n": left})
