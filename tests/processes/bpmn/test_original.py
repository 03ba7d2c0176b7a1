"""The original drawing: what has a place is drawn there, what was not kept is marked, and nonsense is left out and counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from processes.bpmn import pictured
from processes.bpmn.document import NotImported
from processes.bpmn.original import NAMESPACE, Original, original
from processes.bpmn.reading import read_bpmn
from tests.processes.bpmn.files import HEAD, flow
from tests.processes.bpmn.test_reading import corpus_files, without_corpus

WAYS = "http://www.omg.org/spec/DD/20100524/DI"


def shape(element: str, x: object, y: object, *size: object, more: str = "", label: str = "") -> str:
    w, h = size or (100, 80)
    return (
        f'<bpmndi:BPMNShape bpmnElement="{element}" {more}><dc:Bounds x="{x}" y="{y}" width="{w}" height="{h}"/>{label}</bpmndi:BPMNShape>'
    )


def edge(element: str, *points: tuple[object, object], label: str = "") -> str:
    ways = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge bpmnElement="{element}">{ways}{label}</bpmndi:BPMNEdge>'


def label(x: object, y: object, w: object, h: object) -> str:
    return f'<bpmndi:BPMNLabel><dc:Bounds x="{x}" y="{y}" width="{w}" height="{h}"/></bpmndi:BPMNLabel>'


def page(*parts: str, plane: str = "", name: str = "") -> str:
    inside = f'<bpmndi:BPMNPlane bpmnElement="{plane}">{"".join(parts)}</bpmndi:BPMNPlane>'
    return f'<bpmndi:BPMNDiagram name="{name}">{inside}</bpmndi:BPMNDiagram>'


def file(inside: str, *pages: str, around: str = "") -> bytes:
    head = HEAD.replace("xmlns:x=", f'xmlns:di="{WAYS}" xmlns:x=')
    return f'{head}{around}<process id="p" name="Order">{inside}</process>{"".join(pages)}</definitions>'.encode()


def drawn(data: bytes) -> Original:
    return original(data, read_bpmn(data), "The drawing")


def groups(found: Original) -> dict[str, etree._Element]:
    """The drawn things by what they are tied to."""
    root = etree.fromstring(found.svg)
    return {group.get("data-tie") or "": group for group in root}


def texts(group: etree._Element) -> list[str]:
    return [str(text.text) for text in group.iter(f"{{{NAMESPACE}}}text")]


NODES = (
    '<laneSet id="ls"><lane id="desk" name="Desk"><flowNodeRef>s</flowNodeRef></lane></laneSet>'
    '<startEvent id="s" name="Begin"><timerEventDefinition/></startEvent><task id="t" name="Do it"/><callActivity id="c" name="Call"/>'
    '<exclusiveGateway id="g" name="Good?"/><exclusiveGateway id="m"/><intermediateCatchEvent id="w" name="Wait"/><endEvent id="e"/>'
    '<subProcess id="open" name="Open"><task id="i" name="Inside"/></subProcess><subProcess id="shut" name="Shut"/>'
    '<boundaryEvent id="b" attachedToRef="t" name="Late"/><dataObjectReference id="doc" name="Form" dataObjectRef="x"/>'
    '<textAnnotation id="n"><text>Mind the gap</text></textAnnotation><group id="box"/>'
    + flow("s", "t", "go") + flow("t", "m") + flow("m", "e") + flow("t", "gone")
)  # fmt: skip
AROUND = (
    '<collaboration id="k"><participant id="us" name="Our pool" processRef="p"/><participant id="them" name="Bank"/>'
    '<messageFlow id="mf" sourceRef="t" targetRef="them" name="Pay"/></collaboration>'
)
WHOLE = file(
    NODES,
    page(
        shape("us", 0, 0, 900, 300, more='isHorizontal="true"'), shape("desk", 30, 0, 870, 300), shape("them", 0, 400, 80, 300),
        shape("s", 50, 100, 36, 36, label=label(40, 140, 50, 14)), shape("t", 120, 80), shape("c", 120, 200), shape("g", 300, 100, 50, 50),
        shape("m", 400, 100, 50, 50), shape("w", 500, 100, 36, 36), shape("e", 800, 100, 36, 36),
        shape("open", 560, 20, 200, 150, more='isExpanded="true"'), shape("i", 600, 50), shape("shut", 560, 200),
        shape("b", 150, 150, 36, 36),
        shape("doc", 300, 10, 36, 50), shape("n", 300, 200, 100, 40), shape("box", 100, 60, 200, 200), shape("nobody", 700, 250, 50, 40),
        edge("s-t", (86, 118), (120, 118)), edge("mf", (170, 160), (170, 400), label=label(180, 300, 40, 14)),
        edge("t-gone", (220, 120), (220, 120)), edge("as", (1, 2), (3, 4), (5, 6)),
    ),
    around=AROUND,
)  # fmt: skip


def test_everything_stands_where_its_author_placed_it_and_is_tied_to_what_it_became() -> None:
    found = drawn(WHOLE)
    assert found.left_out == 0
    root = etree.fromstring(found.svg)
    assert (root.get("viewBox"), root.get("aria-label")) == ("0 0 932 732", "The drawing")
    parts = groups(found)
    assert {key: parts[key].get("href") for key in ("s", "t", "m", "b", "g", "us", "them")} == {
        "s": "#node-s", "t": "#node-t", "m": "#told-2", "b": "#told-1", "g": "#node-g", "us": None, "them": None,
    }  # fmt: skip
    box = parts["t"].find(f"{{{NAMESPACE}}}rect")
    assert box is not None
    assert {str(name): value for name, value in box.attrib.items()} == {
        "class": "step-shape",
        "x": "136.0",
        "y": "96.0",
        "width": "100.0",
        "height": "80.0",
        "rx": "8",
    }
    assert (texts(parts["t"]), texts(parts["n"]), texts(parts["desk"])) == (["Do it"], ["Mind the gap"], ["Desk"])
    assert parts["n"].tag == f"{{{NAMESPACE}}}g"


def test_what_was_not_kept_is_marked() -> None:
    classes = {key: str(group.get("class")).split()[-1] for key, group in groups(drawn(WHOLE)).items()}
    assert {key: mark for key, mark in classes.items() if mark.startswith("mark-")} == {
        "b": "mark-removed", "m": "mark-moved", "t-gone": "mark-removed", "box": "mark-removed",
    }  # fmt: skip


def test_ground_lies_under_the_arrows_and_steps_over_them() -> None:
    order = [str(group.get("class")).split()[0:2] for group in etree.fromstring(drawn(WHOLE).svg)]
    kinds = ["ground" if "drawn-ground" in one else one[0] for one in order]
    assert kinds[:3] == ["ground"] * 3
    assert kinds.index("flow") > max(n for n, kind in enumerate(kinds) if kind == "ground")


def test_arrows_have_heads_and_dashes_by_their_kind() -> None:
    parts = groups(drawn(WHOLE))
    tips = {key: parts[key].find(f"{{{NAMESPACE}}}polygon") is not None for key in ("s-t", "mf", "t-gone", "")}
    assert tips == {"s-t": True, "mf": True, "t-gone": True, "": False}
    assert "flow-message" in str(parts["mf"].get("class"))


def test_lanes_that_stand_upright_have_their_name_on_top() -> None:
    data = file(NODES, page(shape("us", 0, 0, 300, 900, more='isHorizontal="false"'), shape("desk", 0, 30, 300, 870)), around=AROUND)
    pool = groups(drawn(data))["us"]
    head = pool.findall(f"{{{NAMESPACE}}}rect")[1]
    assert (head.get("width"), head.get("height")) == ("300.0", "30.0")
    assert all(text.get("transform") is None for text in pool.iter(f"{{{NAMESPACE}}}text"))


def test_a_file_without_positions_has_no_drawing() -> None:
    data = file(NODES)
    assert drawn(data) == Original("", 0)
    assert drawn(file(NODES, page(shape("t", "NaN", 0), edge("s-t", (1, 1))))) == Original("", 2)


@pytest.mark.parametrize("bad", ["NaN", "inf", "-inf", "1e999", "100001", "-1e9", "", "low", "0x10"])
def test_what_is_no_place_is_left_out_and_counted(bad: str) -> None:
    data = file(
        NODES,
        page(shape("s", bad, 0), shape("g", 0, 0, bad, 5), shape("c", 0, 0, 5, -1), shape("e", 0, 0, 0, 0), shape("t", -400, -9.5)),
        page(edge("s-t", (bad, 1), (2, 2)), '<bpmndi:BPMNShape bpmnElement="w"/>'),
    )
    found = drawn(data)
    assert found.left_out == 6
    assert list(groups(found)) == ["t"]


def test_way_points_that_a_tool_did_not_know_are_left_out() -> None:
    found = drawn(file(NODES, page(edge("s-t", (0, 0), (10, 5), (20, 5), ("0.0", "0.0")), edge("t-m", (0, 0), (9, 9)))))
    assert found.left_out == 1
    path = next(etree.fromstring(found.svg).iter(f"{{{NAMESPACE}}}path"))
    assert path.get("d") == "M16.0,16.0 L26.0,16.0"


def test_several_pages_stand_below_each_other_under_their_names() -> None:
    pages = (
        page(shape("t", 0, 0)),
        page(shape("nobody", "x", 0)),
        page(shape("i", 500, 900), plane="open"),
        page(shape("c", 0, 0), name="Third"),
    )
    found = drawn(file(NODES, *pages))
    boxes = [float(box.get("y") or "") for box in etree.fromstring(found.svg).iter(f"{{{NAMESPACE}}}rect")]
    assert boxes == sorted(boxes)
    titles = [text.text for text in etree.fromstring(found.svg).iter(f"{{{NAMESPACE}}}text") if text.get("class") == "lane-title"]
    assert titles == ["Open", "Third"]
    assert drawn(file(NODES, '<bpmndi:BPMNDiagram name="bare"><x/></bpmndi:BPMNDiagram>')).svg == ""
    bare = shape("t", 0, 0)
    assert "Bare" in drawn(file(NODES, page(bare), f'<bpmndi:BPMNDiagram name="Bare">{bare}</bpmndi:BPMNDiagram>')).svg


def test_a_drawing_of_too_many_parts_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictured, "MOST", 3)
    data = file(NODES, page(*(shape("t", n * 120, 0) for n in range(4))), page(shape("c", 0, 0)))
    assert drawn(data).left_out == 2


def test_an_arrow_of_very_many_points_is_cut() -> None:
    found = drawn(file(NODES, page(edge("s-t", *((n, n) for n in range(1, 1000))))))
    path = next(etree.fromstring(found.svg).iter(f"{{{NAMESPACE}}}path"))
    assert str(path.get("d")).count("L") == pictured.MOST_POINTS - 1


def test_words_are_words_and_wrapped() -> None:
    name = "&lt;script&gt;alert(1)&lt;/script&gt; 检验 \u202eabc " + "x" * 900
    data = file(f'<task id="t" name="{name}"/>', page(shape("t", 0, 0)))
    found = drawn(data)
    assert "<script" not in found.svg
    assert "style=" not in found.svg
    assert len(texts(groups(found)["t"])) == 5


numbers = st.one_of(st.floats(), st.integers(-200_000, 200_000), st.text(max_size=4).map(lambda t: "".join(c for c in t if c.isalnum())))


@given(st.lists(st.tuples(st.sampled_from(("t", "s", "us", "desk", "doc", "n", "no")), numbers, numbers, numbers, numbers), max_size=6))
def test_any_numbers_give_a_finite_drawing(parts: list[tuple[str, object, object, object, object]]) -> None:
    found = drawn(file(NODES, page(*(shape(*part) for part in parts)), around=AROUND))
    assert "nan" not in found.svg
    assert "inf" not in found.svg
    if found.svg:
        etree.fromstring(found.svg)


@without_corpus
def test_models_of_other_people_are_drawn_whole_unless_they_say_nothing_of_places() -> None:
    bare = 0
    for path in list(corpus_files())[::11]:
        data = path.read_bytes()
        try:
            found = read_bpmn(data)
        except NotImported:
            continue
        made = original(data, found, path.name)
        bare += not made.svg
        assert made.left_out < 10, path.name
    assert bare < 5
