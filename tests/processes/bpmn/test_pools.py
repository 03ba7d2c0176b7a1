"""Several pools: one chart, or a process for each; what passes between them is never lost."""

from dataclasses import replace

from processes.bpmn.reading import read_bpmn
from processes.bpmn.writing import write_bpmn
from processes.definition import Definition, explicit_flows
from tests.processes.bpmn.files import CLAIM, flow, model, process

TWO = model(
    """
 <documentation>All of it.</documentation>
 <collaboration id="c"><documentation>Who deals with whom.</documentation>
  <participant id="a" name="Buyer" processRef="p1"><documentation>We.</documentation></participant>
  <participant id="b" name="Seller" processRef="p2"><documentation>They.</documentation></participant>
  <participant id="bank" name="Bank"/><participant id="press" name="Press"/>
  <messageFlow id="m1" sourceRef="order" targetRef="take" name="Order"/>
  <messageFlow id="m2" sourceRef="send" targetRef="receive"/>
  <messageFlow id="m3" sourceRef="send" targetRef="bank" name="Invoice"/>
  <messageFlow id="m4" sourceRef="bank" targetRef="press"/>
  <messageFlow id="m5" sourceRef="order" targetRef="take" name="Order"/>
  <messageFlow id="m6" sourceRef="quiet" targetRef="still"/>
 </collaboration>
 <process id="p1" name="Order goods"><laneSet id="l1"><lane id="desk" name="Desk"><documentation>A desk.</documentation>
   <flowNodeRef>order</flowNodeRef><flowNodeRef>receive</flowNodeRef></lane></laneSet>
  <task id="order" name="Order"/><task id="receive" name="Receive"/><task id="quiet"/>
  <textAnnotation id="n1"><text>Buyer's note</text></textAnnotation>
  <subProcess id="inner" name="Check"><task id="look" name="Look"/><textAnnotation id="n3"><text>Inside</text></textAnnotation></subProcess>
"""
    + flow("order", "receive")
    + flow("receive", "send")
    + """</process>
 <process id="p2"><documentation>Selling.</documentation><laneSet id="l2"><lane id="shop" name="Desk">
   <flowNodeRef>take</flowNodeRef><flowNodeRef>send</flowNodeRef></lane></laneSet>
  <task id="take" name="Take order"/><task id="send" name="Send goods"/><task id="still"/>
  <textAnnotation id="n2"><text>Seller's note</text></textAnnotation>"""
    + flow("take", "send")
    + "</process><process id='p3'/>"
)


def roles(definition: Definition) -> list[str]:
    return [role.title for role in definition.roles]


def test_each_pool_is_a_process_with_its_own_lanes_and_notes() -> None:
    found = read_bpmn(TWO, apart=True)
    buyer, seller = found.definition, *found.beside
    assert found.pools == ("Buyer", "Seller")
    assert (buyer.title, seller.title) == ("Order goods", "Seller")
    assert (roles(buyer), roles(seller)) == (["Desk", "Buyer"], ["Desk", "Seller"])
    assert buyer.notes == "Who deals with whom.\n\nWe.\n\nA desk.\n\nAll of it.\n\nBuyer's note\n\nInside\n\nParties outside: Press"
    assert seller.notes == "Selling.\n\nThey.\n\nSeller's note\n\nParties outside: Bank"
    assert [(key, child.title, roles(child)) for key, child in found.children] == [("inner", "Check", ["Buyer"])]
    assert [definition.title for definition in found.definitions] == ["Order goods", "Seller", "Check"]


def test_messages_between_pools_are_named_alike_on_both_sides() -> None:
    found = read_bpmn(TWO, apart=True)
    buyer, seller = found.definition, *found.beside
    assert {s.key: (s.inputs, s.outputs) for s in (*buyer.steps, *seller.steps) if s.inputs or s.outputs} == {
        "order": ((), ("Order",)),
        "take": (("Order",), ()),
        "send": ((), ("Send goods", "Invoice (Bank)")),
        "receive": (("Send goods",), ()),
        "quiet": ((), ("message",)),
        "still": (("message",), ()),
    }
    assert [(row.supplier, row.input, row.process, row.output, row.customer) for row in buyer.sipoc] == [
        ("", "", "Order", "Order", "Seller"),
        ("Seller", "Send goods", "Receive", "", ""),
        ("", "", "Order", "Order", "Seller"),
        ("", "", "", "message", "Seller"),
    ]
    assert [(row.supplier, row.input, row.customer) for row in seller.sipoc][:2] == [("Buyer", "Order", ""), ("", "", "Buyer")]
    assert all(not one.message for part in found.definitions for one in explicit_flows(part.steps))


def test_an_arrow_into_another_pool_and_a_message_between_outsiders_are_told() -> None:
    told = {one.id: one.why for one in read_bpmn(TWO, apart=True).lost}
    assert set(told) == {"receive-send", "m4"}
    assert told["receive-send"].startswith("This arrow crosses the border")
    assert {one.id for one in read_bpmn(TWO).lost} == {"m4"}


def test_as_one_chart_the_same_are_hand_offs() -> None:
    found = read_bpmn(TWO)
    assert (found.beside, found.pools) == ((), ("Buyer", "Seller"))
    messages = [one.key for one in explicit_flows(found.definition.steps) if one.message]
    assert messages == ["m1", "m5", "m6", "m2"]
    assert found.definition.notes.endswith("Parties outside: Bank, Press")


def test_one_pool_is_the_same_both_ways_and_so_is_our_own_export() -> None:
    assert read_bpmn(CLAIM, apart=True) == read_bpmn(CLAIM)
    own = write_bpmn(replace(read_bpmn(CLAIM).definition, purpose="Why"))
    assert read_bpmn(own, apart=True).definition == read_bpmn(own).definition
    assert read_bpmn(own).definition.purpose == "Why"


def test_what_is_told_leads_to_where_it_is_drawn() -> None:
    found = read_bpmn(CLAIM)
    assert {(one.element, one.at) for one in found.told} >= {
        ("extensionElements", "register"),
        ("group", "g"),
        ("exclusiveGateway", "merge"),
    }
    assert found.ties["register"] == "register"
    assert found.ties["register-good"] == "register-good"


def test_a_name_that_is_too_long_is_told_once() -> None:
    found = read_bpmn(process("<task id='t' name='T'/>", name="long " * 80))
    assert [one.id for one in found.told if one.fate == "partly"] == ["p"]
    assert len(found.definition.title) == 200
