"""All procedures in force as a folder of plain pages: to be read without the portal, from a disk or any web server.

Only what everybody in the company may read; each page says when it was made and that the portal has the valid one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
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
from processes.models import Picture, Process, Revision
from processes.pictures import named_in
from processes.querysets import RevisionQuerySet

BATCH: Final = 100
PICTURES: Final = "pictures"
"""The folder of the pictures in descriptions."""
UNSAFE: Final = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class Written:
    """One page: the process, its title as approved, its file, and whether its chart could be drawn."""

    process: Process
    title: str
    file: str
    drawn: bool


def everybodys(in_force: RevisionQuerySet) -> RevisionQuerySet:
    """Of revisions in force those that everybody in the company may read, by department and number."""
    public = in_force.filter(process__state=Process.State.ACTIVE, process__confidentiality=Process.Confidentiality.COMPANY)
    related = public.select_related("process__department", "process__owner", "frozen")
    return related.prefetch_related("links").order_by("process__department__code", "process__number")


def write_site(folder: Path, revisions: RevisionQuerySet, standing: Any) -> Iterator[Written]:
    """Writes the pages one after the other and the index at the end. `standing` says of a revision how it stands today."""
    known = {one.pk: (one.process.number, definition_of(one).title) for one in revisions.prefetch_related(None).iterator(BATCH)}
    titles = dict(known.values())
    files = files_of(titles)
    written: list[Written] = []
    for revision in revisions.filter(pk__in=known).iterator(BATCH):  # what came into force meanwhile has no name here
        one = _page(folder, revision, titles, files, standing(revision))
        written.append(one)
        yield one
    (folder / "index.html").write_text(render_to_string("site/index.html", {"pages": written, "now": timezone.now()}), "utf-8")
    (folder / "site.css").write_text(Path(str(finders.find("css/site.css"))).read_text("utf-8"), "utf-8")


def files_of(numbers: Iterable[str]) -> dict[str, str]:
    """Number → name of the page without its ending. No two are one file, on disks that mix large and small letters neither."""
    files: dict[str, str] = {}
    taken = {"index"}
    for number in numbers:
        name, again = UNSAFE.sub("_", number), 1
        while name.casefold() in taken:
            again += 1
            name = f"{UNSAFE.sub('_', number)}_{again}"
        taken.add(name.casefold())
        files[number] = name
    return files


def _page(folder: Path, revision: Revision, titles: Mapping[str, str], files: Mapping[str, str], standing: str) -> Written:
    process, definition = revision.process, definition_of(revision)
    file = files[process.number]
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
        "linked": [(number, titles[number], files[number]) for number in linked],
    }
    for picture in Picture.objects.filter(sha256__in=named_in(definition), uses__revision=revision):
        (folder / PICTURES).mkdir(exist_ok=True)
        (folder / PICTURES / f"{picture.sha256}.webp").write_bytes(picture.content)
    (folder / f"{file}.html").write_text(render_to_string("site/page.html", context), "utf-8")
    return Written(process, definition.title, file, bool(drawn and drawn.svg))


def body_of(definition: Any, standing: str) -> SafeString:
    """The text without its title, which the page has already."""
    text = as_markdown(definition, standing).partition("\n\n")[2].partition("\n\n")[2]
    return document(text, lambda sha256: f"{PICTURES}/{sha256}.webp")
