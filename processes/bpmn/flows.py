"""Sequence flows, exceptions, message flows and links into the flows of steps."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from lxml import etree

from processes.bpmn import mending, tables
from processes.bpmn.document import local, q
from processes.bpmn.index import Index, Lost, name_of
from processes.canonical import NAME_LIMIT, clean
from processes.definition import Flow, SipocRow, Step

Steps = dict[etree._Element, Step]


def add_sequence(index: Index, steps: Steps, flows: Iterable[etree._Element]) -> None:
    """Every sequence flow between steps of this chart; dangling ones are told."""
    named = _named_by_steps(steps)
    found: dict[etree._Element, list[Flow]] = defaultdict(list)
    for element in flows:
        source, target = (_end(index, element, way, named) for way in ("source", "target"))
        if source is None or target is None:
            index.lose(element, tables.DANGLING)
            continue
        if source not in steps or target not in steps:
            index.lose(element, tables.ACROSS if local(source) in tables.NODES and local(target) in tables.NODES else tables.DANGLING)
            continue
        index.keep(element)
        default = bool(element.get("id")) and source.get("default") == element.get("id")
        found[source].append(Flow(index.key(element), steps[target].key, _label(index, element), default=default))
    _append(steps, found)


def _named_by_steps(steps: Steps) -> dict[tuple[str, str], etree._Element]:
    """(id of an arrow, "source" or "target") → the only step that says so of itself."""
    found: dict[tuple[str, str], list[etree._Element]] = defaultdict(list)
    for node in steps:
        for tag, way in (("outgoing", "source"), ("incoming", "target")):
            for reference in node.findall(q(tag)):
                found[(reference.text or "").strip().rpartition(":")[2], way].append(node)
    return {key: nodes[0] for key, nodes in found.items() if len(nodes) == 1}


def _end(index: Index, flow: etree._Element, way: str, named: Mapping[tuple[str, str], etree._Element]) -> etree._Element | None:
    """What the arrow names; where it names nothing, the step that names the arrow."""
    if (flow.get(f"{way}Ref") or "").strip():
        return index.find(flow.get(f"{way}Ref"))
    node = named.get((flow.get("id") or "", way))
    if node is not None:
        index.mended[mending.ENDS] = None
    return node


def _label(index: Index, element: etree._Element) -> str:
    """The name, else the condition."""
    condition = element.find(q("conditionExpression"))
    if condition is None:
        return index.short_name(element)
    index.keep(condition)
    return index.short_name(element) or clean(condition.text or "").strip()[:NAME_LIMIT]


def _append(steps: Steps, found: Mapping[etree._Element, Iterable[Flow]]) -> None:
    for source, flows in found.items():
        steps[source] = replace(steps[source], flows=(*steps[source].flows, *flows))


def fold_exceptions(index: Index, steps: Steps) -> None:
    """An event on the border of a step becomes a branch of that step, called after the event."""
    for event in [node for node in steps if local(node) == "boundaryEvent"]:
        step = steps.pop(event)
        host = index.find(event.get("attachedToRef"))
        if host is None or host not in steps:
            index.lose(event, tables.BOUNDARY_ALONE, still_kept=True)
            continue
        if step.flows:
            index.lose(event, tables.EXCEPTION, still_kept=True, fate="folded")
        else:
            index.lose(event, tables.BOUNDARY_ENDS, still_kept=True)
        label = step.name or _trigger_word(step.trigger)
        _append(steps, {host: [replace(flow, label=label) for flow in step.flows]})
    known = {step.key for step in steps.values()}
    for node, step in steps.items():
        for flow in step.flows:
            if flow.to not in known:
                index.lost.append(_lost_flow(flow))
        steps[node] = replace(step, flows=tuple(flow for flow in step.flows if flow.to in known))


def _lost_flow(flow: Flow) -> Lost:
    return Lost("sequenceFlow", flow.key, flow.label, _(tables.DANGLING))


def _trigger_word(trigger: str) -> str:
    words = {
        "timer": _("time is up"),
        "error": _("error"),
        "message": _("message"),
        "escalation": _("escalation"),
        "cancel": _("cancelled"),
    }
    return words.get(trigger, _("exception"))


def fold_merges(index: Index, steps: Steps) -> None:
    """An unnamed gateway that only brings arrows together is not a step: its arrows go straight on."""
    arriving = Counter(flow.to for step in steps.values() for flow in step.flows)
    onward: dict[str, str] = {}
    for node in [n for n, s in steps.items() if _only_merges(n, s, arriving)]:
        merge = steps.pop(node)
        index.lose(node, tables.MERGE, still_kept=True, fate="folded")
        onward[merge.key] = merge.flows[0].to
    for key in onward:
        _shorten(onward, key)
    for node, step in steps.items():
        if any(flow.to in onward for flow in step.flows):
            steps[node] = replace(step, flows=tuple(replace(f, to=onward.get(f.to, f.to)) for f in step.flows))


def _shorten(onward: dict[str, str], key: str) -> None:
    """Follows one way through merges to where it ends, and has all on it lead there at once; a circle of merges ends in itself."""
    way: dict[str, None] = {}
    while key in onward and key not in way:
        way[key] = None
        key = onward[key]
    onward.update(dict.fromkeys(way, key))


def _only_merges(node: etree._Element, step: Step, arriving: Counter[str]) -> bool:
    plain = local(node) in {"exclusiveGateway", "inclusiveGateway"} and not step.name and not step.description
    return plain and len(step.flows) == 1 and arriving[step.key] >= 1 and step.flows[0].to != step.key


def join_links(steps: Steps) -> None:
    """A throwing link event goes on at the catching one of the same name."""
    catching = {s.name: s.key for n, s in steps.items() if s.trigger == "link" and local(n) == "intermediateCatchEvent"}
    for node, step in list(steps.items()):
        if step.trigger == "link" and local(node) == "intermediateThrowEvent" and step.name in catching:
            _append(steps, {node: [Flow(f"{step.key}-link", catching[step.name])]})


@dataclass
class Pool:
    """The steps of one chart while they are read, what it is called, and whom it deals with: parties outside, other charts."""

    name: str
    steps: Steps
    outside: set[str] = field(default_factory=set)
    sipoc: list[SipocRow] = field(default_factory=list)


def add_messages(index: Index, pools: Sequence[Pool]) -> None:
    """Messages within a chart are dashed hand-offs; those of a party outside, or of another chart, inputs and outputs of both."""
    outside = {p: index.short_name(p) or _("Somebody outside") for p in index.all("participant") if p not in index.kept}
    index.keep(*outside)
    at = {node: pool for pool in pools for node in pool.steps}
    said = _Said()
    for element in index.all("messageFlow"):
        source, target = index.find(element.get("sourceRef")), index.find(element.get("targetRef"))
        giver, taker = (at.get(end) if end is not None else None for end in (source, target))
        if source is None or target is None or (giver is None and taker is None):
            index.lose(element, tables.DANGLING)
            continue
        index.keep(element)
        if giver is not None and taker is not None:
            _between(index, element, said, (giver, source), (taker, target))
        for pool, node, names, party in ((giver, source, said.outputs, target), (taker, target, said.inputs, source)):
            if pool is not None and (giver is None or taker is None):
                names[node].append(_message(element, party))
                pool.outside.update({outside[party]} if party in outside else ())
    said.write(at)
    pools[0].outside.update(set(outside.values()).difference(*(pool.outside for pool in pools)))


@dataclass
class _Said:
    """What the messages say of each step, gathered first and written once: a step may have many thousand."""

    flows: dict[etree._Element, list[Flow]] = field(default_factory=lambda: defaultdict(list))
    inputs: dict[etree._Element, list[str]] = field(default_factory=lambda: defaultdict(list))
    outputs: dict[etree._Element, list[str]] = field(default_factory=lambda: defaultdict(list))

    def write(self, at: Mapping[etree._Element, Pool]) -> None:
        for node in {**self.flows, **self.inputs, **self.outputs}:
            step = at[node].steps[node]
            at[node].steps[node] = replace(
                step,
                flows=(*step.flows, *self.flows[node]),
                inputs=_with(step.inputs, self.inputs[node]),
                outputs=_with(step.outputs, self.outputs[node]),
            )


def _between(
    index: Index, element: etree._Element, said: _Said, given: tuple[Pool, etree._Element], taken: tuple[Pool, etree._Element]
) -> None:
    """A hand-off in one chart; between two of them the same name on both sides, so that an interface can be agreed."""
    (giver, source), (taker, target) = given, taken
    key, name = index.key(element), name_of(element)[:NAME_LIMIT]
    if giver is taker:
        said.flows[source].append(Flow(key, giver.steps[target].key, name, message=True))
        return
    name = name or giver.steps[source].name or taker.steps[target].name or _("message")
    said.outputs[source].append(name)
    said.inputs[target].append(name)
    giver.sipoc.append(SipocRow(key, process=giver.steps[source].name, output=name, customer=taker.name))
    taker.sipoc.append(SipocRow(key, supplier=giver.name, input=name, process=taker.steps[target].name))


def _message(element: etree._Element, party: etree._Element) -> str:
    words = {"what": name_of(element) or _("message"), "party": name_of(party) or _("somebody outside")}
    return (_("%(what)s (%(party)s)") % words)[:NAME_LIMIT]


def _with(names: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*names, *more)))
