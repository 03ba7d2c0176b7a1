"""The numbers of a drawing: lanes, steps, arrows and texts in px, in the coordinate system of its SVG."""

from dataclasses import dataclass
from typing import Any

from processes.flowchart.coordinates import XY
from processes.flowchart.layout import Layout
from processes.flowchart.surroundings import Rect, stacked


@dataclass(frozen=True, slots=True)
class LaneShape:
    """A lane with its header."""

    id: str
    name: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class NodeShape:
    """A step. `lane` is the id of its lane."""

    id: str
    lane: str
    kind: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class EdgeShape:
    """An arrow by its corners, from border to border."""

    id: str
    source: str
    target: str
    points: tuple[XY, ...]


@dataclass(frozen=True, slots=True)
class LabelShape:
    """A text or document beside a step (`owner` is the step's key) or at an arrow (the flow's key)."""

    owner: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Geometry:
    """Everything that is drawn, as numbers."""

    lanes: tuple[LaneShape, ...]
    nodes: tuple[NodeShape, ...]
    edges: tuple[EdgeShape, ...]
    labels: tuple[LabelShape, ...]

    def as_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Plain lists and dicts for JSON."""
        return {
            "lanes": [{"id": lane.id, "name": lane.name, **_numbers(lane.rect)} for lane in self.lanes],
            "nodes": [{"id": n.id, "lane": n.lane, "kind": n.kind, **_numbers(n.rect)} for n in self.nodes],
            "edges": [{"id": e.id, "source": e.source, "target": e.target, "points": [list(p) for p in e.points]} for e in self.edges],
            "labels": [{"for": label.owner, **_numbers(label.rect)} for label in self.labels],
        }


def _numbers(rect: Rect) -> dict[str, float]:
    return {name: round(value, 2) for name, value in rect._asdict().items()}


def geometry_of(layout: Layout) -> Geometry:
    """The geometry of a layout."""
    chart = layout.chart
    key = [node.key for node in chart.nodes]
    nodes = zip(chart.nodes, layout.boxes, layout.middles, strict=True)
    return Geometry(
        tuple(LaneShape(lane.key, lane.title, rect) for lane, rect in zip(chart.lanes, layout.lanes, strict=True)),
        tuple(NodeShape(n.key, chart.lanes[n.lane].key, n.kind, Rect(x - b.w / 2, y - b.h / 2, b.w, b.h)) for n, b, (x, y) in nodes),
        tuple(
            EdgeShape(edge.key, key[edge.source], key[edge.target], tuple(line))
            for edge, line in zip(chart.edges, layout.lines, strict=True)
        ),
        tuple(_labels(layout)),
    )


def _labels(layout: Layout) -> list[LabelShape]:
    labels = []
    for node, box, middle, around in zip(layout.chart.nodes, layout.boxes, layout.middles, layout.around, strict=True):
        own = [around.name] if around.name else []
        own += stacked(box.docs, around.docs) if around.docs else []
        labels += [LabelShape(node.key, rect.moved(*middle)) for rect in own]
        labels += [LabelShape(layout.chart.edges[e].key, rect.moved(*middle)) for e, rect in around.labels.items()]
    return labels
