"""Development plans: which ability somebody works on next, by what, until when, with whose help."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Ability
from worklist.models import WorkItem


class DevelopmentStep(models.Model):
    """One step. Seen by the person, the superior and the assessor, and by nobody else."""

    class Outcome(models.TextChoices):
        """How it ended; empty while it is open."""

        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="development", verbose_name=_("person"))
    ability = models.ForeignKey(Ability, models.PROTECT, related_name="+", verbose_name=_("ability"))
    measure = models.CharField(_("measure"), max_length=300)
    due_on = models.DateField(_("by"))
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("mentor"))
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by"))
    planned_at = models.DateTimeField(_("planned"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="development_step")

    history = HistoricalRecords()

    objects: ClassVar[models.Manager["DevelopmentStep"]] = models.Manager()

    class Meta:
        verbose_name = _("step of a development plan")
        verbose_name_plural = _("steps of development plans")
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(condition=Q(mentor__isnull=True) | ~Q(mentor=F("person")), name="development_mentor_is_another"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True) | (~Q(outcome="") & Q(ended_at__isnull=False)), name="development_ends_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.ability_id}"
