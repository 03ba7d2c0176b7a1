"""Quizzes: what is being written, the versions that were in use, and attempts as append-only facts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from processes.models import FrozenContent, Process, Revision


class Quiz(models.Model):
    """The quiz of a process, or one that comes with the portal (`shipped` is its name). `draft` is what is being written."""

    process = models.OneToOneField(Process, models.PROTECT, null=True, blank=True, related_name="quiz", verbose_name=_("process"))
    shipped = models.CharField(max_length=40, null=True, blank=True, unique=True)
    draft = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0, help_text="Counts what was saved, for whoever saves at the same time.")
    again = models.BooleanField(
        _("asked again for every new version of the process"), default=False,
        help_text=_("Otherwise whoever has passed once need not answer again."),
    )  # fmt: skip
    in_use = models.ForeignKey(
        "training.QuizVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in use"),
        help_text="None: nobody is asked.",
    )  # fmt: skip

    history = HistoricalRecords(excluded_fields=["draft", "version"])

    objects: ClassVar[models.Manager["Quiz"]] = models.Manager()

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = (
            models.CheckConstraint(
                condition=Q(process__isnull=True, shipped__isnull=False) | Q(process__isnull=False, shipped__isnull=True),
                name="quiz_of_a_process_or_shipped",
            ),
        )

    def __str__(self) -> str:
        return self.shipped or str(self.process)


class QuizVersion(models.Model):
    """The questions as they were put into use. Append-only, so that every attempt stays explainable."""

    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    language = models.CharField(_("language"), max_length=10, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    published_at = models.DateTimeField(_("in use since"))

    class Meta:
        verbose_name = _("version of a quiz")
        verbose_name_plural = _("versions of quizzes")
        ordering = ("quiz", "-number")
        constraints = (models.UniqueConstraint(fields=("quiz", "number"), name="quiz_version_once"),)

    def __str__(self) -> str:
        return f"{self.quiz_id} {self.number}"


class QuizAttempt(models.Model):
    """A person's answers to one version, for the content that the revision had. Append-only. `sheet` names the page that was answered."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="quiz_attempts", verbose_name=_("person"))
    version = models.ForeignKey(QuizVersion, models.PROTECT, related_name="attempts")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="quiz_attempts", verbose_name=_("revision"))
    content = models.ForeignKey(FrozenContent, models.PROTECT, null=True, related_name="quiz_attempts")
    sheet = models.CharField(max_length=32)
    answers = models.JSONField()
    score = models.PositiveSmallIntegerField(_("result in percent"))
    passed = models.BooleanField(_("passed"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("handed in"))

    class Meta:
        verbose_name = _("attempt at a quiz")
        verbose_name_plural = _("attempts at quizzes")
        ordering = ("-ended_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("person", "sheet"), name="quiz_sheet_once"),
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="quiz_attempt_has_time"),
            models.CheckConstraint(condition=Q(score__lte=100), name="quiz_score_in_percent"),
        )
        indexes = (models.Index(fields=("version", "ended_at"), name="quiz_attempts_of_version"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.version_id} {self.score}"


class QuizUnlock(models.Model):
    """Further attempts for a person after the last one failed. Append-only; attempts before it do not count any more."""

    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="unlocks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    talked = models.CharField(_("what you talked about"), max_length=500)

    class Meta:
        verbose_name = _("further attempts")
        verbose_name_plural = _("further attempts")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.quiz_id} {self.person_id}"
