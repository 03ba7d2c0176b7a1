"""Where the texts beside a step go: branch labels at their arrows, names, documents; never on an arrow or on each other.

All positions are in px from the middle of the step. An arrow only ever touches its own steps on their two middle lines, so
a text that keeps clear of the used middle lines and of its neighbours keeps clear of everything.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from processes.flowchart import measures as px
from processes.flowchart.boxes import Block, Box, label_block
from processes.flowchart.candidates import Way
from processes.flowchart.chart import Chart


class Rect(NamedTuple):
    """A rectangle by its upper left corner."""

    x: float
    y: float
    w: float
    h: float

    def meets(self, other: "Rect", gap: float = 0.0) -> bool:
        """Whether the two come nearer than `gap`."""
        across = self.x < other.x + other.w + gap and other.x < self.x + self.w + gap
        return across and self.y < other.y + other.h + gap and other.y < self.y + self.h + gap

    def moved(self, dx: float, dy: float) -> "Rect":
        """The same rectangle elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.w, self.h)


@dataclass(slots=True)
class Surroundings:
    """The texts beside one step, and how far step and texts reach to each side of its middle."""

    name: Rect | None = None
    docs: Rect | None = None
    labels: dict[int, Rect] = field(default_factory=dict)  # by edge
    left: float = 0.0
    right: float = 0.0
    up: float = 0.0
    down: float = 0.0


# Port of the grid → side on paper.
SIDES: Final = {False: {"E": "right", "W": "left", "N": "up", "S": "down"}, True: {"E": "down", "W": "up", "N": "left", "S": "right"}}
# A spot is two letters. Across: L, R beyond the box, l, r beside its middle line, c centred;
# down: U, D beyond the box, u, d beside the middle line, c centred.
_AT_PORT: Final = {"right": ("Ru", "Rd"), "left": ("Lu", "Ld"), "down": ("rD", "lD"), "up": ("rU", "lU")}
_BELOW: Final = ("cD", "cU", "rD", "lD", "rU", "lU")
_BESIDE: Final = ("Rc", "Lc", "Rd", "Ld", "Ru", "Lu")
_QUESTION: Final = {False: ("cU", "lU", "rU", "lD", "rD"), True: ("Lc", "Rc", "cU", "lU", "rU")}
_GAP: Final = 5.0
_MIDDLE: Final = 4.0  # from a middle line to a text beside it
_ARROW_ROOM: Final = 10.0  # texts at the head of an arrow keep clear of it
_FAR: Final = 1e5
_STEP: Final = 4.0
_MIDDLE_LINES: Final = {
    "right": Rect(0, -1, _FAR, 2),
    "left": Rect(-_FAR, -1, _FAR, 2),
    "down": Rect(-1, 0, 2, _FAR),
    "up": Rect(-1, -_FAR, 2, _FAR),
}


class _Table:
    """The room round one step: what is taken, and where the next text fits."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._half = box.w / 2, box.h / 2
        self._taken = [Rect(-box.w / 2, -box.h / 2, box.w, box.h)]
        self._around = Surroundings()

    def arrow(self, side: str) -> None:
        """Keeps the middle line on this side free."""
        self._taken.append(_MIDDLE_LINES[side])

    def label(self, edge: int, side: str, text: Block, away: float = 0.0) -> None:
        """Writes a branch label where its arrow meets the step."""
        self._around.labels[edge] = self._put(_AT_PORT[side], text.w, text.h, away)

    def texts(self, *, gateway: bool, upright: bool) -> None:
        """Writes the name and hangs the documents."""
        name, docs = self._box.name, self._box.docs
        beside = _BESIDE if upright else _BELOW
        if name is not None:
            self._around.name = self._put(_QUESTION[upright] if gateway else beside, name.w, name.h)
        if docs:
            self._around.docs = self._put(beside, self._box.docs_width, self._box.docs_height)

    def measured(self) -> Surroundings:
        """Everything placed, with its reach to all sides."""
        around = self._around
        rects = [self._taken[0], *around.labels.values(), *(rect for rect in (around.name, around.docs) if rect)]
        around.left = max(-rect.x for rect in rects)
        around.up = max(-rect.y for rect in rects)
        around.right = max(rect.x + rect.w for rect in rects)
        around.down = max(rect.y + rect.h for rect in rects)
        return around

    def _put(self, spots: tuple[str, ...], w: float, h: float, away: float = 0.0) -> Rect:
        """The first free spot; if none is, as far beyond the last one (never a centred one) as necessary."""
        choices = [self._rect(spot, w, h, away) for spot in spots]
        best = next((rect for rect in choices if self._free(rect)), None)
        if best is None:
            best, (dx, dy) = choices[-1], _outward(spots[-1])
            while not self._free(best):
                best = best.moved(dx, dy)
        self._taken.append(best)
        return best

    def _free(self, rect: Rect) -> bool:
        return not any(rect.meets(other, 2.0) for other in self._taken)

    def _rect(self, spot: str, w: float, h: float, away: float) -> Rect:
        (hw, hh), gap = self._half, _GAP + away
        x = {"L": -hw - gap - w, "l": -_MIDDLE - w, "c": -w / 2, "r": _MIDDLE, "R": hw + gap}
        y = {"U": -hh - gap - h, "u": -_MIDDLE - h, "c": -h / 2, "d": _MIDDLE, "D": hh + gap}
        return Rect(x[spot[0]], y[spot[1]], w, h)


def _outward(spot: str) -> tuple[float, float]:
    """One step away from the box."""
    across = {"L": -_STEP, "R": _STEP}.get(spot[0], 0.0)
    return across, 0.0 if across else {"U": -_STEP, "D": _STEP}[spot[1]]


def surroundings_of(chart: Chart, boxes: list[Box], ways: list[Way], *, upright: bool) -> list[Surroundings]:
    """The surroundings of each node. `upright` is the TB orientation."""
    tables = [_Table(box) for box in boxes]
    arrows = [(edge, SIDES[upright][way.leaves], SIDES[upright][way.enters]) for edge, way in zip(chart.edges, ways, strict=True)]
    for edge, exit_side, entry_side in arrows:
        tables[edge.source].arrow(exit_side)
        tables[edge.target].arrow(entry_side)
    together = Counter((edge.source, exit_side) for edge, exit_side, _ in arrows)
    for n, (edge, exit_side, entry_side) in enumerate(arrows):
        text = label_block(edge.label)
        if text is not None and together[edge.source, exit_side] == 1:
            tables[edge.source].label(n, exit_side, text)
        elif text is not None:  # nobody could tell the labels at a shared exit apart
            tables[edge.target].label(n, entry_side, text, _ARROW_ROOM)
    for table, node in zip(tables, chart.nodes, strict=True):
        table.texts(gateway=node.is_gateway, upright=upright)
    return [table.measured() for table in tables]


def stacked(docs: tuple[Block, ...], place: Rect) -> list[Rect]:
    """The rectangle of each document in the stack."""
    rects, y = [], place.y
    for doc in docs:
        rects.append(Rect(place.x, y, place.w, doc.h))
        y += doc.h + px.DOC_GAP
    return rects
