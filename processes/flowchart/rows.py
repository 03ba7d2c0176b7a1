"""In which row of its lane each step stands: near its predecessor first, then improved by moves and swaps.

The cost of an arrow: 0 straight, 1 with one bend, 3.5 through two channels, 4 if a box is in its way; plus its distance.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from processes.flowchart.chart import Chart
from processes.flowchart.ranks import Ranking, Ways

_ROUNDS: Final = 4
_ROWS_TRIED: Final = 8
_ACROSS_LANES: Final = 0.4  # a row of distance between lanes, against 1 inside a lane


class Rows:
    """A row for each node (counted inside its lane) and the number of rows of each lane."""

    def __init__(self, chart: Chart, ways: Ways, ranking: Ranking) -> None:
        self.rank = ranking.rank
        self.lane = [node.lane for node in chart.nodes]
        self.row = [0] * len(chart.nodes)
        self.count = [1] * len(chart.lanes)
        self._ways = ways
        self._taken: dict[tuple[int, int, int], int] = {}  # (lane, rank, row) → node
        for node in sorted(ranking.order, key=lambda n: (self.rank[n], n)):
            self._place(node)

    def offsets(self) -> list[int]:
        """The first row of each lane, counted over the whole chart."""
        first = [0]
        for count in self.count:
            first.append(first[-1] + count)
        return first

    def squeeze(self) -> None:
        """Takes out rows in which nothing stands."""
        used: list[set[int]] = [set() for _ in self.count]
        for lane, row in zip(self.lane, self.row, strict=True):
            used[lane].add(row)
        place = [{row: n for n, row in enumerate(sorted(rows))} for rows in used]
        self.row = [place[lane][row] for lane, row in zip(self.lane, self.row, strict=True)]
        self.count = [len(rows) for rows in used]

    def _place(self, node: int) -> None:
        lane, rank = self.lane[node], self.rank[node]
        row = self._wanted(node)
        while (lane, rank, row) in self._taken:
            row += 1
        self._taken[lane, rank, row] = node
        self.row[node] = row
        self.count[lane] = max(self.count[lane], row + 1)

    def _wanted(self, node: int) -> int:
        """The row of the nearest predecessor in the lane (its n-th successor wants n rows further), or a free one near."""
        lane = self.lane[node]
        near = [n for n in self._ways.before[node] if self.lane[n] == lane]
        if not near:
            return 0
        last = max(near, key=lambda n: (self.rank[n], -n))
        siblings = [n for n in self._ways.after[last] if self.lane[n] == lane]
        row = self.row[last] + siblings.index(node)
        if self._free(lane, row, last, node):
            return row
        others = (r for r in range(self.count[lane] + 1) if self._free(lane, r, last, node))
        return min(others, key=lambda r: (abs(r - self.row[last]), r), default=row)

    def _free(self, lane: int, row: int, source: int, target: int) -> bool:
        return all((lane, rank, row) not in self._taken for rank in range(self.rank[source] + 1, self.rank[target] + 1))


class _Improvement:
    """Moves nodes inside their lane and rank as long as that makes the arrows cheaper."""

    def __init__(self, chart: Chart, ways: Ways, rows: Rows) -> None:
        self._rows = rows
        self._rank = rows.rank
        first = rows.offsets()
        self._first = [first[lane] for lane in rows.lane]
        self._at = [self._first[n] + row for n, row in enumerate(rows.row)]
        self._taken = {(self._rank[n], at): n for n, at in enumerate(self._at)}
        self._arrows: list[list[tuple[int, int, bool]]] = [[] for _ in chart.nodes]
        self._passing: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for position, edge in enumerate(chart.edges):
            if not edge.message and edge.source != edge.target:
                self._know(edge.source, edge.target, back=position in ways.back)

    def _know(self, source: int, target: int, *, back: bool) -> None:
        self._arrows[source].append((source, target, back))
        self._arrows[target].append((source, target, back))
        if not back:
            for rank in range(self._rank[source] + 1, self._rank[target]):
                self._passing[rank].append((source, target))

    def round(self) -> bool:
        """Tries every node in every row of its lane. Says whether anything became better."""
        order = sorted(range(len(self._at)), key=lambda n: (self._rank[n], n))
        return sum(self._improve(node) for node in order) > 0  # not any(): every node gets its turn

    def _improve(self, node: int) -> bool:
        better = False
        first = self._first[node]
        for at in range(first, first + min(self._rows.count[self._rows.lane[node]], _ROWS_TRIED)):
            old = self._at[node]
            if at != old and self._try(node, old, at):
                better = True
        return better

    def _try(self, node: int, old: int, new: int) -> bool:
        other = self._taken.get((self._rank[node], new))
        moved = [node] if other is None else [node, other]
        before = self._cost(moved)
        self._swap(node, other, old, new)
        deeper = 0.35 * (new - old) if other is None else 0.0
        if self._cost(moved) + deeper < before - 1e-9:
            return True
        self._swap(node, other, new, old)
        return False

    def _swap(self, node: int, other: int | None, old: int, new: int) -> None:
        rank = self._rank[node]
        self._at[node] = new
        self._taken[rank, new] = node
        if other is None:
            del self._taken[rank, old]
        else:
            self._at[other] = old
            self._taken[rank, old] = other

    def _cost(self, nodes: Iterable[int]) -> float:
        return sum(sum(self._arrow(arrow) for arrow in self._arrows[n]) + self._in_the_way(n) for n in nodes)

    def _arrow(self, arrow: tuple[int, int, bool]) -> float:
        source, target, back = arrow
        a, b = self._at[source], self._at[target]
        distance = 0.25 * abs(a - b)
        if self._rows.lane[source] != self._rows.lane[target]:
            distance *= _ACROSS_LANES
        if back:
            return 1.5 + distance
        between = range(self._rank[source] + 1, self._rank[target])
        straight = all((r, a) not in self._taken for r in between)
        if a == b:
            return 0.0 if straight else 4.0
        return distance + (1.0 if straight or all((r, b) not in self._taken for r in between) else 3.5)

    def _in_the_way(self, node: int) -> float:
        """What the node costs the arrows that pass its rank."""
        at = self._at[node]
        cost = 0.0
        for source, target in self._passing.get(self._rank[node], ()):
            ends = (self._at[source], self._at[target])
            if at in ends:
                cost += 4.0 if ends[0] == ends[1] else 0.6
        return cost

    def keep(self) -> None:
        """Writes the rows back."""
        self._rows.row = [at - first for at, first in zip(self._at, self._first, strict=True)]


def rows_of(chart: Chart, ways: Ways, ranking: Ranking, *, improve: bool = True) -> Rows:
    """The rows; with `improve=False` (very large charts) only the first, cheap placing."""
    rows = Rows(chart, ways, ranking)
    if improve:
        improvement = _Improvement(chart, ways, rows)
        for _ in range(_ROUNDS):
            if not improvement.round():
                break
        improvement.keep()
    rows.squeeze()
    return rows
