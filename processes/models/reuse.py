"""What is used again: processes marked as templates."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from processes.models.catalogue import Process
from processes.querysets import TemplateQuerySet


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
