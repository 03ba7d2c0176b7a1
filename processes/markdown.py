"""Markdown of descriptions as safe HTML: no HTML of the author, no pictures but our own, and links that lead where they seem to.

Two walls: the parser escapes HTML, and what it makes is cleaned by an allow-list, so that one fault opens nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

Pictures = Callable[[str], str]

BLOCKS: Final = {"p", "br", "hr", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
TAGS: Final = BLOCKS | {"strong", "em", "s", "code", "a", "img"}
STRUCTURE: Final = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "strong", "em", "br",
}  # fmt: skip
ATTRIBUTES: Final[Mapping[str, set[str]]] = {"a": {"href"}, "ol": {"start"}, "img": {"src", "alt", "loading"}}
CALLOUTS: Final = {"NOTE": _("Note"), "WARNING": _("Warning"), "DANGER": _("Danger")}
"""What a quotation that begins with `[!WARNING]` is: the way of writing that other Markdown tools know."""
CALLOUT: Final = re.compile(rf"\[!({'|'.join(CALLOUTS)})\][^\S\n]*(?:\n|$)", re.IGNORECASE)
CLASSES: Final = {"blockquote": {"callout", *(f"is-{name.lower()}" for name in CALLOUTS)}}
PICTURE: Final = re.compile(r"picture:([0-9a-f]{64})")
"""How a text names a picture of the portal: by the hash of its bytes."""
OWN_PICTURE: Final = re.compile(r"(?!//)[^:\\]*\b[0-9a-f]{64}(?:/|\.webp)")
SCHEMES: Final = {"http", "https", "mailto"}
HEADINGS_BELOW: Final = 3
"""A description stands under a heading of level 3: its own begin at level 4."""
IGNORED_IN_ADDRESSES: Final = re.compile(r"[\x00-\x20\x7f]")


def render(text: str, pictures: Pictures | None = None) -> SafeString:
    """Safe HTML of Markdown with tables, callouts and pictures. Whatever is typed, nothing in it runs.

    `pictures` tells the address of a picture by its hash; without it a picture is its words.
    """
    html = nh3.clean(
        _parser.render(text, {"pictures": pictures}),
        tags=TAGS,
        attributes=dict(ATTRIBUTES),
        allowed_classes=CLASSES,
        attribute_filter=_own_or_plain_address,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(html)


def document(text: str, pictures: Pictures | None = None) -> SafeString:
    """Safe HTML of a whole Markdown document of ours: its headings stand as they are, links are their words."""
    html = nh3.clean(
        _whole.render(text, {"pictures": pictures}),
        tags=STRUCTURE | TAGS,
        attributes={"img": ATTRIBUTES["img"]},
        allowed_classes=CLASSES,
        attribute_filter=_own_or_plain_address,
    )
    return mark_safe(html)


def parsed(text: str) -> Sequence[Token]:
    """The same Markdown before it becomes HTML, callouts marked: for what is set on paper."""
    return _parser.parse(text, {"pictures": None})


def pictures_in(*texts: str) -> set[str]:
    """The hashes of the pictures that these texts name."""
    return {hashed for text in texts for hashed in PICTURE.findall(text)}


def foreign(html: str) -> SafeString:
    """HTML of a document that came from elsewhere, to be looked at: its structure without any attribute."""
    return mark_safe(nh3.clean(html, tags=STRUCTURE, attributes={}))


def with_pictures(text: str, pictures: Pictures) -> str:
    """The same Markdown with the addresses of its pictures in the place of their names."""
    return PICTURE.sub(lambda found: pictures(found[1]), text)


def _own_or_plain_address(tag: str, attribute: str, value: str) -> str | None:
    r"""Drops `//host` and its disguises (`/\host`, a tab in between), which look like a page of ours and are none."""
    if attribute == "class":
        return value  # the allow-list of classes has been there
    if attribute not in {*ATTRIBUTES.get(tag, ()), "rel"}:
        return None
    if attribute == "src":
        return value if OWN_PICTURE.fullmatch(value) else None
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


def _picture(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """One of our own pictures; any other is a link to it, so that no page of ours calls another house."""
    token = tokens[index]
    source, words = str(token.attrGet("src") or ""), escapeHtml(renderer.renderInlineAsText(token.children or [], options, env))
    own = PICTURE.fullmatch(source)
    if not own:
        return f'<a href="{escapeHtml(source)}">{words or escapeHtml(source)}</a>'
    if env["pictures"] is None:
        return f"[{words}]"
    return f'<img src="{escapeHtml(env["pictures"](own[1]))}" alt="{words}" loading="lazy">'


def _callouts(state: StateCore) -> None:
    """A quotation whose first line says what it is gets a class and a name in the reader's language."""
    for before, inline in zip(state.tokens, state.tokens[2:], strict=False):
        found = CALLOUT.match(inline.content) if before.type == "blockquote_open" and inline.type == "inline" else None
        if found:
            name = found[1].upper()
            before.attrSet("class", f"callout is-{name.lower()}")
            inline.content = f"**{CALLOUTS[name]}**\n{inline.content[found.end() :]}".rstrip()


def _make_parser(heading: Any, *, breaks: bool, without: Sequence[str] = ()) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).enable(["table", "strikethrough"]).disable(list(without))
    parser.core.ruler.after("block", "callouts", _callouts)
    for rule, render_rule in (("heading_open", heading), ("heading_close", heading), ("image", _picture)):
        parser.add_render_rule(rule, render_rule)
    return parser


_parser: Final = _make_parser(_heading, breaks=True)
_whole: Final = _make_parser(_own_heading, breaks=False, without=["link"])
