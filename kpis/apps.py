"""The kpis app: wires what it hears from below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KpisConfig(AppConfig):
    """Indicators, their values and what is owed for them."""

    name = "kpis"
    verbose_name = _("Kpis")

    def ready(self) -> None:
        """Connects the receivers."""
        from kpis import receivers
        from processes import events

        events.withdrawn.connect(receivers.withdrawn, dispatch_uid="kpis-withdrawn")
