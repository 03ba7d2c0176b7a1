"""The counters of the bench: each fault is seen, and other people's models are told in numbers."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from processes.definition import Definition
from processes.flowchart.chart import chart_of
from processes.flowchart.geometry import geometry_of
from processes.flowchart.layout import layout
from processportal.bench import corpus
from processportal.bench.faults import faults
from tests.processes.bpmn.files import CLAIM
from tests.processes.flowchart.made import definitions


def node(key: str, x: float, y: float, lane: str = "a") -> dict[str, Any]:
    return {"id": key, "lane": lane, "kind": "activity", "x": x, "y": y, "w": 100, "h": 40}


def arrow(source: str, target: str, *points: tuple[float, float]) -> dict[str, Any]:
    return {"id": f"{source}{target}", "source": source, "target": target, "points": points}


def text(x: float, y: float) -> dict[str, Any]:
    return {"for": "t", "x": x, "y": y, "w": 30, "h": 10}


LANE = {"id": "a", "name": "A", "x": 0, "y": 0, "w": 1000, "h": 200}
CLEAR = [node("one", 10, 10), node("two", 210, 10), node("three", 410, 10)]


@pytest.mark.parametrize(
    ("nodes", "edges", "labels", "told"),
    [
        (CLEAR, [arrow("one", "two", (110, 30), (210, 30))], [text(150, 15)], {}),
        ([*CLEAR, node("four", 250, 30)], [], [], {"overlaps": 1}),
        ([*CLEAR, node("four", 10, 180)], [], [], {"outside": 1}),
        (CLEAR, [arrow("one", "three", (110, 30), (410, 30))], [], {"through": 1}),
        (CLEAR, [arrow("one", "two", (110, 30), (210, 30)), arrow("two", "three", (160, 5), (160, 90))], [], {"crossings": 1}),
        (CLEAR, [arrow("one", "two", (110, 30), (210, 35))], [], {"slanted": 1}),
        (CLEAR, [], [text(20, 20)], {"labels": 1}),
        (CLEAR, [arrow("one", "two", (110, 30), (210, 30))], [text(150, 25)], {"labels": 1}),
        (CLEAR, [], [text(150, 15), text(160, 20)], {"labels": 1}),
    ],
)
def test_each_fault_is_seen(nodes: list[Any], edges: list[Any], labels: list[Any], told: dict[str, int]) -> None:
    assert dict(faults({"lanes": [LANE], "nodes": nodes, "edges": edges, "labels": labels})) == told


@given(definitions())
@settings(max_examples=30)
def test_any_chart_has_no_fault_but_crossings(definition: Definition) -> None:
    for upright in (True, False):
        geometry = geometry_of(layout(chart_of(definition), upright=upright)).as_dict()
        assert set(faults(geometry)) <= {"crossings"}


def test_models_are_told_in_numbers(tmp_path: Path) -> None:
    (tmp_path / "claim.bpmn").write_bytes(CLAIM)
    (tmp_path / "broken.bpmn").write_bytes(b"<x/>")
    told = {one.name: one for one in corpus.measure(tmp_path)}
    assert list(told) == ["import_corpus", "export_corpus", "layout_corpus_tb", "layout_corpus_lr"]
    assert told["import_corpus"].counts == {"imported": 1, "refused": 1, "lost": 5, "folded": 2}
    assert told["export_corpus"].counts == {"identical": 1, "different": 0}
    assert told["layout_corpus_tb"].counts == {"steps": 6, "crossings": 1}
    assert all(one.seconds > 0 for one in told.values())
