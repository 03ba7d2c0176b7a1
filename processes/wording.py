"""Two versions of a text: which words were added and removed, and how much that proposes to matter. Pure.

A difference that only touches blanks, signs or case is cosmetic; one that touches a number, a comparison sign or a rhythm
("weekly") is a changed limit or deadline and substantive; anything else clarifies. Another picture is substantive too: nobody
but a person can see whether it shows other limits.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import takewhile
from operator import eq
from typing import Final, Literal

WORDS_COMPARED: Final = 10_000
PAIRS_COMPARED: Final = 50_000
"""Equal pairs of words in two texts; beyond, the search for common runs would take seconds."""
PICTURE: Final = r"!\[[^\]\n]*\]\(picture:[0-9a-f]{64}\)"
"""A picture in a text: one word, which is another one where it shows something else."""
TOKEN: Final = re.compile(PICTURE + r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W_]+|\s+|.", re.DOTALL)
PARAGRAPH: Final = re.compile(r"[^\n]*\n|[^\n]+")
LIMITS: Final = re.compile(
    r"[-−]?\d+(?:[.,:/]\d+)*|[<>≤≥=±%‰]"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|half|double|twice|once|hourly|daily|weekly|monthly|quarterly|yearly|annually|immediately)\b"
    r"|[〇一二三四五六七八九十百千万两半]+(?=[天日周月季年个小时分秒元倍次名人份成])|立即|每[天日周月季年]",
    re.IGNORECASE,
)  # fmt: skip

Op = Literal["equal", "removed", "added"]
Segment = tuple[Op, str]


class Mark(IntEnum):
    """How much a change is proposed to matter; the higher one counts."""

    COSMETIC = 1
    CLARIFYING = 2
    SUBSTANTIVE = 3


def mark_of(old: str, new: str) -> Mark:
    """The mark that the difference of two texts proposes."""
    if _limits(old) != _limits(new) or _pictures(old) != _pictures(new):
        return Mark.SUBSTANTIVE
    return Mark.COSMETIC if _letters(old) == _letters(new) else Mark.CLARIFYING


def _pictures(text: str) -> list[str]:
    return [found.partition("](")[2] for found in re.findall(PICTURE, text)]


def segments(old: str, new: str) -> tuple[Segment, ...]:
    """Pieces in reading order: those not "added" make up the old text, those not "removed" the new one.

    CJK text is compared character by character. Above 10,000 words whole paragraphs are compared.
    """
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    if max(len(before), len(after)) > WORDS_COMPARED:
        before, after = PARAGRAPH.findall(old), PARAGRAPH.findall(new)
    head = _same_beginning(before, after)
    tail = _same_beginning(before[head:][::-1], after[head:][::-1])
    found: list[Segment] = []
    _add(found, "equal", before[:head])
    _middle(found, before[head : len(before) - tail], after[head : len(after) - tail])
    _add(found, "equal", before[len(before) - tail :])
    return tuple(found)


def whole(old: str, new: str) -> tuple[Segment, ...]:
    """The old text removed, the new one added."""
    found: list[Segment] = []
    _add(found, "removed", [old])
    _add(found, "added", [new])
    return tuple(found)


def _middle(found: list[Segment], before: Sequence[str], after: Sequence[str]) -> None:
    if not before or not after:
        _add(found, "removed", before)
        _add(found, "added", after)
        return
    if _equal_pairs(before, after) > PAIRS_COMPARED:
        _add(found, "removed", before)
        _add(found, "added", after)
        return
    # What occurs everywhere (blanks, commas) anchors nothing; this also keeps the search short.
    for name, a, b, c, d in SequenceMatcher(None, before, after, autojunk=True).get_opcodes():
        if name == "equal":
            _add(found, "equal", before[a:b])
        else:
            _add(found, "removed", before[a:b])
            _add(found, "added", after[c:d])


def _equal_pairs(before: Sequence[str], after: Sequence[str]) -> int:
    """How many pairs of equal words the search has to look at; words that anchor nothing (see difflib's `autojunk`) apart."""
    there = Counter(after)
    popular = len(after) // 100 + 1 if len(after) >= 200 else len(after)
    return sum(count * there[word] for word, count in Counter(before).items() if there[word] <= popular)


def _add(found: list[Segment], op: Op, tokens: Sequence[str]) -> None:
    text = "".join(tokens)
    if text:
        found.append((op, text))


def _same_beginning(before: Sequence[str], after: Sequence[str]) -> int:
    return sum(1 for _same in takewhile(bool, map(eq, before, after)))


def _limits(text: str) -> list[str]:
    return LIMITS.findall(unicodedata.normalize("NFKC", text).casefold())


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
