"""A BPMN file into definitions: one for the whole drawing, one for each sub-process that is drawn inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from lxml import etree

from processes.bpmn import flows, tables
from processes.bpmn.document import DEEPEST, MOST_NODES, Document, NotImported, is_bpmn, local, open_document, q
from processes.bpmn.enclosed import added, fingerprint, in_one_language, take_out
from processes.bpmn.flows import Pool
from processes.bpmn.index import Index, Lost
from processes.bpmn.lanes import Lanes, pools_of, read_lanes
from processes.bpmn.nodes import Hangings, read_hangings, read_step
from processes.bpmn.order import reading_order
from processes.canonical import TEXT_LIMIT, clean
from processes.definition import Boundary, Definition, RoleRef, Step

__all__ = ["Imported", "NotImported", "read_bpmn"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file gave.

    `children` are drawn sub-processes: the key of the step that stands for one, and its definition. `beside` are the other pools
    where each was to be a process of its own; `pools` the names of all that hold steps. `ties`: element id → key of its step or flow.
    """

    definition: Definition
    children: tuple[tuple[str, Definition], ...]
    told: tuple[Lost, ...]
    repairs: tuple[str, ...]
    beside: tuple[Definition, ...] = ()
    pools: tuple[str, ...] = ()
    ties: Mapping[str, str] = field(default_factory=dict)

    def fated(self, fate: str) -> tuple[Lost, ...]:
        """What was "lost", kept "partly", or "folded" into arrows."""
        return tuple(one for one in self.told if one.fate == fate)

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What the definition does not hold, or not wholly."""
        return tuple(one for one in self.told if one.fate != "folded")

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Everything that becomes a process: the chart, the other pools, the sub-processes."""
        return (self.definition, *self.beside, *(child for _key, child in self.children))


def read_bpmn(data: bytes, *, apart: bool = False) -> Imported:
    """Read one file; `apart`: each pool as a process of its own. Raises NotImported with a sentence for a person; never anything else."""
    document = open_document(data)
    enclosed = take_out(document.root)
    if enclosed is not None and not enclosed.fingerprint:  # written from a definition without steps
        return Imported(enclosed.definition, (), (), document.repairs)
    found = _read(document, apart=apart)
    if enclosed is None:
        return found
    with in_one_language():
        unchanged = fingerprint(_read(document).definition) == enclosed.fingerprint
    definition = enclosed.definition if unchanged else added(found.definition, enclosed.definition)
    return replace(found, definition=definition, told=() if unchanged else found.told)


def _read(document: Document, *, apart: bool = False) -> Imported:
    index = Index(document.root)
    processes = [process for process in document.root.findall(q("process")) if _nodes(process)]
    _refuse_by_content(index, processes)
    nodes = {process: _nodes(process) for process in processes}
    hangings = read_hangings(index)
    charts = [[process] for process in processes] if apart else [processes]
    lanes = [read_lanes(index, some, nodes) for some in charts]
    pools = [_pool(index, some, nodes, found, hangings) for some, found in zip(charts, lanes, strict=True)]
    flows.add_messages(index, pools)
    definitions: list[Definition] = []
    children: list[tuple[str, Definition]] = []
    for some, found, pool in zip(charts, lanes, pools, strict=True):
        title = _title(index, some, whole=len(charts) == 1)
        made = _definition(title, found.roles, reading_order(list(pool.steps.values())))
        notes = _notes(index, some, hangings, pool, processes)
        definitions.append(replace(made, notes=notes[:TEXT_LIMIT], sipoc=tuple(pool.sipoc)))
        for process in some:
            children += _children(index, nodes[process], hangings, found)
    names = tuple(_pool_name(index, process) for process in processes)
    told, repairs = index.close(), (*document.repairs, *map(_, index.mended))
    return Imported(definitions[0], tuple(children), told, repairs, tuple(definitions[1:]), names, index.ties())


def _pool(
    index: Index, processes: list[etree._Element], nodes: dict[etree._Element, list[etree._Element]], lanes: Lanes, hangings: Hangings
) -> Pool:
    own = [node for process in processes for node in nodes[process]]
    sequence = [flow for process in processes for flow in process.findall(q("sequenceFlow"))]
    return Pool(_pool_name(index, processes[0]), _steps(index, own, sequence, lanes, hangings))


def _nodes(scope: etree._Element) -> list[etree._Element]:
    return [child for child in scope if is_bpmn(child) and local(child) in tables.NODES]


def _refuse_by_content(index: Index, processes: list[etree._Element]) -> None:
    if not processes:
        raise NotImported(_("The file holds no process with steps. Export a process diagram, not a conversation or a choreography."))
    count = sum(1 for _node in index.all(*tables.NODES))
    if count > MOST_NODES:
        raise NotImported(_("The file holds %(count)s steps; at most %(most)s are read.") % {"count": count, "most": MOST_NODES})
    for scope in index.all(*tables.SCOPES):
        if sum(local(outer) in tables.SCOPES for outer in scope.iterancestors()) >= DEEPEST:
            raise NotImported(_("Sub-processes lie more than %(depth)s deep in each other.") % {"depth": DEEPEST})


def _steps(
    index: Index, nodes: list[etree._Element], sequence: list[etree._Element], lanes: Lanes, hangings: Hangings
) -> dict[etree._Element, Step]:
    """Steps with their flows, by element."""
    steps = {node: read_step(index, node, lanes.role_of.get(node, ""), hangings) for node in nodes}
    flows.add_sequence(index, steps, sequence)
    flows.fold_exceptions(index, steps)
    flows.join_links(steps)
    flows.fold_merges(index, steps)
    return steps


def _children(index: Index, nodes: list[etree._Element], hangings: Hangings, outer: Lanes) -> list[tuple[str, Definition]]:
    """Every sub-process that has steps of its own, and those inside it; its only role is that of the step that stands for it."""
    found: list[tuple[str, Definition]] = []
    titles = {role.key: role.title for role in outer.roles}
    for scope in (node for node in nodes if local(node) in tables.SCOPES):
        inner = _nodes(scope)
        if not inner:
            continue
        title = index.short_name(scope) or _("Sub-process")
        role = RoleRef("role", titles.get(outer.role_of.get(scope, "")) or title)
        lanes = Lanes([role], dict.fromkeys(inner, role.key))
        steps = _steps(index, inner, scope.findall(q("sequenceFlow")), lanes, hangings)
        found.append((index.key(scope), _definition(title, [role], reading_order(list(steps.values())))))
        found += _children(index, inner, hangings, lanes)
    return found


def _definition(title: str, roles: list[RoleRef], steps: list[Step]) -> Definition:
    """The boundary is taken from the first start and the last end."""
    start = next((step.name for step in steps if step.kind == "start"), "")
    end = next((step.name for step in reversed(steps) if step.kind == "end"), "")
    return Definition(title=title[:200], boundary=Boundary(trigger=start, result=end), roles=tuple(roles), steps=tuple(steps))


def _title(index: Index, processes: list[etree._Element], *, whole: bool) -> str:
    """The first name of a process, of its pool, of what holds the whole; else a word."""
    around = [*index.all("collaboration"), index.root] if whole else []
    named = [*processes, *_participants(index, processes), *around]
    return next((name for name in map(index.short_name, named) if name), _("Imported process"))


def _pool_name(index: Index, process: etree._Element) -> str:
    named = [*_participants(index, [process]), process]
    return next((name for name in map(index.short_name, named) if name), _("Unnamed pool"))


def _participants(index: Index, processes: list[etree._Element]) -> list[etree._Element]:
    return list(pools_of(index, processes).values())


def _notes(index: Index, processes: list[etree._Element], hangings: Hangings, pool: Pool, charted: Sequence[etree._Element]) -> str:
    """Documentation of the whole, annotations without a step, parties outside; the first of all also has what lies in no process."""
    homes = [*processes, *([None] if processes[0] is charted[0] else [])]
    owned = {pool: process for process in charted for pool in _participants(index, [process])}

    def is_here(element: etree._Element | None) -> bool:
        outer = [] if element is None else [element, *element.iterancestors()]
        return owned.get(element, next((one for one in outer if one in charted), None)) in homes  # type: ignore[arg-type]

    texts = []
    for element in [*charted, *index.all("collaboration", "participant", "lane"), index.root]:
        for documentation in element.findall(q("documentation")):
            if is_here(element):
                index.keep(documentation)
                texts.append(clean("".join(map(str, documentation.itertext()))).strip())
    texts += [text for parent, text in hangings.loose_notes if is_here(parent)]
    if pool.outside:
        texts.append(_("Parties outside: %(parties)s") % {"parties": ", ".join(sorted(pool.outside))})
    return "\n\n".join(text for text in texts if text)
