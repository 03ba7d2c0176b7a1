"""Values as they stood, corrections beside them, red that somebody has to look at, and months that cannot go silent."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpis import assessing, dues, policy, recording, tasks
from kpis.models import Indicator, Measurement, MeasurementDue, QuarterAssessment
from organization.calendar import company, is_working_day
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.models import Process
from tests import make
from tests.make import NOW, TODAY, day
from worklist.models import WorkItem
from worklist.plans import plan_of

JAN, FEB, MAR = (dt.date(2026, month, 1) for month in (1, 2, 3))
D = Decimal


@pytest.fixture
def owned(cast: make.Cast) -> Process:
    return make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))


def indicator(of: Process, *, keeper: str = "Buyer", name: str = "In time", since: dt.date = JAN) -> Indicator:
    """Higher is better: target 98, limit 95."""
    return Indicator.objects.create(
        process=of,
        name=name,
        unit="%",
        direction="up",
        target=D(98),
        limit=D(95),
        keeper=Position.objects.get(title=keeper),
        starts_on=since,
    )


@pytest.fixture
def kept(cast: make.Cast, owned: Process) -> Indicator:
    """Kept by the buyer (the reader), owned by the head of purchasing (the author)."""
    return indicator(owned)


def record(of: Indicator, by: Person, value: str = "99", month: dt.date = FEB) -> Measurement:
    return recording.record(of, month, D(value), by=by, now=NOW)


def owed(kind: str) -> list[tuple[str, str]]:
    items = WorkItem.objects.open().filter(kind=kind).order_by("pk")
    return [(item.subject, str(item.position.title)) for item in items]


# Defining


def define(of: Process, by: Person, **changes: object) -> Indicator:
    fields = {"name": "In time", "unit": "%", "direction": "up", "target": D(98), "limit": D(95), "decimals": 1, "starts_on": day(-40)}
    return recording.define(of, keeper=of.owner, by=by, now=NOW, **(fields | changes))


def test_only_the_company_process_manager_defines(cast: make.Cast, owned: Process) -> None:
    for who in (cast.author, cast.approver, cast.boss, cast.reader, cast.stranger, cast.admin):
        with pytest.raises(Refused, match="Only the company process manager does this"):
            define(owned, who)
    made = define(owned, cast.manager)
    assert (made.starts_on, made.target, made.keeper) == (dt.date(2026, 1, 1), D(98), owned.owner)
    with pytest.raises(Refused, match="an indicator of that name"):
        define(owned, cast.manager)
    with pytest.raises(Refused, match="worse side"):
        define(owned, cast.manager, name="Other", limit=D(99))
    assert Indicator.objects.count() == 1


def test_the_office_needs_its_level_too(cast: make.Cast, owned: Process) -> None:
    cast.manager.held_levels.update(held_until=TODAY)
    with pytest.raises(Refused, match="Level 5"):
        define(owned, cast.manager)
    with pytest.raises(Refused, match="Level 5"):
        assessing.assess(owned, JAN, rating="green", text="Good.", by=cast.manager, now=NOW)


# Recording


def test_a_value_keeps_target_limit_and_rating_as_they_stood(cast: make.Cast, kept: Indicator) -> None:
    made = record(kept, cast.reader, "96")
    kept.target, kept.limit = D(90), D(80)
    kept.save()
    made.refresh_from_db()
    assert (made.value, made.target, made.limit, made.rating, made.recorded_by, made.recorded_at, made.current) == (
        96, 98, 95, "amber", cast.reader, NOW, True
    )  # fmt: skip


@pytest.mark.parametrize("who", ["reader", "author", "manager"])
def test_keeper_owner_and_process_office_record(cast: make.Cast, kept: Indicator, who: str) -> None:
    assert record(kept, getattr(cast, who)).rating == "green"


@pytest.mark.parametrize("who", ["approver", "boss", "stranger", "admin"])
def test_nobody_else_records_or_corrects(cast: make.Cast, kept: Indicator, who: str) -> None:
    person = getattr(cast, who)
    with pytest.raises(Refused, match="Only Buyer"):
        record(kept, person)
    made = record(kept, cast.reader)
    with pytest.raises(Refused, match="Only Buyer"):
        recording.correct(made, D(1), by=person, now=NOW, reason="so")
    assert Measurement.objects.count() == 1


def test_a_substitute_of_the_keeper_records(cast: make.Cast, kept: Indicator) -> None:
    make.away(cast.reader, substitute=cast.stranger)
    assert record(kept, cast.stranger).recorded_by == cast.stranger


def test_the_month_must_have_ended_and_be_measured(cast: make.Cast, kept: Indicator) -> None:
    for month in (MAR, TODAY, dt.date(2026, 4, 1)):
        with pytest.raises(Refused, match="has not ended yet"):
            record(kept, cast.reader, month=month)
    with pytest.raises(Refused, match="measured from 2026-01 on"):
        record(kept, cast.reader, month=dt.date(2025, 12, 31))
    assert record(kept, cast.reader, month=dt.date(2026, 2, 28)).period_start == FEB


def test_a_double_click_is_one_value_and_a_second_value_is_stale(cast: make.Cast, kept: Indicator) -> None:
    first = record(kept, cast.reader)
    assert record(kept, cast.reader) == first
    for who, value in ((cast.reader, "98"), (cast.author, "99")):
        with pytest.raises(Stale, match="has a value already"):
            record(kept, who, value)
    assert Measurement.objects.count() == 1


# Correcting


def test_a_correction_keeps_the_old_row_and_rates_by_what_held_then(cast: make.Cast, kept: Indicator) -> None:
    wrong = record(kept, cast.reader, "9.9")
    kept.target, kept.limit = D(100), D(99)
    kept.save()
    right = recording.correct(wrong, D(99), by=cast.author, now=NOW, reason=" A digit was missing. ")
    wrong.refresh_from_db()
    assert (wrong.value, wrong.rating, wrong.current) == (D("9.9"), "red", False)
    assert (right.value, right.rating, right.target, right.corrects, right.comment) == (99, "green", 98, wrong, "A digit was missing.")
    assert list(Measurement.objects.current()) == [right]
    with pytest.raises(Stale, match="corrected this value already"):
        recording.correct(wrong, D(98), by=cast.author, now=NOW, reason="Again")
    with pytest.raises(Refused, match="Say why"):
        recording.correct(right, D(98), by=cast.author, now=NOW, reason="  ")
    assert Measurement.objects.count() == 2


# Off target


def test_red_raises_one_item_for_the_owner(cast: make.Cast, kept: Indicator) -> None:
    wrong = record(kept, cast.reader, "94.9999")
    record(kept, cast.reader, "95", JAN)
    recording.correct(wrong, D(90), by=cast.reader, now=NOW, reason="Worse.")
    assert owed("act") == [("In time · 2026-02", "Head of Purchasing")]
    item = WorkItem.objects.get(kind="act")
    assert (item.due_on, item.get_absolute_url()) == (day(14), f"/indicators/{kept.pk}/")


def test_a_mistyped_red_is_taken_back(cast: make.Cast, kept: Indicator) -> None:
    record(kept, cast.reader, "1", JAN)
    recording.correct(record(kept, cast.reader, "9.9"), D(99), by=cast.reader, now=NOW, reason="A digit.")
    assert owed("act") == [("In time · 2026-01", "Head of Purchasing")]


def test_the_owner_alone_says_that_it_is_dealt_with(cast: make.Cast, kept: Indicator) -> None:
    record(kept, cast.reader, "1")
    item = WorkItem.objects.get(kind="act")
    for who in (cast.reader, cast.manager, cast.stranger):
        with pytest.raises(Refused, match="Only the process owner"):
            recording.answer_breach(item, by=who, now=NOW)
    recording.answer_breach(item, by=cast.author, now=NOW)
    recording.answer_breach(item, by=cast.author, now=NOW)
    assert owed("act") == []


# Months that are due


def test_every_missing_month_is_asked_for_once(cast: make.Cast, owned: Process, kept: Indicator) -> None:
    record(kept, cast.reader, month=JAN)
    ended = indicator(owned, name="Given up")
    ended.ends_before = TODAY
    ended.save()
    gone = make.process(cast.purchasing, state="withdrawn")
    indicator(gone, name="Of a withdrawn process")
    indicator(owned, name="From next month", since=day(30))
    assert (dues.raise_dues(NOW), dues.raise_dues(NOW)) == (1, 0)
    assert owed("measure") == [("In time · 2026-02", "Buyer")]
    item = WorkItem.objects.get(kind="measure")
    assert (item.due_on, item.get_absolute_url(), MeasurementDue.objects.get().work_item) == (day(14), f"/indicators/{kept.pk}/", item)


def test_recording_settles_what_was_asked(cast: make.Cast, kept: Indicator) -> None:
    dues.raise_dues(NOW)
    record(kept, cast.author)
    assert owed("measure") == [("In time · 2026-01", "Buyer")]
    assert MeasurementDue.objects.get(period_start=FEB).work_item.outcome == "done"
    assert dues.raise_dues(NOW) == 0


def test_missed_runs_are_caught_up_for_a_year_and_no_more(cast: make.Cast, owned: Process) -> None:
    indicator(owned, since=make.LONG_AGO)
    assert dues.raise_dues(NOW) == 12
    assert dues.raise_dues(NOW + dt.timedelta(days=30)) == 1
    assert [subject[-7:] for subject, _keeper in owed("measure")][::12] == ["2025-03", "2026-03"]


def test_what_was_asked_for_a_month_that_has_a_value_is_taken_back(cast: make.Cast, kept: Indicator) -> None:
    dues.raise_dues(NOW)
    Measurement.objects.create(  # as one that was entered at the very moment of asking
        indicator=kept, period_start=FEB, value=1, target=1, limit=1, rating="green", recorded_by=cast.reader, recorded_at=NOW
    )
    dues.raise_dues(NOW)
    assert owed("measure") == [("In time · 2026-01", "Buyer")]
    process = kept.process
    process.state = Process.State.WITHDRAWN
    process.save()
    dues.raise_dues(NOW)
    assert owed("measure") == []


def test_asking_costs_the_same_for_one_indicator_and_for_five(cast: make.Cast, owned: Process) -> None:
    costs = []
    company(), plan_of("read"), is_working_day(make.TODAY)  # asked once a minute
    for names in ("A", "BCDEF"):
        for name in names:
            indicator(owned, name=name)
        with CaptureQueriesContext(connection) as queries:
            assert dues.raise_dues(NOW) == 2 * len(names)
        costs.append(len(queries))
    assert costs == [13, 13]


def test_many_indicators_are_asked_for_in_batches(owned: Process, cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dues, "BATCH", 2)
    for name in "ABCDE":
        indicator(owned, name=name)
    assert dues.raise_dues(NOW) == 10
    assert tasks.raise_dues() >= 0


# The quarter


def assess(of: Process, by: Person, quarter: dt.date = FEB, text: str = "Steady.") -> QuarterAssessment:
    return assessing.assess(of, quarter, rating="amber", text=text, by=by, now=NOW)


def test_the_company_process_manager_judges_a_quarter_once(cast: make.Cast, owned: Process) -> None:
    for who in (cast.author, cast.approver, cast.boss, cast.admin):
        with pytest.raises(Refused, match="Only the company process manager"):
            assess(owned, who)
    with pytest.raises(Refused, match="has not begun"):
        assess(owned, cast.manager, dt.date(2026, 4, 1))
    with pytest.raises(Refused, match="Say what"):
        assess(owned, cast.manager, text=" ")
    made = assess(owned, cast.manager)
    assert (made.quarter_start, made.position_title, made.text) == (JAN, "Company process manager", "Steady.")
    with pytest.raises(Stale, match="assessed already"):
        assess(owned, cast.manager, JAN)
    assert assess(make.process(cast.purchasing), cast.manager).quarter_start == JAN
    assert assess(owned, cast.manager, dt.date(2025, 12, 31)).quarter_start == dt.date(2025, 10, 1)
    assert QuarterAssessment.objects.count() == 3


def test_policy_says_why_not(cast: make.Cast, kept: Indicator) -> None:
    assert policy.may_record(kept, scope(cast.stranger, TODAY)).reason == "Only Buyer enters this indicator's values."
    assert policy.may_record(kept, scope(cast.reader, TODAY))
    assert policy.may_define(cast.manager, scope(cast.manager, TODAY))
    assert not policy.may_assess(cast.boss, scope(cast.boss, TODAY))
