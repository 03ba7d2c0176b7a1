"""The outbox that wakes tasks, signs of life, and what the sweepers plan and measure by."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class OutboxEntry(models.Model):
    """A task to wake after commit: written in the business transaction, delivered by whoever comes first."""

    task = models.CharField(max_length=120)
    arguments = models.JSONField(default=list)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("id",), condition=Q(delivered_at__isnull=True), name="outbox_undelivered"),)

    def __str__(self) -> str:
        return self.task


class Heartbeat(models.Model):
    """When a part of the machinery was last alive (`beat`); read by /readyz."""

    part = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part


class ReminderPlan(models.Model):
    """When whom to remind of one kind of work item. Without a row the plan of `worklist.plan` holds. All in working days or reminders."""

    kind = models.CharField(_("kind"), max_length=16, primary_key=True)
    before = models.PositiveSmallIntegerField(_("working days before it is due"), default=2)
    every = models.PositiveSmallIntegerField(_("then every so many working days"), default=3)
    substitute_after = models.PositiveSmallIntegerField(_("late reminders before the substitute is told"), default=1)
    superior_after = models.PositiveSmallIntegerField(_("late reminders before the superior is told"), default=2)
    office_after = models.PositiveSmallIntegerField(_("late reminders before the process office is told"), default=4)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reminder plan")
        verbose_name_plural = _("reminder plans")
        ordering = ("kind",)
        constraints = (models.CheckConstraint(condition=Q(every__gte=1), name="reminder_plan_every_day_at_most"),)

    def __str__(self) -> str:
        return self.kind


class UsualTime(models.Model):
    """How many working days work of a kind usually takes: the median of what was done in the last half year, measured every night."""

    kind = models.CharField(_("kind"), max_length=16, primary_key=True)
    working_days = models.PositiveSmallIntegerField(_("working days"))
    measured = models.PositiveIntegerField(_("items measured"))
    computed_on = models.DateField(_("computed on"))

    class Meta:
        verbose_name = _("usual time")
        verbose_name_plural = _("usual times")

    def __str__(self) -> str:
        return f"{self.kind} {self.working_days}"
