"""Which arrows lead back, and how far along the flow each step stands (its rank).

A rank is the longest path from the beginning. A hand-off to another lane may stay in the same rank and drop straight
across (a *drop*), which makes the chart shorter.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from processes.flowchart.chart import Chart

_DROPS_FROM: Final = frozenset({"activity", "subprocess", "decision", "parallel"})
_DROPS_TO: Final = frozenset({"activity", "subprocess", "end", "wait", "event", "decision"})
_FARTHEST_DROP: Final = 6  # lanes


@dataclass(frozen=True, slots=True)
class Ways:
    """The arrows that lead forward, by node. `back` holds the positions of the edges that lead back."""

    after: list[list[int]]
    before: list[list[int]]
    back: frozenset[int]


@dataclass(slots=True)
class Ranking:
    """The rank of each node, an order in which every node follows its predecessors, and drops as target → source."""

    rank: list[int]
    order: list[int]
    drops: dict[int, int] = field(default_factory=dict)


def ways_of(chart: Chart) -> Ways:
    """Forward arrows. Messages do not count: they do not decide where a step stands."""
    back = _back_edges(chart)
    after: list[list[int]] = [[] for _ in chart.nodes]
    before: list[list[int]] = [[] for _ in chart.nodes]
    for position, edge in enumerate(chart.edges):
        if not edge.message and position not in back:
            after[edge.source].append(edge.target)
            before[edge.target].append(edge.source)
    return Ways(after, before, back)


def _back_edges(chart: Chart) -> frozenset[int]:
    """The edges that close a cycle, found depth first from the starts in text order: the text decides what is back."""
    out: list[list[tuple[int, int]]] = [[] for _ in chart.nodes]
    entered = set()
    for position, edge in enumerate(chart.edges):
        if not edge.message:
            out[edge.source].append((position, edge.target))
            if edge.source != edge.target:
                entered.add(edge.target)
    everyone = range(len(chart.nodes))
    starts = [n for n in everyone if chart.nodes[n].kind == "start"]
    roots = [*starts, *(n for n in everyone if n not in entered), *everyone]
    return frozenset(_closing(out, roots))


def _closing(out: list[list[tuple[int, int]]], roots: list[int]) -> Iterator[int]:
    state = [0] * len(out)  # 0 unseen, 1 on the path, 2 done
    for root in roots:
        path = [(root, iter(out[root]))] if not state[root] else []
        state[root] = state[root] or 1
        while path:
            node, rest = path[-1]
            edge, target = next(rest, (-1, -1))
            if edge < 0:
                state[node] = 2
                path.pop()
            elif state[target] == 1:
                yield edge
            elif not state[target]:
                state[target] = 1
                path.append((target, iter(out[target])))


def rank(chart: Chart, ways: Ways, banned: Collection[int] = (), *, drops: bool = True) -> Ranking:
    """The ranks. `banned` are targets that may not drop; with `drops=False` none does."""
    result = Ranking([0] * len(chart.nodes), [])
    missing = [len(sources) for sources in ways.before]
    sides: dict[int, set[bool]] = defaultdict(set)
    queue = deque(n for n, count in enumerate(missing) if not count)
    while queue:
        source = queue.popleft()
        result.order.append(source)
        for target in ways.after[source]:
            step = 1
            if drops and target not in banned and source not in result.drops and _may_drop(chart, ways, source, target):
                down = chart.nodes[target].lane > chart.nodes[source].lane
                if down not in sides[source]:
                    sides[source].add(down)
                    result.drops[target] = source
                    step = 0
            result.rank[target] = max(result.rank[target], result.rank[source] + step)
            missing[target] -= 1
            if not missing[target]:
                queue.append(target)
    _pull_late_beginnings(ways, result)
    return result


def _may_drop(chart: Chart, ways: Ways, source: int, target: int) -> bool:
    here, there = chart.nodes[source], chart.nodes[target]
    if len(ways.before[target]) != 1 or here.kind not in _DROPS_FROM or there.kind not in _DROPS_TO:
        return False
    return (len(ways.after[source]) == 1 or here.is_gateway) and 0 < abs(here.lane - there.lane) <= _FARTHEST_DROP


def _pull_late_beginnings(ways: Ways, result: Ranking) -> None:
    """Moves steps without predecessors beside their first successor; the first step of the text stays where it is."""
    dropping = set(result.drops.values())
    for node in reversed(result.order):
        if node and not ways.before[node] and ways.after[node] and node not in dropping:
            result.rank[node] = max(0, min(result.rank[target] for target in ways.after[node]) - 1)
