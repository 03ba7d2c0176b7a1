"""Markdown of descriptions as safe HTML: no HTML of the author, no pictures, and links that lead where they seem to.

Two walls: the parser escapes HTML, and what it makes is cleaned by an allow-list, so that one fault opens nothing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

BLOCKS: Final = {"p", "br", "hr", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
TAGS: Final = BLOCKS | {"strong", "em", "s", "code", "a"}
STRUCTURE: Final = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "strong", "em", "br",
}  # fmt: skip
ATTRIBUTES: Final[Mapping[str, set[str]]] = {"a": {"href"}, "ol": {"start"}}
SCHEMES: Final = {"http", "https", "mailto"}
HEADINGS_BELOW: Final = 3
"""A description stands under a heading of level 3: its own begin at level 4."""
IGNORED_IN_ADDRESSES: Final = re.compile(r"[\x00-\x20\x7f]")


def render(text: str) -> SafeString:
    """Safe HTML of Markdown with tables. Whatever is typed, nothing in it runs."""
    html = nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes=dict(ATTRIBUTES),
        attribute_filter=_own_or_plain_address,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(html)


def document(text: str) -> SafeString:
    """Safe HTML of a whole Markdown document of ours: its headings stand as they are."""
    return mark_safe(nh3.clean(_whole.render(text), tags=STRUCTURE | TAGS, attributes={}))


def foreign(html: str) -> SafeString:
    """HTML of a document that came from elsewhere, to be looked at: its structure without any attribute."""
    return mark_safe(nh3.clean(html, tags=STRUCTURE, attributes={}))


def _own_or_plain_address(tag: str, attribute: str, value: str) -> str | None:
    r"""Drops `//host` and its disguises (`/\host`, a tab in between), which look like a page of ours and are none."""
    if attribute not in {*ATTRIBUTES.get(tag, ()), "rel"}:
        return None
    if attribute == "href" and IGNORED_IN_ADDRESSES.sub("", value).replace("\\", "/").startswith("//"):
        return None
    return value


def _heading(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return _heading_tag(tokens[index], HEADINGS_BELOW)


def _own_heading(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    """Our own headings as they are; those of a quoted text below them."""
    return _heading_tag(tokens[index], HEADINGS_BELOW if tokens[index].level else 0)


def _heading_tag(token: Token, below: int) -> str:
    level = min(6, int(token.tag[1]) + below)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


_parser: Final = _make_parser()
_whole: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image", "link"])
_whole.add_render_rule("heading_open", _own_heading)
_whole.add_render_rule("heading_close", _own_heading)
