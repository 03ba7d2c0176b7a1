"""Markdown of descriptions as plain blocks for a page that is set, not shown in a browser: nothing in them is markup any more. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from markdown_it.tree import SyntaxTreeNode

from processes.markdown import PICTURE, parsed

Block = dict[str, Any]
SPANS: Final = {"strong": "b", "em": "i", "s": "s"}
LEADS: Final = ("http://", "https://", "mailto:")
RIGHT_TO_LEFT: Final = {"R", "AL"}
DEEPEST: Final = 6
CALLOUT: Final = "callout is-"


def blocks(text: str, *, below: int) -> list[Block]:
    """What the text says, block by block; its own headings stand below this level."""
    return [made for node in SyntaxTreeNode(parsed(text)).children for made in _block(node, below)]


def plain(text: str) -> list[Block]:
    """Text that is no Markdown, as the inside of a paragraph."""
    return [{"k": "t", "x": text}]


def heading(level: int, text: str) -> Block:
    """A heading of ours."""
    return {"t": "h", "l": level, "c": plain(text)}


def right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is Hebrew, Arabic or the like."""
    return next((kind in RIGHT_TO_LEFT for kind in map(unicodedata.bidirectional, text) if kind in {"L", *RIGHT_TO_LEFT}), False)


def in_order(found: Iterable[Block], last: int = 0) -> int:
    """Mends the levels of headings so that none is left out, as readers by ear need it; says the last one."""
    for block in found:
        if block["t"] in {"h", "step"}:
            last = block["l"] = min(block["l"], last + 1)
        last = in_order(block.get("blocks", ()), last)
        for item in block.get("items", ()):
            last = in_order(item, last)
    return last


def pictures(found: Iterable[Block]) -> set[str]:
    """The hashes of the pictures that these blocks show."""
    hashes: set[str] = set()
    for block in found:
        if block["t"] == "image":
            hashes.add(block["sha256"])
        hashes |= pictures(block.get("blocks", ()))
        for item in block.get("items", ()):
            hashes |= pictures(item)
    return hashes


def _block(node: SyntaxTreeNode, below: int) -> list[Block]:
    match node.type:
        case "heading":
            return [{"t": "h", "l": min(DEEPEST, below + int(node.tag[1])), "c": _inlines(node)}]
        case "paragraph":
            return _paragraph(node)
        case "bullet_list" | "ordered_list":
            items = [[made for inner in item.children for made in _block(inner, below)] for item in node.children]
            return [{"t": "list", "ordered": node.type == "ordered_list", "start": int(node.attrs.get("start", 1)), "items": items}]
        case "blockquote":
            kind = str(node.attrs.get("class", "")).removeprefix(CALLOUT)
            return [{"t": "quote", "kind": kind, "blocks": [made for inner in node.children for made in _block(inner, below)]}]
        case "table":
            return [_table(node)]
        case "hr":
            return [{"t": "rule"}]
        case _:  # code, fenced or indented: the parser lets no HTML through
            return [{"t": "code", "x": node.content.rstrip("\n")}]


def _paragraph(node: SyntaxTreeNode) -> list[Block]:
    """A paragraph; pictures in it stand by themselves, below its words."""
    inline = _inlines(node)
    shown = [{"t": "image", "sha256": one["sha256"], "alt": one["x"]} for one in inline if one["k"] == "picture"]
    words = [one for one in inline if one["k"] != "picture"]
    text = "".join(map(_words, words))
    return [*([{"t": "p", "c": words, "rtl": right_to_left(text)}] if text.strip() else []), *shown]


def _words(span: Mapping[str, Any]) -> str:
    return str(span["x"]) if "x" in span else "".join(map(_words, span.get("c", ())))


def _table(node: SyntaxTreeNode) -> Block:
    rows = [[_inlines(cell) for cell in row.children] for part in node.children for row in part.children]
    return {"t": "table", "head": rows[0], "rows": rows[1:], "widths": ["1fr"] * len(rows[0])}


def _inlines(node: SyntaxTreeNode) -> list[Block]:
    """The spans of a paragraph, heading or cell: each has exactly one inline child."""
    return [made for inline in node.children for child in inline.children for made in _span(child)]


def _span(node: SyntaxTreeNode) -> list[Block]:
    match node.type:
        case "strong" | "em" | "s":
            return [{"k": SPANS[node.type], "c": [made for child in node.children for made in _span(child)]}]
        case "link":
            inside = [made for child in node.children for made in _span(child) if made["k"] != "picture"]
            target = str(node.attrs.get("href", ""))
            return [{"k": "a", "to": target, "c": inside}] if target.lower().startswith(LEADS) and inside else inside
        case "image":
            source, words = str(node.attrs.get("src", "")), "".join(child.content for child in node.walk() if child.type == "text")
            own = PICTURE.fullmatch(source)
            return [{"k": "picture", "sha256": own[1], "x": words}] if own else plain(words or source)
        case "softbreak" | "hardbreak":
            return [{"k": "br"}]
        case "code_inline":
            return [{"k": "c", "x": node.content}]
        case _:
            return plain(node.content)
