"""Spans of days of one table that meet each other."""

import datetime as dt

from organization.tables.checking import Line
from organization.tables.steps import meeting
from tests.make import day


def rows(*spans: tuple[int, int | None]) -> list[tuple[Line, dt.date, dt.date | None]]:
    return [(Line(n), day(start), None if end is None else day(end)) for n, (start, end) in enumerate(spans, 2)]


def met(*spans: tuple[int, int | None]) -> list[tuple[int, int]]:
    return [(later.row, earlier.row) for later, earlier in meeting(rows(*spans))]


def test_spans_that_touch_do_not_meet() -> None:
    assert met((0, 5), (5, 9), (9, None)) == []


def test_a_span_within_a_longer_one_leaves_the_longer_one_to_be_met() -> None:
    assert met((0, 9), (2, 4), (6, 12)) == [(3, 2), (4, 2)]


def test_a_span_without_an_end_meets_everything_later() -> None:
    assert met((0, None), (2, 4), (6, None)) == [(3, 2), (4, 2)]
