"""Raises a work item for every ended month that is not measured yet, and takes back what is moot; an indicator cannot go silent."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from kpis.models import Indicator, Measurement, MeasurementDue
from kpis.periods import months, months_before
from organization.calendar import add_working_days, today
from processes.models import Process
from worklist.items import NewItem, raise_items, withdraw_many
from worklist.models import WorkItem

CATCH_UP_MONTHS = 12
WORKING_DAYS = 10
BATCH = 200


def raise_dues(now: dt.datetime) -> int:
    """For all indicators of active processes, in batches by key; safe to run twice. Returns how many items were raised."""
    _withdraw_moot(now)
    last, raised = 0, 0
    while True:
        batch = list(
            Indicator.objects.measured_on(today(now))
            .filter(pk__gt=last, process__state=Process.State.ACTIVE)
            .select_related("keeper")
            .order_by("pk")[:BATCH]
        )
        raised += _raise(batch, now)
        if len(batch) < BATCH:
            return raised
        last = batch[-1].pk


@transaction.atomic
def _withdraw_moot(now: dt.datetime) -> None:
    """Months that have a value all the same (entered at the very moment of asking, or taken over), and processes that ended."""
    month = Measurement.objects.current().filter(indicator=OuterRef("indicator"), period_start=OuterRef("period_start"))
    ended = ~Q(indicator__process__state=Process.State.ACTIVE)
    moot = MeasurementDue.objects.filter(Exists(month) | ended, work_item__closed_at__isnull=True)
    withdraw_many(list(moot.values_list("work_item", flat=True)), now=now)


@transaction.atomic
def _raise(indicators: list[Indicator], now: dt.datetime) -> int:
    """One batch in a fixed number of queries: what is neither measured nor asked for already."""
    day = today(now)
    since = months_before(day, CATCH_UP_MONTHS)[0]
    measured = set(Measurement.objects.current().filter(indicator__in=indicators).values_list("indicator", "period_start"))
    asked = set(MeasurementDue.objects.filter(indicator__in=indicators).values_list("indicator", "period_start"))
    known = measured | asked
    missing = [
        (indicator, month)
        for indicator in indicators
        for month in months(max(indicator.starts_on, since), day)
        if (indicator.pk, month) not in known
    ]
    items = raise_items([_item(indicator, month, day) for indicator, month in missing], now=now)
    dues = [
        MeasurementDue(indicator=indicator, period_start=month, work_item=item)
        for (indicator, month), item in zip(missing, items, strict=True)
    ]
    MeasurementDue.objects.bulk_create(dues, ignore_conflicts=True)
    return len(missing)


def _item(indicator: Indicator, month: dt.date, day: dt.date) -> NewItem:
    return NewItem(
        kind=WorkItem.Kind.MEASURE,
        subject=f"{indicator.name} · {month:%Y-%m}",
        url_name="kpis:indicator",
        url_args=[indicator.pk],
        position_id=indicator.keeper_id,
        due_on=add_working_days(day, WORKING_DAYS),
        source_key=f"measure:{indicator.pk}:{month:%Y-%m}",
    )
