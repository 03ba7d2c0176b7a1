"""A definition as a BPMN 2.0 file: pool, lanes, flow nodes, arrows, documents and the drawing from our own layout."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from processes.bpmn import tables
from processes.bpmn.document import DC, DI, MODEL
from processes.bpmn.drawing import draw
from processes.bpmn.enclosed import OWN, enclose, fingerprint, in_one_language
from processes.bpmn.reading import read_bpmn
from processes.canonical import clean
from processes.definition import Definition, ExplicitFlow, Step, explicit_flows

NAMES: Final = {"bpmn": MODEL, "bpmndi": DI, "dc": DC, "di": "http://www.omg.org/spec/DD/20100524/DI", "portal": OWN}
TASKS: Final = {task_type: tag for tag, task_type in tables.TASKS.items()}
GATEWAYS: Final = {"inclusive": "inclusiveGateway", "eventBased": "eventBasedGateway", "complex": "complexGateway"}
PLAIN: Final = {
    "start": "startEvent", "end": "endEvent", "decision": "exclusiveGateway", "parallel": "parallelGateway", "subprocess": "callActivity",
    "wait": "intermediateCatchEvent", "event": "intermediateThrowEvent",
}  # fmt: skip
# Which triggers the schema and the standard allow at which event; others are kept in the enclosed definition alone.
TRIGGERS: Final = {
    "startEvent": {"message", "timer", "conditional", "signal"},
    "endEvent": {"message", "error", "escalation", "cancel", "compensate", "signal", "terminate"},
    "intermediateCatchEvent": {"message", "timer", "conditional", "signal"},
    "intermediateThrowEvent": {"message", "escalation", "compensate", "signal"},
}
DEFAULTS: Final = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway", "callActivity", *tables.TASKS})
XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"


@dataclass
class Written:
    """The elements by what they stand for, for the drawing. `documents`: (step key, id, goes in)."""

    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)
    documents: list[tuple[str, str, str, bool]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def id(self, what: str, key: str) -> str:
        """The id of a step ("step"), role ("lane") or flow ("flow"): its key where that is free, so that it comes back as the same."""
        if (what, key) not in self.ids:
            wanted = key
            while wanted in self.taken:
                wanted = f"{what}-{wanted}"
            self.ids[what, key] = wanted
            self.taken.add(wanted)
        return self.ids[what, key]


def write_bpmn(definition: Definition) -> bytes:
    """The file, UTF-8. `read_bpmn` reads it back to the identical definition."""
    bare = _file(definition, None)
    with in_one_language():
        mark = fingerprint(read_bpmn(bare).definition) if definition.steps else ""
    return _file(definition, mark)


def _file(definition: Definition, mark: str | None) -> bytes:
    written = Written()
    root = etree.Element(_q("definitions"), _given(id="definitions", targetNamespace=OWN, exporter="Process Portal"), nsmap=NAMES)
    pool = _add(root, "collaboration", id="collaboration")
    _add(pool, "participant", id="pool", name=definition.title or definition.number or "–", processRef="process")
    written.taken |= {"definitions", "collaboration", "pool", "process", "lanes"}
    process = _add(root, "process", id="process", name=definition.title, isExecutable="false")
    for step in definition.steps:
        written.id("step", step.key)
    if mark is not None:
        enclose(_add(process, "extensionElements"), definition, mark)
    flows = _flows(definition)
    _lanes(process, definition, written)
    _nodes(process, definition, flows, written)
    _arrows(process, flows, written)
    draw(root, definition, written.ids, written.documents)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=mark is None or len(definition.steps) < 500)


def _flows(definition: Definition) -> list[ExplicitFlow]:
    """The arrows whose ends both exist; a key used twice gets the suffix that the chart gives it."""
    known, seen = {step.key for step in definition.steps}, Counter[str]()
    found = []
    for flow in explicit_flows(definition.steps):
        if flow.target in known:
            seen[flow.key] += 1
            found.append(flow if seen[flow.key] == 1 else replace(flow, key=f"{flow.key}.{seen[flow.key]}"))
    return found


def _lanes(process: etree._Element, definition: Definition, written: Written) -> None:
    lanes = _add(process, "laneSet", id="lanes")
    for role in definition.roles:
        mine = [step for step in definition.steps if step.role == role.key]
        if mine:
            lane = _add(lanes, "lane", id=written.id("lane", role.key), name=role.title)
            for step in mine:
                _add(lane, "flowNodeRef").text = written.id("step", step.key)
    if not len(lanes):
        process.remove(lanes)


def _nodes(process: etree._Element, definition: Definition, flows: list[ExplicitFlow], written: Written) -> None:
    arriving, leaving = defaultdict(list), defaultdict(list)
    for flow in flows:
        if not flow.message:
            leaving[flow.source].append(flow)
            arriving[flow.target].append(flow)
    for step in definition.steps:
        tag = tag_of(step)
        default = next((flow.key for flow in leaving[step.key] if flow.default), "")
        node = _add(
            process, tag, id=written.id("step", step.key), name=step.name,
            default=written.id("flow", default) if default and tag in DEFAULTS else "",
            calledElement=ncname(step.link) if tag == "callActivity" else "",
        )  # fmt: skip
        if step.description:
            _add(node, "documentation").text = clean(step.description)
        for flow in arriving[step.key]:
            _add(node, "incoming").text = written.id("flow", flow.key)
        for flow in leaving[step.key]:
            _add(node, "outgoing").text = written.id("flow", flow.key)
        if tag in tables.TASKS or tag == "callActivity":
            _documents(process, node, step, written)
        _trigger(node, tag, step, written)


def tag_of(step: Step) -> str:
    """The BPMN element of a step. A step that is a document has none of its own and becomes a task."""
    if step.kind == "decision":
        return GATEWAYS.get(step.task_type, PLAIN["decision"])
    return PLAIN.get(step.kind) or TASKS.get(step.task_type, "task")


def _documents(process: etree._Element, node: etree._Element, step: Step, written: Written) -> None:
    """One reference for each use, next to its step, so that no dotted line crosses the chart."""
    if step.inputs:
        _add(node, "property", id=f"{node.get('id')}-in", name="__targetRef_placeholder")
    for goes_in, names in ((True, step.inputs), (False, step.outputs)):
        for name in names:
            place = _reference(process, name, written)
            association = _add(node, "dataInputAssociation" if goes_in else "dataOutputAssociation", id=f"{place}-way")
            if goes_in:
                _add(association, "sourceRef").text = place
            _add(association, "targetRef").text = f"{node.get('id')}-in" if goes_in else place
            written.documents.append((step.key, place, name, goes_in))


def _reference(process: etree._Element, name: str, written: Written) -> str:
    place = written.id("document", f"document-{len(written.documents) + 1}")
    _add(process, "dataObject", id=f"{place}-object")
    _add(process, "dataObjectReference", id=place, name=name, dataObjectRef=f"{place}-object")
    return place


def _trigger(node: etree._Element, tag: str, step: Step, written: Written) -> None:
    trigger = step.trigger or ("timer" if step.kind == "wait" else "")
    if trigger in TRIGGERS.get(tag, ()):
        made = _add(node, f"{trigger}EventDefinition", id=f"{written.id('step', step.key)}-trigger")
        if trigger == "conditional":
            _add(made, "condition").set(XSI_TYPE, "bpmn:tFormalExpression")


def _arrows(process: etree._Element, flows: list[ExplicitFlow], written: Written) -> None:
    """Sequence flows; a message within one pool has no arrow of its own in BPMN and becomes a directed association."""
    for flow in sorted(flows, key=lambda flow: flow.message):  # artifacts stand after all flow elements
        ends = {"sourceRef": written.id("step", flow.source), "targetRef": written.id("step", flow.target)}
        if flow.message:
            _add(process, "association", id=written.id("flow", flow.key), associationDirection="One", **ends)
        else:
            _add(process, "sequenceFlow", id=written.id("flow", flow.key), name=flow.label, **ends)


def ncname(number: str) -> str:
    """A process number as BPMN may name it: an NCName."""
    kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in clean(number))
    return kept if not kept or kept[0].isalpha() or kept[0] == "_" else f"_{kept}"


def _q(name: str) -> str:
    return f"{{{MODEL}}}{name}"


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _q(tag), _given(**attributes))


def _given(**attributes: str) -> dict[str, str]:
    return {name: clean(value).replace("\n", " ").replace("\t", " ") for name, value in attributes.items() if value}
