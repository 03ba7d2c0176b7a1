"""A chart on paper: how large it is drawn, which way round, and where a tall one is cut so that no step is. Pure."""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Final, cast

from lxml import etree

from processes.exporting.pictures import SVG, size_of, standalone

UPRIGHT: Final = (487.0, 640.0)
"""Points that a chart has on an A4 page, between header and footer."""
ACROSS: Final = (734.0, 385.0)
LARGEST_SCALE: Final = 0.75
"""Points for a px: as large as on the screen."""
SMALLEST_SCALE: Final = 0.42
"""Text of 12 px is 5 points then; below that nobody reads it."""
SCALE_OF_ONE_PAGE: Final = 0.5
"""A chart that can be drawn on one page as large as this is not cut."""
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
class OnPaper:
    """The strips in order, one a page; `across`: the pages lie on their side. Strips after the first have the heads of the lanes."""

    strips: Sequence[Strip]
    across: bool


def on_paper(drawn: str, title: str) -> OnPaper | None:
    """The chart cut to pages, or None where it would be too small to read or too long to leaf through."""
    whole = standalone(drawn, "", title)
    width, height = size_of(whole)
    for across, (room, tall) in ((False, UPRIGHT), (True, ACROSS)):
        scale = min(LARGEST_SCALE, room / width)
        if tall / height >= SCALE_OF_ONE_PAGE:
            scale = min(scale, tall / height)
        if scale >= SMALLEST_SCALE:
            bands = list(_bands(whole, height, tall / scale))
            return OnPaper([_strip(whole, band, width, scale) for band in bands], across) if len(bands) <= MOST_PAGES else None
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
