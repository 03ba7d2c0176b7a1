"""The whole layout of a chart: where lanes, steps, texts and arrows are on paper, in px."""

from dataclasses import dataclass
from typing import Final

from processes.flowchart import measures as px
from processes.flowchart.boxes import Block, Box, block, boxes_of
from processes.flowchart.candidates import Way
from processes.flowchart.chart import Chart
from processes.flowchart.coordinates import XY, Paper, across, along
from processes.flowchart.grid import Grid
from processes.flowchart.ranks import Ranking, Ways, rank, ways_of
from processes.flowchart.routes import routes, simple_routes
from processes.flowchart.rows import Rows, rows_of
from processes.flowchart.surroundings import Rect, Surroundings, surroundings_of
from processes.flowchart.tracks import tracks_of

SIMPLE_ABOVE: Final = 400  # steps
_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that is drawn. Lists follow the chart's; `around` is relative to `middles`."""

    chart: Chart
    boxes: list[Box]
    width: float
    height: float
    lanes: list[Rect]
    heads: list[tuple[Rect, Block | None]]
    middles: list[XY]
    around: list[Surroundings]
    lines: list[list[XY]]
    simplified: bool


def layout(chart: Chart, *, upright: bool, simple_above: int = SIMPLE_ABOVE) -> Layout:
    """The layout of a chart; `upright` lets the flow run from top to bottom. Charts with more steps get plain arrows."""
    simplified = len(chart.nodes) > simple_above
    boxes = boxes_of(chart)
    ways = ways_of(chart)
    ranking, rows = _simple_places(chart, ways) if simplified else _places(chart, ways)
    grid = Grid(chart, ranking, rows)
    found = simple_routes(chart, grid) if simplified else routes(chart, grid, boxes, ways.back, upright=upright)
    return _on_paper(chart, boxes, grid, found, upright=upright, simplified=simplified)


def _places(chart: Chart, ways: Ways) -> tuple[Ranking, Rows]:
    """Ranks and rows. A drop with a box in its way is taken back, and everything is placed again; at last without drops."""
    banned: set[int] = set()
    tries = 0
    while True:
        ranking = rank(chart, ways, banned, drops=tries < _TRIES)
        rows = rows_of(chart, ways, ranking)
        blocked = _blocked(ranking, rows)
        if not blocked:
            return ranking, rows
        banned |= blocked
        tries += 1


def _simple_places(chart: Chart, ways: Ways) -> tuple[Ranking, Rows]:
    ranking = rank(chart, ways, drops=False)
    return ranking, rows_of(chart, ways, ranking, improve=False)


def _blocked(ranking: Ranking, rows: Rows) -> set[int]:
    """The targets of drops that cannot go straight across."""
    first = rows.offsets()
    at = [first[lane] + row for lane, row in zip(rows.lane, rows.row, strict=True)]
    taken = set(zip(ranking.rank, at, strict=True))
    blocked = set()
    for target, source in ranking.drops.items():
        low, high = sorted((at[source], at[target]))
        if any((ranking.rank[source], between) in taken for between in range(low + 1, high)):
            blocked.add(target)
    return blocked


def _on_paper(chart: Chart, boxes: list[Box], grid: Grid, found: list[Way], *, upright: bool, simplified: bool) -> Layout:
    tracks = tracks_of(chart, grid, found)
    around = surroundings_of(chart, boxes, found, upright=upright)
    least = [px.LANE_MIN if upright else _head_height(lane.title, px.HEAD_WIDTH) for lane in chart.lanes]
    c, ends = across(grid, tracks, around, least, upright=upright)
    header = px.HEAD_WIDTH
    if upright:
        header = max((_head_height(lane.title, b - a) for lane, (a, b) in zip(chart.lanes, ends, strict=True)), default=0.0)
    m = along(grid, tracks, around, px.MARGIN + header, upright=upright)
    paper = Paper(m, c, tracks, upright)
    lanes = [paper.lane(begin, end) for begin, end in ends]
    width, height = (c.end, m.end) if upright else (m.end, c.end)
    return Layout(
        chart,
        boxes,
        round(width + px.MARGIN, 2),
        round(height + px.MARGIN, 2),
        lanes,
        [_head(lane.title, rect, header, upright=upright) for lane, rect in zip(chart.lanes, lanes, strict=True)],
        [paper.middle(grid, n) for n in range(len(boxes))],
        around,
        [paper.line(e, way, boxes[chart.edges[e].source], boxes[chart.edges[e].target]) for e, way in enumerate(found)],
        simplified,
    )


def _head_height(title: str, width: float) -> float:
    text = _title(title, width)
    return max(px.HEAD_HEIGHT, text.h + 18 if text else 0.0)


def _head(title: str, lane: Rect, header: float, *, upright: bool) -> tuple[Rect, Block | None]:
    rect = Rect(lane.x, lane.y, lane.w if upright else header, header if upright else lane.h)
    return rect, _title(title, rect.w)


def _title(title: str, width: float) -> Block | None:
    return block(title, (width - 16) / px.BOLD, px.LANE_FONT, px.HEAD_LINES)
