"""`manage.py check_continuity [--json]`: whether everything that is owed leads to somebody, stored as today's proof."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from processportal.continuity.checking import prove
from processportal.continuity.words import CARRIED, as_json
from worklist.models import ContinuityProof


class Command(BaseCommand):
    """Runs the check of the night now."""

    help = "Checks that every open work item, process and indicator leads to an active, present person of the required level."

    def add_arguments(self, parser: CommandParser) -> None:
        """--json: for programs."""
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """The result is stored either way; a later run on the same day replaces it."""
        proof = prove(timezone.now())
        exceptions = [as_json(one) for one in proof.exceptions if one["kind"] != CARRIED]
        if options["json"]:
            self.stdout.write(json.dumps(_numbers(proof) | {"exceptions": exceptions}, ensure_ascii=False, indent=2))
            return
        numbers = _numbers(proof)
        self.stdout.write("{unowned} of {open} open items and {processes_unowned} processes lead to nobody.".format(**numbers))
        for one in exceptions:
            self.stdout.write("- {what} ({where}): {why} {do}".format(**one))


def _numbers(proof: ContinuityProof) -> dict[str, int]:
    return {"open": proof.open_items, "unowned": proof.unowned, "processes_unowned": proof.processes_unowned}
