"""The usual time of a kind is the median of the last half year, in working days."""

import datetime as dt
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.calendar import working_days_between
from tests.make import NOW, Cast
from worklist import items, usual
from worklist.models import UsualTime, WorkItem
from worklist.tasks import measure_usual_times


def done(cast: Cast, kind: str, days: int, *, ago: int = 0, outcome: str = "done") -> WorkItem:
    closed = NOW - dt.timedelta(days=ago)
    raised = closed - dt.timedelta(days=days)
    item = items.raise_item(
        kind=kind, subject="x", url_name="home", url_args=[], due_on=NOW.date(), source_key=f"{WorkItem.objects.count()}", now=raised,
        person=cast.reader,
    )  # fmt: skip
    items.settle(item, outcome=outcome, now=closed)
    return item


def test_the_median_of_what_was_done_lately(cast: Cast) -> None:
    for days in (0, 2, 7, 8, 30):
        done(cast, "act", days)
    done(cast, "act", 100, ago=usual.DAYS + 1)
    done(cast, "act", 90, outcome="moot")
    done(cast, "read", 1)
    UsualTime.objects.create(kind="agree", working_days=9, measured=9, computed_on=NOW.date())
    assert usual.measure(NOW) == 2
    assert list(UsualTime.objects.order_by("kind").values_list("kind", "working_days", "measured", "computed_on")) == [
        ("act", 5, 5, NOW.date()), ("read", 1, 1, NOW.date()),
    ]  # fmt: skip
    assert usual.measure(NOW) == 2


def test_what_lay_for_years_counts_as_the_longest(cast: Cast) -> None:
    done(cast, "act", 4000)
    usual.measure(NOW)
    start = NOW.date() - dt.timedelta(days=usual.DAYS + usual.LONGEST)
    assert UsualTime.objects.get().working_days == working_days_between(start, NOW.date())


def test_the_task_measures(cast: Cast) -> None:
    measure_usual_times()
    assert UsualTime.objects.count() == 0


@given(st.lists(st.integers(0, 30), min_size=1))
def test_the_lower_median_of_counted_values(values: list[int]) -> None:
    counted = {value: values.count(value) for value in values}
    assert usual.median(counted) == statistics.median_low(values)


def test_nothing_has_no_median() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        usual.median({})
