"""The evidence trail: rows that database triggers write for every change of a governed table, and the seals that chain them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EvidenceEntry(models.Model):
    """One change of one row: table, key, operation, values before and after, who and when. Written by triggers only."""

    table = models.CharField(_("table"), max_length=80)
    row_key = models.CharField(_("key"), max_length=80)
    operation = models.CharField(_("operation"), max_length=6)
    before = models.TextField(_("before"), null=True)
    after = models.TextField(_("after"), null=True)
    actor = models.CharField(_("actor"), max_length=80, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("evidence entry")
        verbose_name_plural = _("evidence entries")
        ordering = ("id",)
        indexes = (models.Index(fields=("table", "row_key", "id")),)

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.row_key}"


class EvidenceSeal(models.Model):
    """A closed range of entries and the hash over it and the seal before."""

    first_entry = models.BigIntegerField()
    last_entry = models.BigIntegerField(unique=True)
    entries = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64)
    seal_hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("evidence seal")
        verbose_name_plural = _("evidence seals")
        ordering = ("last_entry",)

    def __str__(self) -> str:
        return f"{self.first_entry}–{self.last_entry}"
