"""`manage.py import_documents FOLDER --metadata TABLE --by LOGIN`: Word documents, tables and drawings of a folder become drafts."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from organization.evidence import acting
from organization.models import Person
from processes.bulk_import import bring_in, rows_of
from processes.documents.found import NotRead


class Command(BaseCommand):
    """The table has the columns file, department (its code), owner (a position's title) and, if wanted, title and type."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the files and the table lie, who brings them in, and whether only to look."""
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--metadata", type=Path, required=True, metavar="TABLE.csv")
        parser.add_argument("--by", required=True, metavar="LOGIN", help="whose drafts they are")
        parser.add_argument("--check", action="store_true", help="what would happen; writes nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object for each file")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One line for each file; the command fails where one was refused."""
        by = Person.objects.filter(login=options["by"]).first()
        if by is None:
            raise CommandError(f"There is nobody with the login {options['by']!r}.")
        try:
            rows = rows_of(options["metadata"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['metadata']} cannot be read: {error.strerror}.") from error
        except NotRead as fault:
            raise CommandError(str(fault)) from fault
        refused = 0
        with acting(by.login):
            for one in bring_in(options["folder"], rows, by=by, now=timezone.now(), check=options["check"]):
                refused += one.status == "refused"
                text = json.dumps(asdict(one), ensure_ascii=False) if options["json"] else _line(one)
                self.stdout.write(text)
        if refused:
            raise CommandError(f"{refused} of {len(rows)} files were refused.")


def _line(one: Any) -> str:
    counts = f"{one.steps} steps, {one.not_taken} pieces not taken over" if one.steps or one.not_taken else ""
    return "  ".join(part for part in (one.file, one.status, one.process, counts, one.said) if part)
