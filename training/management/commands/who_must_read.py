"""`manage.py who_must_read PUR-010 [--on 2026-03-03] [--json]`: who owes it, by which rule, since when, until when, and how it stands.

People of today's audience, also those to whom it was not handed out yet; for a past day whoever owed it at the end of that day.
"""

import datetime as dt
import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from organization.calendar import today
from processes.models import Process
from training.owing import Owed, owed_on, owed_today
from training.rule_words import whom

HEADS: Final = ("person", "name", "rule", "since", "due", "state")


def a_day(text: str) -> dt.date:
    """A day as it is written in addresses. Raises CommandError for anything else."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is no day; write it as 2026-03-03.") from error


class Command(BaseCommand):
    """Reads only."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The number, maybe a day."""
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--on", metavar="DAY", help="A past day, such as 2026-03-03: as it stood at the end of that day.")
        parser.add_argument("--json", action="store_true", help="As JSON instead of a table.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """A table, or JSON that is written as it is found."""
        now = timezone.now()
        day = a_day(options["on"]) if options["on"] else today(now)
        if day > today(now):
            raise CommandError(f"{day} is still to come; who must read then is not known yet.")
        process = Process.objects.select_related("department").filter(number__iexact=options["number"]).first()
        if process is None:
            raise CommandError(f"There is no process {options['number']}.")
        found = owed_today(process, day, now) if day == today(now) else owed_on(process, day)
        if options["json"]:
            self._as_json(found)
        else:
            self._as_table(found)

    def _as_json(self, found: Iterable[Owed]) -> None:
        self.stdout.write('{"people": [', ending="")
        for number, row in enumerate(_lines(found)):
            row.pop("name")
            self.stdout.write(("," if number else "") + "\n" + json.dumps(row, ensure_ascii=False), ending="")
        self.stdout.write("\n]}")

    def _as_table(self, found: Iterable[Owed]) -> None:
        rows = [[str(value or "–") for value in row.values()] for row in _lines(found)]
        if not rows:
            self.stdout.write("Nobody has to read it.")
            return
        widths = [max(map(len, column)) for column in zip(HEADS, *rows, strict=True)]
        for row in [HEADS, *rows]:
            self.stdout.write("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _lines(found: Iterable[Owed]) -> Iterator[dict[str, str | None]]:
    for one in found:
        yield {
            "person": one.person.login,
            "name": one.person.name,
            "rule": whom(one.rule) if one.rule else None,
            "since": one.since.isoformat() if one.since else None,
            "due": one.due.isoformat() if one.due else None,
            "state": one.state.value,
        }
