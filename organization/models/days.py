"""Days that differ from the country's calendar, and calendars from which absences are read."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class CalendarException(models.Model):
    """A day on which the company works although it is a holiday or weekend, or rests although it is neither."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"), default=False)
    name = models.CharField(_("name"), max_length=120)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("calendar exception")
        verbose_name_plural = _("calendar exceptions")
        ordering = ("day",)

    def __str__(self) -> str:
        return self.name


class CalledOff(models.Model):
    """What a calendar says and somebody cancelled here: it stays cancelled while the event keeps these days."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    external_id = models.CharField(max_length=200)
    starts_on = models.DateField(_("from"))
    ends_before = models.DateField(_("until"))

    class Meta:
        verbose_name = _("cancelled absence of a calendar")
        verbose_name_plural = _("cancelled absences of calendars")
        constraints = (models.UniqueConstraint(fields=("person", "external_id"), name="called_off_once"),)

    def __str__(self) -> str:
        return f"{self.person}, {self.starts_on}"


class AbsenceFeed(models.Model):
    """An iCalendar address that is read for absences: one person's, or (without a person) one whose events name people by e-mail."""

    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=500, help_text=_("An https address of an iCalendar (.ics) file."))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="absence_feeds", verbose_name=_("person")
    )
    is_active = models.BooleanField(_("active"), default=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    # Whoever has the address reads the calendar: it is a secret, which nothing that is kept for ever repeats.
    history = HistoricalRecords(excluded_fields=["url", "read_at", "error"])

    class Meta:
        verbose_name = _("absence calendar")
        verbose_name_plural = _("absence calendars")
        ordering = ("name", "id")
        constraints = (models.CheckConstraint(condition=~Q(url=""), name="absence_feed_has_address"),)

    def __str__(self) -> str:
        return self.name
