"""What is to be drawn: lanes, nodes and edges by position in their lists, taken from a definition."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from processes.definition import Definition, explicit_flows

GATEWAYS: Final = frozenset({"decision", "parallel"})
BOXES: Final = frozenset({"activity", "subprocess", "document"})


@dataclass(frozen=True, slots=True)
class Lane:
    """A role with at least one step. The lane of steps without a role has the key ""."""

    key: str
    title: str
    external: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A step. `lane` is a position in `Chart.lanes`."""

    key: str
    kind: str
    lane: int
    number: int
    name: str = ""
    outputs: tuple[str, ...] = ()
    link: str = ""
    trigger: str = ""

    @property
    def is_gateway(self) -> bool:
        """Whether it is drawn as a diamond."""
        return self.kind in GATEWAYS

    @property
    def is_box(self) -> bool:
        """Whether its name is written inside."""
        return self.kind in BOXES


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow. `source` and `target` are positions in `Chart.nodes`; `mark_key` is the flow's own key."""

    key: str
    source: int
    target: int
    label: str = ""
    message: bool = False
    mark_key: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Lanes in the author's order, nodes and edges in text order."""

    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def chart_of(definition: Definition, no_role: str = "(no role)", numbers: Mapping[str, int] | None = None) -> Chart:
    """The chart of a definition. Unused roles are left out, steps without a known role get a last lane of their own.

    `numbers` are those of steps that are not numbered by their place.
    """
    known_numbers = numbers or {}
    known = {role.key for role in definition.roles}
    used = {step.role if step.role in known else "" for step in definition.steps}
    lanes = [Lane(role.key, role.title, role.external) for role in definition.roles if role.key in used]
    if "" in used:
        lanes.append(Lane("", no_role))
    lane = {item.key: position for position, item in enumerate(lanes)}
    nodes = tuple(
        Node(
            step.key,
            step.kind,
            lane.get(step.role, len(lanes) - 1),
            known_numbers.get(step.key, number),
            step.name,
            step.outputs,
            step.link,
            step.trigger,
        )
        for number, step in enumerate(definition.steps, 1)
    )
    return Chart(tuple(lanes), nodes, _edges(definition))


def _edges(definition: Definition) -> tuple[Edge, ...]:
    """The arrows whose ends both exist; a flow key used twice gets a suffix, because ids on a page are unique."""
    position = {step.key: n for n, step in enumerate(definition.steps)}
    seen: Counter[str] = Counter()
    edges = []
    for flow in explicit_flows(definition.steps):
        if flow.target in position:
            seen[flow.key] += 1
            key = flow.key if seen[flow.key] == 1 else f"{flow.key}.{seen[flow.key]}"
            edges.append(Edge(key, position[flow.source], position[flow.target], flow.label, flow.message, flow.key))
    return tuple(edges)
