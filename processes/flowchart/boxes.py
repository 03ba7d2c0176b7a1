"""How large each step is drawn, and which texts hang beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from processes.flowchart import measures as px
from processes.flowchart.chart import Chart, Node
from processes.flowchart.text import text_width, wrap


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text and the room they take in px."""

    lines: tuple[str, ...]
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Box:
    """A step's shape (w, h in px), the text inside it, its name if written beside it, and its documents."""

    w: float
    h: float
    lines: tuple[str, ...] = ()
    name: Block | None = None
    docs: tuple[Block, ...] = ()

    @property
    def docs_width(self) -> float:
        """The width of the stack of documents."""
        return max(doc.w for doc in self.docs)

    @property
    def docs_height(self) -> float:
        """The height of the stack of documents with its gaps."""
        return sum(doc.h for doc in self.docs) + px.DOC_GAP * (len(self.docs) - 1)


def boxes_of(chart: Chart) -> list[Box]:
    """The box of each node."""
    return [_inside(node) if node.is_box else _beside(node) for node in chart.nodes]


def label_block(label: str) -> Block | None:
    """The text of a branch, or None where there is nothing to write."""
    return block(label, px.LABEL_WIDTH, px.LABEL_FONT, px.LABEL_LINES)


def block(text: str, width: float, size: float, max_lines: int) -> Block | None:
    """A text wrapped to `width` px, or None for an empty one."""
    lines = wrap(text, width, size, max_lines)
    if not any(lines):
        return None
    return Block(lines, max(text_width(line, size) for line in lines), len(lines) * size * px.LINE)


def _caption(node: Node) -> str:
    return f"{node.number} {node.name}"


def _inside(node: Node) -> Box:
    lines = wrap(_caption(node), px.STEP_TEXT, px.STEP_FONT, px.STEP_LINES)
    marker = px.MARKER if node.kind == "subprocess" else 0.0
    height = max(px.STEP_HEIGHT, len(lines) * px.STEP_FONT * px.LINE + px.STEP_PADDING) + marker
    return Box(px.STEP_WIDTH, height, lines, docs=_documents(node.outputs))


def _beside(node: Node) -> Box:
    side = px.DIAMOND if node.is_gateway else px.CIRCLE
    return Box(side, side, name=block(_caption(node), px.NAME_WIDTH, px.NAME_FONT, px.NAME_LINES), docs=_documents(node.outputs))


def _documents(outputs: Sequence[str]) -> tuple[Block, ...]:
    """The first documents, and "+n" for the rest."""
    texts = list(outputs[: px.DOCS_SHOWN])
    if len(outputs) > px.DOCS_SHOWN:
        texts.append(f"+{len(outputs) - px.DOCS_SHOWN}")
    blocks = (block(text, px.DOC_WIDTH, px.DOC_FONT, px.DOC_LINES) for text in texts)
    return tuple(Block(b.lines, b.w + 2 * px.DOC_PADDING, b.h + px.DOC_PADDING) for b in blocks if b)
