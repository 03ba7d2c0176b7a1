"""Sentences one after another, as each language writes them."""

from collections.abc import Iterable
from functools import reduce

from django.utils.translation import pgettext


def in_a_row(sentences: Iterable[str]) -> str:
    """One paragraph: English puts a space between sentences, Chinese nothing. Empty ones are left out."""
    return reduce(_after, (str(sentence) for sentence in sentences if sentence), "")


def listed(words: Iterable[object]) -> str:
    """Equal words one after another: English puts commas between them, Chinese its own."""
    return pgettext("between items of a list", ", ").join(map(str, words))


def _after(first: str, second: str) -> str:
    return pgettext("two sentences", "%(first)s %(second)s") % {"first": first, "second": second} if first else second
