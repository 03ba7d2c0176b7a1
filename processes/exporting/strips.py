"""A chart on paper: how large it is drawn, which way round, and where a tall one is cut so that no step is. Pure."""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Final, cast

from lxml import etree

from processes.exporting.pictures import SVG, size_of, standalone

LARGEST_SCALE: Final = 0.75
"""Points for a px: as large as on the screen."""
SMALLEST_SCALE: Final = 0.45
"""Text of 13 px is hardly 6 points then; below that nobody reads it."""
MOST_PAGES: Final = 12
HEAD: Final = 52.0
"""Height of the lanes' heads with the margin above them, in px."""
SPARE: Final = 7.0
"""Around a step, for the line that ends there."""

NUMBERS: Final = re.compile(r"-?\d+(?:\.\d+)?")
STEPS: Final = ".//*[contains(concat(' ', @class, ' '), ' step ')]"
FLOWS: Final = ".//*[contains(concat(' ', @class, ' '), ' flow ')]"
Band = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of the chart as a picture, and its size in points."""

    svg: bytes
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of page: its name for the template, whether it lies on its side, and the points that a chart has on it."""

    paper: str
    across: bool
    width: float
    height: float


SHEETS: Final = (Sheet("a4", False, 487, 640), Sheet("a4", True, 765, 415), Sheet("a3", True, 1110, 660))


@dataclass(frozen=True, slots=True)
class OnPaper:
    """The strips in order, one a page of this kind; strips after the first have the heads of the lanes."""

    strips: Sequence[Strip]
    sheet: Sheet


def on_paper(drawn: str, title: str) -> OnPaper | None:
    """The chart on the first kind of sheet that takes the whole, else cut to pages; None where it would be too small or too long."""
    whole = standalone(drawn, "", title)
    width, height = size_of(whole)
    for sheet in SHEETS:
        scale = min(LARGEST_SCALE, sheet.width / width, sheet.height / height)
        if scale >= SMALLEST_SCALE:
            return OnPaper([_strip(whole, (0, height), width, scale)], sheet)
    for sheet in SHEETS:
        scale = min(LARGEST_SCALE, sheet.width / width)
        bands = list(_bands(whole, height, sheet.height / scale)) if scale >= SMALLEST_SCALE else []
        if 0 < len(bands) <= MOST_PAGES:
            return OnPaper([_strip(whole, band, width, scale) for band in bands], sheet)
    return None


def _bands(whole: bytes, height: float, tall: float) -> Iterator[Band]:
    """From top to bottom, each as tall as a page at most and ending between two steps where there is such a place."""
    taken = sorted(_span(step) for step in _found(etree.fromstring(whole), STEPS))
    top = 0.0
    while height - top > (room := tall - (HEAD if top else 0)):
        latest = top + room
        end = latest
        for above, below in reversed(taken):
            if above < end < below:
                end = above
        end = end if end > top + room / 4 else latest  # a step taller than that is cut
        yield top, end
        top = end
    yield top, height


def _strip(whole: bytes, band: Band, width: float, scale: float) -> Strip:
    """The band alone, below the heads of the lanes where it does not begin with them."""
    root = etree.fromstring(whole)
    top, end = band
    for part in [*_found(root, STEPS), *_found(root, FLOWS)]:
        above, below = _span(part)
        if below < top or above > end:
            cast("etree._Element", part.getparent()).remove(part)
    head = HEAD if top else 0.0
    if head:
        _below_heads(root, top, end, width)
    root.set("viewBox", f"0 {top - head:g} {width:g} {end - top + head:g}")
    root.set("width", f"{width:g}")
    root.set("height", f"{end - top + head:g}")
    return Strip(etree.tostring(root), width * scale, (end - top + head) * scale)


def _below_heads(root: etree._Element, top: float, end: float, width: float) -> None:
    """Everything in a window of its own, and the heads of the lanes drawn above it."""
    tall = f"{end - top:g}"
    place = {"x": "0", "y": f"{top:g}", "width": f"{width:g}", "height": tall, "viewBox": f"0 {top:g} {width:g} {tall}"}
    window = etree.Element(f"{{{SVG}}}svg", place)
    heads = etree.Element(f"{{{SVG}}}g", transform=f"translate(0 {top - HEAD:g})")
    for child in list(root):
        if str(child.tag).endswith(("}style", "}title")):
            continue
        if "lane" in (child.get("class") or "").split():
            heads.append(_head_of(child))
        window.append(child)
    root.append(window)
    root.append(heads)


def _head_of(lane: etree._Element) -> etree._Element:
    head = deepcopy(lane)
    for body in _found(head, ".//*[contains(@class, 'lane-body')]"):
        head.remove(body)
    return head


def _found(root: etree._Element, path: str) -> list[etree._Element]:
    return cast("list[etree._Element]", root.xpath(path))


def _span(part: etree._Element) -> Band:
    """From where to where it reaches, top to bottom."""
    ys: list[float] = []
    for one in part.iter():
        if one.get("d") or one.get("points"):
            ys += [float(y) for y in NUMBERS.findall(one.get("d") or one.get("points") or "")[1::2]] if not one.get("transform") else []
        elif one.get("cy"):
            middle, half = float(one.get("cy") or 0), float(one.get("ry") or one.get("r") or 0)
            ys += [middle - half, middle + half]
        elif one.get("y"):
            ys += [float(one.get("y") or 0) - 10, float(one.get("y") or 0) + 4]
    return min(ys, default=0.0) - SPARE, max(ys, default=0.0) + SPARE
