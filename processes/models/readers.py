"""What readers keep about processes for themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from processes.models.catalogue import Process
from processes.models.revisions import Revision


class Favourite(models.Model):
    """A person keeps a process at hand. It grants no sight: what the person may not see any more is not listed."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="favourites")
    process = models.ForeignKey(Process, models.CASCADE, related_name="favourites")
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints: ClassVar = (models.UniqueConstraint(fields=("person", "process"), name="favourite_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.process_id}"


class Helpful(models.Model):
    """Whether a version helped its reader, with a word for the owner. Changed by saying it again; who said it is shown to nobody."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="helpful")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    helped = models.BooleanField()
    comment = models.TextField(_("comment"), blank=True)
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer of a reader")
        verbose_name_plural = _("answers of readers")
        constraints: ClassVar = (models.UniqueConstraint(fields=("revision", "person"), name="helpful_once"),)

    def __str__(self) -> str:
        return f"{self.revision_id} {self.helped}"
