"""The approvals app: wires what it hears from below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """Routes, cases, decisions."""

    name = "approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        """Connects the receiver."""
        from approvals import receivers
        from organization import events

        events.level_changed.connect(receivers.level_changed, dispatch_uid="approvals-levels")
