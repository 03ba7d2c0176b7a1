"""Typed steps as a definition and as our own drawing, for questions and exercises that are about no real process."""

import itertools

from processes import charts
from processes.charts import Chart
from processes.definition import Definition
from processes.outline import read_outline

LONGEST = 4000


def definition_of(text: str, title: str = "") -> Definition:
    """The same text gives the same keys, so that its drawing is found again."""
    count = itertools.count(1)
    outline = read_outline(text[:LONGEST], key=lambda: f"k{next(count):08d}")
    return Definition(title=title, roles=outline.roles, steps=outline.steps)


def chart_of(text: str, label: str) -> Chart | None:
    """None where nothing is typed."""
    definition = definition_of(text)
    return charts.chart(definition, label=label) if definition.steps else None
