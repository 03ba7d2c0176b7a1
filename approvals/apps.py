"""The approvals app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """Names the app."""

    name = "approvals"
    verbose_name = _("Approvals")
