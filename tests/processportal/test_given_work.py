"""Whoever an item is given to may do it: the policies of the apps above ask the worklist by their own keys."""

import datetime as dt
from decimal import Decimal

import pytest

from kpis import dues, recording
from kpis.models import Indicator
from organization.models import Person, Position
from organization.refusals import Refused
from organization.scope import scope
from processes import policy, review
from tests import make
from tests.make import NOW, TODAY, Cast
from worklist.models import WorkItem


@pytest.fixture
def indicator(cast: Cast) -> Indicator:
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    keeper = Position.objects.get(title="Buyer")
    made = Indicator.objects.create(
        process=process, name="In time", unit="%", direction="up", target=Decimal(95), limit=Decimal(90), decimals=0, keeper=keeper,
        starts_on=dt.date(2026, 2, 1),
    )  # fmt: skip
    dues.raise_dues(NOW)
    return made


def given(to: Person, **which: object) -> None:
    assert WorkItem.objects.open().filter(**which).update(assigned_to=to) == 1


def test_measuring_and_answering_for_what_is_off_target(cast: Cast, indicator: Indicator) -> None:
    month = dt.date(2026, 2, 1)
    with pytest.raises(Refused):
        recording.record(indicator, month, Decimal(80), by=cast.stranger, now=NOW)
    given(cast.stranger, kind="measure")
    recording.record(indicator, month, Decimal(80), by=cast.stranger, now=NOW)
    with pytest.raises(Refused):  # done: the right ends with the item
        recording.correct(indicator.measurements.get(), Decimal(85), by=cast.stranger, now=NOW, reason="Typed wrongly.")
    breach = WorkItem.objects.get(kind="act")
    with pytest.raises(Refused):
        recording.answer_breach(breach, by=cast.stranger, now=NOW)
    given(cast.stranger, kind="act")
    recording.answer_breach(WorkItem.objects.get(pk=breach.pk), by=cast.stranger, now=NOW)
    assert not WorkItem.objects.open().exists()


def test_reviewing(cast: Cast) -> None:
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"), next_review_on=TODAY)
    make.effective(process)
    review.raise_reviews(NOW)
    view = scope(cast.stranger, TODAY)
    assert not policy.may_review(cast.stranger, process, view)
    given(cast.stranger, kind="review")
    assert policy.may_review(cast.stranger, process, view)
    assert not policy.may_change_metadata(cast.stranger, process, view)
    review.verdict(process, by=cast.stranger, now=NOW, verdict="keep", reason="It holds.", next_on=TODAY + dt.timedelta(days=365))
    assert not policy.may_review(cast.stranger, process, view)
