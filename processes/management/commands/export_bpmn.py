"""`manage.py export_bpmn NUMBER`: a process as a BPMN 2.0 file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from processes.bpmn.writing import write_bpmn
from processes.canonical import from_json, parse
from processes.models import Process, Revision


class Command(BaseCommand):
    """What is in force, else the newest revision; or the one that is asked for."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The number, which revision, and where to."""
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--revision", default="", metavar="VERSION", help='such as "2.0"; without it, what is in force')
        parser.add_argument("--out", type=Path, metavar="FILE", help="without it, the file goes to the standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write one file."""
        process = Process.objects.filter(number__iexact=options["number"]).first()
        if process is None:
            raise CommandError(f"There is no process {options['number']!r}.")
        revision = _revision(process, options["revision"])
        if revision is None:
            raise CommandError(f"{process.number} has no version {options['revision'] or 'yet'}.")
        data = write_bpmn(parse(bytes(revision.frozen.content)) if revision.frozen else from_json(revision.content))
        if options["out"] is None:
            sys.stdout.buffer.write(data)
            return
        try:
            options["out"].write_bytes(data)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{process.number} {revision.label or revision.get_state_display()} → {options['out']}")


def _revision(process: Process, version: str) -> Revision | None:
    found = process.revisions.exclude(state=Revision.State.DISCARDED).select_related("frozen")
    if version:
        return next((revision for revision in found if revision.label == version), None)
    return found.in_force(timezone.now()).first() or found.order_by("-ordinal").first()
