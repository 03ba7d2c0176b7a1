"""`manage.py export_ledger FILE.zip`: every signature with what was signed, and a script that checks them without the portal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from processportal.ledger.exporting import write_ledger


class Command(BaseCommand):
    """The file is complete or is not there."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, metavar="FILE.zip")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Written beside its place first, so that a broken writing leaves nothing that looks whole."""
        file: Path = options["file"]
        if file.exists():
            raise CommandError(f"{file} is there already. Name a new file.")
        unfinished = file.with_name(f".{file.name}.part")
        try:
            written = write_ledger(unfinished)
            unfinished.rename(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(f"{written.signatures} signatures, {written.contents} contents, {written.revisions} revisions in {file}")
