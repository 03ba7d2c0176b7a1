"""What keeps an approved revision from taking effect: a row for each, open until it is released or waived."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Signature
from processes.models.revisions import Revision
from processes.querysets import EffectHoldQuerySet
from worklist.models import WorkItem


class EffectHold(models.Model):
    """While one is open, the revision is approved with a planned day and without validity; what is in force before stays so.

    `not_before` is the day for which the author asked, whatever holds it back; `planned_on` the day that is expected now.
    `people` and `people_read` say how far the readers were when it was signed.
    """

    class Kind(models.TextChoices):
        """Why it waits."""

        TRAINING = "training", _("People are trained first")

    class How(models.TextChoices):
        """How it ended."""

        READY = "ready", _("Signed as ready")
        WAIVED = "waived", _("Waived")
        CANCELLED = "cancelled", _("Approval cancelled")

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="holds", verbose_name=_("revision"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.TRAINING)
    source = models.CharField(max_length=40, help_text="The app that asked for it.")
    not_before = models.DateField(_("not before"), null=True, blank=True)
    planned_on = models.DateField(_("planned effective date"))
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    raised_at = models.DateTimeField(_("since"))
    released_at = models.DateTimeField(_("ended"), null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    how = models.CharField(_("how it ended"), max_length=12, choices=How, blank=True)
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, blank=True, related_name="+")
    people = models.PositiveIntegerField(_("people to read it"), null=True, blank=True)
    people_read = models.PositiveIntegerField(_("of whom have read it"), null=True, blank=True)
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="effect_hold")

    objects: ClassVar[EffectHoldQuerySet] = EffectHoldQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("effect hold")
        verbose_name_plural = _("effect holds")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("revision", "kind"), condition=Q(released_at__isnull=True), name="hold_one_of_a_kind"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, how="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(how="")),
                name="hold_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(how__in=("ready", "waived")) | Q(signature__isnull=False), name="hold_released_with_a_signature"
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision_id} {self.kind}"
