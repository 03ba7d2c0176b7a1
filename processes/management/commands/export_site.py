"""`manage.py export_site FOLDER`: all procedures in force that everybody may read, as a folder of plain pages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone, translation

from processes.exporting.site import everybodys, write_site
from processes.models import Revision
from processes.views.downloads import standing


class Command(BaseCommand):
    """Writes into a new or empty folder, so that nothing of yesterday stays among the pages of today."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and in which language the pages speak."""
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default=settings.LANGUAGE_CODE)

    def handle(self, *_args: Any, **options: Any) -> None:
        """One line for each page."""
        folder: Path = options["folder"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise CommandError(f"{folder} is not empty. Name a new folder, or empty this one.")
            count = 0
            with translation.override(options["language"]):
                for one in write_site(folder, everybodys(Revision.objects.in_force(timezone.now())), standing):
                    count += 1
                    self.stdout.write(f"{one.process.number} → {one.file}.html{'' if one.drawn else ' (without a chart)'}")
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{count} procedures and index.html in {folder}")
