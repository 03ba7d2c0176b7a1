"""Submit, return, approve, cancel, discard: by the written table only, and dates that never overlap."""

import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from organization import calendar, workdays
from organization.models import CompanySettings
from organization.refusals import Refused, Stale
from processes import events, lifecycle, moving
from processes.canonical import parse, sha256
from processes.definition import Definition, Reference, RoleRef, SipocRow, Step
from processes.models import FrozenContent, Link, Move, Process, Revision, Role, SearchDocument
from tests import make

NOW = make.NOW
LATER = NOW + dt.timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def process(cast: make.Cast) -> Process:
    return make.process(cast.purchasing, created_by=cast.author)


@pytest.fixture
def draft(process: Process) -> Revision:
    return make.draft(process)


def in_review(process: Process, by: make.Person, content: Definition | None = None) -> Revision:
    revision = make.draft(process, content)
    lifecycle.submit(revision, by=by, now=NOW)
    return revision


def approved(process: Process, by: make.Person, *, now: dt.datetime = NOW, on: dt.date | None = None, minor: bool = False) -> Revision:
    return lifecycle.approve(in_review(process, by), by=by, now=now, effective_on=on, minor=minor)


# --- the table


def in_state(process: Process, state: str, by: make.Person) -> Revision:
    """A revision in this state; what is approved waits for its day, so that it can be cancelled."""
    match state:
        case "draft":
            return make.draft(process)
        case "in_review":
            return in_review(process, by)
        case "approved":
            return approved(process, by, on=make.day(30))
        case _:
            return lifecycle.discard_draft(make.draft(process), by=by, now=NOW)


def attempt(revision: Revision, name: str, by: make.Person) -> None:
    match name:
        case "submit":
            lifecycle.submit(revision, by=by, now=NOW)
        case "return" | "reject" | "recall":
            lifecycle.return_to_draft(revision, by=by, now=NOW, name=name, reason="so")
        case "approve":
            lifecycle.approve(revision, by=by, now=NOW)
        case "cancel":
            lifecycle.cancel(revision, by=by, now=NOW, reason="so")
        case "postpone" | "take_effect" | "remark":
            moving.move(revision, name, {}, by=by, now=NOW, reason="so")
        case _:
            lifecycle.discard_draft(revision, by=by, now=NOW)


NAMES = sorted({name for _state, name in moving.MOVES})


@pytest.mark.parametrize(("state", "name"), list(itertools.product(Revision.State.values, NAMES)))
def test_only_moves_of_the_table_happen(cast: make.Cast, process: Process, state: str, name: str) -> None:
    revision = in_state(process, state, cast.author)
    moves = Move.objects.count()
    if (state, name) in moving.MOVES:
        attempt(revision, name, cast.author)
        revision.refresh_from_db()
        assert revision.state == moving.MOVES[state, name]
        last = Move.objects.last()
        assert last is not None
        assert (last.name, last.from_state, last.to_state, last.by) == (name, state, revision.state, cast.author)
    else:
        with pytest.raises(Refused):
            attempt(revision, name, cast.author)
        assert Revision.objects.get(pk=revision.pk).state == state
        assert Move.objects.count() == moves


# --- submit


def test_submitting_freezes_the_content_under_the_present_metadata(cast: make.Cast, process: Process, draft: Revision) -> None:
    told = []
    events.submitted.connect(receiver := lambda revision, **_: told.append((revision.pk, revision.state)))
    frozen = lifecycle.submit(draft, by=cast.author, now=NOW)
    assert told == [(draft.pk, "in_review")]
    assert receiver
    kept = FrozenContent.objects.get()
    assert sha256(bytes(kept.content)) == kept.sha256 == frozen.sha256
    definition = parse(bytes(kept.content))
    assert (definition.number, definition.title) == (process.number, process.title)
    assert (draft.state, draft.version, draft.submitted_by, draft.submitted_at) == ("in_review", 2, cast.author, NOW)
    assert draft.moves.get().sha256 == frozen.sha256


def test_the_same_content_is_kept_once(cast: make.Cast, draft: Revision) -> None:
    first = lifecycle.submit(draft, by=cast.author, now=NOW)
    lifecycle.return_to_draft(draft, by=cast.approver, now=NOW, name="return", reason="Add the limit value.")
    assert lifecycle.submit(draft, by=cast.author, now=LATER) == first
    assert FrozenContent.objects.count() == 1


def test_without_the_level_or_the_department_nothing_is_submitted(cast: make.Cast, draft: Revision) -> None:
    with pytest.raises(Refused, match="needs Level 2"):
        lifecycle.submit(draft, by=cast.reader, now=NOW)
    make.hold(cast.stranger, 2)
    with pytest.raises(Refused, match="Only people of the department Purchasing"):
        lifecycle.submit(draft, by=cast.stranger, now=NOW)
    assert Revision.objects.get().state == "draft"


def test_what_was_edited_after_the_look_is_not_submitted(cast: make.Cast, draft: Revision) -> None:
    Revision.objects.update(version=7)
    with pytest.raises(Stale, match="in the meantime"):
        lifecycle.submit(draft, by=cast.author, now=NOW)


def test_submitting_writes_roles_ports_and_links(cast: make.Cast, process: Process) -> None:
    other = make.process(cast.stores, number="STO-001")
    company_wide = Role.objects.create(title="Quality inspector")
    content = Definition(
        roles=(
            RoleRef("a", " Buyer "),
            RoleRef("b", "quality INSPECTOR"),
            RoleRef("c", "Supplier", external=True),
            RoleRef("d", "buyer"),
            RoleRef("e", " "),
        ),
        sipoc=(SipocRow("p", supplier="Stores", input="Need", output="Order", customer="Supplier"), SipocRow("q", process="only this")),
        steps=(
            Step("s1", role="a", inputs=("Need", "Budget"), outputs=("Offer",)),
            Step("s2", role="d", link="STO-001"),
            Step("s3", role="c", link="XXX-999"),
            Step("s4", role="b"),
        ),
        references=(Reference("r1", target="STO-001"), Reference("r2", target="https://example.com/norm"), Reference("r3")),
    )
    revision = in_review(process, cast.author, content)
    buyer = Role.objects.get(title="Buyer")
    assert buyer.department == cast.purchasing
    assert set(revision.role_uses.values_list("role", "steps")) == {(buyer.pk, 2), (company_wide.pk, 1)}
    assert set(revision.ports.values_list("side", "name", "party")) == {
        ("input", "Need", "Stores"), ("input", "Budget", ""), ("output", "Order", "Supplier"), ("output", "Offer", ""),
    }  # fmt: skip
    assert sorted(revision.links.values_list("number", "target", "step"), key=str) == sorted(
        [("STO-001", other.pk, "s2"), ("XXX-999", None, "s3"), ("STO-001", other.pk, "")], key=str
    )
    lifecycle.return_to_draft(revision, by=cast.author, now=NOW, name="recall")
    lifecycle.submit(revision, by=cast.author, now=NOW)
    assert Link.objects.count() == 3


# --- approve


def test_the_first_approval_at_once(cast: make.Cast, process: Process) -> None:
    revision = approved(process, cast.author)
    assert (revision.label, revision.effective_from, revision.effective_until) == ("1.0", NOW, None)
    process.refresh_from_db()
    assert process.next_review_on == dt.date(2027, 3, 4)
    assert SearchDocument.objects.get().revision == revision
    assert list(Process.objects.in_force(NOW)) == [process]
    assert list(Process.objects.in_force(NOW - dt.timedelta(microseconds=1))) == []


def test_the_predecessor_ends_where_the_successor_begins(cast: make.Cast, process: Process) -> None:
    first = approved(process, cast.author)
    second = approved(process, cast.author, now=LATER, on=make.day(10), minor=True)
    third = approved(process, cast.author, now=LATER, on=make.day(20))
    assert [revision.label for revision in (first, second, third)] == ["1.0", "1.1", "2.0"]
    spans = list(Revision.objects.order_by("ordinal").values_list("effective_from", "effective_until"))
    assert spans == [
        (NOW, calendar.midnight(make.day(10))),
        (calendar.midnight(make.day(10)), calendar.midnight(make.day(20))),
        (calendar.midnight(make.day(20)), None),
    ]
    assert Process.objects.get().next_review_on == dt.date(2027, 3, 4), "moved by a verdict only"


def test_a_version_waiting_for_its_day_is_not_overtaken(cast: make.Cast, process: Process) -> None:
    approved(process, cast.author, on=make.day(30))
    revision = in_review(process, cast.author)
    for on in (None, make.day(10), make.day(30)):
        with pytest.raises(Refused, match=r"Version 1\.0 is already to take effect"):
            lifecycle.approve(revision, by=cast.author, now=NOW, effective_on=on)
    lifecycle.approve(revision, by=cast.author, now=NOW, effective_on=make.day(31))


def test_a_day_that_has_passed_is_refused_and_today_is_at_once(cast: make.Cast, process: Process) -> None:
    revision = in_review(process, cast.author)
    with pytest.raises(Refused, match="has passed"):
        lifecycle.approve(revision, by=cast.author, now=NOW, effective_on=make.day(-1))
    assert lifecycle.approve(revision, by=cast.author, now=NOW, effective_on=make.TODAY).effective_from == NOW


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("Europe/Berlin", dt.date(2026, 3, 29), dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)),
        ("Europe/Berlin", dt.date(2026, 3, 30), dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)),
        ("Asia/Shanghai", dt.date(2026, 3, 29), dt.datetime(2026, 3, 28, 16, tzinfo=dt.UTC)),
        # In Beirut the clock jumps over midnight itself: the day begins at what would have been 23:00.
        ("Asia/Beirut", dt.date(2026, 3, 29), dt.datetime(2026, 3, 28, 22, tzinfo=dt.UTC)),
    ],
)
def test_a_day_begins_at_the_companys_midnight(cast: make.Cast, process: Process, zone: str, day: dt.date, instant: dt.datetime) -> None:
    assert zone in zoneinfo.available_timezones()
    CompanySettings.objects.update_or_create(id=1, defaults={"time_zone": zone})
    calendar.forget()
    assert approved(process, cast.author, on=day).effective_from == instant


# --- cancel


def test_cancelling_gives_the_predecessor_its_open_end_back(cast: make.Cast, process: Process) -> None:
    first = approved(process, cast.author)
    second = approved(process, cast.author, now=LATER, on=make.day(10))
    lifecycle.cancel(second, by=cast.manager, now=LATER, reason="The supplier is not ready.")
    first.refresh_from_db()
    assert first.effective_until is None
    assert (second.state, second.label, second.effective_from, second.frozen) == ("draft", "", None, None)
    assert list(SearchDocument.objects.values_list("revision", flat=True)) == [first.pk]
    assert lifecycle.submit(second, by=cast.author, now=LATER) == second.frozen  # once more


def test_cancelling_in_the_middle_closes_the_gap(cast: make.Cast, process: Process) -> None:
    first = approved(process, cast.author)
    middle = approved(process, cast.author, on=make.day(10))
    last = approved(process, cast.author, on=make.day(20))
    middle.refresh_from_db()
    lifecycle.cancel(middle, by=cast.manager, now=LATER, reason="so")
    first.refresh_from_db()
    assert first.effective_until == last.effective_from


def test_what_is_in_force_is_not_cancelled(cast: make.Cast, process: Process) -> None:
    revision = approved(process, cast.author)
    with pytest.raises(Refused, match="already in force"):
        lifecycle.cancel(revision, by=cast.manager, now=NOW, reason="so")


def test_beside_a_newer_draft_nothing_is_cancelled(cast: make.Cast, process: Process) -> None:
    revision = approved(process, cast.author, on=make.day(10))
    make.draft(process)
    with pytest.raises(Refused, match="newer draft"):
        lifecycle.cancel(revision, by=cast.manager, now=NOW, reason="so")


# --- the swap itself


def test_even_without_the_lock_the_second_swap_fails(cast: make.Cast, draft: Revision) -> None:
    late = Revision.objects.get(pk=draft.pk)
    lifecycle.discard_draft(draft, by=cast.author, now=NOW)
    with pytest.raises(Stale, match="faster"):
        moving.move(late, "discard", {}, by=cast.author, now=NOW)


# --- discard


def test_a_process_that_was_never_approved_is_discarded_and_keeps_its_number(cast: make.Cast, process: Process, draft: Revision) -> None:
    lifecycle.discard_process(process, by=cast.author, now=NOW, reason="Not needed.")
    assert process.state == "discarded"
    assert Revision.objects.get().state == "discarded"
    assert list(Move.objects.values_list("name", "to_state", "reason")) == [("discard", "discarded", "Not needed.")] * 2
    with pytest.raises(Refused, match="no longer active"):
        lifecycle.submit(Revision.objects.get(), by=cast.author, now=NOW)
    with pytest.raises(Refused, match="in the state"):
        lifecycle.discard_process(process, by=cast.author, now=NOW)


def test_what_was_approved_or_is_in_review_is_not_discarded(cast: make.Cast, process: Process) -> None:
    revision = in_review(process, cast.author)
    with pytest.raises(Refused, match="only be withdrawn"):
        lifecycle.discard_process(process, by=cast.author, now=NOW)
    lifecycle.approve(revision, by=cast.author, now=NOW, effective_on=make.day(9))
    lifecycle.cancel(revision, by=cast.author, now=NOW, reason="so")
    with pytest.raises(Refused, match="only be withdrawn"):
        lifecycle.discard_process(process, by=cast.author, now=NOW)


def test_a_stranger_discards_nothing(cast: make.Cast, process: Process, draft: Revision) -> None:
    make.hold(cast.stranger, 2)
    with pytest.raises(Refused, match="invited contributors"):
        lifecycle.discard_draft(draft, by=cast.stranger, now=NOW)
    with pytest.raises(Refused, match="invited contributors"):
        lifecycle.discard_process(process, by=cast.stranger, now=NOW)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (dt.date(2026, 3, 4), 12, dt.date(2027, 3, 4)),
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
        (dt.date(2026, 12, 31), 2, dt.date(2027, 2, 28)),
        (dt.date(2026, 8, 31), 1, dt.date(2026, 9, 30)),
        (dt.date(2027, 12, 31), 2, dt.date(2028, 2, 29)),
    ],
)
def test_months_later(day: dt.date, months: int, expected: dt.date) -> None:
    assert workdays.add_months(day, months) == expected


# --- what is in force, against a simple model


class InForce(TestCase):
    """Random approvals and cancellations; the model is a list of (start, ordinal) in order of start."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.sampled_from(["approve", "approve", "cancel"]), st.integers(0, 40)), max_size=7))
    def test_at_most_one_revision_is_in_force_and_it_is_the_right_one(self, story: list[tuple[str, int]]) -> None:
        cast = make.cast()
        process = make.process(cast.purchasing, created_by=cast.author)
        waiting: list[tuple[dt.datetime, int]] = []
        for hour, (act, day) in enumerate(story):
            now = NOW + dt.timedelta(hours=hour)
            newest = process.revisions.filter(state="approved").order_by("effective_from").last()
            if act == "cancel" and newest is not None:
                self._cancel(newest, waiting, cast.author, now)
            elif act == "approve":
                self._approve(process, waiting, cast.author, now, day)
            self._compare(process, waiting)

    def _approve(self, process: Process, waiting: list[tuple[dt.datetime, int]], by: make.Person, now: dt.datetime, day: int) -> None:
        revision = process.revisions.open().first() or make.draft(process)
        if revision.state == "draft":
            lifecycle.submit(revision, by=by, now=now)
        try:
            lifecycle.approve(revision, by=by, now=now, effective_on=make.day(day))
        except Refused:
            assert any(start >= (now if day == 0 else calendar.midnight(make.day(day))) for start, _ordinal in waiting)
        else:
            waiting.append((now if day == 0 else calendar.midnight(make.day(day)), revision.ordinal))

    def _cancel(self, newest: Revision, waiting: list[tuple[dt.datetime, int]], by: make.Person, now: dt.datetime) -> None:
        try:
            lifecycle.cancel(newest, by=by, now=now, reason="so")
        except Refused:
            return
        waiting.remove(max(waiting))

    def _compare(self, process: Process, waiting: list[tuple[dt.datetime, int]]) -> None:
        borders = [start for start, _ordinal in waiting]
        for instant in {NOW, *borders, *(border - dt.timedelta(microseconds=1) for border in borders)}:
            expected = max(((start, ordinal) for start, ordinal in waiting if start <= instant), default=None)
            found = list(process.revisions.in_force(instant).values_list("ordinal", flat=True))
            assert found == ([expected[1]] if expected else [])
