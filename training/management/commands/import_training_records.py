"""`manage.py import_training_records FILE --by LOGIN`: past training records from a CSV file or a spreadsheet."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from organization.evidence import acting
from organization.models import Person
from organization.refusals import Refused
from organization.tables.reading import LARGEST, WORKBOOKS, Unreadable, decode
from organization.tables.reporting import in_lines
from training.courses.bringing_in import Report, bring_in, rehearse
from training.courses.records_table import from_xlsx


class Command(BaseCommand):
    """All or nothing; exit code 1 where something is wrong, each with row and column. The same file again adds nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where, in whose name, and how to answer."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--by", required=True, metavar="LOGIN", help="whoever arranges the courses, in whose name it is done")
        parser.add_argument("--check", action="store_true", help="say what would happen; change nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, check, carry out, tell."""
        by = Person.objects.filter(login__iexact=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"There is no active person {options['by']!r}.")
        try:
            report, done = carry_out(options["file"], by, check=options["check"])
        except (Unreadable, Refused) as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from error
        self.stdout.write(as_json(report, done=done) if options["json"] else "\n".join(sentences(report, done=done)))
        if report.faults:
            sys.exit(1)


def carry_out(path: Path, by: Person, *, check: bool) -> tuple[Report, bool]:
    """The report, and whether it was done."""
    data = path.read_bytes()
    text, encoding = (from_xlsx(data), "XLSX") if data.startswith(WORKBOOKS[0]) else decode(data[: LARGEST + 1])
    with acting(by.login):
        if check:
            return rehearse(text, by=by, now=timezone.now(), encoding=encoding), False
        return bring_in(text, by=by, now=timezone.now(), encoding=encoding)


def as_json(report: Report, *, done: bool) -> str:
    """For a program."""
    told = {
        "rows": report.count,
        "applied": done,
        "new": len(report.new),
        "unchanged": report.same,
        "faults": [asdict(fault) for fault in report.faults],
    }
    return json.dumps(told, ensure_ascii=False)


def sentences(report: Report, *, done: bool) -> Iterator[str]:
    """For a person at a terminal."""
    yield f"{report.count} rows, read as {report.encoding}"
    yield from in_lines(report.faults)
    if report.faults:
        return
    yield f"{len(report.new)} new, {report.same} unchanged{'' if done else '; nothing was changed, this was a check'}."
