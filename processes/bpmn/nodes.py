"""Flow nodes, with what hangs on them, into steps."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree

from processes.bpmn import tables
from processes.bpmn.document import local, q
from processes.bpmn.index import Index, name_of
from processes.canonical import NAME_LIMIT, TEXT_LIMIT, clean
from processes.definition import Step

LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


@dataclass
class Hangings:
    """By flow node: notes, and names of documents that go in and come out. Notes without a step: with what they lie in."""

    notes: dict[etree._Element, list[str]] = field(default_factory=lambda: defaultdict(list))
    inputs: dict[etree._Element, list[str]] = field(default_factory=lambda: defaultdict(list))
    outputs: dict[etree._Element, list[str]] = field(default_factory=lambda: defaultdict(list))
    loose_notes: list[tuple[etree._Element | None, str]] = field(default_factory=list)


def read_hangings(index: Index) -> Hangings:
    """Annotations, associations and data associations of the whole file."""
    hangings = Hangings()
    noted: set[etree._Element] = set()
    for association in index.all("association"):
        source, target = index.find(association.get("sourceRef")), index.find(association.get("targetRef"))
        if source is None or target is None:
            index.lose(association, tables.DANGLING)
        elif _associate(index, hangings, source, target, noted):
            index.keep(association)
    for annotation in index.all("textAnnotation"):
        index.keep(annotation, *annotation)
        if annotation not in noted:
            hangings.loose_notes.append((annotation.getparent(), annotation_text(annotation)))
    _data_associations(index, hangings)
    for data in index.all(*tables.DATA):
        index.keep(data)
    return hangings


def _associate(index: Index, hangings: Hangings, source: etree._Element, target: etree._Element, noted: set[etree._Element]) -> bool:
    for one, other, goes_in in ((source, target, True), (target, source, False)):
        if local(one) == "textAnnotation":
            hangings.notes[other].append(annotation_text(one))
            noted.add(one)
            return True
        if local(one) in tables.DATA:
            (hangings.inputs if goes_in else hangings.outputs)[other].append(document_name(index, one))
            return True
    return False


def annotation_text(annotation: etree._Element) -> str:
    """What a note says."""
    return clean(annotation.findtext(q("text")) or "").strip()


def document_name(index: Index, data: etree._Element) -> str:
    """The name of a data object, or of what it refers to."""
    referred = index.find(data.get("dataObjectRef") or data.get("dataStoreRef"))
    name = name_of(data) or (name_of(referred) if referred is not None else "")
    return name[:NAME_LIMIT]


def _data_associations(index: Index, hangings: Hangings) -> None:
    for tag, end, into in (
        ("dataInputAssociation", "sourceRef", hangings.inputs),
        ("dataOutputAssociation", "targetRef", hangings.outputs),
    ):
        for association in index.all(tag):
            ends = [index.find(reference.text) for reference in association.findall(q(end))]
            documents = [found for found in ends if found is not None and local(found) in tables.DATA]
            node = association.getparent()
            if node is None or not documents:
                continue
            index.keep(association, *association)
            into[node] += [document_name(index, document) for document in documents]


def read_step(index: Index, node: etree._Element, role: str, hangings: Hangings) -> Step:
    """One step without its flows."""
    index.keep(node)
    kind, trigger = _kind(index, node)
    description = "\n\n".join(_texts(index, node, hangings.notes))
    return Step(
        key=index.key(node),
        kind=kind,
        name=index.short_name(node),
        role=role,
        description=description[:TEXT_LIMIT],
        inputs=_unique(hangings.inputs.get(node, [])),
        outputs=_unique(hangings.outputs.get(node, [])),
        goes_on=False,
        trigger=trigger,
        task_type=tables.TASKS.get(local(node), "") or _gateway_type(node),
        link=clean(node.get("calledElement") or "").rpartition(":")[2][:NAME_LIMIT],
    )


def _kind(index: Index, node: etree._Element) -> tuple[str, str]:
    """Kind of step and its trigger."""
    tag = local(node)
    if tag in tables.EVENTS:
        definitions = [child for child in node if local(child).endswith("EventDefinition")]
        for extra in definitions[1:]:
            index.lose(extra, tables.SECOND_TRIGGER)
        index.keep(*definitions[:1], *(inner for first in definitions[:1] for inner in first))
        trigger = local(definitions[0]).removesuffix("EventDefinition") if definitions else ""
        kind = tables.EVENTS[tag]
        return ("event" if kind == "wait" and trigger not in tables.WAITED_FOR else kind), trigger
    if tag in tables.GATEWAYS:
        return tables.GATEWAYS[tag], ""
    return ("activity" if tag in tables.TASKS else "subprocess"), ""


def _gateway_type(node: etree._Element) -> str:
    kind = local(node)
    return kind.removesuffix("Gateway") if kind in {"inclusiveGateway", "eventBasedGateway", "complexGateway"} else ""


def _texts(index: Index, node: etree._Element, notes: Mapping[etree._Element, list[str]]) -> list[str]:
    """Documentation, annotations, a name too long to be one, and the mark of repetition."""
    texts = [name_of(node)] if len(name_of(node)) > NAME_LIMIT else []
    for documentation in node.findall(q("documentation")):
        index.keep(documentation)
        texts.append(clean("".join(map(str, documentation.itertext()))).strip())
    texts += notes.get(node, [])
    for tag in LOOPS:
        loop = node.find(q(tag))
        if loop is not None:
            index.keep(loop)
            texts.append(_("This step is repeated."))
    return [text for text in texts if text]


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
