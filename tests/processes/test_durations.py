"""Times as people write them."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from processes.durations import MOST, in_words, minutes_of

EXAMPLES = [
    ("2 h", 120),
    ("2h", 120),
    ("1.5 hours", 90),
    ("1,5 h", 90),
    ("3 days", 1440),
    ("3 working days", 1440),
    ("1 week", 2400),
    ("2 days 4 h 15 min", 1215),
    ("1 day, 30 min.", 510),
    ("45 Minutes", 45),
    ("0 min", 0),
    ("2 小时", 120),
    ("两个小时", 120),
    ("半天", 240),
    ("3天", 1440),
    ("3个工作日", 1440),
    ("1天2小时30分钟", 630),
    ("一周", 2400),
    ("", None),
    ("  ", None),
    ("2", None),
    ("soon", None),
    ("2 months", None),
    ("h", None),
    ("-2 h", None),
    ("2 h or so", None),
    ("9999999 weeks", None),
    ("1.2.3 h", None),
]
"""What is typed and what is understood; the editor's script is held to the same list."""


@pytest.mark.parametrize(("text", "minutes"), EXAMPLES)
def test_what_is_understood(text: str, minutes: int | None) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@given(minutes=st.integers(1, MOST))
def test_what_is_said_is_understood_again(language: str, minutes: int) -> None:
    with translation.override(language):
        assert minutes_of(in_words(minutes)) == minutes


@given(st.text(max_size=40))
def test_nothing_typed_breaks_it(text: str) -> None:
    found = minutes_of(text)
    assert found is None or 0 <= found <= MOST


def test_no_time_says_nothing() -> None:
    assert in_words(0) == ""
    assert in_words(481) == "1 day 1 min"
