"""Signatures: who, in which position, acting for whom, meaning what, when, on which content; chained in their own transaction."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Signature(models.Model):
    """One signature. Append-only: the database refuses changes. `entry_hash` covers the row and the hash before it."""

    class Meaning(models.TextChoices):
        """What signing stated."""

        AUTHORED = "authored", _("Authored")
        REVIEWED = "reviewed", _("Reviewed")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned for changes")
        REJECTED = "rejected", _("Rejected")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        PLACED = "placed", _("Placed at a level")
        CANCELLED = "cancelled", _("Cancelled")
        WAIVED = "waived", _("Waived")
        READY = "ready", _("Ready to take effect")
        POSTPONED = "postponed", _("Postponed")
        RELEASED = "released", _("Released in an emergency")
        CONFIRMED = "confirmed", _("Confirmed")
        RULED = "ruled", _("Rule set")
        ASSESSED = "assessed", _("Assessed")
        REVOKED = "revoked", _("Revoked")

    sequence = models.BigIntegerField(_("sequence"), unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="signatures", verbose_name=_("person"))
    person_name = models.CharField(_("name as signed"), max_length=160)
    position = models.ForeignKey(
        "organization.Position", models.PROTECT, null=True, blank=True, related_name="signatures", verbose_name=_("position")
    )
    position_title = models.CharField(_("position as signed"), max_length=200, blank=True)
    acting_for = models.CharField(_("acting for"), max_length=300, blank=True)
    meaning = models.CharField(_("meaning"), max_length=16, choices=Meaning)
    subject = models.CharField(_("subject"), max_length=300)
    reason = models.TextField(_("reason"), blank=True)
    signed_at = models.DateTimeField(_("signed at"))
    content_sha256 = models.CharField(_("content hash"), max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ("sequence",)

    def __str__(self) -> str:
        return f"{self.sequence} {self.person_name}"


class SignatureHead(models.Model):
    """The one row that is locked to append a signature, and that knows the end of the chain."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    entry_hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="signature_head_single"),)

    def __str__(self) -> str:
        return str(self.sequence)
