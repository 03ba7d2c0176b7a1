"""Shared steps: which revision uses which, variants of a main process, and what was decided when a shared step changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from processes.models.catalogue import Process
from processes.models.reuse import StepBlock
from processes.models.revisions import Revision

ONE_SOURCE = Q(block__isnull=True, main__isnull=False) | Q(block__isnull=False, main__isnull=True)


class Variant(models.Model):
    """A process is a local variant of another one, whose steps it shares."""

    process = models.OneToOneField(Process, models.CASCADE, related_name="variant", verbose_name=_("process"))
    main = models.ForeignKey(Process, models.PROTECT, related_name="variants", verbose_name=_("main process"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = (models.CheckConstraint(condition=~Q(process=F("main")), name="variant_of_another"),)

    def __str__(self) -> str:
        return f"{self.process_id} of {self.main_id}"


class SharedStep(models.Model):
    """A step of a submitted revision is a copy of a step of a block or of a main process. Derived from the content."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="shared_steps")
    step = models.CharField(max_length=64)
    block = models.ForeignKey(StepBlock, models.CASCADE, null=True, blank=True, related_name="uses")
    main = models.ForeignKey(Process, models.CASCADE, null=True, blank=True, related_name="shared_with")
    version = models.PositiveIntegerField(help_text="Of the block, or the ordinal of the main process's revision.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("revision", "step"), name="shared_step_once"),
            models.CheckConstraint(condition=ONE_SOURCE, name="shared_step_of_one"),
        )

    def __str__(self) -> str:
        return f"{self.revision_id} {self.step}"


class SharedChange(models.Model):
    """A source has a new version that would change a process that uses it, and what somebody answered. Kept for ever."""

    class Answer(models.TextChoices):
        """What became of it."""

        OPEN = "", _("waits for an answer")
        TAKEN = "taken", _("taken over")
        KEPT = "kept", _("kept as it was")
        UNLINKED = "unlinked", _("unlinked")
        MOOT = "moot", _("no longer needed")

    process = models.ForeignKey(Process, models.PROTECT, related_name="shared_changes", verbose_name=_("process"))
    block = models.ForeignKey(StepBlock, models.PROTECT, null=True, blank=True, related_name="changes")
    main = models.ForeignKey(Process, models.PROTECT, null=True, blank=True, related_name="changes_to_variants")
    version = models.PositiveIntegerField()
    raised_at = models.DateTimeField(_("proposed"))
    answer = models.CharField(max_length=8, choices=Answer, blank=True, default=Answer.OPEN)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    steps = models.JSONField(default=list, help_text="Keys of the steps that were unlinked.")

    class Meta:
        verbose_name = _("change of a shared step")
        verbose_name_plural = _("changes of shared steps")
        ordering = ("-raised_at", "-id")
        constraints = (
            models.UniqueConstraint("process", Coalesce(F("block"), 0), Coalesce(F("main"), 0), "version", name="shared_change_once"),
            models.CheckConstraint(condition=ONE_SOURCE, name="shared_change_of_one"),
            models.CheckConstraint(condition=~Q(answer="unlinked") | ~Q(reason=""), name="shared_change_unlinked_knowingly"),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.block_id or self.main_id}/{self.version}"
