"""What was not taken over from a drawing, gathered by reason, the steps and arrows first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from processes.bpmn import tables
from processes.bpmn.index import Lost

SHOWN: Final = 100
"""Lines of one reason."""
FATES: Final = ("lost", "partly", "folded")
WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(tables.TASKS, gettext_noop("task")),
    **dict.fromkeys((*tables.SCOPES, "callActivity"), gettext_noop("sub-process")),
    **dict.fromkeys(tables.GATEWAYS, gettext_noop("gateway")),
    **dict.fromkeys(tables.EVENTS, gettext_noop("event")),
    **dict.fromkeys(tables.DATA, gettext_noop("document")),
    "boundaryEvent": gettext_noop("exception"),
    "sequenceFlow": gettext_noop("arrow"),
    "messageFlow": gettext_noop("message"),
    "lane": gettext_noop("lane"),
    "participant": gettext_noop("pool"),
    "textAnnotation": gettext_noop("note"),
    "group": gettext_noop("group"),
    "BPMNDiagram": gettext_noop("page"),
}
"""Elements as people call them; for others the standard's name stands."""
DRAWN: Final = frozenset({*tables.NODES, "sequenceFlow", "messageFlow", "lane", "participant", "group"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: its place in the list, its element and name, and the key of what it is tied to in the drawings."""

    number: int
    element: str
    name: str
    tie: str


@dataclass(frozen=True, slots=True)
class Reason:
    """All that share a fate and a reason; `lines` are the first of them."""

    fate: str
    why: str
    count: int
    lines: tuple[Line, ...]
    drawn: bool
    """Whether it is about steps, arrows and lanes, and not about settings of a tool."""


def reasons(told: Sequence[Lost], ties: Mapping[str, str]) -> list[Reason]:
    """The reasons with their things: what is lost first, and of that what was drawn."""
    found: dict[tuple[str, str], list[Line]] = {}
    drawn: set[tuple[str, str]] = set()
    for number, one in enumerate(told):
        found.setdefault((one.fate, one.why), []).append(
            Line(number, _(WORDS.get(one.element, one.element)), one.name, ties.get(one.at, one.at))
        )
        if one.element in DRAWN:
            drawn.add((one.fate, one.why))
    made = [Reason(*key, len(lines), tuple(lines[:SHOWN]), key in drawn) for key, lines in found.items()]
    return sorted(made, key=lambda reason: (FATES.index(reason.fate), not reason.drawn))
