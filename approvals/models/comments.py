"""Remarks on a revision, while it is written and while it is in review."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.cases import ApprovalCase
from processes.models import Revision


class Comment(models.Model):
    """A remark on a revision, at a step or section ("" is the whole); resolved by whoever raised it or by the author."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="comments")
    case = models.ForeignKey(ApprovalCase, models.PROTECT, null=True, blank=True, related_name="comments")
    anchor = models.CharField(_("at"), max_length=80, blank=True)
    text = models.TextField(_("comment"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    created_at = models.DateTimeField(_("written"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="comments_resolved")

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("revision", "anchor"), name="comment_at"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True) | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]
