"""Pictures in descriptions, under the SHA-256 of their bytes, by which frozen content names them."""

from django.conf import settings
from django.db import models

from processes.models.revisions import Revision


class Picture(models.Model):
    """A picture as the portal wrote it anew. Inserted once, never changed or removed: signed content names its hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class PictureUse(models.Model):
    """A revision shows a picture: whoever may see the revision may see it."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="picture_uses")
    picture = models.ForeignKey(Picture, models.PROTECT, related_name="uses")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("revision", "picture"), name="picture_use_once"),)

    def __str__(self) -> str:
        return f"{self.revision_id} {self.picture_id}"
