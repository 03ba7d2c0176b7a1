"""`manage.py import_organization KIND FILE --by LOGIN`: a table of departments, people, positions, appointments or absences."""

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
from organization.tables.applying import Report, Unreadable, bring_in, rehearse
from organization.tables.columns import KINDS
from organization.tables.reading import LARGEST, decode
from organization.tables.reporting import in_lines
from organization.tables.steps import State


class Command(BaseCommand):
    """All or nothing; exit code 1 where something is wrong, each with row and column."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, from where, in whose name, and how to answer."""
        parser.add_argument("kind", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--by", required=True, metavar="LOGIN", help="the administrator in whose name it is done")
        parser.add_argument("--check", action="store_true", help="say what would happen; change nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, check, carry out, tell."""
        by = Person.objects.filter(login__iexact=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"There is no active person {options['by']!r}.")
        try:
            report, done = carry_out(options["file"], options["kind"], by, check=options["check"])
        except (Unreadable, Refused) as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from error
        answer = as_json(report, options["file"], done=done) if options["json"] else "\n".join(sentences(report, done=done))
        self.stdout.write(answer)
        if report.faults:
            sys.exit(1)


def carry_out(path: Path, kind: str, by: Person, *, check: bool) -> tuple[Report, bool]:
    """The report, and whether it was done."""
    with path.open("rb") as stream:
        text, encoding = decode(stream.read(LARGEST + 1))
    with acting(by.login):
        if check:
            return rehearse(text, kind, by=by, now=timezone.now(), encoding=encoding), False
        return bring_in(text, kind, by=by, now=timezone.now(), encoding=encoding)


def as_json(report: Report, path: Path, *, done: bool) -> str:
    """For a program."""
    told = {
        "file": str(path),
        "kind": report.kind,
        "encoding": report.encoding,
        "separator": report.separator,
        "rows": report.count,
        "applied": done,
        "new": report.number(State.NEW),
        "changed": report.number(State.CHANGED),
        "unchanged": report.number(State.SAME),
        "faults": [asdict(fault) for fault in report.faults],
        "changes": [
            {"row": step.row, "what": step.label, "state": step.state, "differences": [asdict(d) for d in step.differences]}
            for step in report.steps
            if step.state != State.SAME
        ],
    }
    return json.dumps(told, ensure_ascii=False)


def sentences(report: Report, *, done: bool) -> Iterator[str]:
    """For a person at a terminal."""
    yield f"{report.count} rows, read as {report.encoding}"
    yield from in_lines(report.faults)
    if report.faults:
        return
    for step in report.steps:
        if step.state != State.SAME:
            told = "; ".join(f"{d.column}: {d.before} → {d.after}" for d in step.differences)
            yield f"{step.state} row {step.row}: {step.label}{f' ({told})' if told else ''}"
    numbers = f"{report.number(State.NEW)} new, {report.number(State.CHANGED)} changed, {report.number(State.SAME)} unchanged"
    yield f"{numbers}{'' if done else '; nothing was changed, this was a check'}."
