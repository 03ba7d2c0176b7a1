"""Approved and held back: no validity until the owner has signed; what is in force stays so; never two at once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from organization import calendar, workdays
from organization.models import Person, Position, Signature
from organization.refusals import Refused, Stale
from organization.signing import sign, verify_chain
from processes import calling_off, drafting, events, holding, lifecycle, review, tasks
from processes.holding import Hold, Read
from processes.models import EffectHold, Move, Process, Revision, SearchDocument
from processes.translation_work import to_translate
from tests import make
from tests.make import NOW, day
from worklist.items import give
from worklist.models import Notice, WorkItem

LATER = NOW + dt.timedelta(hours=2)
PLANNED = day(10)
pytestmark = pytest.mark.django_db


@pytest.fixture
def process(cast: make.Cast) -> Process:
    return make.process(cast.purchasing, created_by=cast.author, owner=Position.objects.get(title="Head of Purchasing"))


def submitted(process: Process, by: Person, *, now: dt.datetime = NOW) -> Revision:
    draft = process.revisions.open().first() or make.draft(process, by=by)
    lifecycle.submit(draft, by=by, now=now)
    return draft


def held(process: Process, by: Person, *, now: dt.datetime = NOW, on: dt.date = PLANNED, not_before: dt.date | None = None) -> Revision:
    return lifecycle.approve(submitted(process, by), by=by, now=now, hold=Hold(on, not_before, "tests"))


def in_force(process: Process, now: dt.datetime) -> list[int]:
    return list(process.revisions.in_force(now).values_list("ordinal", flat=True))


def fresh(revision: Revision) -> Revision:
    return Revision.objects.select_related("process", "frozen").get(pk=revision.pk)


# Held back


def test_what_is_held_back_has_a_planned_day_and_a_version_but_no_validity(cast: make.Cast, process: Process) -> None:
    first = make.effective(process)
    second = held(process, cast.author)
    assert (second.label, second.state, second.planned_on) == ("2.0", "approved", PLANNED)
    assert (second.effective_from, second.told_at) == (None, None)
    for moment in (NOW, calendar.midnight(PLANNED), calendar.midnight(day(400))):
        assert in_force(process, moment) == [first.ordinal]
    item = WorkItem.objects.open().get(kind="ready")
    assert (item.position, item.due_on, item.url_args) == (process.owner, PLANNED, [process.number, second.ordinal])
    process.refresh_from_db()
    assert process.next_review_on == workdays.add_months(PLANNED, 12)
    assert SearchDocument.objects.filter(revision=second).exists(), "found when it is in force, and not before"


def test_the_newest_text_is_the_one_held_back(cast: make.Cast, process: Process) -> None:
    first = make.effective(process)
    assert list(Revision.objects.newest()) == [first]
    second = held(process, cast.author)
    assert list(Revision.objects.newest()) == [second]
    assert to_translate(process) == second
    assert drafting.start_draft(process, by=cast.author, now=LATER).based_on == second


def test_the_database_knows_one_held_revision_and_one_open_hold_of_a_kind(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    with pytest.raises(IntegrityError), transaction.atomic():
        EffectHold.objects.create(revision=revision, source="x", planned_on=PLANNED, raised_by=cast.author, raised_at=NOW)
    other = make.effective(process)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=other.pk).update(effective_from=None)


def test_a_newer_version_is_not_approved_beside_it(cast: make.Cast, process: Process) -> None:
    held(process, cast.author)
    newer = submitted(process, cast.author)
    for hold in (None, Hold(day(20), None, "tests")):
        with pytest.raises(Refused, match=r"Version 1\.0 is approved and waits to take effect"):
            lifecycle.approve(newer, by=cast.author, now=LATER, hold=hold)
    assert fresh(newer).state == "in_review"


# Ready


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (LATER, calendar.midnight),
        (calendar.midnight, None),
        (lambda on: calendar.midnight(on) - dt.timedelta(microseconds=1), calendar.midnight),
        (lambda on: calendar.midnight(on) + dt.timedelta(days=3), None),
    ],
    ids=["before", "at-midnight", "just-before-midnight", "after"],
)
def test_ready_takes_effect_on_the_planned_day_or_at_once(cast: make.Cast, process: Process, now: object, start: object) -> None:
    moment = now(PLANNED) if callable(now) else LATER
    begins = start(PLANNED) if callable(start) else moment
    first, second = make.effective(process), held(process, cast.author)
    holding.ready(second, by=cast.author, now=moment, read=Read(4, 4))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.effective_from, second.effective_until, first.effective_until) == (begins, None, begins)
    assert in_force(process, begins - dt.timedelta(microseconds=1)) == [first.ordinal]
    assert in_force(process, begins) == [second.ordinal]
    hold = second.holds.get()
    assert (hold.how, hold.released_by, hold.people, hold.people_read) == ("ready", cast.author, 4, 4)
    assert hold.signature is not None
    assert (hold.signature.meaning, hold.signature.position, hold.signature.acting_for) == ("ready", process.owner, "")
    assert hold.signature.content_sha256 == second.frozen.sha256  # type: ignore[union-attr]
    assert not WorkItem.objects.open().filter(kind="ready").exists()
    assert Move.objects.get(revision=second, name="take_effect").from_state == "approved"
    assert list(verify_chain()) == []


def test_it_is_told_when_the_moment_has_come_and_once(cast: make.Cast, process: Process) -> None:
    told: list[int] = []
    events.in_force_changed.connect(receiver := lambda revision, **_: told.append(revision.pk))
    revision = held(process, cast.author)
    assert review.tell_in_force(NOW) == 0
    holding.ready(revision, by=cast.author, now=LATER, read=Read())
    assert (told, review.tell_in_force(LATER)) == ([], 0)
    midnight = calendar.midnight(PLANNED)
    assert (review.tell_in_force(midnight), review.tell_in_force(midnight), told) == (1, 0, [revision.pk])
    assert receiver


def test_ready_at_once_wakes_what_follows_what_is_in_force(cast: make.Cast, process: Process) -> None:
    told: list[int] = []
    events.in_force_changed.connect(receiver := lambda revision, **_: told.append(revision.pk))
    revision = held(process, cast.author)
    holding.ready(revision, by=cast.author, now=calendar.midnight(PLANNED), read=Read())
    assert told == [revision.pk]
    assert receiver


def test_where_not_everybody_has_read_it_a_reason_is_needed(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    with pytest.raises(Refused, match="Not everybody has read it"):
        holding.ready(revision, by=cast.author, now=LATER, read=Read(4, 3), reason="  ")
    holding.ready(revision, by=cast.author, now=LATER, read=Read(4, 3), reason="The fourth is on leave.")
    assert Signature.objects.get(meaning="ready").reason == "The fourth is on leave."


def test_only_the_owner_position_signs(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    for person in (cast.stranger, cast.reader, cast.approver, cast.manager):
        with pytest.raises(Refused, match="Only the owner position"):
            holding.ready(fresh(revision), by=person, now=LATER, read=Read())
        with pytest.raises(Refused, match="Only the owner position"):
            holding.postpone(fresh(revision), day(20), by=person, now=LATER, reason="so")
    make.away(cast.author, substitute=cast.reader)
    holding.ready(fresh(revision), by=cast.reader, now=LATER, read=Read())
    signature = Signature.objects.get(meaning="ready")
    assert (signature.position, signature.acting_for) == (process.owner, "for Head of Purchasing")


def test_whoever_was_given_this_signs_for_the_position(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    give(WorkItem.objects.get(kind="ready"), cast.reader, what="given", by=cast.author, reason="", now=NOW)
    holding.ready(fresh(revision), by=cast.reader, now=LATER, read=Read())
    assert Signature.objects.get(meaning="ready").acting_for == "for Head of Purchasing"


def test_a_version_that_waits_for_a_later_day_is_in_the_way(cast: make.Cast, process: Process) -> None:
    waits = lifecycle.approve(submitted(process, cast.author), by=cast.author, now=NOW, effective_on=day(30))
    revision = held(process, cast.author)
    with pytest.raises(Refused, match=rf"Version {waits.label} is already to take effect"):
        holding.ready(revision, by=cast.author, now=LATER, read=Read())
    revision = fresh(revision)
    holding.postpone(revision, day(31), by=cast.author, now=LATER, reason="After the other one.")
    holding.ready(revision, by=cast.author, now=LATER, read=Read())
    assert fresh(waits).effective_until == calendar.midnight(day(31))


def test_something_else_may_hold_it_back_besides(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    EffectHold.objects.create(revision=revision, kind="other", source="x", planned_on=PLANNED, raised_by=cast.author, raised_at=NOW)
    holding.ready(revision, by=cast.author, now=LATER, read=Read())
    assert fresh(revision).effective_from is None
    holding.postpone(fresh(revision), day(12), by=cast.author, now=LATER, reason="so")
    holding.ready(fresh(revision), by=cast.author, now=LATER, read=Read())
    assert fresh(revision).effective_from == calendar.midnight(day(12))


# A later day


def test_a_later_day_is_signed_and_told(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    revision.edits.create(version=2, client_key="k", operation="set", target="scope", before="", after="x", by=cast.reader, at=NOW)
    holding.postpone(revision, day(20), by=cast.author, now=LATER, reason="The tool arrives late.")
    assert (revision.planned_on, revision.holds.get().planned_on) == (day(20), day(20))
    assert WorkItem.objects.open().get(kind="ready").due_on == day(20)
    signature = Signature.objects.get(meaning="postponed")
    assert signature.reason == f"{PLANNED} → {day(20)}: The tool arrives late."
    assert [(n.person, n.body) for n in Notice.objects.filter(key__startswith="postponed")] == [(cast.reader, "The tool arrives late.")]
    assert Move.objects.get(name="postpone").reason == "The tool arrives late."
    assert in_force(process, calendar.midnight(day(15))) == []


@pytest.mark.parametrize(
    ("on", "reason", "said"), [(10, "so", "Choose a day after"), (3, "so", "Choose a day after"), (11, " ", "Write why")]
)
def test_a_day_that_is_not_later_or_has_no_reason_is_refused(cast: make.Cast, process: Process, on: int, reason: str, said: str) -> None:
    revision = held(process, cast.author)
    with pytest.raises(Refused, match=said):
        holding.postpone(revision, day(on), by=cast.author, now=LATER, reason=reason)


def test_after_the_planned_day_the_new_one_lies_in_the_future(cast: make.Cast, process: Process) -> None:
    revision, after = held(process, cast.author), calendar.midnight(day(15))
    with pytest.raises(Refused, match="Choose a day after"):
        holding.postpone(revision, day(15), by=cast.author, now=after, reason="so")
    holding.postpone(revision, day(16), by=cast.author, now=after, reason="so")


# Stale


def test_of_two_at_once_the_second_is_told(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    acts = [
        lambda seen: holding.ready(seen, by=cast.author, now=LATER, read=Read()),
        lambda seen: holding.postpone(seen, day(20), by=cast.author, now=LATER, reason="so"),
        lambda seen: calling_off.call_off(seen, by=cast.author, now=LATER, reason="so"),
    ]
    seen = [fresh(revision) for _act in acts]
    acts[0](seen[0])
    for act, page in zip(acts[1:], seen[1:], strict=True):
        with pytest.raises(Stale):
            act(page)
    for act in acts[:2]:
        with pytest.raises(Stale, match="Nothing holds this version back"):
            act(fresh(revision))
    assert Signature.objects.count() == 1


# Waived


@pytest.mark.parametrize("not_before", [None, day(5)], ids=["at-once", "on-its-day"])
def test_a_waiver_takes_the_training_away_and_nothing_else(cast: make.Cast, process: Process, not_before: dt.date | None) -> None:
    revision = held(process, cast.author, not_before=not_before)
    signature = sign(cast.boss, meaning="waived", subject="x", now=LATER)
    holding.waive(revision, signature, by=cast.boss, now=LATER, reason="A law changed.")
    assert revision.effective_from == (calendar.midnight(not_before) if not_before else LATER)
    assert revision.holds.get().how == "waived"


# The owner changes


def test_readiness_is_owed_by_the_owner_of_today(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    assert holding.follow_owners(NOW) == 1
    buyer = Position.objects.get(title="Buyer")
    Process.objects.update(owner=buyer)
    assert tasks.follow_owners() == 1
    item = WorkItem.objects.open().get(kind="ready")
    assert (item.position, WorkItem.objects.filter(kind="ready", outcome="moot").count()) == (buyer, 1)
    assert holding.follow_owners(NOW) == 1
    holding.ready(fresh(revision), by=cast.reader, now=LATER, read=Read())
    assert holding.follow_owners(LATER) == 0
    assert holding._follow_owner(revision.holds.get().pk, LATER) is False


# Cancelled


def test_cancelling_what_is_held_back_is_signed_and_told(cast: make.Cast, process: Process) -> None:
    first, second = make.effective(process), held(process, cast.author)
    sha256 = second.frozen.sha256  # type: ignore[union-attr]
    calling_off.call_off(second, by=cast.approver, now=LATER, reason="The supplier is gone.")
    assert (second.state, second.label, second.planned_on) == ("draft", "", None)
    assert (in_force(process, LATER), fresh(first).effective_until) == ([first.ordinal], None)
    assert (second.holds.get().how, WorkItem.objects.open().filter(kind="ready").count()) == ("cancelled", 0)
    signature = Signature.objects.get()
    assert (signature.meaning, signature.content_sha256, signature.position_title) == (
        "cancelled", sha256, "Process manager, Purchasing"
    )  # fmt: skip
    assert Notice.objects.get(person=cast.author).body == "The supplier is gone."
    again = held(process, cast.author)
    assert (again.pk, again.holds.open().count()) == (second.pk, 1)


def test_cancelling_before_its_day_gives_the_predecessor_back(cast: make.Cast, process: Process) -> None:
    first = make.effective(process)
    second = lifecycle.approve(submitted(process, cast.author), by=cast.author, now=NOW, effective_on=PLANNED)
    calling_off.call_off(second, by=cast.author, now=calendar.midnight(PLANNED) - dt.timedelta(microseconds=1), reason="so")
    assert fresh(first).effective_until is None
    assert Signature.objects.get().position == process.owner


def test_who_may_not_cancel_and_when_it_is_too_late(cast: make.Cast, process: Process) -> None:
    revision = held(process, cast.author)
    for person in (cast.stranger, cast.reader, cast.boss):
        with pytest.raises(Refused, match="cancel an approval"):
            calling_off.call_off(fresh(revision), by=person, now=LATER, reason="so")
    with pytest.raises(Refused, match="Write why"):
        calling_off.call_off(fresh(revision), by=cast.author, now=LATER, reason=" ")
    holding.ready(revision, by=cast.author, now=calendar.midnight(PLANNED), read=Read())
    with pytest.raises(Refused, match="already in force"):
        calling_off.call_off(fresh(revision), by=cast.author, now=calendar.midnight(PLANNED), reason="so")
    draft = make.draft(process)
    with pytest.raises(Stale, match="not approved any more"):
        calling_off.call_off(draft, by=cast.author, now=LATER, reason="so")
    assert not Signature.objects.filter(meaning="cancelled").exists()


# Whatever happens, at most one holds


class AtMostOne(TestCase):
    """Random approvals, holds, signatures, later days and cancellations, hours and days apart, against a plain list of starts."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.sampled_from(["approve", "hold", "ready", "postpone", "cancel"]), st.integers(0, 12)), max_size=9))
    def test_at_any_instant(self, story: list[tuple[str, int]]) -> None:
        self.cast = make.cast()
        process = make.process(self.cast.purchasing, created_by=self.cast.author, owner=Position.objects.get(title="Head of Purchasing"))
        self.starts: dict[int, dt.datetime] = {}
        now = NOW
        for act, days in story:
            now += dt.timedelta(hours=days * 7)
            try:
                with transaction.atomic():
                    self._act(process, act, days, now)
            except Refused:
                pass
            self._compare(process)

    def _act(self, process: Process, act: str, days: int, now: dt.datetime) -> None:
        by, day_ = self.cast.author, calendar.today(now) + dt.timedelta(days=days)
        held = process.revisions.held().first()
        if act in ("approve", "hold"):
            draft = process.revisions.open().first() or make.draft(process, by=by)
            if draft.state == "draft":
                lifecycle.submit(draft, by=by, now=now)
            if act == "hold":
                lifecycle.approve(draft, by=by, now=now, hold=Hold(day_, None, "tests"))
            else:
                lifecycle.approve(draft, by=by, now=now, effective_on=day_)
                self.starts[draft.pk] = now if days == 0 else calendar.midnight(day_)
        elif act == "cancel":
            newest = process.revisions.filter(state="approved").order_by("ordinal").last()
            if newest is not None:
                lifecycle.cancel(newest, by=by, now=now, reason="so")
                self.starts.pop(newest.pk, None)
        elif held is not None and act == "ready":
            planned = held.planned_on
            holding.ready(held, by=by, now=now, read=Read())
            assert planned is not None
            self.starts[held.pk] = calendar.midnight(planned) if planned > calendar.today(now) else now
        elif held is not None:
            holding.postpone(held, day_, by=by, now=now, reason="so")

    def _compare(self, process: Process) -> None:
        borders = set(self.starts.values())
        for instant in {NOW, *borders, *(border - dt.timedelta(microseconds=1) for border in borders)}:
            expected = max(((start, pk) for pk, start in self.starts.items() if start <= instant), default=None)
            found = list(process.revisions.in_force(instant).values_list("pk", flat=True))
            assert found == ([expected[1]] if expected else [])
        assert process.revisions.held().count() <= 1
