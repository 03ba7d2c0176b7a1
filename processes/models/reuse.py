"""What is used again: processes marked as templates, and blocks of steps with their versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from processes.models.catalogue import Process
from processes.models.revisions import FrozenContent
from processes.querysets import StepBlockQuerySet, TemplateQuerySet


class Template(models.Model):
    """A process from whose text others begin: for the whole company, or for a department and what lies below it."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="templates", verbose_name=_("process"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="templates", verbose_name=_("for the department")
    )
    name = models.CharField(_("name"), max_length=120)
    use = models.CharField(_("when to use it"), max_length=300)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("marked by"))
    marked_at = models.DateTimeField(_("marked"))

    objects: ClassVar[TemplateQuerySet] = TemplateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint("process", Coalesce(F("department"), 0), name="template_once"),)

    def __str__(self) -> str:
        return self.name


class StepBlock(models.Model):
    """Steps that are used again: one person's own, those of a department and what lies below it, or the company's.

    What it says is its newest version. `key` names it in texts; it is random, so that a file from elsewhere never means another one.
    """

    key = models.CharField(max_length=16, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    words = models.TextField(editable=False, help_text="Folded words of name and steps, to be searched; a blank before each.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="step_blocks", verbose_name=_("of the person")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="step_blocks", verbose_name=_("of the department")
    )
    latest = models.PositiveIntegerField(default=1, help_text="The ordinal of the newest version.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects: ClassVar[StepBlockQuerySet] = StepBlockQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("step block")
        verbose_name_plural = _("step blocks")
        ordering = ("name", "id")
        constraints = (models.CheckConstraint(condition=Q(person__isnull=True) | Q(department__isnull=True), name="step_block_of_one"),)

    def __str__(self) -> str:
        return self.name


class StepBlockVersion(models.Model):
    """What a step block said at one time: a definition of steps and roles alone. Kept for ever."""

    block = models.ForeignKey(StepBlock, models.CASCADE, related_name="versions")
    ordinal = models.PositiveIntegerField()
    content = models.ForeignKey(FrozenContent, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("block", "-ordinal")
        constraints = (models.UniqueConstraint(fields=("block", "ordinal"), name="step_block_version_once"),)

    def __str__(self) -> str:
        return f"{self.block_id}/{self.ordinal}"
