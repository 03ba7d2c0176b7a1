"""The top app: wires what needs several neighbours."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ProcessPortalConfig(AppConfig):
    """Screens over several apps."""

    name = "processportal"
    verbose_name = _("Process Portal")

    def ready(self) -> None:
        """Tells the drawing engine which `dot` to use."""
        _ = settings.DOT_BINARY
