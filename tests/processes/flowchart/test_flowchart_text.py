"""How texts are measured and broken into lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.flowchart.text import clean, clusters, text_width, wrap

FAMILY = "👩‍👩‍👧‍👦"


def test_a_short_text_is_one_line() -> None:
    assert wrap("Check offer", 140, 13, 5) == ("Check offer",)


def test_lines_are_filled_evenly() -> None:
    assert wrap("Receive the goods and check them", 140, 13, 5) == ("Receive the goods", "and check them")


def test_what_does_not_fit_is_left_out_visibly() -> None:
    lines = wrap("one two three four five six seven", 40, 13, 2)
    assert lines == ("one", "two…")


def test_a_last_line_that_is_full_makes_room_for_the_dots() -> None:
    assert wrap("Zahlungseingang Zahlungseingang", 90, 13, 1) == ("Zahlungseing…",)


def test_words_break_after_hyphens_but_numbers_of_processes_stay_together() -> None:
    assert wrap("Make-to-order", 60, 13, 5) == ("Make-to-", "order")
    assert wrap("See PUR-014", 60, 13, 5) == ("See", "PUR-014")


def test_a_word_without_end_is_cut_with_hyphens() -> None:
    lines = wrap("Donaudampfschifffahrt", 80, 13, 9)
    assert [line.endswith("-") for line in lines] == [True] * (len(lines) - 1) + [False]
    assert "".join(line.removesuffix("-") for line in lines) == "Donaudampfschifffahrt"


def test_chinese_breaks_anywhere_but_before_closing_and_after_opening_marks() -> None:
    assert wrap("检查报价，通知（经理）", 68, 13, 5) == ("检查报价，", "通知（经", "理）")


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00\x01"])
def test_nothing_is_one_empty_line(text: str) -> None:
    assert wrap(text, 100, 13, 3) == ("",)


def test_what_belongs_together_is_not_torn() -> None:
    assert list(clusters("")) == []
    assert list(clusters(f"e\u0301{FAMILY}👍🏽")) == ["e\u0301", FAMILY, "👍🏽"]
    assert wrap(FAMILY * 3, 30, 13, 3)[0] == FAMILY


def test_what_xml_forbids_and_what_turns_the_direction_is_removed() -> None:
    assert clean("a\x00b\x1bc\ud800d\ufffee\u202ef\u2066g\ue000\tz\n") == "abcdefg\tz\n"


@pytest.mark.parametrize(
    ("text", "width"),
    [("Check", 13 * 1.03 * 2.834), ("检查", 26 * 1.03), ("é", 13 * 1.03 * 0.6), ("e\u0301", 13 * 1.03 * 0.556), ("👍", 13 * 1.03 * 1.3)],
)
def test_widths(text: str, width: float) -> None:
    assert text_width(text, 13) == pytest.approx(width)


@given(st.text(max_size=120), st.integers(20, 200), st.integers(1, 5))
def test_no_line_is_wider_than_allowed(text: str, width: int, max_lines: int) -> None:
    lines = wrap(text, width, 13, max_lines)
    assert 1 <= len(lines) <= max_lines
    for line in lines:
        assert text_width(line, 13) <= width or len(list(clusters(line))) <= 2


@given(st.text(st.characters(categories=["L", "N", "Zs", "P"]), max_size=60))
def test_nothing_is_lost_when_there_is_room(text: str) -> None:
    lines = wrap(text, 80, 13, 100)
    assert "".join("".join(lines).split()).replace("-", "") == "".join(clean(text).split()).replace("-", "")
