"""The small signs inside shapes, as paths: they need no font and look the same everywhere."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from processes.flowchart import measures as px
from processes.flowchart.coordinates import XY

# Paths round (0, 0), at most 18 px wide.
_CLOCK: Final = "M-7,0 a7,7 0 1,0 14,0 a7,7 0 1,0 -14,0 M0,-4.5 V0 L3.2,2"
_ENVELOPE: Final = "M-7,-4.5 H7 V4.5 H-7 Z M-7,-4.5 L0,1 L7,-4.5"
_TRIANGLE: Final = "M0,-6.5 L6.5,4.5 H-6.5 Z"
_ARROW: Final = "M-6,-2 H1 V-5.5 L7,0 L1,5.5 V2 H-6 Z"
_BOLT: Final = "M-5.5,5.5 L-2,-5 L2,1 L5.5,-5.5 L2.5,5.5 L-1.5,-0.5 Z"
_CROSS: Final = "M-5.5,-5.5 L5.5,5.5 M5.5,-5.5 L-5.5,5.5"
_PLUS: Final = "M-7.5,0 H7.5 M0,-7.5 V7.5"
_SUBPROCESS: Final = "M-6.5,-6.5 H6.5 V6.5 H-6.5 Z M-3.5,0 H3.5 M0,-3.5 V3.5"
_SHEET: Final = "M-4.5,-6 H4.5 V6 H-4.5 Z M-2.5,-3 H2.5 M-2.5,0 H2.5 M-2.5,3 H2.5"

_BY_KIND: Final = {"decision": _CROSS, "parallel": _PLUS, "subprocess": _SUBPROCESS}
_BY_TRIGGER: Final = {
    "message": _ENVELOPE,
    "timer": _CLOCK,
    "signal": _TRIANGLE,
    "link": _ARROW,
    "error": _BOLT,
    "condition": _SHEET,
    "conditional": _SHEET,
}
_TRIGGERED: Final = frozenset({"start", "end", "wait", "event"})
_BADGES: Final = {
    "added": "M-4,0 H4 M0,-4 V4",
    "removed": "M-4,0 H4",
    "changed": "M-4,1 C-2,-3 0,-1 0,0 S2,3 4,-1",
    "moved": "M0,-4.5 V4.5 M-2.5,-2 L0,-4.5 L2.5,-2 M-2.5,2 L0,4.5 L2.5,2",
}
_BADGE_RADIUS: Final = 8.0


def glyph(kind: str, trigger: str, middle: XY, height: float) -> Iterator[etree._Element]:
    """The sign of a step, if its kind has one. A wait without a trigger waits for time."""
    path = _BY_KIND.get(kind) or (_BY_TRIGGER.get(trigger or _default(kind)) if kind in _TRIGGERED else None)
    if path:
        y = middle[1] + (height / 2 - px.MARKER / 2 - 4 if kind == "subprocess" else 0.0)
        yield _path("glyph", path, (middle[0], y))


def _default(kind: str) -> str:
    return "timer" if kind == "wait" else ""


def badge(mark: str, corner: XY, *, diamond: bool) -> Iterator[etree._Element]:
    """A small disc at the upper right of a step that says by its sign what happened to it in a comparison."""
    inset = px.DIAMOND / 8 if diamond else 2.0
    at = (corner[0] - inset, corner[1] + inset)
    yield etree.Element("circle", {"class": "badge", "cx": f"{at[0]:.2f}", "cy": f"{at[1]:.2f}", "r": f"{_BADGE_RADIUS:g}"})
    yield _path("badge-sign", _BADGES[mark], at)


def _path(css: str, path: str, at: XY) -> etree._Element:
    return etree.Element("path", {"class": css, "d": path, "transform": f"translate({at[0]:.2f} {at[1]:.2f})"})
