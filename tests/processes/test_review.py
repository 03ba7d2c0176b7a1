"""Periodic review, and telling what has come into force; exceptions on one process."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group

from organization.models import Position
from organization.refusals import Refused
from organization.scope import scope
from processes import catalogue, events, grants, lifecycle, review, tasks
from processes.access import may_see
from processes.models import Process, Revision
from tests import make
from worklist.models import Notice, WorkItem

NOW = make.NOW
pytestmark = pytest.mark.django_db


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """In force, with a review due in ten days."""
    owner = Position.objects.get(department=cast.purchasing, kind="head")
    process = make.process(cast.purchasing, created_by=cast.author, owner=owner, next_review_on=make.day(10))
    make.effective(process)
    return process


def decide(process: Process, by: make.Person, verdict: str = "keep", reason: str = "Still right.", next_on: dt.date | None = None) -> None:
    review.verdict(process, by=by, now=NOW, verdict=verdict, reason=reason, next_on=next_on or make.day(365))  # type: ignore[arg-type]


# --- raising


def test_a_review_is_owed_by_the_owner_thirty_days_before(cast: make.Cast, process: Process) -> None:
    make.process(cast.purchasing, next_review_on=make.day(31))
    make.process(cast.purchasing)
    make.process(cast.purchasing, state="withdrawn", next_review_on=make.day(1))
    assert review.raise_reviews(NOW) == 1
    assert review.raise_reviews(NOW) == 1
    item = WorkItem.objects.get()
    assert (item.kind, item.position, item.due_on, item.source_key) == (
        "review",
        process.owner,
        make.day(10),
        f"review:{process.pk}:{make.day(10)}",
    )


def test_reviews_are_raised_in_batches(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        make.process(cast.purchasing, next_review_on=make.day(n))
    monkeypatch.setattr(review, "BATCH", 2)
    assert review.raise_reviews(NOW) == 5
    assert WorkItem.objects.count() == 5


# --- verdicts


def test_keeping_moves_the_date_and_settles_the_item(cast: make.Cast, process: Process) -> None:
    review.raise_reviews(NOW)
    decide(process, cast.author)
    assert process.next_review_on == make.day(365)
    assert WorkItem.objects.get().outcome == "done"
    move = process.moves.get()
    assert (move.name, move.reason, move.by, move.revision) == ("review_keep", "Still right.", cast.author, Revision.objects.get())
    assert move.sha256 == Revision.objects.get().frozen.sha256  # type: ignore[union-attr]


def test_revising_is_owed_until_a_new_version_is_approved(cast: make.Cast, process: Process) -> None:
    decide(process, cast.approver, "revise", "The limit is out of date.", make.day(60))
    item = WorkItem.objects.get()
    assert (item.kind, item.position, item.due_on, item.closed_at) == ("revise", process.owner, make.day(60), None)
    draft = make.draft(process)
    lifecycle.submit(draft, by=cast.author, now=NOW)
    lifecycle.approve(draft, by=cast.manager, now=NOW)
    assert WorkItem.objects.get().outcome == "done"
    assert Process.objects.get().next_review_on == make.day(60), "moved by a verdict only"


@pytest.mark.parametrize(
    ("said", "days", "sentence"),
    [(("burn", "so"), 9, "Choose"), (("keep", "  "), 9, "reasons"), (("keep", "so"), 0, "future"), (("withdraw", "so"), -1, "future")],
)
def test_an_incomplete_verdict_is_refused(cast: make.Cast, process: Process, said: tuple[str, str], days: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        decide(process, cast.author, *said, make.day(days))
    assert Process.objects.get().next_review_on == make.day(10)


def test_who_gives_a_verdict_and_on_what(cast: make.Cast, process: Process) -> None:
    for who in (cast.reader, cast.stranger, cast.admin):
        with pytest.raises(Refused, match="Only the owner"):
            decide(process, who)
    fresh = catalogue.create_process(
        title="New", document_type="sop", level="department", department=cast.purchasing, owner=process.owner, by=cast.author, now=NOW
    )
    with pytest.raises(Refused, match="not in force"):
        decide(fresh, cast.author)


# --- telling


def test_what_comes_into_force_on_its_day_is_told_once(cast: make.Cast, process: Process) -> None:
    told: list[int] = []
    events.in_force_changed.connect(receiver := lambda revision, **_: told.append(revision.ordinal))
    assert receiver
    draft = make.draft(process, by=cast.reader)
    lifecycle.submit(draft, by=cast.author, now=NOW)
    lifecycle.approve(draft, by=cast.manager, now=NOW, effective_on=make.day(2))
    review.tell_in_force(NOW)
    assert told == [1]
    assert Notice.objects.count() == 0, "the first version has been in force for long"
    later = NOW + dt.timedelta(days=2)
    assert (review.tell_in_force(later), review.tell_in_force(later)) == (1, 0)
    assert told == [1, 2]
    assert set(Notice.objects.values_list("person__login", flat=True)) == {"author", "reader"}
    assert "version 2.0 is in force" in Notice.objects.first().subject  # type: ignore[union-attr]
    assert not review._tell(draft.pk, later), "claimed already"


def test_what_takes_effect_at_once_is_told_at_once(cast: make.Cast, process: Process) -> None:
    Revision.objects.update(told_at=NOW)
    told: list[int] = []
    events.in_force_changed.connect(receiver := lambda revision, **_: told.append(revision.ordinal))
    assert receiver
    draft = make.draft(process)
    lifecycle.submit(draft, by=cast.author, now=NOW)
    lifecycle.approve(draft, by=cast.manager, now=NOW)
    assert told == [2]
    assert review.tell_in_force(NOW) == 0


def test_the_tasks_run(cast: make.Cast, process: Process) -> None:
    tasks.raise_reviews()
    tasks.tell_in_force()
    assert Revision.objects.get().told_at is not None


# --- exceptions


def test_an_exception_opens_a_restricted_process_to_a_person_or_group(cast: make.Cast, process: Process) -> None:
    Process.objects.update(confidentiality="positions")
    process.refresh_from_db()
    guests = Group.objects.create(name="Guests")
    cast.admin.groups.add(guests)
    for whom, person in ((cast.stranger, cast.stranger), (guests, cast.admin)):
        sight = scope(person, make.TODAY)
        assert not may_see(process, sight)
        grants.open_to(process, whom, by=cast.author, now=NOW)
        grants.open_to(process, whom, by=cast.author, now=NOW)
        assert may_see(process, sight)
        assert list(Process.objects.visible_to(sight)) == [process]
        grants.close_to(process, whom, by=cast.author, now=NOW)
        assert not may_see(process, sight)


def test_nobody_opens_a_process_for_himself(cast: make.Cast, process: Process) -> None:
    with pytest.raises(Refused, match="Only the owner"):
        grants.open_to(process, cast.stranger, by=cast.stranger, now=NOW)
