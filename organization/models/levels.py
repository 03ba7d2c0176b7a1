"""The five-level ladder as data, who holds which level, and how hard each gate is."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.querysets import HeldLevelQuerySet


class Level(models.Model):
    """One rung. Names are English message ids, translated when shown."""

    number = models.PositiveSmallIntegerField(_("level"), primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    renewal_months = models.PositiveSmallIntegerField(
        _("renewed after months"), null=True, blank=True, help_text=_("Empty: it is held without an end.")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ("number",)

    def __str__(self) -> str:
        return self.name


class Ability(models.Model):
    """What a person at a level can do; each is assessed against evidence."""

    level = models.ForeignKey(Level, models.PROTECT, related_name="abilities", verbose_name=_("level"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text = models.CharField(_("ability"), max_length=300)
    criterion = models.TextField(_("criterion"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("ability")
        verbose_name_plural = _("abilities")
        ordering = ("level", "order")

    def __str__(self) -> str:
        return self.text


class HeldLevel(models.Model):
    """A person holds a level on the days [held_from, held_until). Rows are added and ended, never rewritten.

    What lapses is followed by the level below, written down together with it: so every day, also one to come, is answered by the
    rows alone. A row that was ended before it began was never held.
    """

    class Ground(models.TextChoices):
        """What the level rests on."""

        PLACEMENT = "placement", _("Initial placement")
        ASSESSMENT = "assessment", _("Competence assessment")
        ASSIGNED = "assigned", _("Assigned")
        EXEMPTED = "exempted", _("Exempt from renewal")
        REVOKED = "revoked", _("Left after a revocation")
        LAPSED = "lapsed", _("Left after a lapse")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="held_levels", verbose_name=_("person"))
    level = models.ForeignKey(Level, models.PROTECT, related_name="holders", verbose_name=_("level"))
    held_from = models.DateField(_("from"))
    held_until = models.DateField(_("until"), null=True, blank=True)
    ground = models.CharField(_("ground"), max_length=12, choices=Ground, default=Ground.ASSIGNED)
    reason = models.TextField(_("reason"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="levels_given", verbose_name=_("given by"))
    given_at = models.DateTimeField(_("given at"))
    signature = models.OneToOneField("organization.Signature", models.PROTECT, null=True, blank=True, related_name="held_level")

    objects: ClassVar[HeldLevelQuerySet] = HeldLevelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("held level")
        verbose_name_plural = _("held levels")
        ordering = ("-held_from", "-id")
        indexes = (models.Index(fields=("person", "held_from")),)
        constraints = (
            models.UniqueConstraint(fields=("person",), condition=Q(held_until__isnull=True), name="held_level_one_open"),
            models.CheckConstraint(condition=~Q(reason=""), name="held_level_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.level_id}"


class GateRule(models.Model):
    """How hard one row of the ladder's table is. Only the company process manager changes it."""

    class Mode(models.TextChoices):
        """Refuse, allow with a warning, or do not ask."""

        ENFORCE = "enforce", _("Enforce")
        WARN = "warn", _("Warn")
        OFF = "off", _("Off")

    action = models.CharField(_("action"), max_length=40, primary_key=True)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode, default=Mode.ENFORCE)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("gate")
        verbose_name_plural = _("gates")
        ordering = ("action",)

    def __str__(self) -> str:
        return self.action
