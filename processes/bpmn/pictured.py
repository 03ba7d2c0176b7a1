"""What a BPMN file says about its drawing: shapes with their places, arrows with their way points. Nonsense is left out and counted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from lxml import etree

from processes.bpmn import tables
from processes.bpmn.document import DC, DI, local
from processes.bpmn.index import Index, name_of
from processes.bpmn.mending import WAYS
from processes.bpmn.nodes import annotation_text, document_name
from processes.flowchart.surroundings import Rect

MOST: Final = 12_000
"""Shapes and arrows; more are not drawn."""
MOST_POINTS: Final = 200
FARTHEST: Final = 100_000.0
MARGIN: Final = 16.0
BETWEEN: Final = 48.0
"""Between two pages of a file; the name of the lower one stands in it."""
LOW: Final = 64.0
"""Lower shapes have their name below, for which there must be room at the edge."""
LABEL: Final = 40.0
TEXT: Final = 400
XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing with a place. `tag` is its BPMN element; `upright` lanes are columns; `open` sub-processes show their inside."""

    tag: str
    id: str
    name: str
    rect: Rect
    label: Rect | None
    upright: bool
    open: bool
    trigger: str


@dataclass(frozen=True, slots=True)
class Way:
    """One arrow."""

    tag: str
    id: str
    name: str
    points: tuple[XY, ...]
    label: Rect | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing with its upper left corner at the origin; `pages` are names with their places; `left_out` parts had no usable place."""

    shapes: tuple[Shape, ...]
    ways: tuple[Way, ...]
    pages: tuple[tuple[str, XY], ...]
    width: float
    height: float
    left_out: int


def picture_of(index: Index) -> Picture:
    """All pages of the file, one below the other."""
    shapes: list[Shape] = []
    ways: list[Way] = []
    pages: list[tuple[str, XY]] = []
    left_out, width, below = 0, 0.0, MARGIN
    for page in index.root.iter(f"{{{DI}}}BPMNDiagram"):
        room = MOST - len(shapes) - len(ways)
        found = list(islice(_parts(index, page), room))
        left_out += sum(1 for _part in page.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")) - sum(part is not None for part in found)
        drawn = [part for part in found if part is not None]
        if not drawn:
            continue
        if shapes or ways:
            pages.append((_page_name(index, page), (MARGIN, below + BETWEEN / 2)))
            below += BETWEEN
        left, top, right, bottom = _extent(drawn)
        moved = [_moved(part, MARGIN - left, below - top) for part in drawn]
        shapes += [part for part in moved if isinstance(part, Shape)]
        ways += [part for part in moved if isinstance(part, Way)]
        width, below = max(width, right - left), below + bottom - top
    return Picture(tuple(shapes), tuple(ways), tuple(pages), width + 2 * MARGIN, below + MARGIN, left_out)


def _parts(index: Index, page: etree._Element) -> Iterator[Shape | Way | None]:
    """Every shape and arrow of a page in the file's order; None for one without a usable place."""
    for part in page.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge"):
        element = index.find(part.get("bpmnElement"))
        tag, name = (local(element), _name(index, element)) if element is not None else ("", "")
        identity = (element.get("id") or "") if element is not None else ""
        label = _rect(part.find(f"{{{DI}}}BPMNLabel"))
        if local(part) == "BPMNEdge":
            points = tuple(_points(part))
            yield Way(tag, identity, name, points, label) if len(points) > 1 else None
        else:
            rect = _rect(part)
            upright = part.get("isHorizontal") == "false" or (part.get("isHorizontal") is None and rect is not None and rect.h > rect.w)
            is_open = part.get("isExpanded") == "true"
            yield Shape(tag, identity, name, rect, label, upright, is_open, _trigger(element)) if rect is not None else None


def _name(index: Index, element: etree._Element) -> str:
    tag = local(element)
    if tag == "textAnnotation":
        return annotation_text(element)[:TEXT]
    return document_name(index, element) if tag in tables.DATA else name_of(element)[:TEXT]


def _trigger(element: etree._Element | None) -> str:
    names = (local(child) for child in element) if element is not None else ()
    return next((name.removesuffix("EventDefinition") for name in names if name.endswith("EventDefinition")), "")


def _rect(holder: etree._Element | None) -> Rect | None:
    """The bounds, where they are a place that can be drawn."""
    bounds = holder.find(f"{{{DC}}}Bounds") if holder is not None else None
    if bounds is None:
        return None
    x, y, w, h = (_number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    if x is None or y is None or w is None or h is None or w <= 0 or h <= 0:
        return None
    return Rect(x, y, w, h)


def _points(edge: etree._Element) -> Iterator[XY]:
    """The way points; some tools write 0, 0 for those they do not know."""
    for point in islice(edge.iter(f"{{{WAYS}}}waypoint"), MOST_POINTS):
        x, y = _number(point.get("x")), _number(point.get("y"))
        if x is not None and y is not None and (x or y):
            yield x, y


def _number(text: str | None) -> float | None:
    """A coordinate; None for what is none, not finite or farther away than any drawing reaches."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) <= FARTHEST else None  # not a number is not


def _page_name(index: Index, page: etree._Element) -> str:
    plane = page.find(f"{{{DI}}}BPMNPlane")
    element = index.find(plane.get("bpmnElement")) if plane is not None else None
    return (name_of(element) if element is not None else "") or name_of(page)


def _extent(parts: Iterable[Shape | Way]) -> tuple[float, float, float, float]:
    corners: list[XY] = []
    for part in parts:
        corners += part.points if isinstance(part, Way) else _corners(part.rect)
        if part.label:
            corners += _corners(part.label)
        elif isinstance(part, Shape) and part.rect.h < LOW:
            corners.append((part.rect.x, part.rect.y + part.rect.h + LABEL))
    xs, ys = [x for x, _y in corners], [y for _x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _corners(rect: Rect) -> tuple[XY, XY]:
    return (rect.x, rect.y), (rect.x + rect.w, rect.y + rect.h)


def _moved(part: Shape | Way, x: float, y: float) -> Shape | Way:
    label = part.label.moved(x, y) if part.label else None
    if isinstance(part, Way):
        return replace(part, points=tuple((px + x, py + y) for px, py in part.points), label=label)
    return replace(part, rect=part.rect.moved(x, y), label=label)
