"""`manage.py draw_flowchart`: the drawing, and its geometry as drawn."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from tests.processes.bpmn.files import CLAIM, process


@pytest.fixture
def claim(tmp_path: Path) -> Path:
    path = tmp_path / "claim.bpmn"
    path.write_bytes(CLAIM)
    return path


@pytest.mark.parametrize("orientation", ["TB", "LR"])
def test_the_geometry_is_what_is_drawn(claim: Path, tmp_path: Path, orientation: str) -> None:
    svg, geometry, out = tmp_path / "x.svg", tmp_path / "x.json", io.StringIO()
    call_command("draw_flowchart", str(claim), out=svg, geometry=geometry, orientation=orientation, stdout=out)
    told, drawn = json.loads(geometry.read_text()), etree.fromstring(svg.read_bytes())
    assert {name: set(rows[0]) for name, rows in told.items()} == {
        "lanes": {"id", "name", "x", "y", "w", "h"},
        "nodes": {"id", "lane", "kind", "x", "y", "w", "h"},
        "edges": {"id", "source", "target", "points"},
        "labels": {"for", "x", "y", "w", "h"},
    }
    assert [lane["name"] for lane in told["lanes"]] == ["Service", "Quality"]
    along = "y" if orientation == "LR" else "x"
    assert told["lanes"][0][along] < told["lanes"][1][along]
    width, height = (float(n) for n in drawn.get("viewBox", "").split()[2:])
    assert all(n["x"] >= 0 and n["x"] + n["w"] <= width and n["y"] >= 0 and n["y"] + n["h"] <= height for n in told["nodes"])
    diamond = next(n for n in told["nodes"] if n["kind"] == "decision")
    corners = {
        (round(diamond["x"] + diamond["w"] / 2, 1), round(diamond["y"], 1)),
        (round(diamond["x"], 1), round(diamond["y"] + diamond["h"] / 2, 1)),
    }
    shown = next(e for e in drawn.iter("{*}polygon") if corners <= points_of(e))
    assert shown is not None
    assert "6 steps" in out.getvalue()


def points_of(polygon: etree._Element) -> set[tuple[float, float]]:
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", polygon.get("points", ""))]
    return {(round(x, 1), round(y, 1)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)}


def test_a_drawn_sub_process_has_a_chart_of_its_own(tmp_path: Path) -> None:
    path, geometry = tmp_path / "a.bpmn", tmp_path / "x.json"
    path.write_bytes(process('<subProcess id="s" name="Dig"><task id="t" name="Deep"/></subProcess>'))
    call_command("draw_flowchart", str(path), geometry=geometry, child=1, stdout=io.StringIO())
    assert [node["id"] for node in json.loads(geometry.read_text())["nodes"]] == ["t"]
    with pytest.raises(CommandError, match="1 drawn sub-process"):
        call_command("draw_flowchart", str(path), child=2)


def test_what_is_wrong_is_said_in_a_sentence(claim: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.bpmn"
    broken.write_bytes(b"<nothing/>")
    for arguments, why in (
        ((str(broken),), "not BPMN 2.0"),
        ((str(tmp_path / "gone.bpmn"),), "cannot be read"),
        ((str(claim), "--out", str(tmp_path)), "cannot be written"),
    ):
        with pytest.raises(CommandError, match=why):
            call_command("draw_flowchart", *arguments, stdout=io.StringIO())


def test_more_steps_than_a_page_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.management.commands.draw_flowchart.DRAWN_AT_MOST", 1)
    path, out = tmp_path / "a.bpmn", io.StringIO()
    path.write_bytes(process("".join(f'<task id="t{n}" name="Do {n}"/>' for n in range(3))))
    call_command("draw_flowchart", str(path), out=tmp_path / "x.svg", stdout=out)
    assert "3 steps" in out.getvalue()
