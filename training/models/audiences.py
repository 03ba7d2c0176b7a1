"""Who must read a process: the rows of its rule."""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Department, Level, Position
from processes.models import Process, Role
from training.querysets import AudienceRuleQuerySet

TARGETS: Final = ("department", "position", "role", "level", "person")
"""What a rule may be about; each has exactly one of them."""


def _only(one: str) -> Q:
    return Q(**{f"{name}__isnull": name != one for name in TARGETS})


class AudienceRule(models.Model):
    """Whom one rule selects must (or need not) read a process, on the days [starts_on, ends_before).

    A department selects with what lies below it and a level with those above it, unless the rule is narrow; a role selects
    the holders of the positions that fill it.
    """

    process = models.ForeignKey(Process, models.PROTECT, related_name="audience_rules", verbose_name=_("process"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="audience_rules", verbose_name=_("department")
    )
    position = models.ForeignKey(Position, models.PROTECT, null=True, blank=True, related_name="audience_rules", verbose_name=_("position"))
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="audience_rules", verbose_name=_("role"))
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="audience_rules", verbose_name=_("level"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="audience_rules", verbose_name=_("person")
    )
    narrow = models.BooleanField(
        _("only this"), default=False, help_text="A department without what lies below it, a level without those above it."
    )
    excludes = models.BooleanField(_("excludes"), default=False)
    starts_on = models.DateField(_("from"))
    ends_before = models.DateField(_("until"), null=True, blank=True)

    history = HistoricalRecords()

    objects: ClassVar[AudienceRuleQuerySet] = AudienceRuleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("audience rule")
        verbose_name_plural = _("audience rules")
        ordering = ("process", "id")
        constraints = (
            models.CheckConstraint(
                condition=_only("department") | _only("position") | _only("role") | _only("level") | _only("person"),
                name="audience_rule_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(narrow=False) | Q(department__isnull=False) | Q(level__isnull=False), name="audience_rule_narrows_what_is_wide"
            ),
            *(
                models.UniqueConstraint(
                    fields=("process", name, "excludes"),
                    condition=Q(ends_before__isnull=True),
                    name="audience_rule_once" if name == "department" else f"audience_rule_of_{name}_once",
                )
                for name in TARGETS
            ),
            models.CheckConstraint(condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")), name="audience_has_days"),
        )

    def __str__(self) -> str:
        kind, key = self.about
        return f"{self.process_id} {kind} {key}"

    @property
    def about(self) -> tuple[str, int]:
        """What it is about: the name of the field and the key."""
        return next((name, key) for name in TARGETS if (key := getattr(self, f"{name}_id")) is not None)
