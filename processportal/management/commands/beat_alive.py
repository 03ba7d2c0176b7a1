"""`manage.py beat_alive`: exit 0 while the scheduler's heartbeat is fresh, for the container's health check."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from processportal.health import beat


class Command(BaseCommand):
    """Says what /readyz says of the scheduler."""

    help = __doc__ or ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Raise CommandError (exit 1) where the scheduler is late."""
        answer = beat()
        if answer != "ok":
            raise CommandError(f"beat: {answer}")
        self.stdout.write("ok")
