"""The kpis app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KpisConfig(AppConfig):
    """Names the app."""

    name = "kpis"
    verbose_name = _("Kpis")
