"""Appointments and levels that wait for a second person, and those that took effect without one because there was none."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models.levels import HeldLevel
from organization.models.structure import Appointment, Position
from organization.querysets import ProposalQuerySet


class Proposal(models.Model):
    """Somebody is to become process manager, or to hold level 5. It is neither an appointment nor a level before it is confirmed."""

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", _("Waits for confirmation")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")
        ALONE = "alone", _("Took effect without a second person")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals", verbose_name=_("person"))
    position = models.ForeignKey(Position, models.PROTECT, null=True, related_name="proposals", verbose_name=_("position"))
    starts_on = models.DateField(_("from"), null=True)
    ends_before = models.DateField(_("until"), null=True)
    mode = models.CharField(_("mode"), max_length=8, choices=Appointment.Mode, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), default=100)
    level = models.PositiveSmallIntegerField(_("level"), null=True)
    ground = models.CharField(_("ground"), max_length=12, choices=HeldLevel.Ground, blank=True, help_text="Empty: assigned or placed.")
    reason = models.TextField(_("reason"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    signature = models.OneToOneField("organization.Signature", models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    answer_signature = models.OneToOneField("organization.Signature", models.PROTECT, null=True, related_name="+")

    objects: ClassVar[ProposalQuerySet] = ProposalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-proposed_at", "-id")
        indexes = (models.Index(fields=("state", "proposed_at")),)
        constraints = (
            models.CheckConstraint(condition=Q(position__isnull=False) ^ Q(level__isnull=False), name="proposal_of_one_thing"),
            models.CheckConstraint(condition=~Q(proposed_by=F("person")), name="proposal_not_of_oneself"),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (~Q(answered_by=F("proposed_by")) & ~Q(answered_by=F("person")) & Q(answered_by__isnull=False)),
                name="proposal_confirmed_by_another",
            ),
            models.UniqueConstraint(fields=("person", "position"), condition=Q(state="waiting"), name="proposal_waits_once"),
            models.UniqueConstraint(fields=("person", "level"), condition=Q(state="waiting"), name="proposal_of_level_waits_once"),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.position or self.level}"
