"""From the grid to px: how wide every rank, gutter, row and channel is, and where that puts steps, lanes and arrows."""

from dataclasses import dataclass, field
from itertools import pairwise

from processes.flowchart import measures as px
from processes.flowchart.boxes import Box
from processes.flowchart.candidates import Way
from processes.flowchart.grid import Grid
from processes.flowchart.surroundings import Rect, Surroundings
from processes.flowchart.tracks import Tracks

XY = tuple[float, float]


@dataclass(slots=True)
class Scale:
    """The px of every ordinal along one axis: middles of ranks or rows, and the first track of gutters or channels."""

    middle: dict[int, float] = field(default_factory=dict)
    track: dict[int, float] = field(default_factory=dict)
    end: float = 0.0


def along(grid: Grid, tracks: Tracks, around: list[Surroundings], start: float, *, upright: bool) -> Scale:
    """The axis of the flow, beginning at `start`. In gutters the first track is the one with the largest coordinate."""
    before = [0.0] * grid.ranks
    after = [0.0] * grid.ranks
    for (m, _), s in zip(grid.at, around, strict=True):
        rank = m // 2
        before[rank] = max(before[rank], s.up if upright else s.left)
        after[rank] = max(after[rank], s.down if upright else s.right)
    scale = Scale(end=start)
    for gutter in range(grid.ranks + 1):
        m, outer = 2 * gutter, gutter in {0, grid.ranks}
        room = _room(tracks.gutters.get(m, 0), px.GUTTER / 2 if outer else px.GUTTER, px.GUTTER_EDGE)
        scale.track[m] = scale.end + room - _inset(tracks.gutters.get(m, 0), room)
        scale.end += room
        if gutter < grid.ranks:
            scale.middle[m + 1] = scale.end + before[gutter]
            scale.end += before[gutter] + after[gutter]
    return scale


def across(grid: Grid, tracks: Tracks, around: list[Surroundings], least: list[float], *, upright: bool) -> tuple[Scale, list[XY]]:
    """The axis across the lanes, and where each lane begins and ends. `least` is the smallest breadth of each lane."""
    before = [0.0] * grid.lines
    after = [0.0] * grid.lines
    for (_, c), s in zip(grid.at, around, strict=True):
        before[c] = max(before[c], s.left if upright else s.up)
        after[c] = max(after[c], s.right if upright else s.down)
    scale = Scale(end=px.MARGIN)
    lanes = []
    for (first, last), breadth in zip(grid.lane_lines, least, strict=True):
        rooms = [_room_across(c, grid, tracks, first, last) + before[c] + after[c] for c in range(first, last + 1)]
        spare = max(0.0, breadth - sum(rooms)) / 2
        begin = scale.end
        scale.end += spare
        for c, room in zip(range(first, last + 1), rooms, strict=True):
            if grid.is_row[c]:
                scale.middle[c] = scale.end + before[c]
            else:
                scale.track[c] = scale.end + _inset(tracks.channels.get(c, 0), room)
            scale.end += room
        scale.end += spare
        lanes.append((begin, scale.end))
    return scale, lanes


def _room_across(c: int, grid: Grid, tracks: Tracks, first: int, last: int) -> float:
    if grid.is_row[c]:
        return 0.0
    return _room(tracks.channels.get(c, 0), px.LANE_EDGE if c in {first, last} else px.CHANNEL, px.LANE_EDGE)


def _room(tracks: int, empty: float, edge: float) -> float:
    """The breadth of a gutter or channel with so many tracks; `edge` is kept free on both sides of them."""
    return max(empty, 2 * edge + (tracks - 1) * px.TRACK) if tracks else empty


def _inset(tracks: int, room: float) -> float:
    """From the border of the gutter or channel to its first track, so that the tracks are centred."""
    return (room - (tracks - 1) * px.TRACK) / 2


@dataclass(frozen=True, slots=True)
class Paper:
    """Both axes and the orientation: turns (m, c) into (x, y)."""

    m: Scale
    c: Scale
    tracks: Tracks
    upright: bool

    def middle(self, grid: Grid, node: int) -> XY:
        """The middle of a step."""
        m, c = grid.at[node]
        return self._turned(self.m.middle[m], self.c.middle[c])

    def line(self, edge: int, way: Way, source: Box, target: Box) -> list[XY]:
        """The corners of an arrow from the border of one box to the border of the other."""
        points = [(self._m(edge, way, n), self._c(edge, way, n)) for n in range(len(way.points))]
        points[0] = self._port(points[0], source, way.leaves)
        points[-1] = self._port(points[-1], target, way.enters)
        return [self._turned(m, c) for m, c in points]

    def lane(self, begin: float, end: float) -> Rect:
        """The rectangle of a lane with its header."""
        length = self.m.end - px.MARGIN
        if self.upright:
            return Rect(begin, px.MARGIN, end - begin, length)
        return Rect(px.MARGIN, begin, length, end - begin)

    def _turned(self, m: float, c: float) -> XY:
        return (round(c, 2), round(m, 2)) if self.upright else (round(m, 2), round(c, 2))

    def _m(self, edge: int, way: Way, n: int) -> float:
        m = way.points[n][0]
        if m in self.m.middle:
            return self.m.middle[m]
        return self.m.track[m] - px.TRACK * self.tracks.track[edge, _segment_at(way, n, 0)]

    def _c(self, edge: int, way: Way, n: int) -> float:
        c = way.points[n][1]
        if c in self.c.middle:
            return self.c.middle[c]
        return self.c.track[c] + px.TRACK * self.tracks.track[edge, _segment_at(way, n, 1)]

    def _port(self, point: XY, box: Box, port: str) -> XY:
        along, across = (box.h / 2, box.w / 2) if self.upright else (box.w / 2, box.h / 2)
        shift = {"E": (along, 0.0), "W": (-along, 0.0), "S": (0.0, across), "N": (0.0, -across)}[port]
        return point[0] + shift[0], point[1] + shift[1]


def _segment_at(way: Way, n: int, fixed: int) -> int:
    """The segment at the n-th corner along which the ordinal `fixed` (0: m, 1: c) does not change."""
    segments = list(pairwise(way.points))
    return next(i for i in (n - 1, n) if 0 <= i < len(segments) and segments[i][0][fixed] == segments[i][1][fixed])
