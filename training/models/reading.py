"""What each person owes to read, and acknowledgements as append-only facts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from processes.models import FrozenContent, Revision
from training.querysets import ReadingQuerySet
from worklist.models import WorkItem


class Reading(models.Model):
    """A person owes the reading of a revision; it shares the work item's primary key."""

    work_item = models.OneToOneField(WorkItem, models.PROTECT, primary_key=True, related_name="reading")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="readings", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="readings")
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    ended_at = models.DateTimeField(_("no longer owed"), null=True, blank=True)

    objects: ClassVar[ReadingQuerySet] = ReadingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ("work_item",)
        constraints = (models.UniqueConstraint(fields=("revision", "person"), name="reading_once"),)
        indexes = (
            models.Index(
                fields=("person",), condition=Q(acknowledged_at__isnull=True, ended_at__isnull=True), name="reading_owed_by_person"
            ),
            models.Index(
                fields=("revision",), condition=Q(acknowledged_at__isnull=True, ended_at__isnull=True), name="reading_owed_of_revision"
            ),
            # Coverage is counted from it alone: of a version for everybody there are very many.
            models.Index(fields=("revision", "person", "acknowledged_at", "ended_at"), name="reading_counted"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.revision_id}"


class Spared(models.Model):
    """A person need not read a revision: nothing substantive has changed in a role of theirs since `read`, which they have read."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="spared")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="spared")
    read = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    spared_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("no longer"), null=True, blank=True)

    class Meta:
        verbose_name = _("spared reading")
        verbose_name_plural = _("spared readings")
        ordering = ("revision", "person")
        constraints = (models.UniqueConstraint(fields=("revision", "person"), name="spared_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.revision_id}"


class HandOut(models.Model):
    """Readings of this revision were handed out to its audience; without the row, or its moment, the reconciler still has to."""

    revision = models.OneToOneField(Revision, models.CASCADE, primary_key=True, related_name="hand_out")
    handed_out_at = models.DateTimeField(null=True, blank=True, help_text="Empty from the first range of people to the last.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Since when nobody has to read it any more.")

    class Meta:
        indexes = (models.Index(fields=("revision",), condition=Q(ended_at__isnull=True), name="hand_out_open"),)

    def __str__(self) -> str:
        return str(self.revision_id)


class Round(models.Model):
    """Until when what changes by itself, or in silence, was looked for: one row, moved forward by each round."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.at)


class Acknowledgement(models.Model):
    """A person states that they have read exactly this content. Append-only: the database refuses changes."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="acknowledgements")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="acknowledgements")
    content = models.ForeignKey(FrozenContent, models.PROTECT, related_name="acknowledgements")
    opened_at = models.DateTimeField(_("opened"))
    acknowledged_at = models.DateTimeField(_("acknowledged"))
    shown = models.CharField(_("shown"), max_length=12, default="whole", help_text='"whole", "changes", or "in" and a language.')
    tablet = models.ForeignKey(
        "training.Tablet", models.PROTECT, null=True, blank=True, related_name="acknowledgements", verbose_name=_("on the shared tablet")
    )

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        ordering = ("-acknowledged_at",)
        constraints = (
            models.UniqueConstraint(fields=("person", "revision"), name="acknowledgement_once"),
            models.CheckConstraint(condition=Q(acknowledged_at__gte=F("opened_at")), name="acknowledged_after_opening"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.revision_id}"
