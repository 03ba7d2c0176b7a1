"""Departments as a tree, positions in them, who holds a position from when until when, and who is away."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from tree_queries.models import TreeNode

from organization.querysets import AbsenceQuerySet, AppointmentQuerySet, DepartmentQuerySet, PositionQuerySet


class Department(TreeNode):  # type: ignore[misc]
    """A node of the company tree; the root is the company."""

    class Kind(models.TextChoices):
        """How the department is run."""

        COMPANY = "company", _("Company")
        PLATFORM = "platform", _("Platform")
        DEPARTMENT = "department", _("Department")
        TEAM = "team", _("Team")

    code = models.CharField(_("code"), max_length=12, unique=True, help_text=_("Short and lasting; process numbers begin with it."))
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.DEPARTMENT)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)

    history = HistoricalRecords()

    objects: ClassVar[DepartmentQuerySet] = DepartmentQuerySet.as_manager(with_tree_fields=False)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=("kind",), condition=Q(kind="company"), name="department_one_company"),
            models.CheckConstraint(condition=Q(parent__isnull=False) | Q(kind="company"), name="department_root_is_company"),
        )

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """An office in a department. Positions, never people, own processes, approve, keep indicators and owe work."""

    class Kind(models.TextChoices):
        """What the office is for; rules of routes and resolution go by it."""

        HEAD = "head", _("Head of department")
        DEPARTMENT_PROCESS_MANAGER = "department_process_manager", _("Department process manager")
        COMPANY_PROCESS_MANAGER = "company_process_manager", _("Company process manager")
        TOP_MANAGEMENT = "top_management", _("Top management")
        PROCESS_AUDITOR = "process_auditor", _("Process auditor")
        PROCESS_SUPERVISION = "process_supervision", _("Process supervision")
        STAFF = "staff", _("Staff")
        OTHER = "other", _("Other")

    class Substitution(models.TextChoices):
        """Who acts for a holder who is away, before the deputy position is asked."""

        ABSENCE = "absence", _("Whom the absence names, else the standing substitute")
        STANDING = "standing", _("Always the standing substitute")
        DEPUTY = "deputy", _("Nobody: at once the deputy position")

    department = models.ForeignKey(Department, models.PROTECT, related_name="positions", verbose_name=_("department"))
    title = models.CharField(_("title"), max_length=160)
    kind = models.CharField(_("kind"), max_length=32, choices=Kind, default=Kind.STAFF)
    required_level = models.PositiveSmallIntegerField(_("required level"), default=0)
    deputy = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="deputy_of", verbose_name=_("deputy position"))
    substitution = models.CharField(_("substitution"), max_length=8, choices=Substitution, default=Substitution.ABSENCE)
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="standing_substitute_of",
        verbose_name=_("standing substitute"),
    )  # fmt: skip
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    history = HistoricalRecords()

    objects: ClassVar[PositionQuerySet] = PositionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ("department__code", "title", "id")
        constraints = (
            models.UniqueConstraint(fields=("department", "title"), name="position_title_in_department"),
            models.CheckConstraint(condition=Q(required_level__lte=5), name="position_level_0_to_5"),
        )

    def __str__(self) -> str:
        return self.title


class Appointment(models.Model):
    """A person holds a position on the days [starts_on, ends_before)."""

    class Mode(models.TextChoices):
        """How the position is held."""

        FULL = "full", _("Full time")
        PART = "part", _("Part time")
        ACTING = "acting", _("Acting")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments", verbose_name=_("person"))
    position = models.ForeignKey(Position, models.PROTECT, related_name="appointments", verbose_name=_("position"))
    starts_on = models.DateField(_("from"))
    ends_before = models.DateField(_("until"), null=True, blank=True)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode, default=Mode.FULL)
    percent = models.PositiveSmallIntegerField(_("percent"), default=100)
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that of two people who change it at once one is told.")

    history = HistoricalRecords()

    objects: ClassVar[AppointmentQuerySet] = AppointmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ("starts_on", "id")
        indexes = (models.Index(fields=("person", "starts_on")), models.Index(fields=("position", "starts_on")))
        constraints = (
            models.CheckConstraint(condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")), name="appointment_has_days"),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="appointment_percent_1_to_100"),
            models.UniqueConstraint(
                fields=("person", "position"), condition=Q(ends_before__isnull=True), name="appointment_one_open_per_holder"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.position}"


class Absence(models.Model):
    """A person is away on the days [starts_on, ends_before); `substitute` acts for all positions that the person holds."""

    class Source(models.TextChoices):
        """Where it was entered; what a calendar feed brought, the feed also takes away."""

        PORTAL = "portal", _("Entered in the portal")
        CSV = "csv", _("Imported from a table")
        FEED = "feed", _("Read from a calendar")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences", verbose_name=_("person"))
    starts_on = models.DateField(_("from"))
    ends_before = models.DateField(_("until"))
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="substitutes_in", verbose_name=_("substitute")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.PORTAL)
    external_id = models.CharField(max_length=200, blank=True, help_text="The UID of the calendar's event.")

    history = HistoricalRecords()

    objects: ClassVar[AbsenceQuerySet] = AbsenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("starts_on", "id")
        indexes = (models.Index(fields=("person", "starts_on")), models.Index(fields=("substitute", "starts_on")))
        constraints = (
            models.CheckConstraint(condition=Q(ends_before__gt=F("starts_on")), name="absence_has_days"),
            models.CheckConstraint(condition=~Q(substitute=F("person")), name="absence_substitute_is_another"),
            models.UniqueConstraint(fields=("person", "external_id"), condition=~Q(external_id=""), name="absence_of_feed_once"),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.starts_on}"
