"""Reading time: 200 words or 400 Chinese characters in a minute, rounded up, of what was added or removed."""

import pytest

from processes.compare import compare
from processes.reading_time import changed_words, minutes, words
from tests import make


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("Ask two suppliers.", 3), ("来料检验", 2), ("Ask 供应商 twice", 3.5), ("… – !", 0)],
    ids=["none", "en", "zh", "both", "signs"],
)
def test_words(text: str, count: float) -> None:
    assert words(text) == count


@pytest.mark.parametrize(("count", "needed"), [(0, 0), (0.5, 1), (200, 1), (201, 2), (4000, 20)])
def test_minutes(count: float, needed: int) -> None:
    assert minutes(count) == needed


def test_only_what_was_added_or_removed_is_read() -> None:
    old = make.definition("Check the offer", "Sign")
    new = make.definition("Check the whole offer", "Sign")
    assert changed_words(compare(old, new).changes) == 1
    assert changed_words(compare(None, new).changes) > 10
    assert changed_words(()) == 0
