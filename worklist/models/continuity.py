"""What keeps work going when people go: vacancies, handovers, and the nightly proof that nothing is without a person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from organization.phrases import PhraseField
from worklist.models.items import WorkItem


class Vacancy(models.Model):
    """Nobody holds a position on the days [since, until); the superior position owes to fill it."""

    position = models.ForeignKey("organization.Position", models.PROTECT, related_name="vacancies", verbose_name=_("position"))
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="vacancy")

    class Meta:
        verbose_name = _("vacancy")
        verbose_name_plural = _("vacancies")
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(fields=("position",), condition=Q(until__isnull=True), name="vacancy_one_open"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="vacancy_has_days"),
        )

    def __str__(self) -> str:
        return f"{self.position} {self.since}"


# The reason of a handover that opened by itself. It is kept as written: who closes the account is not who reads it.
CLOSED = gettext_noop("The account was closed.")


class Handover(models.Model):
    """What a person who leaves (or changes) has in hand goes to others, line by line, each accepted by who takes it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers", verbose_name=_("person"))
    reason = models.TextField(_("reason"))
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="handover")

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("person",), condition=Q(closed_at__isnull=True), name="handover_one_open"),
            models.CheckConstraint(condition=~Q(reason=""), name="handover_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.opened_at:%Y-%m-%d}"

    @property
    def why(self) -> str:
        """The reason, in the reader's language where nobody typed it."""
        return gettext(CLOSED) if self.reason == CLOSED else self.reason


class HandoverLine(models.Model):
    """One thing that is handed over. Where it stands follows from its days: proposed, accepted, declined, or settled by itself."""

    class Kind(models.TextChoices):
        """What is handed over."""

        ITEM = "item", _("Work item")
        POSITION = "position", _("Position")
        PROCESS = "process", _("Process")
        DRAFT = "draft", _("Draft")
        INDICATOR = "indicator", _("Indicator")

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    subject = PhraseField(_("subject"), max_length=300)
    url_name = models.CharField(max_length=80, blank=True)
    url_args = models.JSONField(default=list)
    source_key = models.CharField(max_length=120)
    work_item = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="handover_lines")
    position = models.ForeignKey("organization.Position", models.PROTECT, null=True, blank=True, related_name="handover_lines")
    note = models.TextField(_("note for the successor"), blank=True)
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="handover_lines", verbose_name=_("successor")
    )
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    settled_at = models.DateTimeField(_("settled by itself"), null=True, blank=True)

    class Meta:
        verbose_name = _("line of a handover")
        verbose_name_plural = _("lines of handovers")
        ordering = ("kind", "id")
        indexes = (models.Index(fields=("successor", "handover"), name="handover_of_successor"),)
        constraints = (
            models.UniqueConstraint(fields=("handover", "source_key"), name="handover_line_once"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(successor__isnull=False), name="handover_line_accepted_by_somebody"
            ),
        )

    def __str__(self) -> str:
        return str(self.subject)


class ContinuityProof(models.Model):
    """What one night's check found: how much is open, how much of it is without a person, and what each exception is."""

    day = models.DateField(_("day"), unique=True)
    checked_at = models.DateTimeField(_("checked"))
    open_items = models.PositiveIntegerField(_("open items"))
    unowned = models.PositiveIntegerField(_("without a person"))
    processes = models.PositiveIntegerField(_("processes"))
    processes_unowned = models.PositiveIntegerField(_("processes without an owner"))
    exceptions = models.JSONField(_("exceptions"), default=list)

    class Meta:
        verbose_name = _("proof of continuity")
        verbose_name_plural = _("proofs of continuity")
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day} {self.unowned}/{self.open_items}"
