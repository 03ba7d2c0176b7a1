"""`manage.py audit_pack FILE.zip --process PUR-010 --day 2026-03-03 --as LOGIN`: the pack that this person would get, at once."""

import datetime as dt
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management import BaseCommand, CommandError
from django.utils import timezone, translation

from organization.models import Person
from organization.refusals import Refused
from processportal.audit_pack import making
from processportal.audit_pack.models import AuditPack
from processportal.audit_pack.selecting import SELECTORS

PAUSE: Final = 0.5


class Command(BaseCommand):
    """The file is complete or is not there."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option for each selector, of which one is given."""
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        chosen = parser.add_mutually_exclusive_group(required=True)
        for name in SELECTORS:
            chosen.add_argument(f"--{name}", metavar="KEY")
        parser.add_argument("--day", type=dt.date.fromisoformat, required=True)
        parser.add_argument("--as", dest="login", required=True, metavar="LOGIN", help="Whose sight it has.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Asked for through the story, so that it is written down who asked."""
        file: Path = options["file"]
        if file.exists():
            raise CommandError(f"{file} is there already. Name a new file.")
        person = Person.objects.filter(login=options["login"]).first()
        if person is None or not person.has_access(timezone.localdate()):
            raise CommandError(f"Nobody with access is called {options['login']}.")
        what = next(name for name in SELECTORS if options[name] is not None)
        pack = self._made(what, str(options[what]), options["day"], person)
        unfinished = file.with_name(f".{file.name}.part")
        try:
            with unfinished.open("wb") as out:
                out.writelines(bytes(part.content) for part in pack.parts.order_by("ordinal").iterator(1))
            unfinished.rename(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(f"{pack.entries.count()} documents, {pack.left_out} left out, fingerprint {pack.sha256} in {file}")

    def _made(self, what: str, key: str, day: dt.date, person: Person) -> AuditPack:
        try:
            with translation.override(person.language):
                pack = making.ask(what, key, day, by=person, now=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        while pack.outcome == AuditPack.Outcome.WAITING:
            if not making.work_on(pack.pk):
                time.sleep(PAUSE)  # a worker of the portal is at it too
            pack.refresh_from_db()
        if pack.outcome != AuditPack.Outcome.MADE:
            raise CommandError("The pack could not be put together; the log says why.")
        return pack
