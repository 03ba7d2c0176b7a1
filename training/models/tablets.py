"""Tablets that many people share on the shop floor, and each visit at one."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Department


class Tablet(models.Model):
    """A browser that was registered as shared. It holds a secret in a cookie; here stands only its hash."""

    place = models.CharField(_("place"), max_length=120, help_text=_("Where it hangs, such as “Hall 2, line 4”."))
    department = models.ForeignKey(Department, models.PROTECT, related_name="tablets", verbose_name=_("department"))
    secret_sha256 = models.CharField(max_length=64, unique=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("registered by"))
    registered_at = models.DateTimeField(_("registered"))
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["secret_sha256"])

    class Meta:
        verbose_name = _("shared tablet")
        verbose_name_plural = _("shared tablets")
        ordering = ("-registered_at", "-id")

    def __str__(self) -> str:
        return self.place


class TabletVisit(models.Model):
    """Somebody at a shared tablet, from badge and PIN to the end. `sheet` names the page that was sent, which counts once."""

    tablet = models.ForeignKey(Tablet, models.PROTECT, related_name="visits")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    sheet = models.CharField(max_length=32, unique=True)
    handle = models.CharField(max_length=32, unique=True)
    began_at = models.DateTimeField(_("began"))
    seen_at = models.DateTimeField(_("last seen"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("visit at a shared tablet")
        verbose_name_plural = _("visits at shared tablets")
        ordering = ("-began_at", "-id")

    def __str__(self) -> str:
        return f"{self.tablet_id} {self.person_id}"
