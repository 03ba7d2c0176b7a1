"""`manage.py draw_flowchart FILE.bpmn --out X.svg --geometry X.json`: the flowchart of a BPMN file, and where everything is in it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from processes.bpmn.document import LARGEST
from processes.bpmn.reading import Imported, NotImported, read_bpmn
from processes.flowchart.draw import DRAWN_AT_MOST, DrawingFailed, draw

SECONDS = 30.0


class Command(BaseCommand):
    """Draws the main process of the file; drawn sub-processes have charts of their own (`--child N`)."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is drawn, and what is written."""
        parser.add_argument("file", type=Path, metavar="FILE.bpmn")
        parser.add_argument("--out", type=Path, metavar="X.svg")
        parser.add_argument("--geometry", type=Path, metavar="X.json", help="lanes, nodes, edges and labels in px, as drawn")
        parser.add_argument("--orientation", choices=("TB", "LR"), default="TB")
        parser.add_argument("--child", type=int, default=0, metavar="N", help="the N-th sub-process that is drawn inside")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Draw one chart. Everything that cannot be is said in a sentence, and nothing is written."""
        found = read_bpmn_file(options["file"])
        charts = [found.definition, *(child for _key, child in found.children)]
        if not 0 <= options["child"] < len(charts):
            raise CommandError(f"{options['file']} holds {len(charts) - 1} drawn sub-processes.")
        definition = charts[options["child"]]
        # A command has the time that a page has not: what is too large for a page is drawn with plain arrows.
        try:
            drawing = draw(
                definition, orientation=options["orientation"], timeout=SECONDS, at_most=max(DRAWN_AT_MOST, len(definition.steps))
            )
        except DrawingFailed as failure:
            raise CommandError(str(failure)) from failure
        geometry = json.dumps(drawing.geometry.as_dict(), ensure_ascii=False)
        for path, text in ((options["out"], drawing.svg), (options["geometry"], geometry)):
            if path is not None:
                write(path, text)
        self.stdout.write(f"{definition.title}: {len(definition.steps)} steps, {drawing.width:g} × {drawing.height:g} px")


def read_bpmn_file(path: Path) -> Imported:
    """What `read_bpmn` gives, or CommandError."""
    try:
        with path.open("rb") as stream:
            return read_bpmn(stream.read(LARGEST + 1))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except NotImported as refusal:
        raise CommandError(str(refusal)) from refusal


def write(path: Path, text: str) -> None:
    """One file, or CommandError."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
