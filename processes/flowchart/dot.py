"""The DOT text of a layout: every shape and arrow with its final position, for `neato -n2`.

Graphviz only draws. No text that a person wrote is in here: names, ids and links are added to the drawing afterwards.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from processes.flowchart import measures as px
from processes.flowchart.chart import Node
from processes.flowchart.coordinates import XY
from processes.flowchart.layout import Layout
from processes.flowchart.surroundings import Rect, stacked

_SHAPES: Final = {
    "activity": 'shape=box style="rounded"',
    "subprocess": 'shape=box style="rounded"',
    "document": "shape=note",
    "decision": "shape=diamond",
    "parallel": "shape=diamond",
    "start": "shape=circle",
    "end": "shape=circle",
}
_RING: Final = "shape=circle peripheries=2"
_RING_GAP: Final = 8.0  # Graphviz draws the second ring outside the size
_CURVE: Final = 0.5523  # a quarter circle as a cubic curve


def dot(layout: Layout) -> str:
    """The DOT text. y grows downwards on paper and upwards in Graphviz, so that every y is written negated."""
    return "\n".join(("digraph chart {", *_head(), *_lanes(layout), *_nodes(layout), *_edges(layout), "}", ""))


def _head() -> Iterator[str]:
    yield "graph [pad=0 dpi=72 notranslate=true splines=true outputorder=nodesfirst];"
    yield 'node [label="" fixedsize=true shape=box];'
    yield f"edge [arrowsize={px.ARROW / 10}];"


def _lanes(layout: Layout) -> Iterator[str]:
    for n, (lane, (head, _)) in enumerate(zip(layout.lanes, layout.heads, strict=True)):
        yield _shape(f"lane{n}", lane)
        yield _shape(f"head{n}", head)


def _nodes(layout: Layout) -> Iterator[str]:
    parts = zip(layout.chart.nodes, layout.boxes, layout.middles, layout.around, strict=True)
    for n, (node, box, (x, y), around) in enumerate(parts):
        yield _step(f"node{n}", node, Rect(x - box.w / 2, y - box.h / 2, box.w, box.h))
        if around.docs:
            for k, rect in enumerate(stacked(box.docs, around.docs.moved(x, y))):
                yield _shape(f"doc{n}.{k}", rect, "shape=note")


def _step(name: str, node: Node, rect: Rect) -> str:
    if node.kind in _SHAPES:
        return _shape(name, rect, _SHAPES[node.kind])
    inner = Rect(rect.x + _RING_GAP / 2, rect.y + _RING_GAP / 2, rect.w - _RING_GAP, rect.h - _RING_GAP)
    return _shape(name, inner, _RING)


def _shape(name: str, rect: Rect, attributes: str = "") -> str:
    size = f"width={rect.w / 72:.5f} height={rect.h / 72:.5f}"
    return f'"{name}" [id="{name}" {size} pos="{rect.x + rect.w / 2:.2f},{-rect.y - rect.h / 2:.2f}!" {attributes}];'


def _edges(layout: Layout) -> Iterator[str]:
    for n, (edge, line) in enumerate(zip(layout.chart.edges, layout.lines, strict=True)):
        yield f'"node{edge.source}" -> "node{edge.target}" [id="edge{n}" pos="{spline(line)}"];'


def spline(line: Sequence[XY]) -> str:
    """The way as Graphviz's cubic B-spline: rounded corners, ending an arrow head before the last point."""
    tip = line[-1]
    room = min(px.ARROW, math.dist(line[-2], tip) * 0.8)
    points = [*line[:-1], _towards(tip, line[-2], room)]
    curve = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(px.RADIUS, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        enter, leave = _towards(corner, before, radius), _towards(corner, after, radius)
        curve += _straight(curve[-1], enter)
        curve += [_towards(enter, corner, radius * _CURVE), _towards(leave, corner, radius * _CURVE), leave]
    curve += _straight(curve[-1], points[-1])
    return f"e,{_pair(tip)} " + " ".join(map(_pair, curve))


def _straight(a: XY, b: XY) -> list[XY]:
    third = math.dist(a, b) / 3
    return [_towards(a, b, third), _towards(b, a, third), b]


def _towards(a: XY, b: XY, distance: float) -> XY:
    """The point at a distance from a on the way to b."""
    length = math.dist(a, b) or 1.0
    return a[0] + (b[0] - a[0]) / length * distance, a[1] + (b[1] - a[1]) / length * distance


def _pair(point: XY) -> str:
    return f"{point[0]:.2f},{-point[1]:.2f}"
