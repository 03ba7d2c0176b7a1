"""Faults of a drawing, counted from its numbers alone: the same count for anybody's layout. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Line = tuple[float, float, float, float]
"""A straight part of an arrow: from x, y to x, y."""
TOUCH = 0.5
"""px: so near is touching, not overlapping."""


def faults(geometry: Mapping[str, Sequence[Mapping[str, Any]]]) -> Counter[str]:
    """Of a geometry as `draw_flowchart` writes it.

    overlaps: pairs of steps on each other · outside: steps that leave their lane · through: arrows through a step that is not theirs ·
    crossings: pairs of arrows that cross (those that share an end apart) · labels: texts on a step, an arrow or each other ·
    slanted: parts of arrows that are neither level nor upright
    """
    nodes = {node["id"]: _box(node) for node in geometry["nodes"]}
    lanes = {lane["id"]: _box(lane) for lane in geometry["lanes"]}
    lines = [(edge, [(*a, *b) for a, b in pairwise(edge["points"])]) for edge in geometry["edges"]]
    labels = [_box(label) for label in geometry["labels"]]
    found = Counter[str](
        overlaps=sum(_meet(a, b) for a, b in combinations(nodes.values(), 2)),
        outside=sum(not _inside(nodes[node["id"]], lanes[node["lane"]]) for node in geometry["nodes"] if node["lane"] in lanes),
        through=sum(_through(edge, parts, nodes) for edge, parts in lines),
        crossings=sum(_cross(one, other) for one, other in combinations(lines, 2)),
        labels=_hits(labels, nodes.values(), [part for _edge, parts in lines for part in parts]),
        slanted=sum(abs(p[0] - p[2]) > TOUCH and abs(p[1] - p[3]) > TOUCH for _edge, parts in lines for p in parts),
    )
    return +found


def _box(shape: Mapping[str, Any]) -> Box:
    return shape["x"], shape["y"], shape["x"] + shape["w"], shape["y"] + shape["h"]


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] - TOUCH and b[0] < a[2] - TOUCH and a[1] < b[3] - TOUCH and b[1] < a[3] - TOUCH


def _inside(a: Box, b: Box) -> bool:
    return a[0] >= b[0] - TOUCH and a[1] >= b[1] - TOUCH and a[2] <= b[2] + TOUCH and a[3] <= b[3] + TOUCH


def _reach(line: Line) -> Box:
    """The thin box around a level or upright line, widened so that lying on a border does not count as meeting."""
    return min(line[0], line[2]), min(line[1], line[3]), max(line[0], line[2]) + 2 * TOUCH, max(line[1], line[3]) + 2 * TOUCH


def _through(edge: Mapping[str, Any], parts: Iterable[Line], nodes: Mapping[str, Box]) -> bool:
    others = [box for key, box in nodes.items() if key not in {edge["source"], edge["target"]}]
    return any(_meet(_reach(part), box) for part in parts for box in others)


def _cross(one: tuple[Mapping[str, Any], list[Line]], other: tuple[Mapping[str, Any], list[Line]]) -> int:
    """How often two arrows cross: a level part of one and an upright part of the other pass each other away from their ends."""
    return sum(_passes(a, b) or _passes(b, a) for a in one[1] for b in other[1])


def _passes(level: Line, upright: Line) -> bool:
    if abs(level[1] - level[3]) > TOUCH or abs(upright[0] - upright[2]) > TOUCH:
        return False
    x, y = upright[0], level[1]
    left, right = sorted((level[0], level[2]))
    top, bottom = sorted((upright[1], upright[3]))
    return left + TOUCH < x < right - TOUCH and top + TOUCH < y < bottom - TOUCH


def _hits(labels: Sequence[Box], nodes: Iterable[Box], lines: Iterable[Line]) -> int:
    """Texts that lie on something."""
    boxes, reaches = list(nodes), [_reach(line) for line in lines]
    count = 0
    for n, label in enumerate(labels):
        count += any(_meet(label, box) for box in boxes) or any(_meet(label, reach) for reach in reaches)
        count += any(_meet(label, other) for other in labels[:n])
    return count
