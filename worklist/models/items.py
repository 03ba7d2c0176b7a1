"""One row for each thing that is owed, what happened to it, and who has put it off."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from organization.phrases import PhraseField
from worklist.querysets import Excludes, WorkItemQuerySet


class WorkItem(models.Model):
    """One thing that one position or one person owes by one day. The row that raised it points down to it."""

    class Kind(models.TextChoices):
        """What has to be done; shown translated."""

        DECIDE = "decide", _("Decide")
        NAME_APPROVER = "name_approver", _("Name a second approver")
        READ = "read", _("Read")
        REVISE = "revise", _("Revise")
        REVIEW = "review", _("Review")
        TRANSLATE = "translate", _("Translate")
        MEASURE = "measure", _("Measure")
        ASSESS = "assess", _("Assess")
        AGREE = "agree", _("Agree")
        CHANGE_REQUEST = "change_request", _("Answer a change request")
        ACT = "act", _("Act")
        FILL_VACANCY = "fill_vacancy", _("Fill a vacancy")
        HAND_OVER = "hand_over", _("Hand over")
        TAKE_OVER = "take_over", _("Take over")
        EXCHANGE = "exchange", _("Exchange")
        ADVISE = "advise", _("Advise")
        READY = "ready", _("Sign readiness")
        CONFIRM = "confirm", _("Confirm")
        TRAIN = "train", _("Attend training")

    class Priority(models.IntegerChoices):
        """What stands out in a list; the order stays that of the due days."""

        NORMAL = 0, _("Normal")
        HIGH = 1, _("High")

    class Outcome(models.TextChoices):
        """How it ended."""

        DONE = "done", _("Done")
        MOOT = "moot", _("No longer needed")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    subject = PhraseField(_("subject"), max_length=300)
    url_name = models.CharField(max_length=80)
    url_args = models.JSONField(default=list)
    position = models.ForeignKey(
        "organization.Position", models.PROTECT, null=True, blank=True, related_name="work_items", verbose_name=_("position")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="work_items", verbose_name=_("person")
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assigned_items", verbose_name=_("given to"),
        help_text=_("Who does it for the position; while this person is away or has left, the position does."),
    )  # fmt: skip
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    excluded = models.JSONField(default=list, help_text="Ids of people who may not act on it (they wrote what is to be decided).")
    raised_at = models.DateTimeField(_("since"))
    due_on = models.DateField(_("due"), help_text=_("The planned day, moved by the absences of whoever owes it in person."))
    planned_due_on = models.DateField(_("planned due day"))
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
                fields=("assigned_to", "due_on"),
                condition=Q(closed_at__isnull=True, assigned_to__isnull=False),
                name="work_open_assigned",
            ),
            models.Index(fields=("kind", "closed_at"), condition=Q(outcome="done"), name="work_done_by_kind"),
            # Few items name people who may not act on them; only these are asked for what falls to somebody else.
            models.Index(fields=("position",), condition=Q(Excludes(F("excluded")), closed_at__isnull=True), name="work_open_excluding"),
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
                condition=Q(assigned_to__isnull=True) | Q(position__isnull=False), name="work_item_only_a_position_gives_away"
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
        return str(self.subject)

    def get_absolute_url(self) -> str:
        """Where it is done; "" where that page does not exist (any more)."""
        try:
            return reverse(self.url_name, args=self.url_args)
        except NoReverseMatch:
            return ""


class Happening(models.Model):
    """What somebody did to a work item, with the reason. Append-only."""

    class What(models.TextChoices):
        """What was done."""

        GIVEN = "given", _("Given to")
        TAKEN = "taken", _("Taken from the shared queue")
        GIVEN_BACK = "given_back", _("Given back to the position")
        SNOOZED = "snoozed", _("Put off")
        WOKEN = "woken", _("Taken up again")
        HANDED_OVER = "handed_over", _("Handed over to")
        RAISED = "raised", _("Marked as urgent")
        LOWERED = "lowered", _("No longer urgent")

    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="happenings")
    what = models.CharField(_("what"), max_length=12, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person"))
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("happening")
        verbose_name_plural = _("happenings")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.what} {self.item_id}"


class Snooze(models.Model):
    """One person does not want to see an item before a day; due day and reminders stay as they are."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="snoozes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="snoozes", verbose_name=_("person"))
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("snooze")
        verbose_name_plural = _("snoozes")
        constraints = (
            models.UniqueConstraint(fields=("item", "person"), name="snooze_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="snooze_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.until}"
