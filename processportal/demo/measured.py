"""Indicators of the demo company: months of values, red and green, and the process manager's assessments."""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal

from kpis import assessing, recording
from kpis.models import Indicator
from kpis.periods import last_quarter, months_before, next_month, quarter_of
from organization.calendar import midnight, today
from organization.models import Person
from processes.models import Process
from processportal.demo.content import DemoCompany, IndicatorData
from processportal.demo.lives import Life
from processportal.demo.staff import Staff
from worklist.models import WorkItem

MEASURED_AFTER = dt.timedelta(days=5)
SETTLED_AFTER = dt.timedelta(days=60)


def play(company: DemoCompany, staff: Staff, lives: Sequence[Life], now: dt.datetime) -> None:
    """Define every indicator at its first month and enter each month in the next one."""
    processes = {life.data.slug: life.process for life in lives}
    for data in company.indicators:
        process = processes[data.process]
        if process is not None:
            indicator = _define(data, process, company, staff, now)
            _measure(indicator, data, company, staff, now)
    for data in company.indicators:
        process = processes[data.process]
        if process is not None:
            _assess(data, process, company, staff, now)


def _define(data: IndicatorData, process: Process, company: DemoCompany, staff: Staff, now: dt.datetime) -> Indicator:
    months = months_before(today(now), len(data.values))
    return recording.define(
        process,
        name=data.name,
        unit=data.unit,
        direction=data.direction,
        target=Decimal(data.target),
        limit=Decimal(data.limit),
        decimals=data.decimals,
        keeper=process.owner,
        starts_on=months[0],
        by=staff.holder(company, "mgt-cpm"),
        now=midnight(months[0]),
    )


def _measure(indicator: Indicator, data: IndicatorData, company: DemoCompany, staff: Staff, now: dt.datetime) -> None:
    owner = next(position for position, made in staff.positions.items() if made.pk == indicator.keeper_id)
    for month, value in zip(months_before(today(now), len(data.values)), data.values, strict=True):
        entered = midnight(next_month(month)) + MEASURED_AFTER
        if value is not None and not math.isnan(value) and entered <= now:
            holder = staff.holder(company, owner)
            recording.record(indicator, month, Decimal(str(value)), by=holder, now=entered)
            if now - entered > SETTLED_AFTER:
                _deal_with_breach(indicator, month, holder, entered + dt.timedelta(days=9))


def _deal_with_breach(indicator: Indicator, month: dt.date, holder: Person, at: dt.datetime) -> None:
    """What was off target some months ago has been looked at."""
    for item in WorkItem.objects.open().filter(source_key=f"breach:{indicator.pk}:{month:%Y-%m}"):
        recording.answer_breach(item, by=holder, now=at)


def _assess(data: IndicatorData, process: Process, company: DemoCompany, staff: Staff, now: dt.datetime) -> None:
    for ago, rating, text in data.assessments:
        quarter = quarter_of(today(now))
        for _step in range(ago):
            quarter = last_quarter(quarter)
        if not process.assessments.filter(quarter_start=quarter).exists():
            assessing.assess(
                process,
                quarter,
                rating=rating,
                text=text,
                by=staff.holder(company, "mgt-cpm"),
                now=min(now, midnight(quarter) + dt.timedelta(days=95)),
            )
