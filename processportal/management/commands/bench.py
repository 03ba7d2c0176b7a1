"""`manage.py bench`: measures on a database of its own, made for the run and dropped after it; writes var/bench.json."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connection
from django.test.utils import override_settings

from processportal.bench.company import build
from processportal.bench.measures import GROUPS, Bench, write

SIZES = {"company": 10_000, "small": 10_000, "tiny": 200}


class Command(BaseCommand):
    """Ratios to a floor from one run; no milliseconds are asserted anywhere."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How large, how often, and where other people's models lie."""
        parser.add_argument("--size", choices=sorted(SIZES), default="small")
        parser.add_argument("--runs", type=int, default=30)
        parser.add_argument("--only", nargs="+", choices=GROUPS, default=[], help="these groups of rows; all without it")
        parser.add_argument("--corpus", default="", help="a folder of .bpmn files for the rows of the corpus")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Build, measure, write, drop."""
        name = connection.settings_dict["NAME"]
        call_command("collectstatic", verbosity=0, interactive=False)
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with override_settings(ROOT_URLCONF="processportal.bench.floor", DEBUG=False):
                made = build(SIZES[options["size"]])
                corpus = Path(options["corpus"]) if options["corpus"] else None
                bench, rows = Bench(made, SIZES[options["size"]], corpus, options["runs"], large=options["size"] == "company"), []
                for row in bench.rows(options["only"]):
                    rows.append(row)
                    self.stdout.write(
                        f"{row.name:<22} {row.size:>7} {row.seconds * 1000:9.2f} ms {row.ratio_to_floor:7.2f} × {row.queries:4} queries"
                    )
                    if row.counts is not None:
                        self.stdout.write(
                            "    " + (", ".join(f"{n} {word}" for word, n in row.counts.items()) or "no models: --corpus FOLDER")
                        )
            write(rows, settings.VAR / "bench.json")
            self.stdout.write(f"written to {settings.VAR / 'bench.json'}")
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
