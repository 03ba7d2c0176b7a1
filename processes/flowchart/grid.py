"""The grid on which arrows are routed: ordinals along the flow (m) and across the lanes (c).

Ranks and the gutters between them alternate along the flow: rank r is at m = 2r + 1, the gutters are even. Across, each
lane is channel, row, channel, row, …, channel; so the channels of a row are always at its c ± 1.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from processes.flowchart.chart import Chart
from processes.flowchart.ranks import Ranking
from processes.flowchart.rows import Rows

Point = tuple[int, int]

NONE: Final = -1


class Grid:
    """Where each node stands (`at`), what each line across is, and whether a way is clear of nodes."""

    def __init__(self, chart: Chart, ranking: Ranking, rows: Rows) -> None:
        self.ranks = max(ranking.rank, default=-1) + 1
        self.row_lines: list[list[int]] = []  # the c of each row of each lane
        self.lane_lines: list[tuple[int, int]] = []  # first and last channel of each lane
        line = 0
        for count in rows.count:
            self.row_lines.append([line + 1 + 2 * row for row in range(count)])
            self.lane_lines.append((line, line + 2 * count))
            line += 2 * count + 1
        self.lines = line
        self.is_row = [False] * line
        for c in (c for lane in self.row_lines for c in lane):
            self.is_row[c] = True
        self.at: list[Point] = [(2 * ranking.rank[n] + 1, self.row_lines[node.lane][rows.row[n]]) for n, node in enumerate(chart.nodes)]
        self.nodes = {point: n for n, point in enumerate(self.at)}
        self._along: list[list[int]] = [[] for _ in range(self.lines)]
        self._across: list[list[int]] = [[] for _ in range(2 * self.ranks + 1)]
        for m, c in sorted(self.at):
            self._along[c].append(m)
            self._across[m].append(c)
        for marks in self._across:
            marks.sort()

    def clear(self, points: Sequence[Point]) -> bool:
        """Whether a way passes no node between its ends."""
        if any(point in self.nodes for point in points[1:-1]):
            return False
        return not any(self._met(a, b) for a, b in pairwise(points))

    def _met(self, a: Point, b: Point) -> bool:
        if a[1] == b[1]:
            marks, low, high = self._along[a[1]], min(a[0], b[0]), max(a[0], b[0])
        else:
            marks, low, high = self._across[a[0]], min(a[1], b[1]), max(a[1], b[1])
        return bisect_right(marks, low) < bisect_left(marks, high)
