"""Which way each arrow takes: the cheapest of its candidates, given the arrows that are there already.

Cost = shape + 2 × crossings + 0.05 × length + conflicts at the ports. Straight arrows choose first, then those along the
flow, then those that lead back, messages last; afterwards every arrow may choose again.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from processes.flowchart.boxes import Box
from processes.flowchart.candidates import Way, detour, loop, ways
from processes.flowchart.chart import Chart, Node
from processes.flowchart.grid import Grid, Point

_CROSSING: Final = 2.0
_LENGTH: Final = 0.05
_OVERLAP: Final = 2.5  # two unrelated arrows on one line
_TWIN: Final = 4.0  # two arrows between the same steps on one line: one of them would not be seen
_IN_AGAINST_OUT: Final = 3.0
_SHARED_EXIT: Final = 3.0  # of a decision, whose branches must be told apart
_MESSAGE_ALONG: Final = 2.5  # the ports along the flow belong to the sequence
_BESIDE_TEXT: Final = 0.5
_CHOICES: Final = 2


class _Lines:
    """The segments already drawn, by the line on which they lie: (low, high, edge) with the other ordinal as range."""

    def __init__(self, chart: Chart, grid: Grid) -> None:
        self._chart = chart
        self._is_row = grid.is_row
        self._along: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self._across: dict[int, list[tuple[int, int, int]]] = defaultdict(list)

    def add(self, edge: int, way: Way) -> None:
        for lines, line, low, high in self._segments(way.points):
            lines[line].append((low, high, edge))

    def remove(self, edge: int, way: Way) -> None:
        for lines, line, low, high in self._segments(way.points):
            lines[line].remove((low, high, edge))

    def _segments(self, points: tuple[Point, ...]) -> Iterator[tuple[dict[int, list[tuple[int, int, int]]], int, int, int]]:
        for a, b in pairwise(points):
            if a[1] == b[1]:
                yield self._along, a[1], min(a[0], b[0]), max(a[0], b[0])
            else:
                yield self._across, a[0], min(a[1], b[1]), max(a[1], b[1])

    def cost(self, edge: int, way: Way) -> float:
        """Crossings, overlaps and length of a way that is not added yet."""
        total = 0.0
        for lines, line, low, high in self._segments(way.points):
            others = self._across if lines is self._along else self._along
            crossed = sum(a < line < b for at in range(low + 1, high) for a, b, _ in others.get(at, ()))
            total += _CROSSING * crossed + _LENGTH * (high - low)
            if self._is_row[line] if lines is self._along else line % 2:  # gutters and channels have tracks to part them
                total += sum(self._overlap(edge, other) for a, b, other in lines[line] if a < high and low < b)
        return total

    def _overlap(self, edge: int, other: int) -> float:
        a, b = self._chart.edges[edge], self._chart.edges[other]
        if a.source == b.source:
            return _CROSSING * _TWIN if a.target == b.target else 0.0
        return 0.0 if a.target == b.target else _CROSSING * _OVERLAP


class _Router:
    def __init__(self, chart: Chart, grid: Grid, boxes: list[Box], *, upright: bool) -> None:
        self._chart = chart
        self._grid = grid
        self._lines = _Lines(chart, grid)
        self._texts = [_text_sides(chart.nodes[n], box, upright=upright) for n, box in enumerate(boxes)]
        self._leaving: dict[tuple[int, str], int] = defaultdict(int)
        self._entering: dict[tuple[int, str], int] = defaultdict(int)
        self.ways: dict[int, Way] = {}

    def choose(self, edge: int) -> None:
        """Gives the edge the cheapest clear way; with equal costs the first one."""
        if edge in self.ways:
            self._count(edge, -1)
            self._lines.remove(edge, self.ways[edge])
        best = min(self._candidates(edge), key=lambda way: self._cost(edge, way))
        self._lines.add(edge, best)
        self.ways[edge] = best
        self._count(edge, 1)

    def _count(self, edge: int, by: int) -> None:
        ends, way = self._chart.edges[edge], self.ways[edge]
        self._leaving[ends.source, way.leaves] += by
        self._entering[ends.target, way.enters] += by

    def _candidates(self, edge: int) -> list[Way]:
        ends, nodes = self._chart.edges[edge], self._chart.nodes
        if ends.source == ends.target:
            return [loop(self._grid, ends.source)]
        found = ways(
            self._grid, ends.source, ends.target, from_gateway=nodes[ends.source].is_gateway, to_gateway=nodes[ends.target].is_gateway
        )
        return [way for way in found if self._grid.clear(way.points)]

    def _cost(self, edge: int, way: Way) -> float:
        ends = self._chart.edges[edge]
        out, into = (ends.source, way.leaves), (ends.target, way.enters)
        sharing = _SHARED_EXIT if self._chart.nodes[ends.source].kind == "decision" else 0.2
        cost = way.cost + self._lines.cost(edge, way)
        cost += _IN_AGAINST_OUT * (self._entering[out] + self._leaving[into]) + sharing * self._leaving[out]
        cost += _BESIDE_TEXT * ((way.leaves in self._texts[ends.source]) + (way.enters in self._texts[ends.target]))
        if ends.message:
            cost += _MESSAGE_ALONG * ((way.leaves in "EW") + (way.enters in "EW"))
        return cost


def _text_sides(node: Node, box: Box, *, upright: bool) -> str:
    """The ports at which texts would have to make room: documents and names of events hang at S, questions (LR) at N."""
    sides = "S" if box.docs or (box.name and not node.is_gateway) else ""
    return sides + ("N" if box.name and node.is_gateway and not upright else "")


def routes(chart: Chart, grid: Grid, boxes: list[Box], back: frozenset[int], *, upright: bool) -> list[Way]:
    """The way of each edge. `upright` is the TB orientation."""

    def turn(edge: int) -> tuple[bool, bool, bool, int, int]:
        ends = chart.edges[edge]
        (mu, cu), (mv, cv) = grid.at[ends.source], grid.at[ends.target]
        return ends.message, edge in back, cu != cv, abs(mv - mu), edge

    router = _Router(chart, grid, boxes, upright=upright)
    order = sorted(range(len(chart.edges)), key=turn)
    for _ in range(_CHOICES):
        for edge in order:
            router.choose(edge)
    return [router.ways[edge] for edge in range(len(order))]


def simple_routes(chart: Chart, grid: Grid) -> list[Way]:
    """For very large charts: straight where the way is free, else the detour that is always clear."""
    return [_simple(grid, edge.source, edge.target) for edge in chart.edges]


def _simple(grid: Grid, source: int, target: int) -> Way:
    if source == target:
        return loop(grid, source)
    u, v = grid.at[source], grid.at[target]
    straight = Way(0.0, "E", "W", (u, v))
    return straight if u[1] == v[1] and u[0] < v[0] and grid.clear(straight.points) else detour(grid, source, target)
