"""The drawing of a BPMN file: bounds and waypoints from our own layout, left to right, as modelling tools expect it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from processes.bpmn.document import DC, DI
from processes.definition import Definition
from processes.flowchart import measures as px
from processes.flowchart.chart import chart_of
from processes.flowchart.layout import Layout, layout
from processes.flowchart.surroundings import Rect, stacked

WAYS: Final = "http://www.omg.org/spec/DD/20100524/DI"
STRIP: Final = 30.0  # in which tools write the name of a pool or lane
DOCUMENT: Final = Rect(0, 0, 20, 26)
Ids = Mapping[tuple[str, str], str]
Documents = Iterable[tuple[str, str, str, bool]]


def draw(root: etree._Element, definition: Definition, ids: Ids, documents: Documents) -> None:
    """Appends the diagram. `ids`: ("step" | "lane" | "flow", key) → element id; `documents`: (step key, id, name, goes in)."""
    diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "diagram"})
    plane = etree.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "plane", "bpmnElement": "collaboration"})
    found = layout(chart_of(definition), upright=False)
    _lanes(plane, found, ids)
    _steps(plane, found, ids)
    _ways(plane, found, ids)
    _documents(plane, found, documents)


def _lanes(plane: etree._Element, found: Layout, ids: Ids) -> None:
    left = px.MARGIN + px.HEAD_WIDTH - STRIP
    lanes = found.lanes or [Rect(left, px.MARGIN, found.width, found.height)]
    top, right = min(lane.y for lane in lanes), max(lane.x + lane.w for lane in lanes)
    bottom = max(lane.y + lane.h for lane in lanes)
    _shape(plane, "pool", Rect(left - STRIP, top, right - left + STRIP, bottom - top), isHorizontal="true")
    for lane, rect in zip(found.chart.lanes, found.lanes, strict=True):
        if ("lane", lane.key) in ids:
            _shape(plane, ids["lane", lane.key], Rect(left, rect.y, right - left, rect.h), isHorizontal="true")


def _steps(plane: etree._Element, found: Layout, ids: Ids) -> None:
    for node, box, (x, y), around in zip(found.chart.nodes, found.boxes, found.middles, found.around, strict=True):
        marker = {"isMarkerVisible": "true"} if node.kind == "decision" else {}
        shape = _shape(plane, ids["step", node.key], Rect(x - box.w / 2, y - box.h / 2, box.w, box.h), **marker)
        if around.name:
            _label(shape, around.name.moved(x, y))


def _ways(plane: etree._Element, found: Layout, ids: Ids) -> None:
    labels: dict[int, Rect] = {}
    for around, middle in zip(found.around, found.middles, strict=True):
        labels |= {edge: rect.moved(*middle) for edge, rect in around.labels.items()}
    for n, (edge, line) in enumerate(zip(found.chart.edges, found.lines, strict=True)):
        made = _edge(plane, ids["flow", edge.key], line)
        if n in labels:
            _label(made, labels[n])


def _documents(plane: etree._Element, found: Layout, documents: Documents) -> None:
    """Outputs where the layout kept room for them, everything else in a row below its step; each with a short line."""
    at = {node.key: n for n, node in enumerate(found.chart.nodes)}
    beside: dict[str, int] = defaultdict(int)
    for key, place, name, goes_in in documents:
        n = at[key]
        (x, y), box, around = found.middles[n], found.boxes[n], found.around[n]
        room = [rect.moved(x, y) for rect in stacked(box.docs, around.docs)] if box.docs and around.docs and not goes_in else []
        outputs = found.chart.nodes[n].outputs[: min(len(room), px.DOCS_SHOWN)]
        if name in outputs:
            left, top = room[outputs.index(name)].x, room[outputs.index(name)].y
        else:
            left, top = x - box.w / 2 + 6 + beside[key] * 62, y + box.h / 2 + 8
            beside[key] += 1
        _label(_shape(plane, place, DOCUMENT.moved(left, top)), Rect(left + DOCUMENT.w + 2, top, 66, 26))
        _edge(plane, f"{place}-way", _line(Rect(x - box.w / 2, y - box.h / 2, box.w, box.h), DOCUMENT.moved(left, top), goes_in=goes_in))


def _line(step: Rect, document: Rect, *, goes_in: bool) -> list[tuple[float, float]]:
    """From the border of the step to the nearest point of the document, or the other way."""
    x, y = document.x + document.w / 2, document.y + document.h / 2
    start = (min(max(x, step.x), step.x + step.w), min(max(y, step.y), step.y + step.h))
    end = (min(max(start[0], document.x), document.x + document.w), min(max(start[1], document.y), document.y + document.h))
    return [end, start] if goes_in else [start, end]


def _shape(plane: etree._Element, element: str, rect: Rect, **attributes: str) -> etree._Element:
    made = etree.SubElement(plane, f"{{{DI}}}BPMNShape", {"id": f"{element}-di", "bpmnElement": element, **attributes})
    _bounds(made, rect)
    return made


def _edge(plane: etree._Element, element: str, points: Iterable[tuple[float, float]]) -> etree._Element:
    made = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", {"id": f"{element}-di", "bpmnElement": element})
    for x, y in points:
        etree.SubElement(made, f"{{{WAYS}}}waypoint", {"x": f"{x:.1f}", "y": f"{y:.1f}"})
    return made


def _label(parent: etree._Element, rect: Rect) -> None:
    _bounds(etree.SubElement(parent, f"{{{DI}}}BPMNLabel"), rect)


def _bounds(parent: etree._Element, rect: Rect) -> None:
    numbers = {"x": rect.x, "y": rect.y, "width": rect.w, "height": rect.h}
    etree.SubElement(parent, f"{{{DC}}}Bounds", {name: f"{value:.1f}" for name, value in numbers.items()})
