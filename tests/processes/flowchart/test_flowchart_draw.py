"""The SVG that goes into a page, and what happens when Graphviz does not play its part."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from processes.definition import Definition, Flow, RoleRef, Step
from processes.flowchart import engine
from processes.flowchart.draw import DRAWN_AT_MOST, DrawingFailed, TooLarge, draw
from tests.processes.flowchart.made import HOSTILE, chain, definitions, purchase, step

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def by_class(svg: str, name: str) -> list[etree._Element]:
    return [element for element in parsed(svg).iter() if name in (element.get("class") or "").split()]


def texts(svg: str, name: str) -> list[str]:
    return ["".join(element.itertext()) for element in by_class(svg, name)]


def a_program(folder: Path, script: str) -> str:
    program = folder / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


# --- what is in the drawing -------------------------------------------------------------------------------------------


def test_the_svg_can_stand_in_a_page() -> None:
    drawing = draw(purchase(), label="Flowchart of purchase to pay")
    root = parsed(drawing.svg)
    assert drawing.svg.startswith("<svg ")
    assert root.get("viewBox") == f"0 0 {drawing.width:g} {drawing.height:g}"
    assert (root.get("role"), root.get("aria-label")) == ("group", "Flowchart of purchase to pay")


def test_every_step_is_a_link_that_carries_its_key_number_and_name() -> None:
    steps = by_class(draw(purchase()).svg, "step")
    assert [item.get("data-step") for item in steps] == [item.key for item in purchase().steps]
    fill = steps[1]
    assert fill.tag == f"{SVG}a"
    assert (fill.get("id"), fill.get("href"), fill.get("tabindex")) == ("node-fill", "#step-fill", "0")
    assert fill.findtext(f"{SVG}title") == "2 Fill in purchase request (Requester)"
    assert fill.get("class") == "step step-activity"


def test_every_flow_names_its_ends() -> None:
    flow = next(item for item in by_class(draw(purchase()).svg, "flow") if item.get("id") == "flow-ok-1")
    assert (flow.get("data-source"), flow.get("data-target")) == ("ok", "fill")
    assert flow.findtext(f"{SVG}title") == "4 → 2: rework"
    assert "".join(flow.find(f"{SVG}text").itertext()) == "rework"  # type: ignore[union-attr]


def test_lanes_tell_who_is_outside_and_leave_out_who_does_nothing() -> None:
    svg = draw(purchase()).svg
    assert texts(svg, "lane-title") == ["Requester", "Line manager", "Procurement", "Supplier", "Finance"]
    assert [lane.get("id") for lane in by_class(svg, "lane-external")] == ["lane-s"]


def test_two_documents_are_shown_and_the_others_counted() -> None:
    fill = by_class(draw(purchase()).svg, "step")[1]
    documents = ["".join(e.itertext()) for e in fill.iter() if e.get("class") == "doc-text"]
    assert documents == ["Purchase", "request", "Quote", "+2"]


def test_messages_are_marked() -> None:
    assert [flow.get("id") for flow in by_class(draw(purchase()).svg, "flow-message")] == ["flow-deliver-1"]


def test_signs_say_what_kind_of_step_it_is() -> None:
    kinds = [item.get("class") for item in by_class(draw(purchase()).svg, "step") if any(e.get("class") == "glyph" for e in item)]
    assert kinds == ["step step-decision", "step step-decision", "step step-subprocess", "step step-wait", *["step step-decision"] * 2]


@pytest.mark.parametrize(("trigger", "signs"), [("", 1), ("message", 1), ("unheard-of", 0)])
def test_a_wait_without_a_trigger_waits_for_time(trigger: str, signs: int) -> None:
    definition = Definition(steps=(step("w", "wait", "Wait", trigger=trigger),))
    assert len(by_class(draw(definition).svg, "glyph")) == signs


def test_a_step_without_a_name_shows_its_number() -> None:
    assert texts(draw(Definition(steps=(step("a"), step("g", "parallel")))).svg, "step-number") == ["1", "2"]


def test_a_lane_without_a_title_has_none() -> None:
    definition = Definition(roles=(RoleRef("r", ""),), steps=(step("a", "activity", "Check", "r"),))
    assert texts(draw(definition).svg, "lane-title") == []


def test_text_is_centred_and_never_smaller_than_eleven_pixels() -> None:
    for orientation in ("TB", "LR"):
        drawn = list(parsed(draw(purchase(), orientation=orientation).svg).iter(f"{SVG}text"))
        assert {e.get("text-anchor") for e in drawn} == {"middle"}
        assert min(float(e.get("font-size") or 0) for e in drawn) == 11


def test_a_comparison_marks_steps_and_flows_by_class_and_by_sign() -> None:
    marks = {"fill": "added", "review": "changed", "ok": "removed", "no": "moved", "ok-1": "added"}
    svg = draw(purchase(), marks=marks).svg
    found = {e.get("data-step") or e.get("id"): mark for mark in set(marks.values()) for e in by_class(svg, f"mark-{mark}")}
    assert found == {"fill": "added", "review": "changed", "ok": "removed", "no": "moved", "flow-ok-1": "added"}
    assert len(by_class(svg, "badge")) == 4


def test_an_unknown_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown marks: improved"):
        draw(purchase(), marks={"fill": "improved"})


def test_the_geometry_is_what_is_drawn() -> None:
    drawing = draw(purchase())
    numbers = drawing.geometry.as_dict()
    assert {name: sorted(items[0]) for name, items in numbers.items()} == {
        "lanes": ["h", "id", "name", "w", "x", "y"],
        "nodes": ["h", "id", "kind", "lane", "w", "x", "y"],
        "edges": ["id", "points", "source", "target"],
        "labels": ["for", "h", "w", "x", "y"],
    }
    circle = next(e for e in by_class(drawing.svg, "step-start")[0] if e.tag == f"{SVG}ellipse")
    start = numbers["nodes"][0]
    drawn = (float(circle.get("cx") or 0), float(circle.get("cy") or 0))
    assert drawn == pytest.approx((start["x"] + start["w"] / 2, start["y"] + start["h"] / 2), abs=0.1)


def test_a_flow_key_used_twice_gives_two_ids_and_one_mark() -> None:
    twins = (Flow("f", "b", "one"), Flow("f", "c", "two"))
    definition = Definition(steps=(Step("a", "decision", "Which?", flows=twins), step("b", "end"), step("c", "end")))
    svg = draw(definition, marks={"f": "added"}).svg
    assert [flow.get("id") for flow in by_class(svg, "mark-added")] == ["flow-f", "flow-f.2"]


# --- safe in a page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    steps = (
        Step("a", "activity", text, "r", outputs=(text,), link=text, flows=(Flow("f", "b", text),)),
        step("b", "decision", text, "r"),
        step("c", "end", text),
    )
    assert_harmless(draw(Definition(roles=(RoleRef("r", text),), steps=steps), label=text, no_role=text).svg)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(definitions(), st.sampled_from(["TB", "LR"]))
def test_any_process_gives_a_harmless_svg(definition: Definition, orientation: str) -> None:
    assert_harmless(draw(definition, orientation="TB" if orientation == "TB" else "LR").svg)


def assert_harmless(svg: str) -> None:
    tags, attributes = set(), set()
    for element in parsed(svg).iter():
        tags.add(element.tag.removeprefix(SVG))
        attributes |= set(element.attrib)
        assert re.match(r"#step-[\w-]+$", element.get("href") or "#step-x")
    assert tags <= {"svg", "g", "a", "title", "text", "tspan", "path", "polygon", "polyline", "ellipse", "circle"}
    assert attributes.isdisjoint({"style", "fill", "stroke", "{http://www.w3.org/1999/xlink}href"})
    assert [name for name in attributes if name.startswith("on")] == []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(definitions())
def test_the_same_definition_gives_the_same_bytes(definition: Definition) -> None:
    assert draw(definition).svg == draw(definition).svg


# --- very large -------------------------------------------------------------------------------------------------------


def test_large_charts_are_drawn_plainly_and_say_so() -> None:
    assert [draw(chain(size)).simplified for size in (30, 450)] == [False, True]


def test_beyond_the_limit_the_page_shows_the_outline() -> None:
    with pytest.raises(TooLarge, match="1501 steps are too many for one chart") as refused:
        draw(chain(DRAWN_AT_MOST + 1))
    assert isinstance(refused.value, DrawingFailed)
    assert refused.value.code == "too-large"


def test_the_limit_itself_is_drawn() -> None:
    assert len(draw(chain(DRAWN_AT_MOST), timeout=30).geometry.nodes) == DRAWN_AT_MOST


# --- when Graphviz fails ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exit 3", "refused"),
        ("cat >/dev/null; echo 'not an svg'", "garbage"),
        ("cat >/dev/null", "garbage"),
        ('cat >/dev/null; echo \'<svg xmlns="http://www.w3.org/2000/svg"><g id="node0"/></svg>\'', "garbage"),
        ("cat >/dev/null; echo '<!DOCTYPE svg [<!ENTITY a \"b\">]><svg>&a;</svg>'", "garbage"),
    ],
)
def test_a_broken_engine_is_reported_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str) -> None:
    monkeypatch.setenv("DOT_BINARY", a_program(tmp_path, script))
    with pytest.raises(DrawingFailed, match=r"^[A-Z].*\.$") as failed:
        draw(purchase())
    assert failed.value.code == code


def test_a_hanging_engine_is_stopped_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_BINARY", a_program(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child; wait"))
    with pytest.raises(DrawingFailed, match=r"longer than 0\.5 seconds") as failed:
        draw(purchase(), timeout=0.5)
    assert failed.value.code == "timeout"
    assert has_ended(int((tmp_path / "child").read_text()))


def has_ended(pid: int) -> bool:
    """Whether the process is gone or only waits to be buried, looked at for up to five seconds."""
    state = Path(f"/proc/{pid}/stat")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            if state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
    return False


def test_a_missing_engine_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_BINARY", str(tmp_path / "nothing"))
    with pytest.raises(DrawingFailed, match="could not be started") as failed:
        draw(purchase())
    assert failed.value.code == "missing"


def test_the_environment_comes_before_the_setting_and_that_before_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    before = engine.configured()
    monkeypatch.delenv("DOT_BINARY", raising=False)
    try:
        engine.configure("")
        assert Path(engine.dot_binary()).name.startswith("graphviz-pure")
        engine.configure(Path("/opt/dot"))
        assert engine.dot_binary() == "/opt/dot"
        monkeypatch.setenv("DOT_BINARY", "/usr/bin/dot")
        assert engine.dot_binary() == "/usr/bin/dot"
    finally:
        engine.configure(before)


@pytest.mark.parametrize("package", ["no-such-package", "lxml"])
def test_without_the_wheel_the_message_says_what_to_install(package: str) -> None:
    with pytest.raises(DrawingFailed, match=f"Install the package {package}"):
        engine.from_wheel(package)
