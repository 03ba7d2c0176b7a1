"""What was decided in a case, with its signatures, and what the process office changed on the way. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.models.cases import ApprovalCase, CaseStage, Seat
from approvals.models.routes import Route
from organization.models import Signature
from processes.models import FrozenContent


class Decision(models.Model):
    """What a person decided in a seat, on exactly this content. Append-only: the database refuses changes.

    Several seats of a stage that one person decides at once have one signature.
    """

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
    position_title = models.CharField(_("position"), max_length=200, blank=True, help_text="As it was called then; empty in old rows.")
    acting_for = models.CharField(_("acting for"), max_length=300, blank=True)
    content = models.ForeignKey(FrozenContent, models.PROTECT, related_name="decisions")
    signature = models.ForeignKey(
        Signature, models.PROTECT, null=True, blank=True, related_name="decisions", help_text="None where the stage asks for none."
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
