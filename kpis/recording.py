"""Defining indicators and recording values: each measurement keeps target, limit and rating as they stood; a correction is a new row."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kpis import policy
from kpis.models import Indicator, Measurement, MeasurementDue
from kpis.periods import month_of
from kpis.rating import RED, limit_fits, rate
from organization.calendar import add_working_days, today
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.models import Process
from worklist.items import raise_item, settle, withdraw_many
from worklist.models import WorkItem

WORKING_DAYS_TO_ACT = 10


def define(
    process: Process,
    *,
    name: str,
    unit: str,
    direction: str,
    target: Decimal,
    limit: Decimal,
    decimals: int,
    keeper: Position,
    starts_on: dt.date,
    by: Person,
    now: dt.datetime,
) -> Indicator:
    """A new indicator of the process. Raises Refused."""
    with transaction.atomic():
        answer = policy.may_define(by, scope(by, today(now)))
        if not answer:
            raise Refused(answer.reason)
        if not limit_fits(target, limit, direction):
            raise Refused(_("The limit must lie on the worse side of the target."))
        try:
            with transaction.atomic():
                return Indicator.objects.create(
                    process=process,
                    name=name,
                    unit=unit,
                    direction=direction,
                    target=target,
                    limit=limit,
                    decimals=decimals,
                    keeper=keeper,
                    starts_on=month_of(starts_on),
                )
        except IntegrityError as error:
            raise Refused(_("This process has an indicator of that name already.")) from error


def record(indicator: Indicator, month: dt.date, value: Decimal, *, by: Person, now: dt.datetime, comment: str = "") -> Measurement:
    """The value of a month that has ended. A second value for the month needs `correct`. Raises Refused or Stale."""
    month = month_of(month)
    with transaction.atomic():
        locked = _locked(indicator, by, now)
        if month >= month_of(today(now)):
            raise Refused(_("This month has not ended yet; enter its value from the first of next month."))
        if month < locked.starts_on:
            raise Refused(_("This indicator is measured from %(month)s on.") % {"month": f"{locked.starts_on:%Y-%m}"})
        known: Measurement | None = Measurement.objects.current().filter(indicator=locked, period_start=month).first()
        if known and known.value == value and known.recorded_by_id == by.pk:
            return known
        if known:
            raise Stale(_("This month has a value already. If it is wrong, correct it and say why."))
        made = _write(locked, month, value, by=by, now=now, comment=comment, corrects=None)
        _settle_due(locked, month, now)
    return made


def correct(measurement: Measurement, value: Decimal, *, by: Person, now: dt.datetime, reason: str) -> Measurement:
    """A new row in place of a wrong one, which stays on record. Raises Refused without a reason, Stale where it was corrected before.

    It is rated by the target and limit that held when the wrong one was entered.
    """
    if not reason.strip():
        raise Refused(_("Say why the value is corrected."))
    with transaction.atomic():
        locked = _locked(measurement.indicator, by, now)
        if not Measurement.objects.filter(pk=measurement.pk, current=True).update(current=False):
            raise Stale(_("Somebody has corrected this value already; look at the newest one."))
        return _write(locked, measurement.period_start, value, by=by, now=now, comment=reason.strip(), corrects=measurement)


def _locked(indicator: Indicator, by: Person, now: dt.datetime) -> Indicator:
    locked: Indicator = Indicator.objects.select_for_update(of=("self",)).select_related("process", "keeper").get(pk=indicator.pk)
    answer = policy.may_record(locked, scope(by, today(now)))
    if not answer:
        raise Refused(answer.reason)
    return locked


def _write(
    indicator: Indicator, month: dt.date, value: Decimal, *, by: Person, now: dt.datetime, comment: str, corrects: Measurement | None
) -> Measurement:
    aims = corrects or indicator
    rating = rate(value, aims.target, aims.limit, indicator.direction)
    made = Measurement.objects.create(
        indicator=indicator,
        period_start=month,
        value=value,
        target=aims.target,
        limit=aims.limit,
        rating=rating,
        comment=comment,
        recorded_by=by,
        recorded_at=now,
        corrects=corrects,
    )
    if rating == RED:
        _raise_breach(indicator, month, now)
    elif corrects:
        _withdraw_breach(indicator, month, now)
    return made


def _breach(indicator: Indicator, month: dt.date) -> str:
    return f"breach:{indicator.pk}:{month:%Y-%m}"


def _withdraw_breach(indicator: Indicator, month: dt.date, now: dt.datetime) -> None:
    """The value was only mistyped: there is nothing to look at."""
    mistaken = WorkItem.objects.filter(source_key=_breach(indicator, month))
    withdraw_many(list(mistaken.values_list("pk", flat=True)), now=now)


def _raise_breach(indicator: Indicator, month: dt.date, now: dt.datetime) -> None:
    """Off target: the owner has to look at the process."""
    raise_item(
        kind=WorkItem.Kind.ACT,
        subject=f"{indicator.name} · {month:%Y-%m}",
        url_name="kpis:indicator",
        url_args=[indicator.pk],
        position=indicator.process.owner,
        due_on=add_working_days(today(now), WORKING_DAYS_TO_ACT),
        source_key=_breach(indicator, month),
        now=now,
    )


def answer_breach(item: WorkItem, *, by: Person, now: dt.datetime) -> None:
    """The owner, or whoever was given it, has dealt with a value off target. Raises Refused for anybody else."""
    if item.position_id not in scope(by, today(now)).positions and item.assigned_to_id != by.pk:
        raise Refused(_("Only the process owner closes this."))
    settle(item, outcome=WorkItem.Outcome.DONE, now=now)


def _settle_due(indicator: Indicator, month: dt.date, now: dt.datetime) -> None:
    due = MeasurementDue.objects.select_related("work_item").filter(indicator=indicator, period_start=month).first()
    if due:
        settle(due.work_item, outcome=WorkItem.Outcome.DONE, now=now)
