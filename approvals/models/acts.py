"""What people did on a running case beside deciding: handed a seat on, added a stage, asked for advice, copied, nudged. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.cases import ApprovalCase, CaseStage, Seat
from organization.models import Position
from worklist.models import WorkItem


class CaseAct(models.Model):
    """One act on an open case, by whom, when and why; how a seat stands at present follows from the seat itself.

    `position` and `person` are to whom or what it went, `given_up` the position that had the seat before a transfer. `of` is the act
    that this one answers or takes back, once. `day`: a delegation holds until it (included), advice is due on it, a nudge was on it.
    """

    class Kind(models.TextChoices):
        """What was done."""

        TRANSFER = "transfer", _("Transferred")
        DELEGATE = "delegate", _("Delegated")
        TAKE_BACK = "take_back", _("Delegation taken back")
        ADD = "add", _("Approver added")
        ASK = "ask", _("Advice asked for")
        ADVISE = "advise", _("Advice given")
        DROP = "drop", _("Advice not needed any more")
        COPY = "copy", _("Copied for information")
        NUDGE = "nudge", _("Nudged")

    case = models.ForeignKey(ApprovalCase, models.PROTECT, related_name="acts")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="acts")
    stage = models.ForeignKey(CaseStage, models.PROTECT, null=True, blank=True, related_name="acts")
    given_up = models.ForeignKey(Position, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.ForeignKey(Position, models.PROTECT, null=True, blank=True, related_name="case_acts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="case_acts")
    of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="answered_by")
    day = models.DateField(_("day"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="acts_on_cases")
    at = models.DateTimeField(_("when"))
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="case_act")

    class Meta:
        verbose_name = _("act on a case")
        verbose_name_plural = _("acts on cases")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("case", "person"), condition=Q(kind="copy"), name="case_act_copied_once"),
            models.UniqueConstraint(fields=("case", "person", "day"), condition=Q(kind="nudge"), name="case_act_nudged_once_a_day"),
            models.CheckConstraint(condition=Q(kind__in=("take_back", "drop", "copy", "nudge")) | ~Q(text=""), name="case_act_with_reason"),
            models.CheckConstraint(
                condition=Q(kind__in=("take_back", "advise", "drop"), of__isnull=False)
                | (~Q(kind__in=("take_back", "advise", "drop")) & Q(of__isnull=True)),
                name="case_act_answers_an_act",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
