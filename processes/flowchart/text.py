"""How wide a text will be drawn, and where it breaks into lines.

Widths are those of Arial (and of Liberation Sans, which has the same metrics); East Asian characters are one em wide.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

# Advance widths of U+0020 … U+007E in thousandths of an em: the Helvetica AFM table, which Arial shares.
_ASCII: Final = (
    [278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278]
    + [556] * 10
    + [278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778]
    + [667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556]
    + [278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334]
    + [260, 334, 584]
)
_OTHER: Final = 0.6  # em, for scripts without a table: wide enough for Greek, Cyrillic and Arabic
_EMOJI: Final = 1.3  # em, as drawn by the common colour fonts
_ROOM: Final = 1.03  # browsers round glyph positions up
_JOINER: Final = "\u200d"
NO_START: Final = frozenset("、。，．・：；？！）」』】〕〉》”’ー々%)]},.!?:;…")
NO_END: Final = frozenset("（「『【〔〈《“‘([{")


def clean(text: str) -> str:
    """The text without what XML forbids, what nobody sees, and what turns the direction of the text around it."""
    return "".join(c for c in text if c in "\t\n" or _is_drawable(c))


@lru_cache(maxsize=4096)
def _is_drawable(c: str) -> bool:
    if unicodedata.category(c) in {"Cc", "Cs", "Co"} or ord(c) & 0xFFFE == 0xFFFE:
        return False
    return not ("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069")


@lru_cache(maxsize=4096)
def is_wide(c: str) -> bool:
    """Whether the character fills a whole em, so that a line may break beside it."""
    return unicodedata.east_asian_width(c) in "WF"


@lru_cache(maxsize=4096)
def _em(c: str) -> float:
    if " " <= c <= "~":
        return _ASCII[ord(c) - 32] / 1000
    category = unicodedata.category(c)
    if category in {"Mn", "Me", "Cf"}:
        return 0.0
    if is_wide(c):
        return _EMOJI if category == "So" else 1.0
    return _OTHER


def text_width(text: str, size: float) -> float:
    """The width in px of one line of text at a font size in px."""
    return sum(map(_em, text)) * size * _ROOM


def clusters(text: str) -> Iterator[str]:
    """The text in pieces that must not be torn apart: a letter with its marks, an emoji with what is joined to it."""
    cluster = ""
    for c in text:
        glued = unicodedata.category(c) in {"Mn", "Mc", "Me", "Cf"} or "\U0001f3fb" <= c <= "\U0001f3ff"
        if cluster and not glued and not cluster.endswith(_JOINER):
            yield cluster
            cluster = ""
        cluster += c
    if cluster:
        yield cluster


def wrap(text: str, width: float, size: float, max_lines: int) -> tuple[str, ...]:
    """At most `max_lines` lines of at most `width` px, evenly filled; "…" at the end if something was left out."""
    pieces = list(_pieces(clean(text)))
    lines = _filled(pieces, width, size, max_lines)
    if len(lines) > max_lines:
        return (*lines[: max_lines - 1], _shortened(lines[max_lines - 1], width, size))
    longest = max((text_width(piece, size) for piece, _ in pieces), default=0.0)
    even = max(longest, 1.08 * sum(text_width(line, size) for line in lines) / len(lines))
    evenly = _filled(pieces, min(even, width), size, max_lines)
    return tuple(evenly if len(evenly) == len(lines) else lines)


def _filled(pieces: Sequence[tuple[str, str]], width: float, size: float, max_lines: int) -> list[str]:
    """Lines filled one after the other; stops once there are too many."""
    lines = [""]
    gap = ""
    for piece, gap_after in pieces:
        line = lines[-1] + gap + piece if lines[-1] else piece
        lines[-1:] = [line] if not lines[-1] or text_width(line, size) <= width else [lines[-1], piece]
        lines[-1:] = _hard_breaks(lines[-1], width, size)
        gap = gap_after
        if len(lines) > max_lines:
            break
    return lines


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The pieces between which a line may break, each with the gap that follows when it does not."""
    for word in text.split():
        *parts, last = _parts(word)
        yield from ((part, "") for part in parts)
        yield last, " "


def _parts(word: str) -> Iterator[str]:
    part = ""
    for cluster in clusters(word):
        if part and _may_break(part[-1], cluster[0]):
            yield part
            part = ""
        part += cluster
    yield part


def _may_break(before: str, after: str) -> bool:
    if after in NO_START or before in NO_END or (before in "-/" and after.isdigit()):
        return False  # "PUR-014" stays together
    return is_wide(after) or is_wide(before) or before in "-/"


def _hard_breaks(line: str, width: float, size: float) -> list[str]:
    """The line cut wherever it is too wide, with a hyphen where letters are torn apart; at least one cluster a line."""
    lines = [""]
    if text_width(line, size) <= width:
        return [line]
    hyphen = text_width("-", size)
    for cluster in clusters(line):
        if lines[-1] and text_width(lines[-1] + cluster, size) + hyphen > width:
            lines[-1] += "" if is_wide(lines[-1][-1]) else "-"
            lines.append("")
        lines[-1] += cluster
    return lines


def _shortened(line: str, width: float, size: float) -> str:
    kept = list(clusters(line))
    while kept and text_width("".join(kept) + "…", size) > width:
        kept.pop()
    return "".join(kept) + "…"
