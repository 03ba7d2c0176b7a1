"""Approval routes as data: for which documents a route holds, its stages in order, and the rules that name who approves in each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Department, Position
from processes.models import Process
from worklist.models import WorkItem


class Mode(models.TextChoices):
    """How many of a stage's seats have to approve until it ends."""

    ALL = "all", _("All of them")
    ANY = "any", _("Any one of them")
    QUORUM = "quorum", _("A number of them")


LEVELS = {Process.Level.COMPANY: _("Company level"), Process.Level.DEPARTMENT: _("Department level")}


class Route(models.Model):
    """One version of a route. What is in force is never edited: a copy takes its place once a second person has confirmed it."""

    class State(models.TextChoices):
        """`approvals/route_effect.py` moves it; an edit (`route_changes.py`) makes a draft again of what was proposed."""

        DRAFT = "draft", pgettext_lazy("of an approval route", "Being written")
        PROPOSED = "proposed", pgettext_lazy("of an approval route", "Waits for confirmation")
        IN_FORCE = "in_force", pgettext_lazy("of an approval route", "In force")
        RETIRING = "retiring", pgettext_lazy("of an approval route", "In force, to be retired")
        RETIRED = "retired", pgettext_lazy("of an approval route", "Retired")

    name = models.CharField(_("name"), max_length=120)
    document_type = models.CharField(_("document type"), max_length=20, choices=Process.Type, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Process.Level, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="approval_routes", verbose_name=_("department and what lies below")
    )
    confidentiality = models.CharField(_("confidentiality"), max_length=12, choices=Process.Confidentiality, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that of two people who change it at once one is told.")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    retired_from = models.DateField(_("retired from"), null=True, blank=True, help_text=_("From this day on no new case takes it."))
    work_item = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="approval_route")

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("approval route")
        verbose_name_plural = _("approval routes")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                "document_type", "level", Coalesce(F("department"), 0), "confidentiality",
                condition=Q(state__in=("in_force", "retiring")), name="route_one_for_the_same",
            ),
            models.UniqueConstraint(fields=("replaces",), condition=Q(state__in=("draft", "proposed")), name="route_one_change_at_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")), name="route_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("retiring", "retired")) | Q(retired_from__isnull=False), name="route_retired_on_a_day"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """(criterion, its value in words) of what is not open; none where it holds for every document."""
        department = gettext("%(name)s and what lies below") % {"name": self.department.name} if self.department else ""
        words = {
            "document_type": self.get_document_type_display(),
            "level": LEVELS[Process.Level(self.level)] if self.level else "",
            "department": department,
            "confidentiality": self.get_confidentiality_display(),
        }
        return [(criterion, str(value)) for criterion, value in words.items() if value]


class RouteStage(models.Model):
    """One stage of a route. `group` names its positions where they are asked as a body, such as “Quality circle”."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="stages")
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=160)
    mode = models.CharField(_("who has to approve"), max_length=6, choices=Mode, default=Mode.ALL)
    quorum = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    working_days = models.PositiveSmallIntegerField(_("working days"), default=5)
    needs_signature = models.BooleanField(_("signature required"), default=True)
    required_level = models.PositiveSmallIntegerField(_("required level"), default=0)
    group = models.CharField(_("name of the group"), max_length=120, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("stage of a route")
        verbose_name_plural = _("stages of routes")
        ordering = ("order", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(mode="quorum", quorum__gte=1) | (~Q(mode="quorum") & Q(quorum__isnull=True)), name="route_stage_quorum"
            ),
            models.CheckConstraint(condition=Q(required_level__lte=5, working_days__gte=1), name="route_stage_numbers"),
        )

    def __str__(self) -> str:
        return self.title


class RouteRule(models.Model):
    """One rule that names who approves in a stage; only the rule "a position" has a position."""

    class Kind(models.TextChoices):
        """What the positions are found by, for a given process."""

        HEAD = "head", _("Head of the process's department")
        DEPARTMENT = "department", _("Process manager of the department")
        COMPANY = "company", _("Company process manager")
        NEIGHBOURS = "neighbours", _("Heads of every department that takes part, or that the process hands work to or from")
        ADVISOR = "advisor", _("An advisor of level 4")
        POSITION = "position", _("A position")

    stage = models.ForeignKey(RouteStage, models.CASCADE, related_name="rules")
    kind = models.CharField(_("rule"), max_length=12, choices=Kind)
    position = models.ForeignKey(Position, models.PROTECT, null=True, blank=True, related_name="route_rules", verbose_name=_("position"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rule of a route")
        verbose_name_plural = _("rules of routes")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("stage", "kind", Coalesce(F("position"), 0), name="route_rule_once"),
            models.CheckConstraint(
                condition=Q(kind="position", position__isnull=False) | (~Q(kind="position") & Q(position__isnull=True)),
                name="route_rule_position",
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage_id} {self.kind}"
