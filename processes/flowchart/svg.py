"""From Graphviz's SVG to the one on the page: only its shapes are kept; classes, ids, links, titles and texts are ours.

No colour, style or script is in the result: the page's CSS decides what a lane or a step looks like.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from processes.flowchart import measures as px
from processes.flowchart.boxes import Block, Box, label_block
from processes.flowchart.chart import Node
from processes.flowchart.engine import DrawingFailed
from processes.flowchart.glyphs import badge, glyph
from processes.flowchart.layout import Layout
from processes.flowchart.surroundings import Rect, stacked
from processes.flowchart.text import clean

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
# The shapes that Graphviz draws, and all that is taken over of each.
_KEPT: Final = {"path": ("d",), "polygon": ("points",), "polyline": ("points",), "ellipse": ("cx", "cy", "rx", "ry")}
MARKS: Final = frozenset({"added", "changed", "removed", "moved"})

Element = etree._Element
Shapes = Mapping[str, list[Element]]


def shapes_of(drawn: bytes) -> dict[str, list[Element]]:
    """The shapes of each group in Graphviz's output by the group's id. Raises DrawingFailed if it is not an SVG."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, huge_tree=True)
    try:
        root = etree.fromstring(drawn, parser)
    except etree.XMLSyntaxError as error:
        raise _garbage() from error
    groups = root.iter(f"{{{_NAMESPACE}}}g")
    return {str(group.get("id")): [kept for child in group if (kept := _kept(child)) is not None] for group in groups}


def _kept(child: Element) -> Element | None:
    name = etree.QName(child).localname
    if name not in _KEPT:
        return None
    return etree.Element(name, {key: str(child.get(key)) for key in _KEPT[name] if child.get(key)})


def _garbage() -> DrawingFailed:
    return DrawingFailed("garbage", "The drawing program returned something that is not the chart.")


class _Page:
    """Builds the SVG of one layout."""

    def __init__(self, layout: Layout, shapes: Shapes, marks: Mapping[str, str]) -> None:
        self._layout = layout
        self._chart = layout.chart
        self._shapes = shapes
        self._marks = marks

    def root(self, label: str) -> Element:
        width, height = f"{self._layout.width:g}", f"{self._layout.height:g}"
        root = etree.Element(
            "svg",
            {
                "xmlns": _NAMESPACE,
                "class": "flowchart",
                "viewBox": f"0 0 {width} {height}",
                "width": width,
                "height": height,
                "role": "group",  # not "img": that would hide the links inside from screen readers
                "aria-label": clean(label),
            },
        )
        for n in range(len(self._chart.lanes)):
            root.append(self._lane(n))
        for n in range(len(self._chart.edges)):
            root.append(self._edge(n))
        for n in range(len(self._chart.nodes)):
            root.append(self._node(n))
        return root

    def _lane(self, n: int) -> Element:
        lane = self._chart.lanes[n]
        head, title = self._layout.heads[n]
        names = ("lane", "lane-even" if n % 2 else "lane-odd", "lane-external" if lane.external else "")
        group = _group("g", *names, id=f"lane-{lane.key}")
        _title(group, lane.title)
        group.extend(self._drawn(f"lane{n}", "lane-body"))
        group.extend(self._drawn(f"head{n}", "lane-head"))
        group.extend(_lines("lane-title", title, head, px.LANE_FONT))
        return group

    def _edge(self, n: int) -> Element:
        edge, nodes = self._chart.edges[n], self._chart.nodes
        source, target = nodes[edge.source], nodes[edge.target]
        group = _group("g", "flow", "flow-message" if edge.message else "", self._mark(edge.mark_key), id=f"flow-{edge.key}")
        group.set("data-source", source.key)
        group.set("data-target", target.key)
        _title(group, f"{source.number} → {target.number}" + (f": {edge.label}" if edge.label else ""))
        line, *tip = self._drawn(f"edge{n}", "flow-line")
        for shape in tip:
            shape.set("class", "flow-tip")
        group.extend([line, *tip])
        for owner in (edge.source, edge.target):
            if n in self._layout.around[owner].labels:
                rect = self._layout.around[owner].labels[n].moved(*self._layout.middles[owner])
                group.extend(_lines("flow-label", label_block(edge.label), rect, px.LABEL_FONT))
                break
        return group

    def _node(self, n: int) -> Element:
        node, box, middle = (self._chart.nodes[n], self._layout.boxes[n], self._layout.middles[n])
        mark = self._mark(node.key)
        link = _group("a", "step", f"step-{node.kind}", mark, id=f"node-{node.key}")
        for name, value in (("href", f"#step-{node.key}"), ("data-step", node.key), ("tabindex", "0")):
            link.set(name, value)
        role = self._chart.lanes[node.lane].title
        _title(link, f"{node.number} {node.name}" + (f" ({role})" if role else ""))
        link.extend(self._drawn(f"node{n}", "step-shape"))
        link.extend(glyph(node.kind, node.trigger, middle, box.h))
        link.extend(self._texts(n, node, box))
        if mark:
            link.extend(badge(self._marks[node.key], (middle[0] + box.w / 2, middle[1] - box.h / 2), diamond=node.is_gateway))
        return link

    def _texts(self, n: int, node: Node, box: Box) -> Iterator[Element]:
        (x, y), around, number = (self._layout.middles[n], self._layout.around[n], str(node.number))
        if node.is_box:
            marker = px.MARKER if node.kind == "subprocess" else 0.0
            inside = Rect(x - box.w / 2, y - box.h / 2, box.w, box.h - marker)
            yield from _lines("step-text", Block(box.lines, 0, len(box.lines) * px.STEP_FONT * px.LINE), inside, px.STEP_FONT, number)
        if around.name:
            yield from _lines("step-name", box.name, around.name.moved(x, y), px.NAME_FONT, number)
        for k, rect in enumerate(stacked(box.docs, around.docs.moved(x, y)) if around.docs else []):
            doc = _group("g", "doc")
            doc.extend(self._drawn(f"doc{n}.{k}", "doc-shape"))
            doc.extend(_lines("doc-text", box.docs[k], rect, px.DOC_FONT))
            yield doc

    def _mark(self, key: str) -> str:
        mark = self._marks.get(key, "")
        return f"mark-{mark}" if mark else ""

    def _drawn(self, name: str, css: str) -> list[Element]:
        """What Graphviz drew for one of our shapes."""
        shapes = self._shapes.get(name)
        if not shapes:
            raise _garbage()
        for shape in shapes:
            shape.set("class", css)
        return shapes


def _group(tag: str, *classes: str, **attributes: str) -> Element:
    return etree.Element(tag, {"class": " ".join(filter(None, classes))} | attributes)


def _title(parent: Element, text: str) -> None:
    etree.SubElement(parent, "title").text = clean(text)


def _lines(css: str, text: Block | None, rect: Rect, size: float, number: str = "") -> Iterator[Element]:
    """One text element per line, so that lines of different direction do not mix, centred in the rectangle."""
    if text is None:
        return
    middle = (len(text.lines) - 1) / 2
    for n, line in enumerate(text.lines):
        # 0.36 em below the middle is the baseline of Latin and Chinese letters alike.
        y = rect.y + rect.h / 2 + (n - middle) * size * px.LINE + 0.36 * size
        element = _group("text", css, x=f"{rect.x + rect.w / 2:.2f}", y=f"{y:.2f}")
        element.set("font-size", f"{size:g}")
        element.set("text-anchor", "middle")
        _write(element, line, number if n == 0 else "")
        yield element


def _write(element: Element, line: str, number: str) -> None:
    """The line, its number set apart where it begins with one."""
    if number and line.startswith(number):
        part = etree.SubElement(element, "tspan", {"class": "step-number"})
        part.text, part.tail = number, line.removeprefix(number)
    else:
        element.text = line


def page(layout: Layout, drawn: bytes, marks: Mapping[str, str], label: str) -> str:
    """The SVG for the page, without prolog. Raises DrawingFailed if Graphviz did not draw all of the layout."""
    root = _Page(layout, shapes_of(drawn), marks).root(label)
    return etree.tostring(root, encoding="unicode")
