"""The processes app."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProcessesConfig(AppConfig):
    """Names the app; makes the search index after migrations."""

    name = "processes"
    verbose_name = _("Processes")

    def ready(self) -> None:
        """Connects the installer of the search index, and what wakes the reconciler of shared steps."""
        from processes import events, receivers

        for signal in (events.approved, events.in_force_changed):
            signal.connect(receivers.approved, dispatch_uid=f"processes-{id(signal)}")
        post_migrate.connect(after_migrate, sender=self, dispatch_uid="processes.search")


def after_migrate(using: str, **_kwargs: Any) -> None:
    """Receiver of post_migrate: brings the search index to the tables."""
    from processes.search_index import install_search

    install_search(connections[using])
