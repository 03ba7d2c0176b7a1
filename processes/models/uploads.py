"""Files from outside: uploaded and waiting, many at once, and kept with the revision that was made of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization.models import Department, Position
from processes.models.catalogue import Process
from processes.models.revisions import Revision


class ImportBatch(models.Model):
    """Several files that somebody uploaded at once; worked through in the background, gone after a week."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(db_index=True)
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Position, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.person_id} {self.uploaded_at}"


class PendingImport(models.Model):
    """A file that somebody uploaded and has not made a draft of yet; it goes with the draft, or after a day.

    Those of a batch stay as lines of its page: `content` goes when the draft is made. `claimed_at` is when a worker took it up.
    """

    class Outcome(models.TextChoices):
        """What became of it so far; `bringing_in` and `batches` move it."""

        WAITING = "waiting", pgettext_lazy("imported file", "Waiting")
        UNDERSTOOD = "understood", pgettext_lazy("imported file", "Understood")
        KNOWN = "known", pgettext_lazy("imported file", "Duplicate")
        REFUSED = "refused", pgettext_lazy("imported file", "Refused")
        WANTED = "wanted", _("Draft is being made")
        MADE = "made", _("Draft made")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    uploaded_at = models.DateTimeField(db_index=True)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, null=True, blank=True, related_name="files")
    ordinal = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.UNDERSTOOD)
    steps = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    said = models.TextField(blank=True)
    process = models.ForeignKey(Process, models.SET_NULL, null=True, blank=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("batch", "ordinal", "pk")
        constraints: ClassVar = (models.UniqueConstraint(fields=("batch", "ordinal"), name="pending_import_place"),)
        indexes: ClassVar = (
            models.Index(fields=("batch", "outcome"), condition=models.Q(outcome__in=("waiting", "wanted")), name="pending_import_open"),
        )

    def __str__(self) -> str:
        return self.name


class OriginalFile(models.Model):
    """The file that a draft was imported from, kept as it came, with the report of what was not kept."""

    revision = models.OneToOneField(Revision, models.CASCADE, related_name="original")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    report = models.JSONField(default=dict)
    imported_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
