"""Remarks on a revision, while it is written and while it is in review: what was said, what became of it, what has to be corrected."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.models.cases import ApprovalCase
from approvals.models.decisions import Decision
from approvals.querysets import CommentQuerySet
from organization.models import Position
from processes.models import Revision
from worklist.models import WorkItem


class Comment(models.Model):
    """A remark on a revision, or an answer to one (`parent`, one level deep, which stands where its parent stands).

    `anchor` says where: "" the whole, a step's key, or "section:" and its name. `quote` are the words that it is about and
    `quote_at` how many words of that place stand before them, so that they are found again in the next draft. `position` is the
    seat of whoever raised a `blocking` one: its holder settles it where the person has gone. What became of it otherwise than
    settled (`outcome`) is in its moves; `action_…` say who is to do what was remarked later, and `action` is owed once approved.
    """

    class Outcome(models.TextChoices):
        """How a thread ended."""

        SETTLED = "settled", _("settled")
        DECLINED = "declined", _("declined")
        OVERRULED = "overruled", _("overruled")

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="comments")
    case = models.ForeignKey(ApprovalCase, models.PROTECT, null=True, blank=True, related_name="comments")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    anchor = models.CharField(_("at"), max_length=80, blank=True)
    quote = models.TextField(_("the words that it is about"), blank=True)
    quote_at = models.PositiveIntegerField(default=0)
    text = models.TextField(_("comment"))
    blocking = models.BooleanField(_("stands in the way of approval"), default=False)
    position = models.ForeignKey(Position, models.PROTECT, null=True, blank=True, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    created_at = models.DateTimeField(_("written"))
    edited_at = models.DateTimeField(_("changed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="comments_resolved")
    action_position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="comment_actions", verbose_name=_("who does it")
    )
    action_due_on = models.DateField(_("due"), null=True, blank=True)
    action = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="comment")

    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("revision", "anchor"), name="comment_at"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True, outcome="")
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),  # settled before there were outcomes: ""
                name="comment_resolved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(blocking=False, resolved_at__isnull=True, action_position__isnull=True),
                name="comment_answer_only_answers",
            ),
            models.CheckConstraint(
                condition=Q(action_position__isnull=True, action_due_on__isnull=True, action__isnull=True)
                | Q(action_position__isnull=False, action_due_on__isnull=False, blocking=False),
                name="comment_action_has_owner_and_day",
            ),
            models.CheckConstraint(condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="comment_not_its_own_answer"),
        )

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled, declined or overruled it yet."""
        return self.resolved_at is None


class CommentMove(models.Model):
    """One thing that happened to a remark, by whom and why. Append-only: readers of the case see the reasons."""

    class What(models.TextChoices):
        """What happened."""

        SETTLED = "settled", _("settled")
        REOPENED = "reopened", _("opened again")
        DECLINED = "declined", _("declined")
        OVERRULED = "overruled", _("overruled")
        ACTION = "action", _("made an action")
        DONE = "done", _("action done")

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="moves")
    what = models.CharField(_("what"), max_length=9, choices=What)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("move of a comment")
        verbose_name_plural = _("moves of comments")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(what__in=("declined", "overruled")) | ~Q(reason=""), name="comment_move_with_reason"),
        )

    def __str__(self) -> str:
        return f"{self.comment_id} {self.what}"


class Correction(models.Model):
    """A remark that a return named as to be corrected, and what the author answered before submitting again."""

    class Answer(models.TextChoices):
        """What the author says."""

        DONE = "done", _("corrected")
        NOT_DONE = "not_done", _("not corrected")

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="corrections")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="corrections")
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, blank=True)
    word = models.TextField(_("in a word"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("comment", "decision"), name="correction_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True) | (~Q(answer="") & Q(answered_by__isnull=False)),
                name="correction_answered_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(answer="not_done") | ~Q(word=""), name="correction_no_with_a_word"),
        )

    def __str__(self) -> str:
        return f"{self.comment_id} {self.answer}"
