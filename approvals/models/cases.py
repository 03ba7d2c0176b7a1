"""One run of an approval: its stages copied in, and the seats in them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models.routes import Mode, Route
from approvals.models.waivers import Waiver
from approvals.querysets import CaseQuerySet
from organization.models import Position
from processes.models import FrozenContent, Process, Revision
from worklist.models import WorkItem


class ApprovalCase(models.Model):
    """One submission of a revision, or of the withdrawal of the one in force, and what became of it."""

    class Kind(models.TextChoices):
        """What is asked for."""

        REVISE = "revise", _("New version")
        WITHDRAW = "withdraw", _("Withdrawal")

    class State(models.TextChoices):
        """`approvals/moving.py` alone moves it."""

        OPEN = "open", _("In review")
        WAITING = "waiting", _("Approved, waits for its package")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned for changes")
        REJECTED = "rejected", _("Rejected")
        RECALLED = "recalled", _("Recalled")

    kind = models.CharField(_("what is asked for"), max_length=8, choices=Kind, default=Kind.REVISE, editable=False)
    process = models.ForeignKey(Process, models.PROTECT, related_name="cases", verbose_name=_("process"))
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="cases", verbose_name=_("revision"))
    content = models.ForeignKey(FrozenContent, models.PROTECT, related_name="cases")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=0)
    summary = models.TextField(_("change summary"), blank=True)
    warnings_word = models.TextField(_("why the warnings may stand"), blank=True)
    marks_word = models.TextField(_("why less than substantive"), blank=True)
    impact = models.JSONField(default=list, blank=True, help_text="What the submitter was shown of it; see `approvals.impact`.")
    planned_on = models.DateField(_("planned effective date"), null=True, blank=True)
    training_days = models.PositiveSmallIntegerField(
        _("working days to train people before it takes effect"), null=True, blank=True, help_text=_("Empty: nobody waits for it.")
    )
    replacement = models.ForeignKey(
        Process, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("replaced by"), help_text=_("Of a withdrawal.")
    )
    package = models.ForeignKey(
        "approvals.ChangePackage", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("change package")
    )
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases_submitted")
    submitted_at = models.DateTimeField(_("submitted"))
    contributors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="cases_contributed", blank=True)
    route = models.ForeignKey(
        Route, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("route"), help_text=_("Empty: the built-in one.")
    )
    sign_by = models.DateField(_("to be signed by"), null=True, blank=True, help_text=_("Set by an emergency release."))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("approval case")
        verbose_name_plural = _("approval cases")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("process",), condition=Q(state__in=("open", "waiting")), name="case_one_open_for_process"),
            models.CheckConstraint(condition=Q(kind="withdraw") | Q(replacement__isnull=True), name="case_replacement_of_a_withdrawal"),
            models.CheckConstraint(condition=Q(kind="revise") | (Q(package__isnull=True) & ~Q(summary="")), name="case_withdrawal_alone"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="case_closed_when_not_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision_id} {self.state}"

    @property
    def subject(self) -> str:
        """What is signed and told about, as people call it; a withdrawal says so in the language of the document."""
        process = self.revision.process
        named = f"{process.number} {process.title}"
        if self.kind == self.Kind.REVISE:
            return named
        with translation.override(process.language):
            return gettext("Withdrawal of %(document)s") % {"document": named}

    @property
    def asked_as(self) -> str:
        """The same as those who are to decide read it in their work, with the package to which it belongs."""
        if self.package is None:
            return self.subject
        with translation.override(self.revision.process.language):
            words = {"document": self.subject, "package": self.package.title}
            return Truncator(gettext("%(document)s, in the package “%(package)s”") % words).chars(300)


class CaseStage(models.Model):
    """One stage, copied from the route when the case was opened. Seats of a stage decide in parallel.

    `replaced_at`: a re-route has put other stages in its place; what was decided in it stays on record. With a `waiver` nobody is asked.
    """

    case = models.ForeignKey(ApprovalCase, models.PROTECT, related_name="stages")
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=160)
    required_level = models.PositiveSmallIntegerField(_("required level"), default=0)
    working_days = models.PositiveSmallIntegerField(_("working days"), default=5)
    is_last = models.BooleanField(default=False)
    mode = models.CharField(_("who has to approve"), max_length=6, choices=Mode, default=Mode.ALL)
    quorum = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    needs_signature = models.BooleanField(_("signature required"), default=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    waiver = models.ForeignKey(Waiver, models.PROTECT, null=True, blank=True, related_name="stages", verbose_name=_("skipped by waiver"))

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=("case", "order"), name="stage_order"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False), name="stage_opened_before_closed"),
            models.CheckConstraint(condition=Q(waiver__isnull=True) | Q(is_last=False), name="stage_last_is_never_waived"),
            models.CheckConstraint(
                condition=Q(mode="quorum", quorum__gte=1) | (~Q(mode="quorum") & Q(quorum__isnull=True)), name="stage_quorum"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def needed(self, seats: int) -> int:
        """How many of so many seats have to approve until the stage ends."""
        return {Mode.ALL: seats, Mode.ANY: 1}.get(Mode(self.mode)) or min(self.quorum or seats, seats)


class Seat(models.Model):
    """A position that has to decide in a stage; its work item is one-to-one. `named` decides where nobody independent was left.

    `lent` is the delegation that was given last and not taken back; whether it holds on a day is asked of the policy.
    """

    NEEDED = ("stage", "position__department", "work_item", "named", "lent__person", "lent__by")
    """What is selected with a seat wherever it is asked who decides in it."""

    stage = models.ForeignKey(CaseStage, models.PROTECT, related_name="seats")
    position = models.ForeignKey(Position, models.PROTECT, related_name="seats")
    named = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="seats_named_for")
    lent = models.ForeignKey("approvals.CaseAct", models.PROTECT, null=True, blank=True, related_name="+")
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="seat")

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("stage", "position"), name="seat_once"),)

    def __str__(self) -> str:
        return f"{self.stage_id} {self.position_id}"
