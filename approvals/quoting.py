"""Places in a document that people talk about, and finding the words they quoted again in its next draft. Pure.

A place is "" (the whole), the key of a step, or "section:" and a name; a key is a name of XML and holds no colon. Words are
compared without case, punctuation and the signs of Markdown, so that a quote taken from the page is found in the source, and
stays found where only commas move. Of several occurrences the one nearest to where it stood is meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.definition import Definition

SECTION: Final = "section:"
SECTIONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "purpose": gettext_lazy("Purpose"),
        "scope": gettext_lazy("Scope"),
        "boundary": gettext_lazy("Boundary"),
        "roles": gettext_lazy("Roles"),
        "records": gettext_lazy("Records"),
        "references": gettext_lazy("References"),
        "notes": gettext_lazy("Notes"),
    }
)
LONGEST_QUOTE: Final = 600
SHOWN: Final = 48
"""Letters of a paragraph that a list of places shows."""
TARGETS: Final = re.compile(r"\]\([^)]*\)")
UNSPACED: Final = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts without spaces between words: there each sign is compared by itself."""
WORD: Final = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
EMPTY_LINES: Final = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: `value` is what a form sends ("", "s1", "section:scope#2"), `quote` the paragraph that it is about."""

    value: str
    label: str
    quote: str = ""


def exists(definition: Definition, anchor: str) -> bool:
    """Whether this document has the place."""
    return not anchor or anchor.removeprefix(SECTION) in SECTIONS or definition.step(anchor) is not None


def label(definition: Definition, anchor: str) -> str:
    """The place in words."""
    if not anchor:
        return _("The whole document")
    if anchor.startswith(SECTION):
        return str(SECTIONS.get(anchor.removeprefix(SECTION), anchor))
    step = definition.step(anchor)
    if step is None:
        return _("A step that is no longer there")
    return _("Step %(number)s: %(name)s") % {"number": definition.numbers()[anchor], "name": step.name}


def order(definition: Definition, anchor: str) -> int:
    """Where the place comes in reading order: the whole first, then sections, steps, and what follows them."""
    steps = definition.numbers()
    names = list(SECTIONS)
    ordered = ["", *(SECTION + name for name in names[:3]), *steps, *(SECTION + name for name in names[3:])]
    return ordered.index(anchor) if anchor in ordered else len(ordered)


def places(definition: Definition) -> Iterator[Place]:
    """Every place, and each paragraph of one that has several."""
    numbers = definition.numbers()
    anchors = ["", *(SECTION + name for name in ("purpose", "scope", "boundary")), *numbers]
    for anchor in [*anchors, *(SECTION + name for name in ("roles", "records", "references", "notes"))]:
        name = _("%(number)s. %(name)s") % {"number": numbers[anchor], "name": step.name} if (step := definition.step(anchor)) else ""
        name = name or label(definition, anchor)
        yield Place(anchor, name)
        several = paragraphs(definition, anchor)
        if len(several) > 1:
            for number, text in enumerate(several, start=1):
                words = {"place": name, "number": number, "begins": beginning(text)}
                yield Place(f"{anchor}#{number}", _("%(place)s, paragraph %(number)s: %(begins)s") % words, text[:LONGEST_QUOTE])


def paragraphs(definition: Definition, anchor: str) -> Sequence[str]:
    """The paragraphs of running text at this place."""
    step = definition.step(anchor)
    prose = step.description if step else getattr(definition, anchor.removeprefix(SECTION), "") if anchor.startswith(SECTION) else ""
    return [part.strip() for part in EMPTY_LINES.split(prose) if part.strip()] if isinstance(prose, str) else []


def text_at(definition: Definition, anchor: str) -> str:
    """Everything that is said at this place, in reading order; of the whole document too."""
    if step := definition.step(anchor):
        return _said(step)
    if anchor.startswith(SECTION):
        return _said(getattr(definition, anchor.removeprefix(SECTION), ""))
    return _said(definition)


def find(quote: str, at: int, text: str) -> int | None:
    """How many words of the text stand before the quoted ones, nearest to `at`; None where they are not there any more."""
    wanted, there = words(quote), words(text)
    if not wanted:
        return None
    length = len(wanted)
    starts = [n for n, word in enumerate(there) if word == wanted[0] and there[n : n + length] == wanted]
    return min(starts, key=lambda start: abs(start - at), default=None)


def words(text: str) -> list[str]:
    """The words of Markdown or plain text, without case."""
    return [found.casefold() for found in WORD.findall(TARGETS.sub("] ", text))]


def beginning(text: str) -> str:
    """The first words, to tell a paragraph by."""
    line = " ".join(TARGETS.sub("]", text).split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN].rstrip()}…"


def _said(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "\n".join(filter(None, map(_said, value)))
    if hasattr(value, "__dataclass_fields__"):
        return "\n".join(filter(None, (_said(getattr(value, one.name)) for one in fields(value) if one.name not in UNREAD)))  # type: ignore[arg-type]
    return ""


UNREAD: Final = frozenset({"key", "schema", "role", "accountable", "consulted", "informed", "shared", "to", "kind", "task_type"})
"""Keys and codes: nobody reads them, so nobody quotes them."""
