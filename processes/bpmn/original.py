"""The drawing of a BPMN file as its author placed it, in our own plain SVG: to stand beside ours.

Classes only, as in `flowchart/svg.py`. Everything says by `data-tie` what it became; what was not kept carries a mark.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from processes.bpmn import tables
from processes.bpmn.document import open_document
from processes.bpmn.index import Index
from processes.bpmn.pictured import XY, Picture, Shape, Way, picture_of
from processes.bpmn.reading import Imported
from processes.flowchart.glyphs import badge, glyph
from processes.flowchart.surroundings import Rect
from processes.flowchart.text import clean, wrap

NAMESPACE: Final = "http://www.w3.org/2000/svg"
FONT: Final = 12.0
LINE: Final = 15.0
HEAD: Final = 30.0
"""The strip of a pool or lane that holds its name."""
LABEL: Final = Rect(0, 0, 112, 45)
MARKS: Final[Mapping[str, str]] = {"lost": "removed", "partly": "changed", "folded": "moved"}
LANES: Final = frozenset({"participant", "process", "lane"})
Element = etree._Element


@dataclass(frozen=True, slots=True)
class Original:
    """The drawing; "" where the file has none. `left_out` shapes and arrows have no place that can be drawn."""

    svg: str
    left_out: int


def original(data: bytes, found: Imported, label: str, *, linked: bool = True) -> Original:
    """Draws a file that was read before. `label` is its accessible name; `linked`: our drawing and the list of losses stand beside it."""
    picture = picture_of(Index(open_document(data).root))
    if not picture.shapes and not picture.ways:
        return Original("", picture.left_out)
    root = _Page(picture, found, linked=linked).root(label)
    return Original(etree.tostring(root, encoding="unicode"), picture.left_out)


class _Page:
    """Builds the SVG of one picture."""

    def __init__(self, picture: Picture, found: Imported, *, linked: bool) -> None:
        self._linked = linked
        self._picture = picture
        self._ties = found.ties
        self._steps = {step.key for definition in found.definitions for step in definition.steps}
        self._told = {one.id: n for n, one in reversed(list(enumerate(found.told))) if one.id}
        self._fate = {one.id: one.fate for one in reversed(found.told) if one.id}

    def root(self, label: str) -> Element:
        width, height = f"{self._picture.width:g}", f"{self._picture.height:g}"
        root = _made("svg", "flowchart flowchart-original", xmlns=NAMESPACE, width=width, height=height, role="group")
        root.set("viewBox", f"0 0 {width} {height}")
        root.set("aria-label", clean(label))
        ground, nodes = _grounds_and_nodes(self._picture.shapes)
        root.extend(self._shape(shape) for shape in ground)
        root.extend(self._way(way) for way in self._picture.ways)
        root.extend(self._shape(shape) for shape in nodes)
        for name, (x, y) in self._picture.pages:
            root.extend(_text("lane-title", name, Rect(x, y - LINE, self._picture.width, 2 * LINE), at="start"))
        return root

    def _shape(self, shape: Shape) -> Element:
        kind = _kind(shape.tag)
        names = ("lane", "drawn-ground") if shape.tag in LANES else ("step", f"step-{kind}", f"drawn-{shape.tag or 'unknown'}")
        group, mark = self._group(shape, *names)
        group.extend(_outline(shape, kind))
        group.extend(_sign(shape, kind))
        group.extend(_words(shape))
        if mark and shape.tag not in LANES:
            group.extend(badge(mark, (shape.rect.x + shape.rect.w, shape.rect.y), diamond=shape.tag in tables.GATEWAYS))
        return group

    def _way(self, way: Way) -> Element:
        dashed = {"messageFlow": "flow-message", "sequenceFlow": ""}.get(way.tag, "drawn-thin")
        group, _mark = self._group(way, "flow", dashed)
        path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in way.points)
        group.append(_made("path", "flow-line", d=path))
        if not dashed or dashed == "flow-message":
            group.append(_tip(way.points))
        group.extend(_text("flow-label", way.name, way.label or _beside(way.points)))
        return group

    def _group(self, part: Shape | Way, *names: str) -> tuple[Element, str]:
        """A link to what the part became, or to where it is told; with its mark."""
        key, mark = self._ties.get(part.id, part.id), MARKS.get(self._fate.get(part.id, ""), "")
        target = f"#node-{key}" if key in self._steps else f"#told-{self._told[part.id]}" if part.id in self._told else ""
        leads = self._linked and bool(target) and isinstance(part, Shape)
        group = _made("a" if leads else "g", " ".join(filter(None, (*names, f"mark-{mark}" if mark else ""))))
        if leads:
            group.set("href", target)
        if key:
            group.set("data-tie", clean(key))
        etree.SubElement(group, "title").text = clean(part.name) or part.tag
        return group, mark


def _grounds_and_nodes(shapes: Sequence[Shape]) -> tuple[list[Shape], list[Shape]]:
    """What lies under the arrows, pools and lanes first, the largest lowest; and what lies over them."""
    ground: list[Shape] = []
    nodes: list[Shape] = []
    for shape in shapes:
        under = shape.tag in LANES or shape.tag == "group" or (shape.open and shape.tag in tables.SCOPES)
        (ground if under else nodes).append(shape)
    return sorted(ground, key=lambda shape: (shape.tag not in LANES, -shape.rect.w * shape.rect.h)), nodes


def _kind(tag: str) -> str:
    """What our own drawing calls it, so that both look alike."""
    if tag in tables.DATA:
        return "document"
    return tables.EVENTS.get(tag) or tables.GATEWAYS.get(tag) or ("subprocess" if tag in tables.SCOPES | {"callActivity"} else "activity")


def _outline(shape: Shape, kind: str) -> Iterator[Element]:
    rect, middle = shape.rect, (shape.rect.x + shape.rect.w / 2, shape.rect.y + shape.rect.h / 2)
    if shape.tag in LANES:
        yield _box("lane-body", rect)
        if shape.tag == "participant":
            yield _box(
                "lane-head",
                Rect(rect.x, rect.y, rect.w, min(HEAD, rect.h)) if shape.upright else Rect(rect.x, rect.y, min(HEAD, rect.w), rect.h),
            )
    elif shape.tag in tables.GATEWAYS:
        (x, y), w, h = middle, rect.w / 2, rect.h / 2
        yield _made("path", "step-shape", d=f"M{x - w:.1f},{y:.1f} L{x:.1f},{y - h:.1f} L{x + w:.1f},{y:.1f} L{x:.1f},{y + h:.1f} Z")
    elif shape.tag in tables.EVENTS:
        for smaller in (0.0, 3.0) if kind in {"wait", "event"} else (0.0,):
            radii = {"rx": f"{max(rect.w / 2 - smaller, 1):.1f}", "ry": f"{max(rect.h / 2 - smaller, 1):.1f}"}
            yield _made("ellipse", "step-shape", cx=f"{middle[0]:.1f}", cy=f"{middle[1]:.1f}", **radii)
    elif shape.tag == "textAnnotation":
        yield _made("path", "step-shape", d=f"M{rect.x + 12:.1f},{rect.y:.1f} H{rect.x:.1f} V{rect.y + rect.h:.1f} H{rect.x + 12:.1f}")
    else:
        yield _box("step-shape", rect, corner=0 if kind == "document" else 8)


def _sign(shape: Shape, kind: str) -> Iterator[Element]:
    """The clock, envelope, cross … inside."""
    if shape.tag not in {"exclusiveGateway", "parallelGateway", *tables.EVENTS, *tables.SCOPES, "callActivity"} or shape.open:
        return
    middle = (shape.rect.x + shape.rect.w / 2, shape.rect.y + shape.rect.h / 2)
    yield from glyph(kind, shape.trigger or ("none" if kind == "wait" else ""), middle, shape.rect.h)


def _words(shape: Shape) -> Iterator[Element]:
    rect = shape.rect
    if shape.tag in LANES:
        across = rect.w if shape.upright else rect.h
        strip = (
            Rect(rect.x, rect.y, across, min(HEAD, rect.h)) if shape.upright else Rect(rect.x, rect.y + rect.h / 2 - HEAD / 2, HEAD, HEAD)
        )
        turned = "" if shape.upright else f"rotate(-90 {strip.x + HEAD / 2:.1f} {strip.y + HEAD / 2:.1f})"
        yield from _text("lane-title", shape.name, strip, width=across - 8, lines=2, turned=turned)
    elif shape.tag == "textAnnotation":
        yield from _text("step-name", shape.name, Rect(rect.x + 6, rect.y, rect.w - 6, rect.h), at="start")
    elif shape.tag in {"group", *tables.SCOPES} and (shape.open or shape.tag == "group"):
        yield from _text("step-text", shape.name, Rect(rect.x + 8, rect.y + 4, rect.w - 16, 2 * LINE))
    elif shape.tag in tables.EVENTS or shape.tag in tables.GATEWAYS or shape.tag in tables.DATA:
        below = Rect(rect.x + rect.w / 2 - LABEL.w / 2, rect.y + rect.h + 2, LABEL.w, LABEL.h)
        yield from _text("step-name", shape.name, shape.label or below, width=max(shape.label.w if shape.label else 0, LABEL.w), top=True)
    else:
        yield from _text("step-text", shape.name, Rect(rect.x + 4, rect.y, rect.w - 8, rect.h))


def _text(
    css: str, text: str, rect: Rect, *, width: float = 0.0, lines: int = 0, at: str = "middle", turned: str = "", top: bool = False
) -> Iterator[Element]:
    """The text in as many lines as the rectangle holds (at least one), in its middle or from its top."""
    if not text.strip():
        return
    most = lines or max(3 if top else 1, int(rect.h // LINE))
    found = wrap(text, max(width or rect.w, 3 * FONT), FONT, most)
    x, y = rect.x + (rect.w / 2 if at == "middle" else 4), rect.y + rect.h / 2
    first = rect.y + LINE / 2 if top else y - (len(found) - 1) / 2 * LINE
    for n, line in enumerate(found):
        element = _made("text", css, x=f"{x:.1f}", y=f"{first + n * LINE + 0.36 * FONT:.1f}")
        element.set("font-size", f"{FONT:g}")
        element.set("text-anchor", at)
        if turned:
            element.set("transform", turned)
        element.text = line
        yield element


def _beside(points: Sequence[XY]) -> Rect:
    """Where the name of an arrow stands that has no place for it: at its middle."""
    (x, y), (u, v) = points[(len(points) - 1) // 2], points[(len(points) - 1) // 2 + 1]
    return LABEL.moved((x + u) / 2 - LABEL.w / 2, (y + v) / 2 - LABEL.h / 2)


def _tip(points: Sequence[XY]) -> Element:
    """The head of an arrow, in the direction of its last piece that has a length."""
    x, y = points[-1]
    dx, dy = next(((x - u, y - v) for u, v in reversed(points[:-1]) if (u, v) != (x, y)), (1.0, 0.0))
    length = (dx * dx + dy * dy) ** 0.5
    ux, uy = 9 * dx / length, 9 * dy / length
    corners = ((x, y), (x - ux - uy / 2.4, y - uy + ux / 2.4), (x - ux + uy / 2.4, y - uy - ux / 2.4))
    return _made("polygon", "flow-tip", points=" ".join(f"{a:.1f},{b:.1f}" for a, b in corners))


def _box(css: str, rect: Rect, corner: float = 0) -> Element:
    box = _made("rect", css, x=f"{rect.x:.1f}", y=f"{rect.y:.1f}", width=f"{rect.w:.1f}", height=f"{rect.h:.1f}")
    if corner:
        box.set("rx", f"{corner:g}")
    return box


def _made(tag: str, css: str, **attributes: str) -> Element:
    return etree.Element(tag, {"class": css, **attributes})
