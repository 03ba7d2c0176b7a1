"""Which track each segment takes inside a gutter or channel, so that parallel arrows do not lie on each other.

Greedy interval colouring. Arrows that merge into one target, or fork from one activity, share a track. A segment whose end
turns to the low side must lie lower than one whose end at the same place turns to the high side, or both would overlap.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from processes.flowchart.candidates import Way
from processes.flowchart.chart import Chart, Edge
from processes.flowchart.grid import Grid

ALONG: Final = 0  # index of m in a point
ACROSS: Final = 1  # index of c
_MOST_ORDERED: Final = 120  # segments in one gutter; beyond, only the colouring


@dataclass(frozen=True, slots=True)
class Segment:
    """One straight piece of an edge in a gutter (axis ACROSS) or channel (axis ALONG): its range and how its ends turn."""

    edge: int
    index: int
    start: int
    end: int
    turns: tuple[tuple[int, int], ...]

    @property
    def low(self) -> int:
        """The smaller end."""
        return min(self.start, self.end)

    @property
    def high(self) -> int:
        """The larger end."""
        return max(self.start, self.end)

    def meets(self, other: "Segment") -> bool:
        """Whether the two would touch on one track."""
        return self.low <= other.high and other.low <= self.high


@dataclass(slots=True)
class Tracks:
    """The track of each (edge, index of the segment), and how many tracks each gutter (by m) and channel (by c) needs."""

    track: dict[tuple[int, int], int]
    gutters: dict[int, int]
    channels: dict[int, int]


Share = Callable[[Segment, Segment], bool]


def tracks_of(chart: Chart, grid: Grid, ways: list[Way]) -> Tracks:
    """The tracks of all ways. In a gutter track 0 is the one nearest to the next rank, in a channel the lowest c."""
    gutters, channels = _segments(grid, ways)
    result = Tracks({}, {}, {})

    def in_gutter(a: Segment, b: Segment) -> bool:
        return _may_share(chart, ways, a.edge, b.edge)

    def in_channel(a: Segment, b: Segment) -> bool:
        return _same_entry(chart.edges[a.edge], chart.edges[b.edge], ways[a.edge], ways[b.edge])

    for m, segments in gutters.items():
        segments.sort(key=lambda s: (s.end > s.start, s.start if s.end > s.start else -s.start, chart.edges[s.edge].source))
        result.gutters[m] = _colour(segments, in_gutter, result.track, from_high=True)
    for c, segments in channels.items():
        segments.sort(key=lambda s: (s.high - s.low, chart.edges[s.edge].source))
        result.channels[c] = _colour(segments, in_channel, result.track, from_high=False)
    return result


def _segments(grid: Grid, ways: list[Way]) -> tuple[dict[int, list[Segment]], dict[int, list[Segment]]]:
    """The segments in each gutter and in each channel."""
    gutters: dict[int, list[Segment]] = defaultdict(list)
    channels: dict[int, list[Segment]] = defaultdict(list)
    for edge, way in enumerate(ways):
        for index, (a, b) in enumerate(pairwise(way.points)):
            if a[0] == b[0] and a[0] % 2 == 0:
                gutters[a[0]].append(_segment(way, edge, index, ACROSS))
            elif a[1] == b[1] and not grid.is_row[a[1]]:
                channels[a[1]].append(_segment(way, edge, index, ALONG))
    return gutters, channels


def _segment(way: Way, edge: int, index: int, axis: int) -> Segment:
    """The first and last segment of a way lie in ranks or rows, so that one in between has neighbours on both sides."""
    side = 1 - axis
    before, start, end, after = way.points[index - 1 : index + 3]
    turns = ((start[axis], 1 if before[side] > start[side] else -1), (end[axis], 1 if after[side] > end[side] else -1))
    return Segment(edge, index, start[axis], end[axis], turns)


def _same_entry(a: Edge, b: Edge, way: Way, other: Way) -> bool:
    return a.target == b.target and way.enters == other.enters and a.source != b.source


def _may_share(chart: Chart, ways: list[Way], edge: int, other: int) -> bool:
    a, b, way, way_b = chart.edges[edge], chart.edges[other], ways[edge], ways[other]
    if _same_entry(a, b, way, way_b):
        return way.enters in "EW"
    forks = a.source == b.source and way.leaves == way_b.leaves and a.target != b.target
    return forks and way.leaves in "EW" and chart.nodes[a.source].kind != "decision"


def _colour(segments: list[Segment], share: Share, track: dict[tuple[int, int], int], *, from_high: bool) -> int:
    """Fills in the track of each segment and gives the number of tracks."""
    first = _first(segments, share, from_high=from_high) if len(segments) <= _MOST_ORDERED else [set() for _ in segments]
    taken: list[list[Segment]] = []
    done: dict[int, int] = {}
    todo = list(range(len(segments)))
    while todo:
        pick = next((n for n in todo if first[n] <= done.keys()), todo[0])  # a circle of wishes cannot be fulfilled
        todo.remove(pick)
        segment = segments[pick]
        lowest = max((done[n] + 1 for n in first[pick] if n in done), default=0)
        free = (n for n in range(lowest, len(taken)) if _fits(segment, taken[n], share))
        done[pick] = next(free, max(lowest, len(taken)))
        taken.extend([] for _ in range(done[pick] + 1 - len(taken)))
        taken[done[pick]].append(segment)
        track[segment.edge, segment.index] = done[pick]
    return len(taken)


def _fits(segment: Segment, others: list[Segment], share: Share) -> bool:
    return all(share(segment, other) or not segment.meets(other) for other in others)


def _first(segments: list[Segment], share: Share, *, from_high: bool) -> list[set[int]]:
    """For each segment those that need a smaller track number than its own."""
    first: list[set[int]] = [set() for _ in segments]
    ends: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n, segment in enumerate(segments):
        for turn in segment.turns:
            ends[turn].append(n)
    for (place, side), low in ends.items():
        for i in low if side < 0 else ():
            for j in ends.get((place, 1), ()):
                if i != j and not share(segments[i], segments[j]):
                    first[i if from_high else j].add(j if from_high else i)
    return first
