"""Competence assessments: who is assessed for which level by whom, the evidence, how each ability was rated, and the result."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Ability, Level, Proposal, Signature
from worklist.models import WorkItem


class Assessment(models.Model):
    """One person for one level. What was signed is led to the level that was given by the same signature."""

    class Purpose(models.TextChoices):
        """Why it is made."""

        FIRST = "first", _("First assessment for this level")
        RENEWAL = "renewal", _("Renewal")

    class State(models.TextChoices):
        """`training/competence/moving.py` alone moves it."""

        OPEN = "open", _("Being rated")
        RATED = "rated", _("Rated, waits for the signature")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Not passed")
        WITHDRAWN = "withdrawn", _("Taken back")

    RUNNING = (State.OPEN, State.RATED)

    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments", verbose_name=_("candidate"))
    level = models.ForeignKey(Level, models.PROTECT, related_name="+", verbose_name=_("level"))
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=0, help_text="Counts what was rated and moved, for whoever signs what they saw.")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    opened_at = models.DateTimeField(_("opened"))
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    word = models.TextField(_("in words"), blank=True)
    signature = models.OneToOneField(Signature, models.PROTECT, null=True, blank=True, related_name="assessment")
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, blank=True, related_name="assessment")

    objects: ClassVar[models.Manager["Assessment"]] = models.Manager()

    class Meta:
        verbose_name = _("competence assessment")
        verbose_name_plural = _("competence assessments")
        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("candidate",), condition=Q(state__in=("open", "rated")), name="assessment_one_running"),
            models.CheckConstraint(
                condition=Q(state__in=("passed", "failed"), signature__isnull=False)
                | Q(state__in=("open", "rated", "withdrawn"), signature__isnull=True),
                name="assessment_result_is_signed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.level_id} {self.state}"

    @property
    def is_running(self) -> bool:
        """Neither concluded nor taken back."""
        return self.state in self.RUNNING


class Assessor(models.Model):
    """Who assesses: a person, or somebody from outside who completes a panel and whose statement is written down."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="assessors")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assesses", verbose_name=_("assessor")
    )
    external = models.CharField(_("external assessor"), max_length=160, blank=True)
    statement = models.TextField(_("statement of the external assessor"), blank=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("named by"))
    named_at = models.DateTimeField(_("named"))
    ended_at = models.DateTimeField(_("released"), null=True, blank=True)
    rated_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="Counts what was saved, for the same assessor in two windows.")
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="assessor")

    objects: ClassVar[models.Manager["Assessor"]] = models.Manager()

    class Meta:
        verbose_name = _("assessor")
        verbose_name_plural = _("assessors")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=(Q(person__isnull=False, external="")) | (Q(person__isnull=True) & ~Q(external="")), name="assessor_is_somebody"
            ),
            models.UniqueConstraint(fields=("assessment", "person"), condition=Q(ended_at__isnull=True), name="assessor_once"),
        )

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.person_id or self.external}"

    @property
    def name(self) -> str:
        """Of the person, or as the external assessor was named."""
        return self.person.name if self.person else self.external


class AbilityRating(models.Model):
    """How one assessor found one ability, against the criterion as it was then."""

    class Rated(models.TextChoices):
        """By the criterion."""

        MET = "met", _("Met")
        PARTLY = "partly", _("Partly met")
        NOT = "not", _("Not met")

    assessor = models.ForeignKey(Assessor, models.PROTECT, related_name="ratings")
    ability = models.ForeignKey(Ability, models.PROTECT, related_name="+", verbose_name=_("ability"))
    criterion = models.TextField(_("criterion"))
    rated = models.CharField(_("rating"), max_length=6, choices=Rated, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("rating of an ability")
        verbose_name_plural = _("ratings of abilities")
        ordering = ("assessor", "ability")
        constraints = (models.UniqueConstraint(fields=("assessor", "ability"), name="ability_rated_once"),)

    def __str__(self) -> str:
        return f"{self.assessor_id} {self.ability_id} {self.rated}"


class Evidence(models.Model):
    """One thing that the person did. `key` names what the portal found, so that it is proposed once.

    `accepted` and `accepted_by` were one for all assessors, until each had a verdict of their own. They are written no more, and stay
    where they were signed like that.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=24)
    key = models.CharField(max_length=80)
    day = models.DateField(_("day"))
    text = models.CharField(_("what"), max_length=300, blank=True)
    number = models.CharField(_("process"), max_length=40, blank=True)
    url_name = models.CharField(max_length=80, blank=True)
    url_args = models.JSONField(default=list, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )
    accepted = models.BooleanField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager["Evidence"]] = models.Manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("-day", "-id")
        constraints = (models.UniqueConstraint(fields=("assessment", "key"), name="evidence_once"),)

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.key}"


class EvidenceVerdict(models.Model):
    """What one assessor says of one piece of evidence; who has not looked at it has no row."""

    assessor = models.ForeignKey(Assessor, models.PROTECT, related_name="verdicts")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="verdicts")
    accepted = models.BooleanField(_("accepted"))

    objects: ClassVar[models.Manager["EvidenceVerdict"]] = models.Manager()

    class Meta:
        verbose_name = _("verdict on evidence")
        verbose_name_plural = _("verdicts on evidence")
        ordering = ("assessor", "evidence")
        constraints = (models.UniqueConstraint(fields=("assessor", "evidence"), name="evidence_judged_once"),)

    def __str__(self) -> str:
        return f"{self.assessor_id} {self.evidence_id} {self.accepted}"
