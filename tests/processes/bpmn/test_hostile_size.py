"""What is small to send is quick to read: no part of a BPMN file costs the square of its number."""

import time
from collections.abc import Callable

import pytest

from processes.bpmn.reading import read_bpmn

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'


def lanes(count: int) -> str:
    empty = "".join(f'<lane id="l{n}"/>' for n in range(count))
    return f'<process id="p"><laneSet>{empty}</laneSet><task id="t"/></process>'


def pools(count: int) -> str:
    named = "".join(f'<participant id="a{n}" processRef="x"/>' for n in range(count))
    return f"<collaboration>{named}</collaboration>" + "".join(f'<process id="p{n}"><task id="t{n}"/></process>' for n in range(count))


def merges(count: int) -> str:
    ways = "".join(f'<sequenceFlow id="f{n}" sourceRef="g{n}" targetRef="g{n + 1}"/>' for n in range(count))
    gates = "".join(f'<exclusiveGateway id="g{n}"/>' for n in range(1, count))
    return f'<process id="p"><task id="g0" name="a"/>{gates}<task id="g{count}" name="b"/>{ways}</process>'


def messages(count: int) -> str:
    sent = "".join(f'<messageFlow id="m{n}" name="n{n}" sourceRef="o" targetRef="t"/>' for n in range(count))
    return f'<collaboration><participant id="o" name="O"/>{sent}</collaboration><process id="p"><task id="t"/></process>'


def arrows(count: int) -> str:
    ways = "".join(f'<sequenceFlow id="f{n}" sourceRef="t" targetRef="u"/>' for n in range(count))
    return f'<process id="p"><task id="t"/><task id="u"/>{ways}</process>'


@pytest.mark.parametrize(("made", "count"), [(lanes, 8000), (pools, 3000), (merges, 1500), (messages, 30000), (arrows, 40000)])
def test_many_of_one_kind_are_read_in_seconds(made: Callable[[int], str], count: int) -> None:
    data = f"{HEAD}{made(count)}</definitions>".encode()
    begun = time.process_time()
    read_bpmn(data)
    assert time.process_time() - begun < 4


def test_ways_through_merges_lead_to_their_end_and_a_circle_of_merges_ends() -> None:
    steps = read_bpmn(f"{HEAD}{merges(4)}</definitions>".encode()).definition.steps
    assert [(step.name, [flow.to for flow in step.flows]) for step in steps] == [("a", ["g4"]), ("b", [])]
    circle = (
        '<process id="p"><task id="a"/><exclusiveGateway id="g"/><exclusiveGateway id="h"/>'
        '<sequenceFlow id="1" sourceRef="a" targetRef="g"/><sequenceFlow id="2" sourceRef="g" targetRef="h"/>'
        '<sequenceFlow id="3" sourceRef="h" targetRef="g"/></process>'
    )
    assert [step.key for step in read_bpmn(f"{HEAD}{circle}</definitions>".encode()).definition.steps] == ["a"]
