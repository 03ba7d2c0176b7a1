"""What is true of the whole installation: its name, time zone, whether it is a demo."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class CompanySettings(models.Model):
    """One row. `is_demo` is written once, by seed_demo into an empty database."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    holiday_country = models.CharField(_("public holidays of"), max_length=8, blank=True, help_text=_("Country code, such as DE or CN."))
    holiday_region = models.CharField(
        _("region"), max_length=8, blank=True, help_text=_("Region code of that country, such as BY; or empty.")
    )
    placement_until = models.DateField(_("initial placement until"), null=True, blank=True)
    team_growth = models.BooleanField(_("growth over time"), default=True)
    team_contribution = models.BooleanField(_("contribution"), default=True)
    team_load = models.BooleanField(_("work load"), default=True)
    team_plans = models.BooleanField(_("development plans"), default=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("company settings")
        verbose_name_plural = _("company settings")
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="company_settings_single"),)

    def __str__(self) -> str:
        return self.time_zone
