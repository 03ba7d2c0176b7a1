"""Sequence flows, exceptions, message flows and links into the flows of steps."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _
from lxml import etree

from processes.bpmn import tables
from processes.bpmn.document import local, q
from processes.bpmn.index import Index, Lost, name_of
from processes.canonical import NAME_LIMIT, clean
from processes.definition import Flow, Step

Steps = dict[etree._Element, Step]


def add_sequence(index: Index, steps: Steps, flows: Iterable[etree._Element]) -> None:
    """Every sequence flow between steps of this chart; dangling ones are told."""
    for element in flows:
        source, target = index.find(element.get("sourceRef")), index.find(element.get("targetRef"))
        if source is None or target is None or source not in steps or target not in steps:
            index.lose(element, tables.DANGLING)
            continue
        index.keep(element)
        default = bool(element.get("id")) and source.get("default") == element.get("id")
        flow = Flow(index.key(element), steps[target].key, _label(index, element), default=default)
        _append(steps, source, flow)


def _label(index: Index, element: etree._Element) -> str:
    """The name, else the condition."""
    condition = element.find(q("conditionExpression"))
    if condition is None:
        return index.short_name(element)
    index.keep(condition)
    return index.short_name(element) or clean(condition.text or "").strip()[:NAME_LIMIT]


def _append(steps: Steps, source: etree._Element, flow: Flow) -> None:
    steps[source] = replace(steps[source], flows=(*steps[source].flows, flow))


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
        for flow in step.flows:
            _append(steps, host, replace(flow, label=label))
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
    for node in [n for n, s in steps.items() if _only_merges(n, s, arriving)]:
        merge = steps.pop(node)
        index.lose(node, tables.MERGE, still_kept=True, fate="folded")
        onward = merge.flows[0].to
        for other, step in steps.items():
            steps[other] = replace(step, flows=tuple(replace(f, to=onward) if f.to == merge.key else f for f in step.flows))


def _only_merges(node: etree._Element, step: Step, arriving: Counter[str]) -> bool:
    plain = local(node) in {"exclusiveGateway", "inclusiveGateway"} and not step.name and not step.description
    return plain and len(step.flows) == 1 and arriving[step.key] >= 1 and step.flows[0].to != step.key


def join_links(steps: Steps) -> None:
    """A throwing link event goes on at the catching one of the same name."""
    catching = {s.name: s.key for n, s in steps.items() if s.trigger == "link" and local(n) == "intermediateCatchEvent"}
    for node, step in list(steps.items()):
        if step.trigger == "link" and local(node) == "intermediateThrowEvent" and step.name in catching:
            _append(steps, node, Flow(f"{step.key}-link", catching[step.name]))


def add_messages(index: Index, steps: Steps) -> list[str]:
    """Messages between steps become dashed hand-offs; those from or to a party outside become its inputs and outputs.

    Returns the names of the parties outside.
    """
    outside = {p: index.short_name(p) or _("Somebody outside") for p in index.all("participant") if p not in index.kept}
    index.keep(*outside)
    for element in index.all("messageFlow"):
        source, target = index.find(element.get("sourceRef")), index.find(element.get("targetRef"))
        if source is None or target is None:
            index.lose(element, tables.DANGLING)
            continue
        if source in steps and target in steps:
            _append(steps, source, Flow(index.key(element), steps[target].key, name_of(element)[:NAME_LIMIT], message=True))
        elif source in steps:
            steps[source] = replace(steps[source], outputs=_with(steps[source].outputs, _message(element, target)))
        elif target in steps:
            steps[target] = replace(steps[target], inputs=_with(steps[target].inputs, _message(element, source)))
        else:
            index.lose(element, tables.DANGLING)
            continue
        index.keep(element)
    return sorted(outside.values())


def _message(element: etree._Element, party: etree._Element) -> str:
    words = {"what": name_of(element) or _("message"), "party": name_of(party) or _("somebody outside")}
    return (_("%(what)s (%(party)s)") % words)[:NAME_LIMIT]


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)
