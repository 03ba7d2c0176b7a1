"""A definition for paper: Markdown as blocks, the order of headings, and where a chart is cut."""

from dataclasses import replace
from itertools import pairwise

import pytest
from lxml import etree

from processes.definition import Definition, RoleRef, Step
from processes.exporting import strips
from processes.exporting.blocks import blocks, heading, in_order, pictures, right_to_left
from processes.exporting.sheet import body, table
from processes.exporting.strips import SHEETS, SMALLEST_SCALE, on_paper
from processes.flowchart.draw import draw
from tests import make

HASH = "a" * 64


def kinds(text: str) -> list[str]:
    return [block["t"] for block in blocks(text, below=1)]


def test_every_block_of_markdown_has_its_kind() -> None:
    text = "# H\n\np\n\n- a\n\n3. b\n\n> q\n\n| a |\n|---|\n| b |\n\n---\n\n    code\n\n```\nfence\n```"
    assert kinds(text) == ["h", "p", "list", "list", "quote", "table", "rule", "code", "code"]
    assert [block["start"] for block in blocks(text, below=1) if block["t"] == "list"] == [1, 3]
    assert kinds("") == []
    assert blocks("> [!danger]\n> x", below=1)[0]["kind"] == "danger"
    assert blocks("###### deep", below=3)[0]["l"] == 6


def test_spans_are_kept_and_html_and_foreign_addresses_are_words() -> None:
    text = "**b** *i* ~~s~~ `c` [a](https://x.y) [m](mailto:a@b.c) [r](/inside) [empty](https://x.y/z\n<b>x</b>"
    (block,) = blocks(text, below=1)
    assert [span["k"] for span in block["c"] if span["k"] != "t"] == ["b", "i", "s", "c", "a", "a", "br"]
    assert {span["to"] for span in block["c"] if span["k"] == "a"} == {"https://x.y", "mailto:a@b.c"}
    assert any("<b>x</b>" in span.get("x", "") for span in block["c"])
    assert any(span.get("x") == "r" for span in block["c"]), "an address of the portal means nothing on paper"


def test_pictures_stand_below_their_paragraph_and_those_of_other_houses_are_words() -> None:
    found = blocks(
        f"See ![the *gauge*](picture:{HASH}) here\n\n- ![x](picture:{HASH})\n\n> ![](https://x.y/z.png) ![w](https://x.y)", below=1
    )
    assert [block["t"] for block in found] == ["p", "image", "list", "quote"]
    assert found[1] == {"t": "image", "sha256": HASH, "alt": "the gauge"}
    assert pictures(found) == {HASH}
    words = [span["x"] for span in found[3]["blocks"][0]["c"]]
    assert "https://x.y/z.png" in words
    assert "w" in words
    assert blocks(f"[![x](picture:{HASH})](https://x.y)", below=1) == []


def test_headings_leave_no_level_out() -> None:
    found = [heading(1, "a"), {"t": "step", "l": 2, "blocks": blocks("### b\n\n- x\n\n###### c", below=2)}, *blocks("# d", below=5)]
    in_order(found)
    levels = [1, 2, *(block["l"] for block in found[1]["blocks"] if block["t"] == "h"), found[2]["l"]]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    nested = blocks("- ###### deep", below=1)
    assert in_order(nested) == 1


@pytest.mark.parametrize(("text", "answer"), [("שלום a", True), ("12 مرحبا", True), ("a שלום", False), ("检验", False), ("12", False)])
def test_the_first_letter_with_a_direction_decides(text: str, answer: bool) -> None:
    assert right_to_left(text) is answer


def test_the_body_says_only_what_there_is() -> None:
    assert body(Definition(), None, "why") == []
    assert list(table(("a",), [], ["1fr"])) == []
    steps = body(make.definition(), None, "It is too large.")
    assert "It is too large." in str(steps)
    assert "Responsibilities" not in str(steps)
    assert "Boundary" in str(body(replace(make.definition(), boundary=replace(Definition().boundary, trigger="Need")), None, ""))


# --- charts


def long_(steps: int, lanes: int) -> Definition:
    roles = tuple(RoleRef(f"r{n}", f"Role {n}") for n in range(lanes))
    return Definition(roles=roles, steps=tuple(Step(f"s{n}", name=f"Step number {n}", role=f"r{n % lanes}") for n in range(steps)))


def drawn(definition: Definition) -> str:
    return draw(definition, label="x").svg


def test_a_small_chart_is_one_picture_as_large_as_on_the_screen() -> None:
    found = on_paper(drawn(make.definition()), "t")
    assert found is not None
    assert (len(found.strips), found.sheet.paper, found.sheet.across) == (1, "a4", False)
    root = etree.fromstring(found.strips[0].svg)
    assert found.strips[0].width == pytest.approx(float(root.get("width") or 0) * strips.LARGEST_SCALE)


@pytest.mark.parametrize(("lanes", "steps", "sheet"), [(7, 6, ("a4", True)), (9, 14, ("a3", True))])
def test_a_wide_chart_lies_on_its_side(lanes: int, steps: int, sheet: tuple[str, bool]) -> None:
    found = on_paper(drawn(long_(steps, lanes)), "t")
    assert found is not None
    assert (found.sheet.paper, found.sheet.across, len(found.strips)) == (*sheet, 1)


def test_chinese_is_drawn_in_chinese_forms() -> None:
    chinese, english = on_paper(drawn(make.definition("检验")), "t"), on_paper(drawn(make.definition()), "t")
    assert chinese is not None
    assert english is not None
    assert b'font-family: "Noto Sans CJK SC"' in chinese.strips[0].svg
    assert b'font-family: "Liberation Sans"' in english.strips[0].svg


def test_a_chart_that_nobody_could_read_is_not_printed() -> None:
    assert on_paper(drawn(long_(20, 20)), "t") is None
    assert on_paper(drawn(long_(400, 3)), "t") is None


def test_a_tall_chart_is_cut_between_steps_and_each_step_is_there_once_and_whole() -> None:
    found = on_paper(drawn(long_(60, 3)), "t")
    assert found is not None
    assert len(found.strips) > 2
    seen: list[str] = []
    for n, strip in enumerate(found.strips):
        assert strip.width <= found.sheet.width + 0.01
        assert strip.height <= found.sheet.height + 0.01
        assert strip.width / float(etree.fromstring(strip.svg).get("width") or 1) >= SMALLEST_SCALE
        root = etree.fromstring(strip.svg)
        _left, top, _width, height = (float(part) for part in (root.get("viewBox") or "").split())
        assert {f"Role {k}" for k in range(3)} <= {text.text for text in root.iter(f"{{{strips.SVG}}}text")}
        for step in strips._found(root, strips.STEPS):
            above, below = strips._span(step)
            inside = top + (strips.HEAD if n else 0) - strips.SPARE <= above
            if inside and below <= top + height + strips.SPARE:
                seen.append(step.get("id") or "")
    assert sorted(seen) == sorted(f"node-s{n}" for n in range(60))


def test_a_step_taller_than_a_page_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "SHEETS", (replace(SHEETS[0], height=60),))
    monkeypatch.setattr(strips, "MOST_PAGES", 99)
    found = on_paper(drawn(make.definition()), "t")
    assert found is not None
    assert len(found.strips) > 1


def test_how_far_a_part_reaches() -> None:
    svg = '<g xmlns="http://www.w3.org/2000/svg">{}</g>'

    def span(inside: str) -> tuple[float, float]:
        return strips._span(etree.fromstring(svg.format(inside)))

    assert span('<path d="M1,20C3,40 5,60 7,80"/>') == (13, 87)
    assert span('<ellipse cx="1" cy="50" rx="9" ry="10"/>') == (33, 67)
    assert span('<circle cx="1" cy="50" r="10"/>') == (33, 67)
    assert span('<text x="1" y="30">x</text>') == (13, 41)
    assert span('<path d="M1,9" transform="translate(1 1)"/>') == (-7, 7)
    assert span("") == (-7, 7)
