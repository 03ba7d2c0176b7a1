"""The improvement app: audits, findings, actions, management systems; its first story comes with a later release."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImprovementConfig(AppConfig):
    """Names the app."""

    name = "improvement"
    verbose_name = _("Improvement")
