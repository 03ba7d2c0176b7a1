"""The organization app."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OrganizationConfig(AppConfig):
    """Names the app; tells triggers the actor; keeps the ladder's rows as the code says."""

    name = "organization"
    verbose_name = _("Organization")

    def ready(self) -> None:
        """Connects the receivers."""
        from allauth.account import signals
        from django.contrib.auth.signals import user_logged_in

        from organization import sessions
        from organization.evidence import name_actor_on

        connection_created.connect(name_actor_on, dispatch_uid="organization.actor")
        user_logged_in.connect(sessions.named, dispatch_uid="organization.device")
        for changed in (signals.password_changed, signals.password_set, signals.password_reset):
            changed.connect(sessions.password_changed, dispatch_uid="organization.sessions")
        post_migrate.connect(install_ladder, sender=self, dispatch_uid="organization.ladder")


def install_ladder(using: str, **_kwargs: Any) -> None:
    """Receiver of post_migrate (also after a test's flush). A half-migrated database has no ladder yet."""
    from organization import gate
    from organization.models import GateRule

    if GateRule._meta.db_table in connections[using].introspection.table_names():
        gate.install_ladder()
