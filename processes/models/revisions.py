"""Revisions, their frozen content, the moves along their lifecycle, and the edits of a draft."""

import datetime as dt
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from processes.models.catalogue import Process
from processes.querysets import RevisionQuerySet

EMERGENCY_MARK: Final = "E"
"""Behind the version number of what was released in an emergency."""


class FrozenContent(models.Model):
    """Canonical bytes of a submitted definition. Inserted once, never changed: the database refuses it."""

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Revision(models.Model):
    """One version of a process's content. Effective and superseded are computed from the dates, never stored."""

    class State(models.TextChoices):
        """The stored part of the lifecycle; `processes/lifecycle.py` alone moves it."""

        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        DISCARDED = "discarded", _("Discarded")

    process = models.ForeignKey(Process, models.PROTECT, related_name="revisions", verbose_name=_("process"))
    ordinal = models.PositiveIntegerField(_("ordinal"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    content = models.JSONField(_("working content"), default=dict)
    version = models.PositiveIntegerField(default=0, help_text="Rises with every edit of the draft and every move.")
    frozen = models.ForeignKey(FrozenContent, models.PROTECT, null=True, blank=True, related_name="revisions")
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    major = models.PositiveIntegerField(null=True, blank=True)
    minor = models.PositiveIntegerField(null=True, blank=True)
    planned_on = models.DateField(_("planned effective date"), null=True, blank=True)
    effective_from = models.DateTimeField(_("effective from"), null=True, blank=True)
    effective_until = models.DateTimeField(_("effective until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="revisions_created")
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="revisions_submitted")
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    marks = models.JSONField(default=dict, blank=True, help_text="How much each change was found to matter; see `processes.marking`.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When it was told that this revision is in force.")
    emergency = models.BooleanField(_("released in an emergency"), default=False, editable=False)
    suspended_from = models.DateTimeField(null=True, blank=True, help_text="The newest emergency release that is laid over this validity.")
    suspended_until = models.DateTimeField(null=True, blank=True, help_text="Until when; what held on a past day is asked of all releases.")

    objects: ClassVar[RevisionQuerySet] = RevisionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ("-ordinal",)
        indexes = (
            models.Index(fields=("process", "effective_from"), name="revision_in_force"),
            models.Index(
                fields=("effective_from",), condition=Q(effective_from__isnull=False, told_at__isnull=True), name="revision_to_tell"
            ),
            models.Index(fields=("effective_until",), condition=Q(emergency=True), name="revision_emergencies"),
        )
        constraints = (
            models.UniqueConstraint(fields=("process", "ordinal"), name="revision_ordinal"),
            models.UniqueConstraint(fields=("process",), condition=Q(state__in=("draft", "in_review")), name="revision_one_open"),
            models.UniqueConstraint(
                fields=("process",),
                condition=Q(effective_from__isnull=False, effective_until__isnull=True),
                name="revision_one_open_ended",
            ),
            models.UniqueConstraint(
                fields=("process",), condition=Q(state="approved", effective_from__isnull=True), name="revision_one_held"
            ),
            models.UniqueConstraint(fields=("process", "major", "minor"), name="revision_version_number"),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gt=F("effective_from")), name="revision_validity_has_length"
            ),
            models.CheckConstraint(
                condition=Q(effective_from__isnull=True) | Q(state="approved", frozen__isnull=False, major__isnull=False),
                name="revision_effective_is_approved",
            ),
            models.CheckConstraint(condition=~Q(state="in_review") | Q(frozen__isnull=False), name="revision_in_review_is_frozen"),
            models.CheckConstraint(
                condition=Q(emergency=False) | Q(effective_from__isnull=False, effective_until__isnull=False),
                name="revision_emergency_ends",
            ),
        )

    def __str__(self) -> str:
        return f"{self.process_id}/{self.ordinal}"

    @property
    def label(self) -> str:
        """Such as "4.0" once approved, "3.1E" of an emergency release; before that "", since major or minor is decided at approval."""
        return f"{self.major}.{self.minor}{EMERGENCY_MARK if self.emergency else ''}" if self.major is not None else ""

    def is_suspended(self, now: dt.datetime) -> bool:
        """Whether an emergency release holds instead of this version at this moment, which is now. Asks the database nothing."""
        since, until = self.suspended_from, self.suspended_until
        return since is not None and until is not None and since <= now < until


class Move(models.Model):
    """One move of a revision or process along its lifecycle. Append-only."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="moves")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="moves")
    name = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.name} {self.revision_id}"


class DraftEdit(models.Model):
    """One operation on a draft. `client_key` makes a repeated sending harmless; rows tell who wrote what."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="edits")
    version = models.PositiveIntegerField(help_text="The revision's version after this edit.")
    client_key = models.CharField(max_length=64)
    operation = models.CharField(max_length=8)
    target = models.CharField(max_length=160, help_text='What was edited, such as "steps/k3ab…/name" or "boundary/trigger".')
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="draft_edits")
    at = models.DateTimeField()

    class Meta:
        ordering = ("version",)
        indexes = (models.Index(fields=("revision", "target", "version"), name="draft_edit_of_target"),)
        constraints = (
            models.UniqueConstraint(fields=("revision", "client_key"), name="draft_edit_once"),
            models.UniqueConstraint(fields=("revision", "version"), name="draft_edit_version"),
        )

    def __str__(self) -> str:
        return f"{self.operation} {self.target}"


class DraftPresence(models.Model):
    """Who has the editor open, and at which step; refreshed by polling."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    step = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("revision", "person"), name="draft_presence_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.step}"


class DraftVersion(models.Model):
    """The text of a draft at one moment, under a name that somebody gave it."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="named_versions")
    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(help_text="The revision's version whose text this is.")
    content = models.JSONField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ("-kept_at", "-id")

    def __str__(self) -> str:
        return self.name
