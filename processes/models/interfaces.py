"""Interfaces: what one process hands to another, and the terms that both sides agree on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from processes.models.catalogue import Process
from processes.models.revisions import FrozenContent


class Interface(models.Model):
    """An output of one process that is an input of another. What holds are its newest terms."""

    giver = models.ForeignKey(Process, models.PROTECT, related_name="gives", verbose_name=_("hands over"))
    taker = models.ForeignKey(Process, models.PROTECT, related_name="takes", verbose_name=_("takes over"))
    name = models.CharField(_("what"), max_length=300)
    created_at = models.DateTimeField(_("proposed first"))

    class Meta:
        verbose_name = _("interface")
        verbose_name_plural = _("interfaces")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("giver", "taker", "name"), name="interface_once"),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="interface_between_two"),
        )

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}: {self.name}"


class InterfaceTerms(models.Model):
    """Content, quality and deadline as one side proposed them, and what the other side answered. Kept for ever."""

    class Side(models.TextChoices):
        """Whose proposal it is."""

        GIVER = "giver", _("the side that hands over")
        TAKER = "taker", _("the side that takes over")

    class Cause(models.TextChoices):
        """Why it is proposed."""

        WISH = "wish", _("proposed")
        CHANGED = "changed", _("asked again, because the procedure was changed there")
        GONE = "gone", _("asked again, because the procedure no longer names it")

    class Answer(models.TextChoices):
        """What became of it."""

        OPEN = "", _("waits for an answer")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        REPLACED = "replaced", _("replaced by another proposal")

    interface = models.ForeignKey(Interface, models.PROTECT, related_name="terms")
    ordinal = models.PositiveIntegerField()
    side = models.CharField(max_length=5, choices=Side)
    cause = models.CharField(max_length=7, choices=Cause, default=Cause.WISH)
    content = models.TextField(_("what exactly"), blank=True)
    quality = models.TextField(_("when it is good enough"), blank=True)
    deadline = models.CharField(_("by when"), max_length=300, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"))
    answer = models.CharField(max_length=8, choices=Answer, blank=True, default=Answer.OPEN)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    giver_content = models.ForeignKey(FrozenContent, models.PROTECT, null=True, blank=True, related_name="+")
    taker_content = models.ForeignKey(FrozenContent, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        ordering = ("interface", "-ordinal")
        constraints = (
            models.UniqueConstraint(fields=("interface", "ordinal"), name="terms_numbered"),
            models.UniqueConstraint(fields=("interface",), condition=Q(answer=""), name="terms_one_open"),
            models.CheckConstraint(condition=~Q(answer="declined") | ~Q(reason=""), name="terms_no_without_reason"),
        )

    def __str__(self) -> str:
        return f"{self.interface_id}/{self.ordinal}"

    @property
    def waits_for(self) -> str:
        """The side that has to answer."""
        return self.Side.TAKER if self.side == self.Side.GIVER else self.Side.GIVER
