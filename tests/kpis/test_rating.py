"""The traffic light, months and quarters, and the drawing: without a database."""

import datetime as dt
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis import periods, series
from kpis.rating import limit_fits, rate
from kpis.series import Mark, Point, Words

D = Decimal
DAYS = st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 12, 31))
WORDS = Words("By month", "Target 5", "Limit 3")
HOSTILE = "<script>alert(1)</script>&\"'😀 مرحبا 采购"


# Rating


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [
        ("94.99", "red", "green"),
        ("95", "amber", "green"),
        ("95.01", "amber", "green"),
        ("97.99", "amber", "green"),
        ("98", "green", "green"),
        ("98.01", "green", "amber"),
        ("99", "green", "amber"),
        ("99.01", "green", "red"),
    ],
)
def test_the_table(value: str, up: str, down: str) -> None:
    assert rate(D(value), D(98), D(95), "up") == up
    assert rate(D(value), D(98), D(99), "down") == down


def test_without_a_gap_between_target_and_limit_nothing_is_amber() -> None:
    assert [rate(D(v), D(0), D(0), d) for d in ("up", "down") for v in (-1, 0, 1)] == ["red", "green", "green", "green", "green", "red"]


def test_the_limit_lies_on_the_worse_side_or_on_the_target() -> None:
    assert [limit_fits(D(98), D(limit), "up") for limit in (97, 98, 99)] == [True, True, False]
    assert [limit_fits(D(98), D(limit), "down") for limit in (97, 98, 99)] == [False, True, True]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4), st.decimals(-9, 9, places=4), st.decimals(-9, 9, places=4))
def test_down_is_up_seen_in_a_mirror(value: Decimal, target: Decimal, limit: Decimal) -> None:
    assert rate(value, target, limit, "down") == rate(-value, -target, -limit, "up")
    assert limit_fits(target, limit, "down") == limit_fits(-target, -limit, "up")


# Periods


def test_months_and_quarters() -> None:
    assert periods.months_before(dt.date(2026, 3, 31), 4) == [
        dt.date(2025, 11, 1),
        dt.date(2025, 12, 1),
        dt.date(2026, 1, 1),
        dt.date(2026, 2, 1),
    ]
    assert list(periods.months(dt.date(2025, 12, 31), dt.date(2026, 2, 1))) == [dt.date(2025, 12, 1), dt.date(2026, 1, 1)]
    assert list(periods.months(dt.date(2026, 2, 1), dt.date(2026, 2, 28))) == []
    assert [periods.quarter_of(dt.date(2026, m, 28)).month for m in range(1, 13)] == [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10]
    assert periods.last_quarter(dt.date(2026, 1, 1)) == dt.date(2025, 10, 1)
    assert [periods.quarter_number(dt.date(2026, m, 1)) for m in (1, 4, 7, 10)] == [1, 2, 3, 4]


@given(DAYS)
def test_a_day_lies_in_its_month_and_its_quarter(day: dt.date) -> None:
    first = periods.month_of(day)
    assert first <= day < periods.next_month(first)
    assert (periods.next_month(first) - first).days in {28, 29, 30, 31}
    quarter = periods.quarter_of(day)
    assert quarter <= first <= day < list(periods.months(quarter, quarter + dt.timedelta(days=100)))[-1] + dt.timedelta(days=32)
    assert periods.last_quarter(day) < quarter
    assert periods.months_before(day, 1) == [periods.month_of(first - dt.timedelta(days=1))]


# Drawing


def points(*months: int, value: str = "4", title: str = "t") -> list[Point]:
    return [Point(dt.date(2025 + m // 12, m % 12 + 1, 1), D(value) + m, "green", title) for m in months]


def drawn(given_points: list[Point], *marks: Mark, words: Words = WORDS, target: str = "5", limit: str = "3") -> ET.Element:
    return ET.fromstring(series.chart(given_points, D(target), D(limit), marks, words))


def texts(svg: ET.Element) -> list[str]:
    return [node.text or "" for node in svg.iter("text")]


def test_nothing_measured_is_no_picture() -> None:
    assert series.chart([], D(1), D(1), [], WORDS) == ""
    assert (series.sparkline([]), series.sparkline(points(1))) == ("", "")


def test_a_missing_month_leaves_a_gap() -> None:
    svg = drawn(points(0, 1, 3, 4))
    path = next(svg.iter("path")).get("d", "")
    assert [part[0] for part in path.replace("L", " L").replace("M", " M").split() if part[0] in "LM"] == ["M", "L", "M", "L"]
    assert len(list(svg.iter("circle"))) == 4
    assert [text for text in texts(svg) if text in {"01/25", "02", "03", "04", "05"}] == ["01/25", "02", "03", "04", "05"]


def test_a_year_is_named_in_its_january_and_at_the_beginning() -> None:
    assert [text for text in texts(drawn(points(10, 11, 12))) if "/" in text or text == "12"] == ["11/25", "12", "01/26"]


def test_target_limit_and_the_revisions_inside_the_span_are_shown() -> None:
    inside, before, after = (Mark(dt.date(2025, m, 9), f"Revision {m}") for m in (2, 1, 4))
    svg = drawn(points(1, 2), inside, before, after)
    assert [text for text in texts(svg) if text.startswith(("Rev", "Tar", "Lim"))] == ["Target 5", "Limit 3", "Revision 2"]
    assert {line.get("class") for line in svg.iter("line")} >= {"series-target", "series-limit"}


def test_hostile_names_stay_text() -> None:
    svg = drawn(points(0, 1, title=HOSTILE), Mark(dt.date(2025, 1, 9), HOSTILE), words=Words(HOSTILE, HOSTILE, HOSTILE))
    assert svg.get("aria-label") == HOSTILE
    assert texts(svg).count(HOSTILE) == 3
    assert {title.text for title in svg.iter("title")} == {HOSTILE}
    assert list(svg.iter("script")) == []
    bad = Point(dt.date(2025, 1, 1), D(1), '"><script>', "t")
    assert 'rating-"><' in next(ET.fromstring(series.sparkline([bad, bad])).iter("circle")).get("class", "")


@pytest.mark.parametrize(
    ("low", "ticks"), [("0.002", ["0.002", "0.004"]), ("0.2", ["0.2", "0.4"]), ("2", ["2", "4"]), ("2000", ["2000", "4000"])]
)
def test_lines_of_the_grid_are_told_apart(low: str, ticks: list[str]) -> None:
    high = str(D(low) * 2)
    given_points = [Point(dt.date(2025, 1, 1), D(low), "red", ""), Point(dt.date(2025, 2, 1), D(high), "green", "")]
    found = [text for text in texts(drawn(given_points, target=high, limit=low)) if text.replace(".", "").isdigit() and text != "02"]
    assert set(ticks) <= set(found)
    assert len(found) == len(set(found))


VALUES = st.decimals(min_value=-(10**10), max_value=10**10, places=4)


@given(st.lists(VALUES, min_size=1, max_size=24), VALUES, VALUES)
def test_every_picture_is_well_formed_and_inside_its_frame(values: list[Decimal], target: Decimal, limit: Decimal) -> None:
    given_points = [Point(month, v, "red", "t") for month, v in zip(periods.months_before(dt.date(2026, 3, 1), 24), values, strict=False)]
    svg = drawn(given_points, target=str(target), limit=str(limit))
    for dot in svg.iter("circle"):
        assert series.LEFT <= float(dot.get("cx", "")) <= series.WIDTH
        assert 0 <= float(dot.get("cy", "")) <= series.HEIGHT
    assert len([text for text in svg.iter("text") if text.get("text-anchor") == "end"]) <= 14
    if len(values) > 1:
        spark = ET.fromstring(series.sparkline(given_points))
        line = next(spark.iter("polyline")).get("points", "").split()
        assert len(line) == len(values)
        assert all(0 <= float(y) <= series.SPARK_HEIGHT for _x, y in (at.split(",") for at in line))


@given(st.floats(min_value=1e-4, max_value=1e11))
def test_a_step_is_one_two_or_five_and_divides_into_a_few(span: float) -> None:
    step = series.nice_step(span)
    assert f"{step:e}"[0] in "125"
    assert 1.5 <= span / step <= 4.0001
