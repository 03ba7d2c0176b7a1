"""BPMN files into definitions: what is kept, what is told to be lost, what is refused."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from processes.bpmn.document import LARGEST, MODEL, NotImported
from processes.bpmn.order import reading_order
from processes.bpmn.reading import Imported, read_bpmn
from processes.canonical import canonical, parse
from processes.definition import Flow, Step, explicit_flows
from tests.processes.bpmn.files import CLAIM, HEAD, flow, model, process

CORPUS = Path(os.environ.get("BPMN_CORPUS") or Path(__file__).resolve().parents[4] / "shared" / "corpus" / "bpmn")


def arrows(found: Imported) -> list[tuple[str, str, str]]:
    return [(f.source, f.target, f.label) for f in explicit_flows(found.definition.steps)]


def test_a_claim_is_read_in_the_order_of_its_flow() -> None:
    found = read_bpmn(CLAIM)
    told = [(s.key, s.kind, s.name, found.definition.role_title(s.role)) for s in found.definition.steps]
    assert told == [
        ("start", "start", "Claim received", "Service"),
        ("register", "activity", "Register claim", "Service"),
        ("good", "decision", "Our fault?", "Service"),
        ("analyse", "activity", "Analyse the cause", "Quality"),
        ("inform", "activity", "Inform customer", "Service"),
        ("end", "end", "Claim closed", "Service"),
    ]
    assert arrows(found) == [
        ("start", "register", ""),
        ("register", "good", ""),
        ("good", "analyse", "yes"),
        ("good", "inform", "no"),
        ("analyse", "inform", ""),
        ("analyse", "inform", "time is up"),
        ("inform", "end", ""),
    ]
    assert found.definition.title == "Handle a claim"
    assert (found.definition.boundary.trigger, found.definition.boundary.result) == ("Claim received", "Claim closed")


def test_what_hangs_on_steps_comes_with_them() -> None:
    definition = read_bpmn(CLAIM).definition
    start, register, good, analyse, inform, _end = definition.steps
    assert (start.trigger, start.inputs) == ("message", ("Claim (Customer)",))
    assert (register.task_type, register.description, register.outputs) == ("user", "In the claim file.", ("Claim file",))
    assert [flow.default for flow in good.flows] == [False, True]
    assert analyse.description == "Within five days\n\nThis step is repeated."
    assert inform.outputs == ("Answer (Customer)",)
    assert definition.notes == "How claims are handled.\n\nReviewed yearly\n\nParties outside: Customer"


def test_lanes_stand_in_their_drawn_order_and_an_empty_one_is_told() -> None:
    found = read_bpmn(CLAIM)
    assert [role.title for role in found.definition.roles] == ["Service", "Quality"]
    assert [(one.element, one.name) for one in found.lost if one.element == "lane"] == [("lane", "Idle")]


def test_everything_that_is_not_kept_is_told_once() -> None:
    told = [(one.element, one.id or one.name) for one in read_bpmn(CLAIM).lost]
    assert sorted(told) == sorted(
        [("extensionElements", ""), ("sequenceFlow", "end-nowhere"), ("lane", "idle"), ("group", "g"), ("BPMNDiagram", "di")]
    )
    assert all(one.why for one in read_bpmn(CLAIM).lost)


def test_a_drawn_sub_process_becomes_a_process_of_its_own() -> None:
    inside = '<startEvent id="s"/><task id="t" name="Dig"/><endEvent id="e"/>' + flow("s", "t") + flow("t", "e")
    nested = (
        f'<subProcess id="sub" name="Analyse">{inside}<adHocSubProcess id="deep"><task id="d" name="Deep"/></adHocSubProcess></subProcess>'
    )
    empty = (
        '<subProcess id="hollow" name="Later" triggeredByEvent="true"/><callActivity id="call" name="Tender" calledElement="x:PUR-014"/>'
    )
    found = read_bpmn(process(nested + empty + flow("sub", "hollow") + flow("hollow", "call")))
    assert [(s.key, s.kind, s.link) for s in found.definition.steps] == [
        ("sub", "subprocess", ""),
        ("hollow", "subprocess", ""),
        ("call", "subprocess", "PUR-014"),
    ]
    assert [(key, child.title, [s.name for s in child.steps]) for key, child in found.children] == [
        ("sub", "Analyse", ["", "Dig", "", ""]),
        ("deep", "Sub-process", ["Deep"]),
    ]
    assert [role.title for role in found.children[0][1].roles] == ["Handle a claim"]


def test_two_pools_are_one_chart_whose_roles_say_their_pool() -> None:
    data = model(
        '<collaboration id="c"><participant id="a" name="Buyer" processRef="p1"/><participant id="b" name="Seller" processRef="p2"/>'
        '<messageFlow id="m" sourceRef="order" targetRef="take" name="Order"/>'
        '<messageFlow id="m3" sourceRef="nobody" targetRef="nothing"/></collaboration>'
        '<process id="p1"><laneSet id="l1"><lane id="desk" name="Desk"><flowNodeRef>order</flowNodeRef><flowNodeRef>gone</flowNodeRef>'
        '</lane></laneSet><task id="order" name="Order"/><task id="loose" name="Sort"/></process>'
        '<process id="p2"><task id="take" name="Take order"/></process>'
    )
    found = read_bpmn(data)
    assert {(s.name, found.definition.role_title(s.role)) for s in found.definition.steps} == {
        ("Order", "Buyer: Desk"),
        ("Sort", "Buyer"),
        ("Take order", "Seller"),
    }
    assert [(f.source, f.target, f.message) for f in explicit_flows(found.definition.steps)] == [("order", "take", True)]
    assert sorted((one.element, one.id) for one in found.lost) == [("flowNodeRef", ""), ("messageFlow", "m3")]


def test_nested_lanes_are_told_by_both_names() -> None:
    lanes = (
        '<laneSet id="o"><lane id="out" name="Sales"><flowNodeRef>own</flowNodeRef><childLaneSet id="i"><lane id="in" name="Desk">'
        "<flowNodeRef>t</flowNodeRef></lane></childLaneSet></lane></laneSet>"
    )
    found = read_bpmn(process(lanes + '<task id="t" name="Sell"/><task id="own" name="Lead"/>'))
    assert {(s.name, found.definition.role_title(s.role)) for s in found.definition.steps} == {("Sell", "Sales / Desk"), ("Lead", "Sales")}


def test_without_lanes_the_process_is_the_role_and_beside_lanes_nobody_is() -> None:
    found = read_bpmn(process('<task id="t" name="Alone"/>'))
    assert [(s.name, found.definition.role_title(s.role)) for s in found.definition.steps] == [("Alone", "Handle a claim")]
    nameless = read_bpmn(process('<task id="t" name="Alone"/>', name=""))
    assert (nameless.definition.roles, nameless.definition.steps[0].role) == ((), "")
    lanes = '<laneSet id="o"><lane id="l" name="Desk"><flowNodeRef>t</flowNodeRef></lane></laneSet>'
    mixed = read_bpmn(process(lanes + '<task id="t" name="In"/><task id="u" name="Out"/>'))
    assert [(s.name, mixed.definition.role_title(s.role)) for s in mixed.definition.steps] == [("In", "Desk"), ("Out", "")]


def test_kinds_of_events_and_gateways() -> None:
    nodes = (
        '<intermediateCatchEvent id="w" name="Two days"><timerEventDefinition id="t"/>'
        '<signalEventDefinition id="s"/></intermediateCatchEvent>'
        '<intermediateCatchEvent id="odd"><compensateEventDefinition id="c"/></intermediateCatchEvent>'
        '<intermediateThrowEvent id="tell"/><parallelGateway id="and"/><inclusiveGateway id="or" name="Which?"/>'
        '<eventBasedGateway id="eb"/><manualTask id="hand"/>'
    )
    found = read_bpmn(process(nodes))
    assert {s.key: (s.kind, s.trigger, s.task_type) for s in found.definition.steps} == {
        "w": ("wait", "timer", ""),
        "odd": ("event", "compensate", ""),
        "tell": ("event", "", ""),
        "and": ("parallel", "", ""),
        "or": ("decision", "", "inclusive"),
        "eb": ("decision", "", "eventBased"),
        "hand": ("activity", "", "manual"),
    }
    assert [(one.element, one.id) for one in found.lost] == [("signalEventDefinition", "s")]


def test_exceptions_that_lead_nowhere_are_told() -> None:
    nodes = (
        '<task id="t" name="Work"/><boundaryEvent id="b1" attachedToRef="t"><errorEventDefinition id="e1"/></boundaryEvent>'
        '<boundaryEvent id="b2" attachedToRef="gone" name="Lost host"/><task id="u" name="On"/>'
        '<boundaryEvent id="b3" attachedToRef="t"><conditionalEventDefinition id="e3"/></boundaryEvent>' + flow("b3", "u") + flow("t", "b1")
    )
    found = read_bpmn(process(nodes))
    assert arrows(found) == [("t", "u", "exception")]
    assert sorted((one.element, one.id) for one in found.lost) == [
        ("boundaryEvent", "b1"),
        ("boundaryEvent", "b2"),
        ("sequenceFlow", "t-b1"),
    ]


def test_link_events_are_joined() -> None:
    nodes = (
        '<intermediateThrowEvent id="out" name="A"><linkEventDefinition id="l1" name="A"/></intermediateThrowEvent>'
        '<intermediateCatchEvent id="in" name="A"><linkEventDefinition id="l2" name="A"/></intermediateCatchEvent>'
        '<intermediateThrowEvent id="alone" name="B"><linkEventDefinition id="l3" name="B"/></intermediateThrowEvent>'
    )
    assert arrows(read_bpmn(process(nodes))) == [("out", "in", "")]


def test_a_merge_that_says_something_or_loops_on_itself_stays() -> None:
    nodes = '<task id="a"/><exclusiveGateway id="m" name="Joined"/><task id="b"/><exclusiveGateway id="self"/>'
    found = read_bpmn(process(nodes + flow("a", "m") + flow("m", "b") + flow("self", "self")))
    assert {s.key for s in found.definition.steps} == {"a", "m", "b", "self"}


def test_condition_texts_become_labels_and_long_names_are_cut_and_told() -> None:
    nodes = f'<exclusiveGateway id="g" name="{"long " * 80}"/><task id="t" name="T"/>'
    condition = '<sequenceFlow id="f" sourceRef="g" targetRef="t"><conditionExpression>amount &gt; 10</conditionExpression></sequenceFlow>'
    found = read_bpmn(process(nodes + condition))
    gateway = found.definition.steps[0]
    assert gateway.flows == (Flow(key="f", to="t", label="amount > 10"),)
    assert (len(gateway.name), gateway.name[-1], len(gateway.description)) == (300, "…", 399)
    assert [(one.element, one.id) for one in found.lost] == [("exclusiveGateway", "g")]


def test_duplicate_ids_keep_both_steps_and_are_told() -> None:
    found = read_bpmn(process('<task id="t" name="One"/><task id="t" name="Two"/><task name="No id"/><task id="7 up" name="Odd id"/>'))
    assert [s.name for s in found.definition.steps] == ["One", "Two", "No id", "Odd id"]
    assert len({s.key for s in found.definition.steps}) == 4
    assert [(one.element, one.name) for one in found.lost] == [("task", "Two")]


def test_data_and_annotations_find_their_step_and_dangling_ones_are_told() -> None:
    nodes = (
        '<task id="t" name="Pay"><dataInputAssociation id="ia"><sourceRef>inv</sourceRef></dataInputAssociation>'
        '<dataInputAssociation id="ib"><sourceRef>nothing</sourceRef></dataInputAssociation></task>'
        '<dataStoreReference id="inv" dataStoreRef="ds"/><association id="a1" sourceRef="t" targetRef="inv"/>'
        '<association id="a2" sourceRef="t" targetRef="gone"/><association id="a3" sourceRef="t" targetRef="t"/>'
    )
    found = read_bpmn(model(f'<process id="p">{nodes}</process><dataStore id="ds" name="Invoices"/>'))
    assert (found.definition.steps[0].inputs, found.definition.steps[0].outputs) == (("Invoices",), ("Invoices",))
    assert sorted((one.element, one.id) for one in found.lost) == [
        ("association", "a2"),
        ("association", "a3"),
        ("dataInputAssociation", "ib"),
    ]


LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + HEAD


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty."),
        (b" \n ", "The file is empty."),
        (b"x" * (LARGEST + 1), "The file has 5 MB; at most 5 MB are read."),
        (LAUGHS.encode(), "The file declares a DTD or entities"),
        (LAUGHS.encode("utf-16-le"), "The file declares a DTD or entities"),
        (LAUGHS.encode("utf-16-be"), "The file declares a DTD or entities"),
        # An encoding in which no byte is searched for: the parser reads it and says what it saw.
        ('<?xml version="1.0" encoding="UTF-32"?><!DOCTYPE d [<!ELEMENT d ANY>]><d/>'.encode("utf-32"), "The file declares a DTD, which"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "The file declares a DTD or entities"),
        (b"<html><body/></html>", "This is XML, but not BPMN 2.0: it begins with <html>."),
        (b"<a><b></a>", "The XML is broken at line 1, column"),
        (HEAD.encode() + b"\n<process id='p'>\n<task id=<</process></definitions>", "The XML is broken at line 4, column"),
        (model(""), "The file holds no process with steps."),
        (model("<process id='p'/>"), "The file holds no process with steps."),
        (process("".join(f"<task id='t{n}'/>" for n in range(5001))), "The file holds 5001 steps; at most 5000 are read."),
        (process("<subProcess>" * 21 + "<task/>" + "</subProcess>" * 21), "Sub-processes lie more than 20 deep in each other."),
        (b"<a>" * 400, "The XML is broken at line 1"),
    ],
    ids=lambda value: value[:24].decode(errors="replace") if isinstance(value, bytes) else "",
)
def test_what_is_no_process_model_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(NotImported) as refused:
        read_bpmn(data)
    assert str(refused.value).startswith(says)


def test_script_in_names_stays_text() -> None:
    found = read_bpmn(process("<task id='t' name='&lt;script&gt;alert(1)&lt;/script&gt; 检验 🎉 \u202eabc'/>"))
    assert found.definition.steps[0].name.startswith("<script>alert(1)</script> 检验 🎉")


keys = st.integers(0, 8).map(lambda n: f"s{n}")
graphs = st.lists(
    st.tuples(st.sampled_from(("activity", "start", "end")), st.lists(st.tuples(keys, st.booleans()), max_size=3)), max_size=9
).map(
    lambda rows: [
        Step(key=f"s{n}", kind=kind, flows=tuple(Flow(key=f"f{n}{i}", to=to, message=m) for i, (to, m) in enumerate(targets)))
        for n, (kind, targets) in enumerate(rows)
    ]
)


@given(graphs)
def test_reading_order_keeps_every_step_once_and_follows_arrows_that_lead_forward(steps: list[Step]) -> None:
    told = reading_order(steps)
    assert sorted(s.key for s in told) == sorted(s.key for s in steps)
    assert reading_order(told) is not None


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_never_crash(data: bytes) -> None:
    with pytest.raises(NotImported):
        read_bpmn(data)


def corpus_files() -> Iterator[Path]:
    yield from sorted(path for path in CORPUS.rglob("*.bpmn") if path.is_file())


FLOW_NODE = re.compile(
    r"(?:user|manual|service|script|businessRule|send|receive)?[tT]ask|callActivity|subProcess|transaction|adHocSubProcess"
    r"|(?:exclusive|inclusive|eventBased|complex|parallel)Gateway|(?:start|end|boundary)Event|intermediate(?:Catch|Throw)Event"
)


def flow_nodes(data: bytes) -> int:
    """Counted by nothing of ours: every BPMN element of the file that is called like a flow node, wherever it stands."""
    root = etree.fromstring(data.strip(), etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
    names = [etree.QName(element) for element in root.iter() if isinstance(element.tag, str)]
    return sum(bool(FLOW_NODE.fullmatch(name.localname)) for name in names if name.namespace == MODEL)


def check_models(paths: Iterable[Path]) -> tuple[int, int]:
    """Imported and refused; each with a sentence or with every flow node accounted for, as one chart and each pool apart."""
    imported = refused = 0
    sentences: list[str] = []
    for path in paths:
        data = path.read_bytes()
        try:
            found = read_bpmn(data)
        except NotImported as refusal:
            refused += 1
            sentences.append(str(refusal))
            continue
        imported += 1
        for one in (found, read_bpmn(data, apart=True)):
            assert all(parse(canonical(definition)) == definition for definition in one.definitions), path.name
            assert all(told.why for told in one.told), path.name
            assert len(one.beside) == (0 if one is found else max(len(found.pools) - 1, 0)), path.name
            steps = sum(len(definition.steps) for definition in one.definitions)
            gone = [told for told in one.told if told.fate != "partly" and FLOW_NODE.fullmatch(told.element)]
            assert flow_nodes(data) == steps + len(gone), path.name
    assert [one for one in sentences if not one.endswith(".")] == []
    return imported, refused


without_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the folder with other people's models is not here (set BPMN_CORPUS)")


@without_corpus
def test_of_some_models_of_other_people_nothing_is_silently_lost() -> None:
    imported, refused = check_models(list(corpus_files())[::9])
    assert imported > 80
    assert refused < imported / 10


@pytest.mark.slow
@without_corpus
def test_of_all_models_of_other_people_nothing_is_silently_lost() -> None:
    imported, refused = check_models(corpus_files())
    assert imported > 800
    assert refused < imported / 20
