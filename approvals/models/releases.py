"""What was released in an emergency: by whose signature, in which case, as which version."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.cases import ApprovalCase
from organization.models import Signature
from processes.models import Revision


class EmergencyRelease(models.Model):
    """Content in review that one independent person gave effect at once, for a while: as `revision`, a version of its own.

    A case is released once. `told_at`: when those concerned were told that it holds no more, or nothing was to be told.
    """

    case = models.OneToOneField(ApprovalCase, models.PROTECT, related_name="release")
    revision = models.OneToOneField(Revision, models.PROTECT, related_name="release")
    reason = models.TextField(_("reason"))
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("released by"))
    released_at = models.DateTimeField(_("released"))
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("emergency release")
        verbose_name_plural = _("emergency releases")
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="release_with_reason"),)

    def __str__(self) -> str:
        return str(self.revision_id)
