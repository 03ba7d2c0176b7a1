"""The chart as a picture of its own: SVG with its colours and what it shows written below, PNG and PDF made of it by typst.

The drawing of a page carries classes only. A picture carries the rules for light paper: those of `flowchart.css` whose selectors are
plain, with every custom property replaced by its fallback.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast

import typst
from django.contrib.staticfiles import finders
from lxml import etree

from processes.flowchart.text import is_wide, wrap

FOOT_FONT: Final = 11.0  # px
FOOT_LINE: Final = 15.0
FOOT_ROOM: Final = 15.0  # above and below the lines together
FOOT_SIDE: Final = 8.0
FOOT_LINES: Final = 60
"""More than the longest title needs in the narrowest chart: how it stands comes last and must not be cut off."""
SVG: Final = "http://www.w3.org/2000/svg"
XLINK: Final = "http://www.w3.org/1999/xlink"
POINT: Final = 0.75  # of a px
PIXELS_PER_INCH: Final = 192  # twice the size on the screen
MOST_PIXELS: Final = 24_000_000
LARGEST_SIDE: Final = 14_400.0
"""Points; a page of a PDF is not larger (ISO 32000, annex C)."""

RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
VARIABLE: Final = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")
NOT_PLAIN: Final = re.compile(r"[:@+\[]|\.mark-|\.is-")
RINGS: Final = "//*[contains(@class, 'step-wait') or contains(@class, 'step-event')]/*[contains(@class, 'step-shape')][2]"


class NoPicture(Exception):
    """The picture could not be made; the reader is told to take the SVG."""


@cache
def stylesheet() -> str:
    """The plain rules of the chart's stylesheet, for light paper."""
    text = re.sub(r"/\*.*?\*/", "", Path(str(finders.find("css/flowchart.css"))).read_text("utf-8"), flags=re.DOTALL)
    rules = []
    for selectors, body in RULE.findall(text.partition("@media")[0]):
        plain = [] if "(" in selectors else [one.strip() for one in selectors.split(",") if not NOT_PLAIN.search(one)]
        declared = "; ".join(part.strip() for part in VARIABLE.sub(r"\1", body).split(";") if part.strip() and "var(" not in part)
        if plain and declared:
            rules.append(f"{', '.join(plain)} {{ {declared} }}")
    # The outer ring of an intermediate event lies over the inner disc (a sibling rule, which few programs know).
    return "\n".join([*rules, ".ring { fill: none }", f".chart-foot {{ fill: #46535f; font-size: {FOOT_FONT:g}px }}"])


CHINESE: Final = '"Noto Sans CJK SC", "Noto Sans SC", '
"""First where letters are wide: for a letter that the first font lacks, typst takes any, and Chinese came out in Japanese forms."""


def standalone(drawn: str, foot: str, title: str) -> bytes:
    """The SVG of a page as a file: nothing outside it is needed, nothing in it leads or does anything."""
    root = etree.fromstring(drawn.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    left, top, width, height = (float(part) for part in (root.get("viewBox") or "0 0 1 1").replace(",", " ").split())
    lines = wrap(foot, width - 2 * FOOT_SIDE, FOOT_FONT, FOOT_LINES)
    whole = height + FOOT_ROOM + FOOT_LINE * len(lines)
    root.set("viewBox", f"{left:g} {top:g} {width:g} {whole:g}")
    root.set("width", f"{width:g}")
    root.set("height", f"{whole:g}")
    for link in list(root.iter(f"{{{SVG}}}a")):
        link.tag = f"{{{SVG}}}g"
        for name in ("href", f"{{{XLINK}}}href", "tabindex", "aria-label", "role"):
            link.attrib.pop(name, None)
    for ring in cast("list[etree._Element]", root.xpath(RINGS)):
        ring.set("class", f"ring {ring.get('class')}")
    style = etree.Element(f"{{{SVG}}}style")
    style.text = stylesheet()
    if any(map(is_wide, f"{drawn}{foot}")):
        style.text = style.text.replace("font-family: ", f"font-family: {CHINESE}", 1)
    paper = etree.Element(f"{{{SVG}}}rect", x=f"{left:g}", y=f"{top:g}", width=f"{width:g}", height=f"{whole:g}", fill="#ffffff")
    named = etree.Element(f"{{{SVG}}}title")
    named.text = title
    for n, text in enumerate(lines, 1):
        place = {"class": "chart-foot", "x": f"{left + FOOT_SIDE:g}", "y": f"{top + height + FOOT_LINE * n + 5:g}"}
        etree.SubElement(root, f"{{{SVG}}}text", place).text = text
    for element in (paper, style, named):
        root.insert(0, element)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def png(svg: bytes) -> bytes:
    """The picture in twice its size; a very large one in less, so that no more than MOST_PIXELS are painted. Raises NoPicture."""
    width, height = size_of(svg)
    wanted = width * height * (PIXELS_PER_INCH / 96) ** 2
    dense = PIXELS_PER_INCH * min(1.0, (MOST_PIXELS / wanted) ** 0.5)
    return _made(svg, "png", dense)


def pdf(svg: bytes, title: str) -> bytes:
    """One page as large as the chart. Raises NoPicture."""
    return _made(svg, "pdf", None, title)


def size_of(svg: bytes) -> tuple[float, float]:
    """Width and height in px; at least 1."""
    root = etree.fromstring(svg, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    return max(1.0, float(root.get("width") or 1)), max(1.0, float(root.get("height") or 1))


def _made(svg: bytes, kind: Literal["png", "pdf"], dense: float | None, title: str = "") -> bytes:
    width, height = size_of(svg)
    shrunk = min(1.0, LARGEST_SIDE / (max(width, height) * POINT))
    page = (
        "#set document(title: sys.inputs.title)\n"
        f"#set page(width: {width * POINT * shrunk:.2f}pt, height: {height * POINT * shrunk:.2f}pt, margin: 0pt)\n"
        '#image("chart.svg", width: 100%, height: 100%, alt: sys.inputs.title)\n'
    )
    files: Any = {"main.typ": page.encode(), "chart.svg": svg}  # its stubs do not know that files may be given like this
    try:
        made: Any = typst.compile(files, format=kind, ppi=dense, sys_inputs={"title": title or "–"})
    except Exception as fault:  # typst raises whatever its renderer meets
        raise NoPicture(str(fault)[:200]) from fault
    return bytes(made[0] if isinstance(made, list) else made)
