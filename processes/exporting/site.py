"""All procedures in force as a folder of plain pages: to be read without the portal, from a disk or any web server.

Only what everybody in the company may read; each page says when it was made and that the portal has the valid one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from processes.charts import chart
from processes.content import definition_of
from processes.exporting import pictures
from processes.exporting.markdown import as_markdown
from processes.markdown import document
from processes.models import Process, Revision
from processes.querysets import RevisionQuerySet

BATCH: Final = 100
UNSAFE: Final = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class Written:
    """One page: the process, its file, and whether its chart could be drawn."""

    process: Process
    file: str
    drawn: bool


def everybodys(in_force: RevisionQuerySet) -> RevisionQuerySet:
    """Of revisions in force those that everybody in the company may read, by department and number."""
    public = in_force.filter(process__state=Process.State.ACTIVE, process__confidentiality=Process.Confidentiality.COMPANY)
    related = public.select_related("process__department", "process__owner", "frozen")
    return related.prefetch_related("links").order_by("process__department__code", "process__number")


def write_site(folder: Path, revisions: RevisionQuerySet, standing: Any) -> Iterator[Written]:
    """Writes the pages one after the other and the index at the end. `standing` says of a revision how it stands today."""
    titles = dict(revisions.values_list("process__number", "process__title"))
    written: list[Written] = []
    for revision in revisions.iterator(chunk_size=BATCH):
        one = _page(folder, revision, titles, standing(revision))
        written.append(one)
        yield one
    (folder / "index.html").write_text(render_to_string("site/index.html", {"pages": written, "now": timezone.now()}), "utf-8")
    (folder / "site.css").write_text(Path(str(finders.find("css/site.css"))).read_text("utf-8"), "utf-8")


def file_of(number: str) -> str:
    """The name of a process's page without its ending."""
    return UNSAFE.sub("_", number)


def _page(folder: Path, revision: Revision, titles: Mapping[str, str], standing: str) -> Written:
    process, definition = revision.process, definition_of(revision)
    file = file_of(process.number)
    drawn = chart(definition, label=definition.title) if definition.steps else None
    if drawn and drawn.svg:
        foot = f"{process.number} {definition.title} · {standing}"
        (folder / f"{file}.svg").write_bytes(pictures.standalone(drawn.svg, foot, definition.title))
    linked = sorted({link.number for link in revision.links.all()} & titles.keys())
    context = {
        "process": process,
        "definition": definition,
        "standing": standing,
        "picture": f"{file}.svg" if drawn and drawn.svg else "",
        "body": body_of(definition, standing),
        "linked": [(number, titles[number], file_of(number)) for number in linked],
    }
    (folder / f"{file}.html").write_text(render_to_string("site/page.html", context), "utf-8")
    return Written(process, file, bool(drawn and drawn.svg))


def body_of(definition: Any, standing: str) -> SafeString:
    """The text without its title, which the page has already."""
    return document(as_markdown(definition, standing).partition("\n\n")[2].partition("\n\n")[2])
