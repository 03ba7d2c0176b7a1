"""Courses, their sessions, who is invited and comes, and what is on record of it as append-only facts."""

import secrets
import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Ability, Department, Level
from processes.models import Process
from training.querysets import EnrolmentQuerySet, RecordQuerySet, SessionQuerySet
from worklist.models import WorkItem

ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that is taken for another when somebody types the code from the paper."""
CODE_LENGTH: Final = 26


def new_code() -> str:
    """128 random bits: nobody finds another certificate by guessing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


class Course(models.Model):
    """What can be learned in sessions. `department`: who arranges it; none is the process office for the whole company."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="courses", verbose_name=_("arranged by the department")
    )
    processes = models.ManyToManyField(Process, blank=True, related_name="courses", verbose_name=_("processes"))
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="courses", verbose_name=_("prepares for level"))
    abilities = models.ManyToManyField(Ability, blank=True, related_name="courses", verbose_name=_("abilities"))
    places = models.PositiveSmallIntegerField(_("places in a session"), default=12)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark in percent"), null=True, blank=True, help_text=_("Empty: whoever attended has completed it.")
    )
    renewal_months = models.PositiveSmallIntegerField(
        _("valid for so many months"), null=True, blank=True, help_text=_("Empty: it never expires.")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created"))
    retired_at = models.DateTimeField(_("no longer held since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Counts what was saved, for whoever saves at the same time.")

    history = HistoricalRecords(excluded_fields=["version"], m2m_fields=[processes, abilities])

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(condition=Q(pass_mark__isnull=True) | Q(pass_mark__gte=1, pass_mark__lte=100), name="course_pass_mark"),
            models.CheckConstraint(condition=Q(renewal_months__isnull=True) | Q(renewal_months__gte=1), name="course_renewal_has_months"),
            models.CheckConstraint(condition=Q(places__gte=1), name="course_has_places"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class TrainingSession(models.Model):
    """A course held once, on [begins_at, ends_at), by a person of the company or somebody from outside."""

    class State(models.TextChoices):
        """How far it is."""

        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions", verbose_name=_("course"))
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="sessions_held", verbose_name=_("trainer")
    )
    trainer_name = models.CharField(_("trainer from outside"), max_length=160, blank=True)
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=160, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True, help_text=_("Where it is held online."))
    capacity = models.PositiveSmallIntegerField(_("places"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PLANNED)
    reason = models.CharField(_("why it was cancelled"), max_length=500, blank=True)
    sequence = models.PositiveIntegerField(default=0, help_text="How often it was changed; calendars take the highest.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("planned on"))

    history = HistoricalRecords()
    objects: ClassVar[SessionQuerySet] = SessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering = ("begins_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="session_has_time"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="session_has_places"),
            models.CheckConstraint(
                condition=Q(trainer__isnull=False, trainer_name="") | (Q(trainer__isnull=True) & ~Q(trainer_name="")),
                name="session_has_one_trainer",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(reason=""), name="session_cancelled_with_reason"),
        )
        indexes = (models.Index(fields=("begins_at",), condition=Q(state="planned"), name="sessions_planned"),)

    def __str__(self) -> str:
        return f"{self.course_id} {self.begins_at:%Y-%m-%d}"

    @property
    def led_by(self) -> str:
        """Whoever holds it, by name."""
        return self.trainer.name if self.trainer else self.trainer_name


class Enrolment(models.Model):
    """A person and a session: asked, coming, waiting for a place, or not. The work item is the invitation."""

    class State(models.TextChoices):
        """How it stands."""

        INVITED = "invited", _("Invited")
        ENROLLED = "enrolled", _("Enrolled")
        WAITING = "waiting", _("On the waiting list")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Called off")

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="enrolments", verbose_name=_("session"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments", verbose_name=_("person"))
    state = models.CharField(_("state"), max_length=12, choices=State)
    since = models.DateTimeField(_("since"), help_text="The order of the waiting list.")
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="enrolment")
    evaluated = models.BooleanField(_("has evaluated"), default=False, help_text="That, and neither when nor what.")

    objects: ClassVar[EnrolmentQuerySet] = EnrolmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ("since", "id")
        constraints = (models.UniqueConstraint(fields=("session", "person"), name="enrolment_once"),)
        indexes = (models.Index(fields=("person", "state"), name="enrolments_of_person"),)

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_id} {self.state}"


class CheckIn(models.Model):
    """A person was there and said so in their own session, with the code that the trainer showed. Append-only."""

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="check_ins")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="check_ins", verbose_name=_("person"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("session", "person"), name="check_in_once"),)

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_id}"


class TrainingRecord(models.Model):
    """What a person completed, or did not. Append-only: a mistake is put right by a further row that supersedes it, with the reason."""

    class Result(models.TextChoices):
        """How it ended."""

        ATTENDED = "attended", _("Attended")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Not passed")
        ABSENT = "absent", _("Not there")

    class Source(models.TextChoices):
        """Where it comes from."""

        SESSION = "session", _("Session")
        IMPORT = "import", _("Taken over")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="training_records", verbose_name=_("person"))
    course = models.ForeignKey(Course, models.PROTECT, related_name="records", verbose_name=_("course"))
    session = models.ForeignKey(TrainingSession, models.PROTECT, null=True, blank=True, related_name="records", verbose_name=_("session"))
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.SESSION)
    day = models.DateField(_("day"))
    result = models.CharField(_("result"), max_length=8, choices=Result)
    score = models.PositiveSmallIntegerField(_("result in percent"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The last day. Empty: it does not expire."))
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("puts right")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"))

    objects: ClassVar[RecordQuerySet] = RecordQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("training record")
        verbose_name_plural = _("training records")
        ordering = ("-day", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("session", "person"), condition=Q(session__isnull=False, supersedes__isnull=True), name="record_once_in_a_session"
            ),
            models.UniqueConstraint(
                fields=("person", "course", "day"), condition=Q(source="import", supersedes__isnull=True), name="record_taken_over_once"
            ),
            models.CheckConstraint(
                condition=Q(source="session", session__isnull=False) | Q(source="import", session__isnull=True), name="record_has_a_source"
            ),
            models.CheckConstraint(condition=Q(supersedes__isnull=True) | ~Q(reason=""), name="record_put_right_with_reason"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=100), name="record_score_in_percent"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("day")), name="record_valid_from_its_day"),
        )
        indexes = (
            models.Index(fields=("course", "person", "-day"), name="records_of_course"),
            models.Index(fields=("valid_until",), condition=Q(valid_until__isnull=False), name="records_that_expire"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.course_id} {self.day}"

    @property
    def is_completed(self) -> bool:
        """Whether it counts: attended where nothing is to be passed, else passed."""
        return self.result in COMPLETED


COMPLETED: Final = (TrainingRecord.Result.ATTENDED, TrainingRecord.Result.PASSED)


class Evaluation(models.Model):
    """What somebody thought of a session. Who and when stands nowhere, and the key is drawn at random."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="evaluations")
    score = models.PositiveSmallIntegerField(_("from 1 to 5"))
    comment = models.CharField(_("comment"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="evaluation_from_1_to_5"),)

    def __str__(self) -> str:
        return f"{self.session_id} {self.score}"


class TrainingDemand(models.Model):
    """A company-level process asks that its readers have completed a course before a version takes effect."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="training_demands", verbose_name=_("process"))
    course = models.ForeignKey(Course, models.PROTECT, related_name="demands", verbose_name=_("course"))
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    begun_at = models.DateTimeField(_("since"))
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("no longer"), null=True, blank=True)

    class Meta:
        verbose_name = _("training demand")
        verbose_name_plural = _("training demands")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("process", "course"), condition=Q(ended_at__isnull=True), name="demand_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="demand_ended_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.course_id}"
