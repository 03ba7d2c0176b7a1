"""Folding of text for search: accents stripped, lower case, and CJK runs as single characters and pairs.

Neither database finds a Chinese word inside a sentence by itself, because there are no spaces: a run 来料检验 is stored as
来 料 检 验 来料 料检 检验, and asked for as its pairs.
"""

import re
import unicodedata
from typing import Final

CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
WORD: Final = re.compile(r"\w+")
WORDS_LIMIT: Final = 12


def fold(text: str) -> str:
    """Lower case without accents; wide and compatibility forms become plain ones."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def grams(text: str) -> str:
    """Text as it is stored for the index."""
    return CJK.sub(lambda run: " " + " ".join([*run[0], *_pairs(run[0])]) + " ", fold(text))


def query_words(text: str) -> list[str]:
    """The words that are asked for, folded like the stored text: letters and digits only, so that nothing is an operator."""
    asked = CJK.sub(lambda run: " " + " ".join(_pairs(run[0]) or [run[0]]) + " ", fold(text))
    return WORD.findall(asked)[:WORDS_LIMIT]


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)]
