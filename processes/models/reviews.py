"""What a periodic review answered to each thing that had come up since the last one."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from processes.models.revisions import Move


class ReviewAnswer(models.Model):
    """One answer, with what was asked in the words in which it was shown. Append-only."""

    class Source(models.TextChoices):
        """Where it came from, in the order in which the reviewer reads it."""

        REQUEST = "request", _("Change request")
        PROBLEM = "problem", _("Problem report")
        FINDING = "finding", _("Finding")
        BREACH = "breach", _("Indicator beyond its limit")
        NEIGHBOUR = "neighbour", _("Changed neighbour")

    class Answer(models.TextChoices):
        """What becomes of it; the last three are those of change requests."""

        NOTHING = "nothing", pgettext_lazy("review", "No change is needed")
        REVISE = "revise", pgettext_lazy("review", "It goes into the new version")
        ELSEWHERE = "elsewhere", pgettext_lazy("review", "It is dealt with elsewhere")
        WAIT = "wait", pgettext_lazy("review", "It waits on")
        ACCEPT = "accept", pgettext_lazy("review", "Accepted into a draft")
        DECLINE = "decline", pgettext_lazy("review", "Declined")

    move = models.ForeignKey(Move, models.PROTECT, related_name="answers")
    source = models.CharField(max_length=12, choices=Source)
    key = models.CharField(max_length=120, help_text="What exactly was answered for, such as neighbour-12-40.")
    text = models.TextField(_("as shown"))
    answer = models.CharField(_("answer"), max_length=12, choices=Answer)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("answer of a review")
        verbose_name_plural = _("answers of a review")
        ordering = ("id",)
        constraints: ClassVar = (
            models.UniqueConstraint(fields=("move", "key"), name="review_answer_once"),
            models.CheckConstraint(condition=Q(answer__in=("revise", "wait", "accept")) | ~Q(note=""), name="review_answer_says_why"),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.answer}"
