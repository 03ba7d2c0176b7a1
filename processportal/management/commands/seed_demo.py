"""`manage.py seed_demo`: the demo company, into an empty database."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from processportal.demo.accounts import demo_accounts
from processportal.demo.seed import SeedRefused, seed


class Command(BaseCommand):
    """Deterministic, relative to today."""

    help = __doc__ or ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seed, then name the demo accounts."""
        try:
            seed(say=self._say)
        except SeedRefused as error:
            raise CommandError(str(error)) from error
        for account in demo_accounts():
            self.stdout.write(f"{account.login:<16} {account.position:<38} {account.what_to_try}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
