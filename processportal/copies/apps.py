"""Copies have tables of their own: wires what they hear from below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CopiesConfig(AppConfig):
    """Procedures on paper."""

    name = "processportal.copies"
    label = "copies"
    verbose_name = _("Copies on paper")

    def ready(self) -> None:
        """Connects the receivers."""
        from processes import events
        from processportal.copies import receivers

        for signal in (events.in_force_changed, events.withdrawn):
            signal.connect(receivers.in_force_changed, dispatch_uid=f"copies-{id(signal)}")
