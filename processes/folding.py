"""Folding of text for search, the same for what is stored and for what is asked, so that both databases answer alike.

Accents stripped, lower case, English plurals cut, and CJK runs as single characters and pairs: no database finds a Chinese
word inside a sentence by itself, because there are no spaces. 来料检验 is stored as 来 料 检 验 来料 料检 检验 and asked for
as its pairs.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
WORD: Final = re.compile(r"[^\W_]+")
WORD_LENGTH: Final = 60
WORDS_ASKED: Final = 12
CHARACTERS_STORED: Final = 400_000
"""PostgreSQL refuses a tsvector above 1 MB."""


def fold(text: str) -> str:
    """Lower case without accents; wide and compatibility forms become plain ones."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def stored_words(texts: Iterable[str]) -> str:
    """The distinct words of the texts, folded and separated by blanks, in order of first use."""
    found = dict.fromkeys(word for text in texts for word in _words(text, _singles_and_pairs))
    kept = " ".join(found)
    return kept if len(kept) <= CHARACTERS_STORED else kept[:CHARACTERS_STORED].rpartition(" ")[0]


def asked_words(text: str) -> list[str]:
    """The words of a query: letters and digits only, so that nothing in it is an operator; at most twelve."""
    return list(dict.fromkeys(_words(text, _pairs_or_single)))[:WORDS_ASKED]


def _words(text: str, grams: Callable[[str], list[str]]) -> list[str]:
    spaced = CJK.sub(lambda run: f" {' '.join(grams(run[0]))} ", fold(text))
    return [_singular(word[:WORD_LENGTH]) for word in WORD.findall(spaced)]


def _singular(word: str) -> str:
    """`suppliers` and `supplier`, `deliveries` and `delivery` are one word."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _singles_and_pairs(run: str) -> list[str]:
    return [*run, *_pairs(run)]


def _pairs_or_single(run: str) -> list[str]:
    return _pairs(run) or [run]


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)]
