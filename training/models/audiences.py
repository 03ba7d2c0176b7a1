"""Who must read a process: the rows of its rule."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Department
from processes.models import Process
from training.querysets import AudienceRuleQuerySet


class AudienceRule(models.Model):
    """A department (with what lies below it) must read a process, on the days [starts_on, ends_before)."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="audience_rules", verbose_name=_("process"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="audience_rules", verbose_name=_("department"))
    excludes = models.BooleanField(_("excludes"), default=False)
    starts_on = models.DateField(_("from"))
    ends_before = models.DateField(_("until"), null=True, blank=True)

    history = HistoricalRecords()

    objects: ClassVar[AudienceRuleQuerySet] = AudienceRuleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("audience rule")
        verbose_name_plural = _("audience rules")
        ordering = ("process", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("process", "department", "excludes"), condition=Q(ends_before__isnull=True), name="audience_rule_once"
            ),
            models.CheckConstraint(condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")), name="audience_has_days"),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.department_id}"
