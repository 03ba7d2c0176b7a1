"""The ways that an arrow might take over the grid, each with the cost of its shape.

Ports are named as if the flow went east: out at E and in at W on the straight way, N and S towards lower and higher lanes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from processes.flowchart.grid import Grid, Point


class Way(NamedTuple):
    """A way over the grid: what its shape costs, where it leaves and enters, and its corners with both ends."""

    cost: float
    leaves: str
    enters: str
    points: tuple[Point, ...]


def loop(grid: Grid, node: int) -> Way:
    """The way of an arrow from a step to itself."""
    m, c = grid.at[node]
    return Way(3.0, "E", "S", ((m, c), (m + 1, c), (m + 1, c + 1), (m, c + 1), (m, c)))


def detour(grid: Grid, source: int, target: int) -> Way:
    """Through the gutter, the channel beside the target and the gutter before it (or across one gutter): always clear."""
    (mu, cu), (mv, cv) = grid.at[source], grid.at[target]
    if mv - mu == 2:
        return Way(2.0, "E", "W", ((mu, cu), (mu + 1, cu), (mu + 1, cv), (mv, cv)) if cu != cv else ((mu, cu), (mv, cv)))
    return Way(9.0, "E", "W", ((mu, cu), (mu + 1, cu), (mu + 1, cv + 1), (mv - 1, cv + 1), (mv - 1, cv), (mv, cv)))


def ways(grid: Grid, source: int, target: int, *, from_gateway: bool, to_gateway: bool) -> Iterator[Way]:
    """Every way worth trying between two different steps, clear or not."""
    u, v = grid.at[source], grid.at[target]
    if v[0] > u[0]:
        yield from _forward(u, v, 0.0 if from_gateway else 0.8)
        if u[1] != v[1]:
            yield from _bent(u, v, 0.9 if from_gateway else 3.5, 1.6 if to_gateway else 2.6)
    elif v[0] == u[0]:
        yield from _same_rank(u, v)
    else:
        yield from _backward(u, v)
    yield detour(grid, source, target)


def _toward(a: int, b: int) -> str:
    return "S" if b > a else "N"


def _forward(u: Point, v: Point, side_exit: float) -> Iterator[Way]:
    (mu, cu), (mv, cv) = u, v
    if cu == cv:
        yield Way(0.0, "E", "W", (u, v))
    for step, side in ((-1, "N"), (1, "S")):
        c = cu + step
        if cu == cv:
            yield Way(3.0, side, side, (u, (mu, c), (mv, c), v))
        if mv - mu > 2:  # else the way would run up and down one gutter
            yield Way(4.0 if cu == cv else 4.4, "E", "W", (u, (mu + 1, cu), (mu + 1, c), (mv - 1, c), (mv - 1, cv), v))
        yield Way(3.4 + side_exit, side, "W", (u, (mu, c), (mv - 1, c), (mv - 1, cv), v))


def _bent(u: Point, v: Point, out: float, into: float) -> Iterator[Way]:
    (mu, cu), (mv, cv) = u, v
    yield Way(2.0, "E", "W", (u, (mv - 1, cu), (mv - 1, cv), v))
    if mv - mu > 2:
        yield Way(2.3, "E", "W", (u, (mu + 1, cu), (mu + 1, cv), v))
        for c in (cv - 1, cv + 1):
            yield Way(4.2, "E", "W", (u, (mu + 1, cu), (mu + 1, c), (mv - 1, c), (mv - 1, cv), v))
    yield Way(out, _toward(cu, cv), "W", (u, (mu, cv), v))
    yield Way(into, "E", _toward(cv, cu), (u, (mv, cu), v))


def _same_rank(u: Point, v: Point) -> Iterator[Way]:
    (mu, cu), (mv, cv) = u, v
    yield Way(0.4, _toward(cu, cv), _toward(cv, cu), (u, v))
    yield Way(3.0, "E", "E", (u, (mu + 1, cu), (mu + 1, cv), v))
    yield Way(3.6, "W", "W", (u, (mu - 1, cu), (mu - 1, cv), v))
    for step, side in ((1, "S"), (-1, "N")):
        yield Way(4.6, "E", side, (u, (mu + 1, cu), (mu + 1, cv + step), (mv, cv + step), v))
        yield Way(5.0, side, "W", (u, (mu, cu + step), (mv - 1, cu + step), (mv - 1, cv), v))


def _backward(u: Point, v: Point) -> Iterator[Way]:
    (mu, cu), (mv, cv) = u, v
    for step, side in ((1, "S"), (-1, "N")):
        near_u, near_v = cu + step, cv + step
        if cu == cv:
            yield Way(3.0, side, side, (u, (mu, near_v), (mv, near_v), v))
        else:
            yield Way(3.2, _toward(cu, near_v), side, (u, (mu, near_v), (mv, near_v), v))
            yield Way(3.2, side, _toward(cv, near_u), (u, (mu, near_u), (mv, near_u), v))
        yield Way(4.6, "E", side, (u, (mu + 1, cu), (mu + 1, near_v), (mv, near_v), v))
        yield Way(5.0, side, "W", (u, (mu, near_u), (mv - 1, near_u), (mv - 1, cv), v))
    if cu != cv:
        yield Way(2.4, _toward(cu, cv), "E", (u, (mu, cv), v))
