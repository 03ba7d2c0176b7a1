"""The processes app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcessesConfig(AppConfig):
    """Names the app."""

    name = "processes"
    verbose_name = _("Processes")
