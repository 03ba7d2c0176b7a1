"""A revision as a file: the chart as a picture, the whole as data or text, the steps as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from organization.calendar import today
from organization.scope import scope_of
from processes.bpmn.writing import write_bpmn
from processes.canonical import canonical
from processes.charts import chart
from processes.content import definition_of
from processes.definition import Definition
from processes.exporting import pictures, sheets
from processes.exporting.markdown import as_markdown
from processes.flowchart.draw import Orientation
from processes.flowchart.text import clean
from processes.markdown import Pictures, with_pictures
from processes.models import Revision
from processes.views.doors import process_or_404
from processes.views.pictures import address

LONGEST_TITLE: Final = 60
"""Characters of a title in the name of a file; systems take 255 bytes, and a Chinese character is three."""


class NoChart(Exception):
    """The chart could not be drawn; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is downloaded: the definition, what it and its file are called, and how it stands ("Version 2.0, in force on …").

    `pictures` tells where the pictures of its texts are.
    """

    definition: Definition
    name: str
    file: str
    standing: str
    pictures: Pictures

    def picture(self, orientation: Orientation) -> bytes:
        """The chart as a file of its own. Raises NoChart."""
        drawn = chart(self.definition, orientation=orientation, label=self.definition.title)
        if drawn.svg is None:
            raise NoChart(drawn.message)
        return pictures.standalone(drawn.svg, f"{self.name} · {self.standing}", self.name)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: what it is called in the menu, its ending, its type, and how it is made."""

    label: str | Promise
    ending: str
    kind: str
    make: Callable[[Content], bytes]
    of_chart: bool = False


FORMATS: Final[Mapping[str, Format]] = {
    "svg": Format(gettext_lazy("Chart as SVG"), "svg", "image/svg+xml", lambda c: c.picture("TB"), of_chart=True),
    "png": Format(gettext_lazy("Chart as PNG"), "png", "image/png", lambda c: pictures.png(c.picture("TB")), of_chart=True),
    "pdf": Format(gettext_lazy("Chart as PDF"), "pdf", "application/pdf", lambda c: pictures.pdf(c.picture("TB"), c.name), of_chart=True),
    "svg-wide": Format(gettext_lazy("Left to right, SVG"), "wide.svg", "image/svg+xml", lambda c: c.picture("LR"), of_chart=True),
    "png-wide": Format(gettext_lazy("Left to right, PNG"), "wide.png", "image/png", lambda c: pictures.png(c.picture("LR")), of_chart=True),
    "pdf-wide": Format(
        gettext_lazy("Left to right, PDF"), "wide.pdf", "application/pdf", lambda c: pictures.pdf(c.picture("LR"), c.name), of_chart=True
    ),
    "bpmn": Format(gettext_lazy("BPMN 2.0"), "bpmn", "application/xml", lambda c: write_bpmn(c.definition)),
    "xlsx": Format(
        gettext_lazy("Steps for Excel"), "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda c: sheets.as_xlsx(c.definition, c.name),
    ),
    "csv": Format(gettext_lazy("Steps as CSV"), "csv", "text/csv; charset=utf-8", lambda c: sheets.as_csv(c.definition)),
    "md": Format(
        gettext_lazy("Text as Markdown"), "md", "text/markdown; charset=utf-8",
        lambda c: with_pictures(as_markdown(c.definition, c.standing), c.pictures).encode(),
    ),
    "json": Format(gettext_lazy("Everything as JSON"), "json", "application/json", lambda c: canonical(c.definition)),
}  # fmt: skip


def offered(*, wide: bool = False) -> dict[str, list[tuple[str, Format]]]:
    """The formats for a menu: of the chart, of the chart as the page shows it, and of the whole."""
    return {
        "shown": [(what, one) for what, one in FORMATS.items() if one.of_chart and what.endswith("-wide") == wide],
        "chart": [(what, one) for what, one in FORMATS.items() if one.of_chart],
        "whole": [(what, one) for what, one in FORMATS.items() if not one.of_chart],
    }


@require_safe
def download(request: HttpRequest, number: str, ordinal: int, what: str) -> HttpResponse:
    """The file, as an attachment. What cannot be drawn says so, with what can be taken instead."""
    wanted = FORMATS.get(what)
    if wanted is None:
        raise Http404
    process = process_or_404(request, number)
    visible = Revision.objects.visible_to(scope_of(request)).filter(process=process).select_related("process", "frozen")
    base = request.build_absolute_uri("/")[:-1]
    content = content_of(get_object_or_404(visible, ordinal=ordinal), base)
    try:
        data = wanted.make(content)
    except NoChart as failure:
        return render(request, "processes/no_download.html", {"process": process, "ordinal": ordinal, "reason": str(failure)}, status=503)
    except pictures.NoPicture:
        reason = _("This picture could not be made. The SVG of the chart can be opened by every browser and drawing program.")
        return render(request, "processes/no_download.html", {"process": process, "ordinal": ordinal, "reason": reason}, status=503)
    response = HttpResponse(data, content_type=wanted.kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{content.file}.{wanted.ending}") or ""
    return response


def content_of(revision: Revision, base: str) -> Content:
    """A revision ready to be written to a file, in the active language; `base` is the portal's own address."""
    process, definition = revision.process, definition_of(revision)
    where = address(process.number)
    name, file = f"{process.number} {definition.title}", file_name(revision, definition.title)
    return Content(definition, name, file, standing(revision), lambda sha256: f"{base}{where(sha256)}")


def file_name(revision: Revision, title: str) -> str:
    """Such as "PUR-001 v2.0 Purchase to pay": two versions in one folder do not take each other's place."""
    version = f"v{revision.label}" if revision.label else str(revision.get_state_display())
    words = clean(f"{revision.process.number} {version} {title[:LONGEST_TITLE]}").split()
    return " ".join(words).replace("/", "-").replace("\\", "-")


def standing(revision: Revision) -> str:
    """Which version it is and whether it holds, as of today; a print on the wall says it for years."""
    now = timezone.now()
    day = formats.date_format(today(now), "DATE_FORMAT")
    values = {"version": revision.label, "day": day}
    since = revision.effective_from
    ended = (revision.effective_until and revision.effective_until <= now) or revision.is_suspended(now)
    if since and since <= now and not ended:
        return _("Version %(version)s, in force on %(day)s") % values
    if since and since > now:
        return _("Version %(version)s, not yet in force on %(day)s") % values
    if since:
        return _("Version %(version)s, no longer in force on %(day)s") % values
    return _("%(state)s, not in force, %(day)s") % {"state": revision.get_state_display(), "day": day}
