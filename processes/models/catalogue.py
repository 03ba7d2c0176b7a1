"""Process groups of the value chain, number series, the role catalogue, and the process as a lasting identity."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from tree_queries.models import TreeNode

from organization.models import Department, Position
from processes.querysets import ProcessQuerySet


class DocumentType(models.TextChoices):
    """What kind of controlled document it is."""

    PROCESS = "process", _("Process description")
    SOP = "sop", _("SOP")
    WORK_INSTRUCTION = "work_instruction", _("Work instruction")
    POLICY = "policy", _("Policy")
    FORM = "form", _("Form")


class ProcessGroup(TreeNode):  # type: ignore[misc]
    """A node of the process architecture; the top rows are the value chain."""

    class Kind(models.TextChoices):
        """Which band of the map it lies in."""

        CORE = "core", _("Core processes")
        MANAGEMENT = "management", _("Management processes")
        SUPPORT = "support", _("Support processes")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.CORE)
    name = models.CharField(_("name"), max_length=160)
    order = models.PositiveIntegerField(_("order"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("process group")
        verbose_name_plural = _("process groups")
        ordering = ("kind", "order", "id")
        constraints = (models.UniqueConstraint("kind", Coalesce(F("parent"), 0), "name", name="process_group_name"),)

    def __str__(self) -> str:
        return self.name


class NumberSeries(models.Model):
    """The last number drawn for a department and document type; the row is locked while a number is drawn."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="number_series")
    document_type = models.CharField(max_length=20, choices=DocumentType)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("department", "document_type"), name="number_series_unique"),)

    def __str__(self) -> str:
        return f"{self.department_id} {self.document_type} {self.last}"


class Role(models.Model):
    """Who does steps: a title in the role catalogue, filled by positions. Without positions it is unassigned."""

    title = models.CharField(_("title"), max_length=160)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="roles", verbose_name=_("department"))
    positions = models.ManyToManyField(Position, related_name="roles", blank=True, verbose_name=_("positions"))

    history = HistoricalRecords(m2m_fields=[positions])

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("title", "id")
        constraints = (models.UniqueConstraint(Lower("title"), Coalesce(F("department"), 0), name="role_title"),)

    def __str__(self) -> str:
        return self.title


class Process(models.Model):  # type: ignore[django-manager-missing]
    """A controlled document's lasting identity. Its number is drawn once and never used again."""

    class Level(models.TextChoices):
        """Who has the last word: the department or the company."""

        COMPANY = "company", _("Company")
        DEPARTMENT = "department", _("Department")

    class Confidentiality(models.TextChoices):
        """Who may see it."""

        COMPANY = "company", _("Public in the company")
        DEPARTMENTS = "departments", _("Participating departments")
        POSITIONS = "positions", _("Named positions")

    class State(models.TextChoices):
        """Active until its own case withdraws it, or discarded before any approval."""

        ACTIVE = "active", _("Active")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DISCARDED = "discarded", _("Discarded")

    Type = DocumentType

    number = models.CharField(_("number"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    document_type = models.CharField(_("document type"), max_length=20, choices=DocumentType, default=DocumentType.PROCESS)
    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.DEPARTMENT)
    language = models.CharField(_("authoritative language"), max_length=10, choices=settings.LANGUAGES, default="en")
    department = models.ForeignKey(Department, models.PROTECT, related_name="processes", verbose_name=_("home department"))
    participating = models.ManyToManyField(
        Department, related_name="takes_part_in", blank=True, verbose_name=_("participating departments")
    )
    owner = models.ForeignKey(Position, models.PROTECT, related_name="owned_processes", verbose_name=_("process owner"))
    group = models.ForeignKey(
        ProcessGroup, models.PROTECT, null=True, blank=True, related_name="processes", verbose_name=_("process group")
    )
    confidentiality = models.CharField(_("confidentiality"), max_length=12, choices=Confidentiality, default=Confidentiality.COMPANY)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ACTIVE, editable=False)
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    withdrawn_from = models.DateTimeField(
        _("withdrawn from"), null=True, blank=True, editable=False, help_text="Set once its withdrawal is approved, maybe for a later day."
    )
    withdrawn_because = models.TextField(_("why it is withdrawn"), blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="replaces", verbose_name=_("replaced by")
    )
    created_at = models.DateTimeField(_("created"), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="processes_created", editable=False)

    history = HistoricalRecords(m2m_fields=[participating])

    objects: ClassVar[ProcessQuerySet] = ProcessQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ("number",)
        indexes = (
            models.Index(fields=("department", "number"), name="process_in_department"),
            models.Index(fields=("group", "number"), name="process_in_group"),
            models.Index(fields=("title", "id"), name="process_by_title"),
            models.Index(fields=("next_review_on", "id"), name="process_by_review"),
            models.Index(fields=("withdrawn_from",), condition=Q(state="active", withdrawn_from__isnull=False), name="process_to_end"),
        )
        constraints = (models.CheckConstraint(condition=~Q(replaced_by=F("id")), name="process_replaced_by_another"),)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def is_withdrawn(self, now: dt.datetime) -> bool:
        """Whether it holds no longer at this moment: by its day, or because it is already written down as withdrawn."""
        return self.state == self.State.WITHDRAWN or (self.withdrawn_from is not None and self.withdrawn_from <= now)

    @property
    def is_for_all(self) -> bool:
        """Whether everybody in the company may see it."""
        return self.confidentiality == self.Confidentiality.COMPANY

    @property
    def name_for_all(self) -> str:
        """What may be told and kept without asking who reads it: the number, and the title of what everybody may see."""
        return str(self) if self.is_for_all else self.number
