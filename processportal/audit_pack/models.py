"""A pack that somebody asked for, what is to be in it, and the finished archive in pieces."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from processes.models import Revision


class AuditPack(models.Model):
    """Who asked for what, of which day. The row stays when the archive goes: `sha256` proves which one it was.

    `what` and `key` are those of a selector: "process" and its number, "department" and its id.
    """

    class Outcome(models.TextChoices):
        """`making.py` moves it."""

        WAITING = "waiting", pgettext_lazy("audit pack", "Being made")
        MADE = "made", pgettext_lazy("audit pack", "Ready")
        FAILED = "failed", pgettext_lazy("audit pack", "Could not be made")
        GONE = "gone", pgettext_lazy("audit pack", "Deleted")

    what = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    title = models.CharField(_("of what"), max_length=300)
    day = models.DateField(_("as of"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="audit_packs", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"), db_index=True)
    language = models.CharField(max_length=10)
    outcome = models.CharField(_("state"), max_length=8, choices=Outcome, default=Outcome.WAITING, editable=False)
    left_out = models.PositiveIntegerField(default=0, help_text="Documents in force that day which the asker may not see.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the list of the hashes of all files.")

    class Meta:
        verbose_name = _("audit pack")
        verbose_name_plural = _("audit packs")
        ordering = ("-asked_at", "-id")
        constraints: ClassVar = (
            models.CheckConstraint(condition=~Q(outcome="made") | (Q(made_at__isnull=False) & ~Q(sha256="")), name="audit_pack_made"),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.day}"


class AuditPackEntry(models.Model):
    """One document of a pack. `content` is what was made of it, until the archive is put together."""

    pack = models.ForeignKey(AuditPack, models.CASCADE, related_name="entries")
    ordinal = models.PositiveIntegerField()
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    content = models.BinaryField(null=True)
    rows = models.JSONField(default=dict, help_text="Name of a table → its rows about this document.")
    said = models.TextField(blank=True, help_text="Why there is no PDF of it.")
    made_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("pack", "ordinal")
        constraints: ClassVar = (models.UniqueConstraint(fields=("pack", "ordinal"), name="audit_pack_place"),)
        indexes: ClassVar = (models.Index(fields=("pack",), condition=Q(made_at__isnull=True), name="audit_pack_open"),)

    def __str__(self) -> str:
        return f"{self.pack_id}/{self.ordinal}"


class AuditPackPart(models.Model):
    """A piece of the finished archive, so that neither side holds it whole."""

    pack = models.ForeignKey(AuditPack, models.CASCADE, related_name="parts")
    ordinal = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ("pack", "ordinal")
        constraints: ClassVar = (models.UniqueConstraint(fields=("pack", "ordinal"), name="audit_pack_part"),)

    def __str__(self) -> str:
        return f"{self.pack_id}.{self.ordinal}"
