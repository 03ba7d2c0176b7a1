"""How much each change of a case matters: what its author said, and what approvers corrected. Append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models.cases import ApprovalCase
from approvals.models.decisions import Decision
from processes.comparison import MARKS

CHOICES = [(int(mark), label) for mark, label in MARKS.items()]


class CaseMark(models.Model):
    """One change of the comparison with the mark that the portal proposed and the one that the submitter gave or left."""

    case = models.ForeignKey(ApprovalCase, models.PROTECT, related_name="marks")
    place = models.CharField(_("change"), max_length=120)
    proposed = models.PositiveSmallIntegerField(_("proposed"), choices=CHOICES)
    marked = models.PositiveSmallIntegerField(_("marked"), choices=CHOICES)

    class Meta:
        verbose_name = _("mark of a change")
        verbose_name_plural = _("marks of changes")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("case", "place"), name="case_mark_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.place}"


class MarkCorrection(models.Model):
    """An approver marked a change otherwise, with the decision. The last one counts; the reason is the decision's."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="mark_corrections")
    place = models.CharField(_("change"), max_length=120)
    proposed = models.PositiveSmallIntegerField(_("proposed"), choices=CHOICES)
    before = models.PositiveSmallIntegerField(_("before"), choices=CHOICES)
    after = models.PositiveSmallIntegerField(_("after"), choices=CHOICES)

    class Meta:
        verbose_name = _("correction of a mark")
        verbose_name_plural = _("corrections of marks")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("decision", "place"), name="mark_correction_once"),
            models.CheckConstraint(condition=~models.Q(before=models.F("after")), name="mark_correction_changes"),
        )

    def __str__(self) -> str:
        return f"{self.decision_id} {self.place}"
