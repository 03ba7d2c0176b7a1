"""Change requests: what a reader wants changed at a step or in the whole, and everything that was done with it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from processes.models.catalogue import Process
from processes.models.revisions import Revision
from processes.querysets import ChangeRequestQuerySet


class ChangeRequest(models.Model):
    """What somebody found wrong or missing while reading `revision`. Step number and name are kept as they were read there."""

    class State(models.TextChoices):
        """`processes/change_requests.py` alone moves it."""

        OPEN = "open", gettext_lazy("Waits for an answer")
        ACCEPTED = "accepted", gettext_lazy("Accepted into a draft")
        DONE = "done", pgettext_lazy("change request", "Done")
        MERGED = "merged", gettext_lazy("Joined with another request")
        DECLINED = "declined", pgettext_lazy("change request", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("change request", "Withdrawn")

    process = models.ForeignKey(Process, models.PROTECT, related_name="change_requests", verbose_name=gettext_lazy("process"))
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="requests_of_readers")
    anchor = models.CharField(max_length=80, blank=True, help_text='Key of the step; "" is the whole document.')
    step_number = models.PositiveIntegerField(default=0)
    step_name = models.CharField(max_length=300, blank=True)
    wrong = models.TextField(gettext_lazy("what is wrong or missing"))
    instead = models.TextField(gettext_lazy("what instead"), blank=True)
    state = models.CharField(gettext_lazy("state"), max_length=12, choices=State, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="change_requests")
    asked_at = models.DateTimeField(gettext_lazy("asked"))
    draft = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="requests", help_text="The revision that takes it up."
    )
    joined = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", help_text="The request whose outcome is its own."
    )

    objects: ClassVar[ChangeRequestQuerySet] = ChangeRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = gettext_lazy("change request")
        verbose_name_plural = gettext_lazy("change requests")
        ordering = ("id",)
        indexes = (
            models.Index(fields=("process", "state"), name="request_of_process"),
            models.Index(fields=("asked_by", "id"), name="request_of_asker"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(wrong=""), name="request_says_something"),
            models.CheckConstraint(
                condition=Q(state="merged", joined__isnull=False) | (~Q(state="merged") & Q(joined__isnull=True)),
                name="request_merged_into_another",
            ),
            models.CheckConstraint(condition=Q(joined__isnull=True) | ~Q(joined=F("id")), name="request_not_its_own_duplicate"),
            models.CheckConstraint(
                condition=Q(state__in=("accepted", "done"), draft__isnull=False)
                | (~Q(state__in=("accepted", "done")) & Q(draft__isnull=True)),
                name="request_accepted_into_a_draft",
            ),
        )

    def __str__(self) -> str:
        return self.wrong[:60]

    @property
    def leading(self) -> "ChangeRequest":
        """The request whose state counts for this one's asker: itself, or the one that it was joined with."""
        return self.joined or self

    @property
    def place(self) -> str:
        """The step as its asker read it, or the whole document."""
        if not self.anchor:
            return _("The whole document")
        return _("Step %(number)s: %(name)s") % {"number": self.step_number, "name": self.step_name}


class ChangeRequestMove(models.Model):
    """Who did what with a change request. Append-only."""

    class Name(models.TextChoices):
        """What was done."""

        ASK = "ask", gettext_lazy("Asked for")
        ACCEPT = "accept", gettext_lazy("Accepted into a draft")
        WAIT = "wait", gettext_lazy("Kept waiting in a periodic review")
        MERGE = "merge", gettext_lazy("Joined with another request")
        DECLINE = "decline", pgettext_lazy("change request", "Declined")
        WITHDRAW = "withdraw", pgettext_lazy("change request", "Withdrawn")
        DONE = "done", gettext_lazy("Done: the version is approved")
        REOPEN = "reopen", gettext_lazy("Waits for an answer again")
        UNDO = "undo", gettext_lazy("In the draft again: the approval was taken back")

    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="moves")
    name = models.CharField(max_length=8, choices=Name)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey(ChangeRequest, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=~Q(name="decline") | ~Q(reason=""), name="request_no_without_reason"),)

    def __str__(self) -> str:
        return f"{self.name} {self.request_id}"
