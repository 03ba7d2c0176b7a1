"""One run of an approval: its stages copied in, the seats in them, decisions with signatures, and comments; routes beside it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.querysets import CaseQuerySet
from approvals.route_models import Mode, Route, RouteRule, RouteStage
from organization.models import Position, Signature
from processes.models import FrozenContent, Revision
from worklist.models import WorkItem

__all__ = (
    "ApprovalCase", "CaseStage", "Comment", "Decision", "Mode", "Rerouting", "Route", "RouteRule", "RouteStage", "Seat",
)  # fmt: skip


class ApprovalCase(models.Model):
    """One submission of a revision and what became of it."""

    class State(models.TextChoices):
        """`approvals/workflow.py` alone moves it."""

        OPEN = "open", _("In review")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned for changes")
        REJECTED = "rejected", _("Rejected")
        RECALLED = "recalled", _("Recalled")

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="cases", verbose_name=_("revision"))
    content = models.ForeignKey(FrozenContent, models.PROTECT, related_name="cases")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=0)
    summary = models.TextField(_("change summary"), blank=True)
    warnings_word = models.TextField(_("why the warnings may stand"), blank=True)
    planned_on = models.DateField(_("planned effective date"), null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases_submitted")
    submitted_at = models.DateTimeField(_("submitted"))
    contributors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="cases_contributed", blank=True)
    route = models.ForeignKey(
        Route, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("route"), help_text=_("Empty: the built-in one.")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("approval case")
        verbose_name_plural = _("approval cases")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("revision",), condition=Q(state="open"), name="case_one_open"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="case_closed_when_not_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision_id} {self.state}"


class CaseStage(models.Model):
    """One stage, copied from the route when the case was opened. Seats of a stage decide in parallel.

    `replaced_at`: a re-route has put other stages in its place; what was decided in it stays on record.
    """

    case = models.ForeignKey(ApprovalCase, models.PROTECT, related_name="stages")
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=160)
    required_level = models.PositiveSmallIntegerField(_("required level"), default=0)
    working_days = models.PositiveSmallIntegerField(_("working days"), default=5)
    is_last = models.BooleanField(default=False)
    mode = models.CharField(_("who has to approve"), max_length=6, choices=Mode, default=Mode.ALL)
    quorum = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    needs_signature = models.BooleanField(_("signature required"), default=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=("case", "order"), name="stage_order"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False), name="stage_opened_before_closed"),
            models.CheckConstraint(
                condition=Q(mode="quorum", quorum__gte=1) | (~Q(mode="quorum") & Q(quorum__isnull=True)), name="stage_quorum"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def needed(self, seats: int) -> int:
        """How many of so many seats have to approve until the stage ends."""
        return {Mode.ALL: seats, Mode.ANY: 1}.get(Mode(self.mode)) or min(self.quorum or seats, seats)


class Seat(models.Model):
    """A position that has to decide in a stage; its work item is one-to-one. `named` decides where nobody independent was left."""

    stage = models.ForeignKey(CaseStage, models.PROTECT, related_name="seats")
    position = models.ForeignKey(Position, models.PROTECT, related_name="seats")
    named = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="seats_named_for")
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="seat")

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("stage", "position"), name="seat_once"),)

    def __str__(self) -> str:
        return f"{self.stage_id} {self.position_id}"


class Decision(models.Model):
    """What a person decided in a seat, on exactly this content. Append-only: the database refuses changes."""

    class Verdict(models.TextChoices):
        """The three answers."""

        APPROVE = "approve", _("Approved")
        RETURN = "return", _("Returned for changes")
        REJECT = "reject", _("Rejected")

    case = models.ForeignKey(ApprovalCase, models.PROTECT, related_name="decisions")
    stage = models.ForeignKey(CaseStage, models.PROTECT, related_name="decisions")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="decisions")
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    acting_for = models.CharField(_("acting for"), max_length=300, blank=True)
    content = models.ForeignKey(FrozenContent, models.PROTECT, related_name="decisions")
    signature = models.OneToOneField(
        Signature, models.PROTECT, null=True, blank=True, related_name="decision", help_text="None where the stage asks for none."
    )
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("case", "stage", "seat"), name="decision_once_per_seat"),
            models.CheckConstraint(condition=~Q(decided_by=F("submitted_by")), name="decision_not_by_submitter"),
            models.CheckConstraint(condition=Q(verdict="approve") | ~Q(reason=""), name="decision_no_without_reason"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.verdict}"


class Rerouting(models.Model):
    """The process office gave an open case the stages of another route, from `first_order` on. Append-only, like decisions."""

    case = models.ForeignKey(ApprovalCase, models.PROTECT, related_name="reroutings")
    route = models.ForeignKey(Route, models.PROTECT, null=True, blank=True, related_name="reroutings")
    first_order = models.PositiveSmallIntegerField()
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reroutings")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("re-route")
        verbose_name_plural = _("re-routes")
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="rerouting_with_reason"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.first_order}"


class Comment(models.Model):
    """A remark on a revision, at a step or section ("" is the whole); resolved by whoever raised it or by the author."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="comments")
    case = models.ForeignKey(ApprovalCase, models.PROTECT, null=True, blank=True, related_name="comments")
    anchor = models.CharField(_("at"), max_length=80, blank=True)
    text = models.TextField(_("comment"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    created_at = models.DateTimeField(_("written"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="comments_resolved")

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("revision", "anchor"), name="comment_at"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True) | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]
