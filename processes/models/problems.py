"""Problems that readers met at a step, with a photo, and what the owner answered."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from processes.models.catalogue import Process
from processes.models.pictures import Picture
from processes.models.requests import ChangeRequest
from processes.models.revisions import FrozenContent, Revision


class ProblemReport(models.Model):
    """What went wrong at a step, as it was read in `content`. Answered once; the photo is seen by whoever reads the report."""

    class State(models.TextChoices):
        """`processes/problems.py` alone moves it."""

        OPEN = "open", pgettext_lazy("problem report", "Open")
        ANSWERED = "answered", pgettext_lazy("problem report", "Answered")
        ACCEPTED = "accepted", gettext_lazy("Became a change request")
        CLOSED = "closed", pgettext_lazy("problem report", "Closed")

    process = models.ForeignKey(Process, models.PROTECT, related_name="problem_reports", verbose_name=gettext_lazy("process"))
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="problem_reports")
    content = models.ForeignKey(FrozenContent, models.PROTECT, related_name="problem_reports")
    anchor = models.CharField(max_length=80, blank=True, help_text='Key of the step; "" is the whole document.')
    step_number = models.PositiveIntegerField(default=0)
    step_name = models.CharField(max_length=300, blank=True)
    text = models.TextField(gettext_lazy("what went wrong"))
    photo = models.ForeignKey(Picture, models.PROTECT, null=True, blank=True, related_name="problem_reports")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="problem_reports")
    reported_at = models.DateTimeField(gettext_lazy("reported"))
    state = models.CharField(gettext_lazy("state"), max_length=8, choices=State, default=State.OPEN, editable=False)
    answer = models.TextField(gettext_lazy("answer"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(gettext_lazy("answered"), null=True, blank=True)
    request = models.ForeignKey(ChangeRequest, models.PROTECT, null=True, blank=True, related_name="problem_reports")

    class Meta:
        verbose_name = gettext_lazy("problem report")
        verbose_name_plural = gettext_lazy("problem reports")
        ordering = ("id",)
        indexes = (models.Index(fields=("process", "state"), name="problem_of_process"),)
        constraints: ClassVar = (
            models.CheckConstraint(condition=~Q(text=""), name="problem_says_something"),
            models.CheckConstraint(
                condition=Q(state="open", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="problem_answered_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state__in=("answered", "closed")) | ~Q(answer=""), name="problem_answer_says_something"),
            models.CheckConstraint(
                condition=Q(state="accepted", request__isnull=False) | (~Q(state="accepted") & Q(request__isnull=True)),
                name="problem_accepted_as_a_request",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def place(self) -> str:
        """The step as the reporter read it, or the whole document."""
        if not self.anchor:
            return _("The whole document")
        return _("Step %(number)s: %(name)s") % {"number": self.step_number, "name": self.step_name}
