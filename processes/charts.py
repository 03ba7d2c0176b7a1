"""The flowchart of a definition for a page: drawn once for each content, with an honest sentence where drawing fails."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.core.cache import cache as kept
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from processes import flowchart
from processes.bpmn.original import original
from processes.bpmn.reading import Imported
from processes.canonical import canonical, canonical_json
from processes.definition import Definition
from processes.flowchart.draw import Drawing, DrawingFailed, Orientation, draw
from processes.flowchart.engine import configured

KEPT_SECONDS: Final = 30 * 24 * 3600
FAILURE_SECONDS: Final = 20
"""So long a chart that could not be drawn is not tried again: a hanging program must not hold up every reader."""
TIMEOUT: Final = 5.0

SENTENCES: Final = {
    "too-large": gettext_lazy("There are too many steps for one chart. The steps below are complete; divide the process to see it drawn."),
    "timeout": gettext_lazy("The chart took too long to draw. The steps below are complete."),
    "missing": gettext_lazy("The drawing program is missing on this server. The steps below are complete."),
}

Drawer = Callable[[], Drawing]


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing as safe SVG, or None and a sentence that says why; the page shows the steps in both cases."""

    svg: SafeString | None
    message: str = ""


def chart(
    definition: Definition,
    *,
    orientation: Orientation = "TB",
    marks: Mapping[str, str] | None = None,
    label: str = "",
    numbers: Mapping[str, int] | None = None,
) -> Chart:
    """The chart, from the cache where the same content was drawn the same way before. `label` is its accessible name."""
    no_role = _("(no role)")
    drawn_as = [orientation, dict(marks or {}), label, no_role, configured(), program(), dict(numbers or {})]
    key = "chart-" + hashlib.sha256(canonical(definition) + canonical_json(drawn_as)).hexdigest()
    found: tuple[str, str] | None = kept.get(key)
    if found is None:
        found = _drawn(
            lambda: draw(definition, orientation=orientation, marks=marks, label=label, no_role=no_role, numbers=numbers, timeout=TIMEOUT)
        )
        kept.set(key, found, FAILURE_SECONDS if found[1] else KEPT_SECONDS)
    svg, failure = found
    if failure:
        return Chart(None, str(SENTENCES.get(failure, _("The chart could not be drawn. The steps below are complete."))))
    return Chart(mark_safe(svg))


def original_chart(data: bytes, found: Imported, label: str, *, linked: bool = True) -> Chart:
    """The drawing of a BPMN file as its author placed it; None and a sentence where the file has no positions."""
    drawn = original(data, found, label, linked=linked)
    if not drawn.svg:
        return Chart(None, _("The file says nothing of where things were drawn, so the original cannot be shown."))
    left_out = ngettext(
        "%(n)d shape or arrow has no place that can be drawn.", "%(n)d shapes and arrows have no place that can be drawn.", drawn.left_out
    )
    return Chart(mark_safe(drawn.svg), left_out % {"n": drawn.left_out} if drawn.left_out else "")


def _drawn(drawer: Drawer) -> tuple[str, str]:
    """(svg, "") or ("", code of the failure)."""
    try:
        return drawer().svg, ""
    except DrawingFailed as failure:
        return "", failure.code


@cache
def program() -> str:
    """Changes whenever the code that draws changes, so that a shared cache never shows yesterday's drawing."""
    sources = sorted(Path(flowchart.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
