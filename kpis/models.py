"""Indicators of processes, their measurements as they stood, and the quarterly performance assessment."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kpis.querysets import IndicatorQuerySet, MeasurementQuerySet
from organization.models import Position
from processes.models import Process
from worklist.models import WorkItem


class Rating(models.TextChoices):
    """The traffic light, always shown with its word."""

    GREEN = "green", _("On target")
    AMBER = "amber", _("Close to the limit")
    RED = "red", _("Off target")


class Indicator(models.Model):
    """What is measured on a process each month, and what is aimed at."""

    class Direction(models.TextChoices):
        """Which way is better."""

        UP = "up", _("Higher is better")
        DOWN = "down", _("Lower is better")

    process = models.ForeignKey(Process, models.PROTECT, related_name="indicators", verbose_name=_("process"))
    name = models.CharField(_("name"), max_length=160)
    unit = models.CharField(_("unit"), max_length=24, blank=True)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction, default=Direction.UP)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=4)
    limit = models.DecimalField(_("limit"), max_digits=14, decimal_places=4, help_text=_("Beyond it the rating is red."))
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=1)
    keeper = models.ForeignKey(Position, models.PROTECT, related_name="indicators", verbose_name=_("kept by"))
    starts_on = models.DateField(_("measured since"))
    ends_before = models.DateField(_("measured until"), null=True, blank=True)

    history = HistoricalRecords()

    objects: ClassVar[IndicatorQuerySet] = IndicatorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ("process__number", "name", "id")
        constraints = (models.UniqueConstraint(fields=("process", "name"), name="indicator_name"),)

    def __str__(self) -> str:
        return self.name


class Measurement(models.Model):
    """A value for a month with target, limit and rating as they stood. A correction is a new row. Append-only but for `current`."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measurements", verbose_name=_("indicator"))
    period_start = models.DateField(_("month"), help_text="First day of the month.")
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=4)
    target = models.DecimalField(max_digits=14, decimal_places=4)
    limit = models.DecimalField(max_digits=14, decimal_places=4)
    rating = models.CharField(_("rating"), max_length=8, choices=Rating)
    comment = models.TextField(_("comment"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="measurements")
    recorded_at = models.DateTimeField(_("recorded"))
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    current = models.BooleanField(default=True)

    objects: ClassVar[MeasurementQuerySet] = MeasurementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        ordering = ("period_start", "id")
        constraints = (
            models.UniqueConstraint(fields=("indicator", "period_start"), condition=Q(current=True), name="measurement_one_per_month"),
            models.CheckConstraint(condition=Q(period_start__day=1), name="measurement_month_begins_on_1"),
        )

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_start}"


class MeasurementDue(models.Model):
    """A month that has ended and is not measured yet: points one-to-one to the work item."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="dues")
    period_start = models.DateField()
    work_item = models.OneToOneField(WorkItem, models.PROTECT, related_name="measurement_due")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("indicator", "period_start"), name="measurement_due_once"),)

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_start}"


class QuarterAssessment(models.Model):
    """The process manager's judgement of a process for one quarter, once."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="assessments", verbose_name=_("process"))
    quarter_start = models.DateField(_("quarter"), help_text="First day of the quarter.")
    rating = models.CharField(_("rating"), max_length=8, choices=Rating)
    text = models.TextField(_("assessment"))
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments_made")
    position_title = models.CharField(_("as"), max_length=200, blank=True)
    assessed_at = models.DateTimeField(_("assessed"))

    class Meta:
        verbose_name = _("performance assessment")
        verbose_name_plural = _("performance assessments")
        ordering = ("-quarter_start",)
        constraints = (
            models.UniqueConstraint(fields=("process", "quarter_start"), name="assessment_one_per_quarter"),
            models.CheckConstraint(
                condition=Q(quarter_start__day=1, quarter_start__month__in=(1, 4, 7, 10)), name="assessment_quarter_begins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.quarter_start}"
