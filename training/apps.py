"""The training app: wires what it hears from below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """Readings and acknowledgements."""

    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        """Connects the receivers, and says what holds an approved version back and what mails carry."""
        from organization import events as people
        from processes import events, holding
        from training import receivers
        from training.courses import calendar_file, demands
        from worklist import enclosures

        holding.register(demands.held_until)
        enclosures.register("training:session", calendar_file.enclosed)
        for signal in (events.approved, events.in_force_changed):
            signal.connect(receivers.approved, dispatch_uid=f"training-{id(signal)}")
        events.withdrawn.connect(receivers.withdrawn, dispatch_uid="training-withdrawn")
        events.emergency_ended.connect(receivers.emergency_ended, dispatch_uid="training-emergency-ended")
        people.person_deactivated.connect(receivers.left, dispatch_uid="training-left")
        for signal in (people.appointments_changed, people.person_deactivated, people.level_changed):
            signal.connect(receivers.people_changed, dispatch_uid=f"training-{id(signal)}")
