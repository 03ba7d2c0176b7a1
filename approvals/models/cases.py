"""One run of an approval: its stages copied in, and the seats in them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.routes import Mode, Route
from approvals.models.waivers import Waiver
from approvals.querysets import CaseQuerySet
from organization.models import Position
from processes.models import FrozenContent, Revision
from worklist.models import WorkItem


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
    marks_word = models.TextField(_("why less than substantive"), blank=True)
    impact = models.JSONField(default=list, blank=True, help_text="What the submitter was shown of it; see `approvals.impact`.")
    planned_on = models.DateField(_("planned effective date"), null=True, blank=True)
    training_days = models.PositiveSmallIntegerField(
        _("working days to train people before it takes effect"), null=True, blank=True, help_text=_("Empty: nobody waits for it.")
    )
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

    `replaced_at`: a re-route has put other stages in its place; what was decided in it stays on record. With a `waiver` nobody is asked.
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
    waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, blank=True, related_name="stages", verbose_name=_("skipped by waiver"))

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=("case", "order"), name="stage_order"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False), name="stage_opened_before_closed"),
            models.CheckConstraint(condition=Q(waiver__isnull=True) | Q(is_last=False), name="stage_last_is_never_waived"),
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
    """A position that has to decide in a stage; its work item is one-to-one. `named` decides where nobody independent was left.

    `lent` is the delegation that was given last and not taken back; whether it holds on a day is asked of the policy.
    """

    NEEDED = ("stage", "position__department", "work_item", "named", "lent__person", "lent__by")
    """What is selected with a seat wherever it is asked who decides in it."""

    stage = models.ForeignKey(CaseStage, models.PROTECT, related_name="seats")
    position = models.ForeignKey(Position, models.PROTECT, related_name="seats")
    named = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="seats_named_for")
    lent = models.ForeignKey("approvals.CaseAct", models.PROTECT, null=True, blank=True, related_name="+")
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="seat")

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("stage", "position"), name="seat_once"),)

    def __str__(self) -> str:
        return f"{self.stage_id} {self.position_id}"
