"""One row for each thing that is owed, the notices sent about it, and the outbox that wakes tasks."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from worklist.querysets import WorkItemQuerySet


class WorkItem(models.Model):
    """One thing that one position or one person owes by one day. The row that raised it points down to it."""

    class Kind(models.TextChoices):
        """What has to be done; shown translated."""

        DECIDE = "decide", _("Decide")
        NAME_APPROVER = "name_approver", _("Name a second approver")
        READ = "read", _("Read")
        REVISE = "revise", _("Revise")
        REVIEW = "review", _("Review")
        MEASURE = "measure", _("Measure")
        ASSESS = "assess", _("Assess")
        AGREE = "agree", _("Agree")
        ACT = "act", _("Act")

    class Outcome(models.TextChoices):
        """How it ended."""

        DONE = "done", _("Done")
        MOOT = "moot", _("No longer needed")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    subject = models.CharField(_("subject"), max_length=300)
    url_name = models.CharField(max_length=80)
    url_args = models.JSONField(default=list)
    position = models.ForeignKey(
        "organization.Position", models.PROTECT, null=True, blank=True, related_name="work_items", verbose_name=_("position")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="work_items", verbose_name=_("person")
    )
    excluded = models.JSONField(default=list, help_text="Ids of people who may not act on it (they wrote what is to be decided).")
    raised_at = models.DateTimeField(_("since"))
    due_on = models.DateField(_("due"))
    source_key = models.CharField(max_length=120, unique=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    reminder_step = models.PositiveSmallIntegerField(default=0, help_text="The step of the plan that was sent last.")

    objects: ClassVar[WorkItemQuerySet] = WorkItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("work items")
        ordering = ("due_on", "id")
        indexes = (
            models.Index(fields=("person", "due_on"), condition=Q(closed_at__isnull=True), name="work_open_of_person"),
            models.Index(fields=("position", "due_on"), condition=Q(closed_at__isnull=True), name="work_open_of_position"),
            models.Index(
                fields=("next_reminder_at", "id"),
                condition=Q(closed_at__isnull=True, next_reminder_at__isnull=False),
                name="work_to_remind",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=True, position__isnull=False) | Q(person__isnull=False, position__isnull=True),
                name="work_item_person_or_position",
            ),
            models.CheckConstraint(
                condition=~Q(kind="read") | Q(person__isnull=False),
                name="work_item_reading_is_personal",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="work_item_outcome_when_closed",
            ),
        )

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """Where it is done; "" where that page does not exist (any more)."""
        try:
            return reverse(self.url_name, args=self.url_args)
        except NoReverseMatch:
            return ""


class Notice(models.Model):
    """One message to one person, in the portal and by mail, once: `key` is unique."""

    class Mail(models.TextChoices):
        """Where the mail stands."""

        NONE = "none", _("No mail")
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    key = models.CharField(max_length=160, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name=_("person"))
    work_item = models.ForeignKey(WorkItem, models.SET_NULL, null=True, blank=True, related_name="notices")
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"))
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    mail = models.CharField(_("mail"), max_length=8, choices=Mail, default=Mail.WAITING)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("person", "-created_at", "-id"), name="notice_of_person"),
            # Not a partial index: SQLite takes one only for conditions without parameters.
            models.Index(fields=("mail", "id"), name="notice_to_mail"),
        )

    def __str__(self) -> str:
        return self.subject


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
