"""A name for whoever holds the paper beside the screen: enough to compare, and nothing to whoever does not. Pure."""

import unicodedata
from typing import Final

HIDDEN: Final = "＊"


def masked(name: str) -> str:
    """`Lea Weber` → `L. W.`, `王小明` → `王＊＊`."""
    return " ".join(_masked(word) for word in unicodedata.normalize("NFC", name).split())


def _masked(word: str) -> str:
    first = word[0]
    return first + HIDDEN * (len(word) - 1) if unicodedata.east_asian_width(first) in "WF" else f"{first.upper()}."
