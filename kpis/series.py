"""Draws monthly values as SVG: line, points by rating, target, limit, and marks where the process changed. Pure."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from kpis.periods import next_month

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 16, 34
SPARK_WIDTH, SPARK_HEIGHT = 96, 24


@dataclass(frozen=True, slots=True)
class Point:
    """One month: its value, rating, and what a screen reader and the tooltip say."""

    month: dt.date
    value: Decimal
    rating: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A revision took effect on this day."""

    day: dt.date
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps months and values to pixels; values outside the data's span never occur."""

    first: dt.date
    last: dt.date
    low: float
    high: float

    def x(self, day: dt.date) -> float:
        """Pixels from the left, at the middle of months when `day` is a first."""
        span = max(1, (next_month(self.last) - self.first).days)
        return LEFT + (day - self.first).days / span * (WIDTH - LEFT - RIGHT)

    def y(self, value: Decimal | float) -> float:
        """Pixels from the top."""
        return TOP + (self.high - float(value)) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def nice_step(span: float, count: int = 4) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides `span` > 0 into about `count` parts."""
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= raw), 10 * power)


def scale_of(points: Sequence[Point], target: Decimal, limit: Decimal) -> Scale:
    """A scale that holds all values, the target and the limit with some air."""
    values = [float(p.value) for p in points] + [float(target), float(limit)]
    low, high = min(values), max(values)
    air = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    return Scale(points[0].month, points[-1].month, low - air, high + air)


def chart(points: Sequence[Point], target: Decimal, limit: Decimal, marks: Sequence[Mark], words: "Words") -> str:
    """The SVG of at least one point; "" without points."""
    if not points:
        return ""
    scale = scale_of(points, target, limit)
    parts = [f'<svg class="series" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words.label)}">']
    parts += _grid(scale)
    parts += _level("target", scale.y(target), words.target) + _level("limit", scale.y(limit), words.limit)
    parts += [_mark(scale, mark) for mark in marks if scale.first <= mark.day < next_month(scale.last)]
    middle = [(scale.x(p.month) + scale.x(next_month(p.month))) / 2 for p in points]
    parts += [_line(list(zip(middle, points, strict=True)), scale)]
    parts += [_dot(x, point, scale) for x, point in zip(middle, points, strict=True)]
    return "".join([*parts, "</svg>"])


@dataclass(frozen=True, slots=True)
class Words:
    """Translated words in the picture."""

    label: str
    target: str
    limit: str


def _grid(scale: Scale) -> list[str]:
    step = nice_step(scale.high - scale.low)
    first = int(scale.low // step) + 1
    ticks = [n * step for n in range(first, first + 12) if n * step < scale.high]
    decimals = max(0, -math.floor(math.log10(step)))
    rows = []
    for tick in ticks:
        y = scale.y(tick)
        rows.append(f'<line class="series-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        rows.append(f'<text class="series-tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:.{decimals}f}</text>')
    month = scale.first
    while month <= scale.last:
        x = (scale.x(month) + scale.x(next_month(month))) / 2
        text = f"{month:%m}" if month.month != 1 and month != scale.first else f"{month:%m/%y}"
        rows.append(f'<text class="series-tick" x="{x:.1f}" y="{HEIGHT - 12}" text-anchor="middle">{text}</text>')
        month = next_month(month)
    return rows


def _level(name: str, y: float, word: str) -> list[str]:
    return [
        f'<line class="series-{name}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
        f'<text class="series-word series-{name}-word" x="{WIDTH - RIGHT}" y="{y - 4:.1f}" text-anchor="end">{escape(word)}</text>',
    ]


def _mark(scale: Scale, mark: Mark) -> str:
    x = scale.x(mark.day)
    return (
        f'<g class="series-mark"><title>{escape(mark.label)}</title>'
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        f'<text x="{x + 4:.1f}" y="{TOP + 10}">{escape(mark.label)}</text></g>'
    )


def _line(points: Sequence[tuple[float, Point]], scale: Scale) -> str:
    """Joined where months follow each other; a missing month leaves a gap."""
    path, before = [], None
    for x, point in points:
        command = "L" if before is not None and next_month(before) == point.month else "M"
        path.append(f"{command}{x:.1f} {scale.y(point.value):.1f}")
        before = point.month
    return f'<path class="series-line" d="{"".join(path)}"/>'


def _dot(x: float, point: Point, scale: Scale) -> str:
    shape = f'cx="{x:.1f}" cy="{scale.y(point.value):.1f}" r="4.5"'
    return f'<circle class="series-dot rating-{escape(point.rating)}" {shape}><title>{escape(point.title)}</title></circle>'


def sparkline(points: Sequence[Point]) -> str:
    """A small line for lists, hidden from screen readers (the number stands beside it); "" for fewer than two points."""
    if len(points) < 2:
        return ""
    values = [float(point.value) for point in points]
    low, high = min(values), max(values)
    span = high - low or 1.0
    step = (SPARK_WIDTH - 6) / (len(points) - 1)
    at = [(3 + n * step, SPARK_HEIGHT - 4 - (v - low) / span * (SPARK_HEIGHT - 8)) for n, v in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    size = f'viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}"'
    x, y = at[-1]
    dot = f'<circle class="rating-{escape(points[-1].rating)}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
    return f'<svg class="sparkline" {size} aria-hidden="true"><polyline points="{line}"/>{dot}</svg>'
