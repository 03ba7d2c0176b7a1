"""Audit packs have tables of their own."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditPackConfig(AppConfig):
    """What held on a past day, with the proof."""

    name = "processportal.audit_pack"
    label = "audit_pack"
    verbose_name = _("Audit packs")
