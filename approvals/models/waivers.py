"""Waivers: what may be left out on the way to an approval or to its effect, signed, with an end. Append-only, like decisions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.querysets import WaiverQuerySet
from organization.models import Signature
from processes.models import Process, Revision


class Waiver(models.Model):
    """A stage is skipped, or nobody waits for the training; in every case of a process until a day, or for one revision alone.

    `stage` is the title of the stage as its route has it: a message id of the built-in route, or what was typed.
    """

    class What(models.TextChoices):
        """What is left out. The last stage, and independence, never are."""

        STAGE = "stage", _("A stage is skipped")
        TRAINING = "training", _("Nobody waits for the training")

    process = models.ForeignKey(Process, models.PROTECT, related_name="waivers", verbose_name=_("process"))
    revision = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="waivers", verbose_name=_("only for this revision")
    )
    what = models.CharField(_("what is waived"), max_length=12, choices=What)
    stage = models.CharField(_("stage"), max_length=160, blank=True)
    until = models.DateField(_("until"), help_text=_("The last day counts."))
    reason = models.TextField(_("reason"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="waivers_given", verbose_name=_("given by"))
    given_at = models.DateTimeField(_("given"))
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="waiver")

    objects: ClassVar[WaiverQuerySet] = WaiverQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ("-id",)
        indexes = (models.Index(fields=("process", "until"), name="waiver_of_process"), models.Index(fields=("until",), name="waiver_ends"))
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_with_reason"),
            models.CheckConstraint(condition=Q(what="stage") & ~Q(stage="") | Q(what="training", stage=""), name="waiver_names_its_stage"),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.what}"

    @property
    def stage_title(self) -> str:
        """The stage's title in the active language; "" where the training is waived."""
        return gettext(self.stage) if self.stage else ""


class WaiverEnd(models.Model):
    """A waiver was taken back before its last day. Append-only."""

    waiver = models.OneToOneField(Waiver, models.PROTECT, related_name="end")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("end of a waiver")
        verbose_name_plural = _("ends of waivers")
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="waiver_end_with_reason"),)

    def __str__(self) -> str:
        return str(self.waiver_id)
