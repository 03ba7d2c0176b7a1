"""The worklist app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorklistConfig(AppConfig):
    """Names the app; wires what it hears from below."""

    name = "worklist"
    verbose_name = _("Worklist")

    def ready(self) -> None:
        """Connects the receivers."""
        from organization import events
        from worklist import confirmations, continuity_receivers, receivers

        events.appointments_changed.connect(receivers.absences_changed, dispatch_uid="worklist.pauses")
        events.proposals_changed.connect(confirmations.changed, dispatch_uid="worklist.confirmations")
        events.signing_failed.connect(receivers.signing_failed, dispatch_uid="worklist.signing_failed")
        events.person_deactivated.connect(continuity_receivers.person_deactivated, dispatch_uid="worklist.handover")
        events.appointments_changed.connect(continuity_receivers.appointments_changed, dispatch_uid="worklist.vacancies")
