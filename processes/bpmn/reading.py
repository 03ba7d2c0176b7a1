"""A BPMN file into definitions: one for the whole drawing, one for each sub-process that is drawn inside."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from lxml import etree

from processes.bpmn import flows, tables
from processes.bpmn.document import DEEPEST, MOST_NODES, Document, NotImported, is_bpmn, local, open_document, q
from processes.bpmn.enclosed import added, fingerprint, in_one_language, take_out
from processes.bpmn.index import Index, Lost
from processes.bpmn.lanes import Lanes, read_lanes
from processes.bpmn.nodes import Hangings, read_hangings, read_step
from processes.bpmn.order import reading_order
from processes.canonical import TEXT_LIMIT, clean
from processes.definition import Boundary, Definition, RoleRef, Step

__all__ = ["Imported", "NotImported", "read_bpmn"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file gave. `children` are drawn sub-processes: the key of the step that stands for one, and its definition."""

    definition: Definition
    children: tuple[tuple[str, Definition], ...]
    told: tuple[Lost, ...]
    repairs: tuple[str, ...]

    def fated(self, fate: str) -> tuple[Lost, ...]:
        """What was "lost", kept "partly", or "folded" into arrows."""
        return tuple(one for one in self.told if one.fate == fate)

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What the definition does not hold, or not wholly."""
        return tuple(one for one in self.told if one.fate != "folded")


def read_bpmn(data: bytes) -> Imported:
    """Read one file. Raises NotImported with a sentence for a person; never anything else, whatever the bytes."""
    document = open_document(data)
    enclosed = take_out(document.root)
    if enclosed is not None and not enclosed.fingerprint:  # written from a definition without steps
        return Imported(enclosed.definition, (), (), document.repairs)
    found = _read(document)
    if enclosed is None:
        return found
    with in_one_language():
        unchanged = fingerprint(_read(document).definition) == enclosed.fingerprint
    definition = enclosed.definition if unchanged else added(found.definition, enclosed.definition)
    return replace(found, definition=definition, told=() if unchanged else found.told)


def _read(document: Document) -> Imported:
    index = Index(document.root)
    processes = [process for process in document.root.findall(q("process")) if _nodes(process)]
    _refuse_by_content(index, processes)
    nodes = {process: _nodes(process) for process in processes}
    hangings = read_hangings(index)
    lanes = read_lanes(index, processes, nodes)
    own = [node for process in processes for node in nodes[process]]
    sequence = [flow for process in processes for flow in process.findall(q("sequenceFlow"))]
    steps, outside = _chart(index, own, sequence, lanes, hangings, whole=True)
    children = tuple(_children(index, own, hangings))
    notes = _notes(index, processes, hangings, outside)
    definition = replace(
        _definition(_title(index, processes), lanes.roles, steps),
        notes=notes[:TEXT_LIMIT],
    )
    return Imported(definition, children, index.close(), document.repairs)


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


def _chart(
    index: Index, nodes: list[etree._Element], sequence: list[etree._Element], lanes: Lanes, hangings: Hangings, *, whole: bool
) -> tuple[list[Step], list[str]]:
    """Steps with their flows in reading order, and (of the whole drawing) the parties outside."""
    steps = {node: read_step(index, node, lanes.role_of.get(node, ""), hangings) for node in nodes}
    flows.add_sequence(index, steps, sequence)
    flows.fold_exceptions(index, steps)
    flows.join_links(steps)
    flows.fold_merges(index, steps)
    outside = flows.add_messages(index, steps) if whole else []
    return reading_order(list(steps.values())), outside


def _children(index: Index, nodes: list[etree._Element], hangings: Hangings) -> list[tuple[str, Definition]]:
    """Every sub-process that has steps of its own, and those inside it; its only role is called like it."""
    found: list[tuple[str, Definition]] = []
    for scope in (node for node in nodes if local(node) in tables.SCOPES):
        inner = _nodes(scope)
        if not inner:
            continue
        title = index.short_name(scope) or _("Sub-process")
        role = RoleRef("role", title)
        lanes = Lanes([role], dict.fromkeys(inner, role.key))
        steps, _outside = _chart(index, inner, scope.findall(q("sequenceFlow")), lanes, hangings, whole=False)
        found.append((index.key(scope), _definition(title, [role], steps)))
        found += _children(index, inner, hangings)
    return found


def _definition(title: str, roles: list[RoleRef], steps: list[Step]) -> Definition:
    """The boundary is taken from the first start and the last end."""
    start = next((step.name for step in steps if step.kind == "start"), "")
    end = next((step.name for step in reversed(steps) if step.kind == "end"), "")
    return Definition(title=title[:200], boundary=Boundary(trigger=start, result=end), roles=tuple(roles), steps=tuple(steps))


def _title(index: Index, processes: list[etree._Element]) -> str:
    """The first name of a process, of its pool, of the collaboration; else a word."""
    named = [*processes, *(p for p in index.all("participant") if p.get("processRef")), *index.all("collaboration"), index.root]
    return next((name for name in (index.short_name(element) for element in named) if name), _("Imported process"))


def _notes(index: Index, processes: list[etree._Element], hangings: Hangings, outside: list[str]) -> str:
    """Documentation of the whole, annotations without a step, parties outside."""
    texts = []
    for element in [*processes, *index.all("collaboration"), *index.all("participant"), *index.all("lane"), index.root]:
        for documentation in element.findall(q("documentation")):
            index.keep(documentation)
            texts.append(clean("".join(map(str, documentation.itertext()))).strip())
    texts += hangings.loose_notes
    if outside:
        texts.append(_("Parties outside: %(parties)s") % {"parties": ", ".join(outside)})
    return "\n\n".join(text for text in texts if text)
