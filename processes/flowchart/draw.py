"""From a definition to the drawing on the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from processes.definition import Definition
from processes.flowchart import engine, svg
from processes.flowchart.chart import chart_of
from processes.flowchart.dot import dot
from processes.flowchart.engine import DrawingFailed
from processes.flowchart.geometry import Geometry, geometry_of
from processes.flowchart.layout import layout

__all__ = ["DRAWN_AT_MOST", "Drawing", "DrawingFailed", "Orientation", "TooLarge", "draw"]

DRAWN_AT_MOST: Final = 1_500  # steps

Orientation = Literal["TB", "LR"]


class TooLarge(DrawingFailed):
    """The chart has so many steps that nobody could read it; the page shows the outline."""

    def __init__(self, steps: int) -> None:
        super().__init__("too-large", f"{steps} steps are too many for one chart. Up to {DRAWN_AT_MOST} are drawn; split the process.")


@dataclass(frozen=True, slots=True)
class Drawing:
    """The SVG to put into a page, its size in px at scale 1, and its numbers. `simplified` charts have plain arrows."""

    svg: str
    width: float
    height: float
    geometry: Geometry
    simplified: bool


def draw(
    definition: Definition,
    *,
    orientation: Orientation = "TB",
    marks: Mapping[str, str] | None = None,
    timeout: float = 5.0,
    label: str = "",
    no_role: str = "(no role)",
    numbers: Mapping[str, int] | None = None,
    at_most: int = DRAWN_AT_MOST,
) -> Drawing:
    """Draws the steps of a definition.

    `marks` maps keys of steps and flows to "added", "changed", "removed" or "moved" (ValueError for anything else);
    `timeout` is in seconds; `label` is the accessible name; `no_role` titles the lane of steps without a role;
    `numbers` those of steps that are not numbered by their place; charts of more steps than `at_most` are refused.
    Raises TooLarge, or DrawingFailed when Graphviz is missing, too slow or broken.
    """
    unknown = set((marks or {}).values()) - svg.MARKS
    if unknown:
        raise ValueError(f"unknown marks: {', '.join(sorted(unknown))}")
    if len(definition.steps) > at_most:
        raise TooLarge(len(definition.steps))
    result = layout(chart_of(definition, no_role, numbers), upright=orientation == "TB")
    drawn = engine.svg(dot(result), timeout)
    text = svg.page(result, drawn, marks or {}, label)
    return Drawing(text, result.width, result.height, geometry_of(result), result.simplified)
