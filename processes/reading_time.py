"""How long changed text takes to be read, from its words. Pure.

    minutes for one person = words that were added or removed ÷ 200, rounded up
    minutes for the company = minutes for one person × people

A Chinese, Japanese or Korean character counts as half a word: people read about 200 words, or 400 characters, in a minute.
"""

import re
from collections.abc import Iterable
from math import ceil
from typing import Final

from processes.comparison import Change

WORDS_A_MINUTE: Final = 200
CHARACTER: Final = 0.5
"""A CJK character, in words."""
CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
WORD: Final = re.compile(r"\w+")


def words(text: str) -> float:
    """Words of a text; a CJK character counts as half of one."""
    rest, characters = CJK.subn(" ", text)
    return len(WORD.findall(rest)) + characters * CHARACTER


def changed_words(changes: Iterable[Change]) -> float:
    """Words that these changes add or remove."""
    return sum(words(text) for change in changes for op, text in change.segments if op != "equal")


def minutes(count: float) -> int:
    """Whole minutes that one person needs for so many words: at least one where there is anything to read."""
    return ceil(count / WORDS_A_MINUTE)
