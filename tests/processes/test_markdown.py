"""Descriptions: what Markdown can do, and what it must never do."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.markdown import ATTRIBUTES, CLASSES, TAGS, render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ask **three** suppliers.", "<p>Ask <strong>three</strong> suppliers.</p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("# Big\n## Small\n#### Tiny", "<h4>Big</h4><h5>Small</h5><h6>Tiny</h6>"),
        ("3. third", '<ol start="3"><li>third</li></ol>'),
        ("~~old~~ `code`", "<p><s>old</s> <code>code</code></p>"),
        (
            "| a | b |\n|--|--:|\n| 1 | 2 |",
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
        ("[form](/forms/7)", '<p><a href="/forms/7" rel="noopener noreferrer">form</a></p>'),
        ("[mail](mailto:a@example.com)", '<p><a href="mailto:a@example.com" rel="noopener noreferrer">mail</a></p>'),
        (
            "<https://example.com/a?b=1>",
            '<p><a href="https://example.com/a?b=1" rel="noopener noreferrer">https://example.com/a?b=1</a></p>',
        ),
        ("来料检验", "<p>来料检验</p>"),
    ],
)
def test_what_markdown_can_do(text: str, html: str) -> None:
    assert re.sub(r"\n", "", render(text)) == html


PROBES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](  javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](/%09/evil.example)",
    "[x](<//evil.example>)",
    "![x](https://evil.example/pixel.png)",
    '![x](x "onerror=alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    '```"><script>alert(1)</script>\n```',
    "| <script>alert(1)</script> |\n|--|\n| <b onclick=alert(1)>b</b> |",
    "<style>body{display:none}</style>",
    "<div style='position:fixed'>x</div>",
    "<form action='https://evil.example'><input name=password></form>",
    "<!--><script>alert(1)</script>-->",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    '[x](https://example.com "onmouseover=alert(1)")',
    "\u202e<script>\u0000alert(1)</script>",
]


class Wall(HTMLParser):
    """Fails on any tag, attribute or address beyond the allow-list."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES.get(tag, set()) | {"rel"}
            if name == "href":
                address = re.sub(r"[\x00-\x20]", "", value or "").replace("\\", "/").lower()
                assert not address.startswith("//")
                assert re.match(r"(https?:|mailto:|[^:]*$|[^:]*[/?#])", address), address


@pytest.mark.parametrize("probe", PROBES)
def test_probes_stay_text(probe: str) -> None:
    Wall().feed(render(probe))


@given(
    st.lists(st.sampled_from([*PROBES, "*", "**", "[", "](", ")", "<", ">", "`", "\n", "|", "#", "a", "://", "&#x6a;"]), max_size=12).map(
        "".join
    )
)
def test_no_mixture_of_probes_breaks_out(text: str) -> None:
    Wall().feed(render(text))


OWN = f"picture:{'a' * 64}"
PIECES = [
    f"![x]({OWN})",
    f"![x](//evil.example/{'a' * 64}/)",
    f'![x]({OWN} "onerror=x")',
    OWN,
    "![",
    "](",
    ")",
    "> [!WARNING]\n> ",
    "\n",
    *PROBES,
]


class Pictured(Wall):
    """The same where pictures and callouts are allowed: nothing but our own address and our own classes."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert re.fullmatch(r"/p/[0-9a-f]{64}/", given.pop("src", None) or f"/p/{'a' * 64}/")
        assert set((given.pop("class", None) or "").split()) <= CLASSES.get(tag, set())
        super().handle_starttag(tag, list(given.items()))


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_no_mixture_makes_a_picture_or_a_class_that_is_not_ours(text: str) -> None:
    Pictured().feed(render(text, lambda sha256: f"/p/{sha256}/"))


def test_there_are_no_pictures() -> None:
    assert "<img" not in render("![x](/logo.png)")
