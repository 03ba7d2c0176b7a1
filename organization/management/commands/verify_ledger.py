"""`manage.py verify_ledger`: proves that signatures, evidence and append-only rows are as they were written."""

import sys
from itertools import chain
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from organization import evidence, signing, triggers


class Command(BaseCommand):
    """Prints each fault; the exit code is 1 where there is one."""

    help = "Checks the chain of signatures, the seals of the evidence trail, and append-only rows against their evidence."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seals what is open first, so that everything up to now is covered."""
        evidence.seal(timezone.now())
        count = 0
        for fault in chain(signing.verify_chain(), evidence.verify(), evidence.verify_rows(triggers.registered())):
            count += 1
            self.stdout.write(str(fault))
        if count:
            self.stdout.write(f"{count} fault(s)")
            sys.exit(1)
        self.stdout.write("The ledger is sound.")
