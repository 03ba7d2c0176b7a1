"""Pools and lanes into roles, in their drawn order."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree

from processes.bpmn import tables
from processes.bpmn.document import local, q
from processes.bpmn.index import Index
from processes.canonical import NAME_LIMIT
from processes.definition import RoleRef


@dataclass
class Lanes:
    """The roles found, and which role does which flow node (by element). "" is nobody."""

    roles: list[RoleRef] = field(default_factory=list)
    role_of: dict[etree._Element, str] = field(default_factory=dict)


def read_lanes(index: Index, processes: list[etree._Element], nodes: dict[etree._Element, list[etree._Element]]) -> Lanes:
    """Roles of the processes of one chart. Where these are several, a role is called "Pool: Lane"."""
    lanes = Lanes()
    places: dict[str, float | None] = {}
    drawn = index.drawn_at()
    several = len(processes) > 1
    pools = pools_of(index, processes)
    for process in processes:
        pool = pools.get(process)
        title = index.short_name(pool) if pool is not None else ""
        before = len(lanes.roles)
        for lane, name in _leaves(index, process, ""):
            key = index.key(lane)
            index.keep(lane)
            lanes.roles.append(RoleRef(key, _full(title if several else "", name)))
            places[key] = drawn(lane)
            _members(index, lane, key, lanes)
        rest = [node for node in nodes[process] if node not in lanes.role_of and local(node) != "boundaryEvent"]
        # A drawing without lanes has one role: its pool, or the process itself. Beside lanes, nobody does the rest.
        alone = len(lanes.roles) == before and bool(index.short_name(process))
        if rest and (title or several or alone):
            key = index.key(pool if pool is not None else process)
            lanes.roles.append(RoleRef(key, title or index.short_name(process) or _("Unnamed pool")))
            places[key] = drawn(pool) if pool is not None else None
            lanes.role_of.update(dict.fromkeys(rest, key))
    _drop_empty(index, lanes)
    if all(places[role.key] is not None for role in lanes.roles):
        lanes.roles.sort(key=lambda role: places[role.key] or 0.0)
    return lanes


def pools_of(index: Index, processes: Iterable[etree._Element]) -> dict[etree._Element, etree._Element]:
    """Process → the pool that holds it."""
    pools = {process: index.pools[process] for process in processes if process in index.pools}
    index.keep(*pools.values())
    return pools


def _leaves(index: Index, scope: etree._Element, outer: str) -> list[tuple[etree._Element, str]]:
    """Lanes that hold steps, with the names of the lanes around them."""
    found: list[tuple[etree._Element, str]] = []
    for lane_set in [*scope.findall(q("laneSet")), *scope.findall(q("childLaneSet"))]:
        for lane in lane_set.findall(q("lane")):
            name = " / ".join(part for part in (outer, index.short_name(lane)) if part)
            inner = _leaves(index, lane, name)
            index.keep(lane)
            if inner:
                found += inner
            if not inner or lane.find(q("flowNodeRef")) is not None:
                found.append((lane, name))
    return found


def _members(index: Index, lane: etree._Element, key: str, lanes: Lanes) -> None:
    for reference in lane.findall(q("flowNodeRef")):
        node = index.find(reference.text)
        if node is None:
            index.lose(reference, tables.MISSING_NODE)
        else:
            lanes.role_of.setdefault(node, key)


def _full(pool: str, lane: str) -> str:
    lane = lane or _("Unnamed lane")
    text = _("%(pool)s: %(lane)s") % {"pool": pool, "lane": lane} if pool and lane != pool else lane
    return text[:NAME_LIMIT]


def _drop_empty(index: Index, lanes: Lanes) -> None:
    """A lane without steps is no role; it is told."""
    used = set(lanes.role_of.values())
    for role in [role for role in lanes.roles if role.key not in used]:
        index.lose(index.element(role.key), tables.EMPTY_LANE, still_kept=True)
    lanes.roles = [role for role in lanes.roles if role.key in used]
