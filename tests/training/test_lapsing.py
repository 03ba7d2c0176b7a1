"""Levels that are to be renewed: told in time, told when they lapsed, and what they opened passes to others."""

import datetime as dt

import pytest

from approvals import seating, workflow
from approvals.models import ApprovalCase, Seat
from organization import gate, levels
from organization.models import HeldLevel, Person
from tests import make
from tests.make import NOW, TODAY
from training.competence import lapsing
from training.models import Assessment
from worklist.models import Notice, OutboxEntry, WorkItem

pytestmark = pytest.mark.django_db


def held(person: Person, level: int, days: int) -> HeldLevel:
    """For so many days from today on, and what follows."""
    HeldLevel.objects.filter(person=person).delete()
    made = levels.hold(
        person, level, by=person, now=NOW, ground="assigned", reason="x", signature=None, until=TODAY + dt.timedelta(days=days)
    )
    assert made is not None
    return made


def told(days: int) -> list[tuple[str, str]]:
    """What a run so many days from today on newly tells, to whom."""
    before = set(Notice.objects.values_list("pk", flat=True))
    lapsing.tell(NOW + dt.timedelta(days=days))
    return list(Notice.objects.exclude(pk__in=before).order_by("pk").values_list("person__login", "subject"))


def test_the_person_and_the_superior_hear_it_60_30_and_7_days_before(cast: make.Cast) -> None:
    held(cast.approver, 3, 61)
    assert told(0) == []
    mine = ("approver", "Your level 3 is held until 3 May 2026: renew it in time")
    theirs = ("author", "Approver holds level 3 until 3 May 2026: it is to be renewed")
    assert told(1) == [mine, theirs]
    for silent in (1, 2, 30):
        assert told(silent) == []
    assert told(31) == [mine, theirs]
    assert told(55) == [mine, theirs]  # the day of the last step was missed by one
    assert told(60) == []
    assert Notice.objects.filter(person=cast.approver).last().url == "/competence/"  # type: ignore[union-attr]


def test_who_has_renewed_hears_nothing_more(cast: make.Cast) -> None:
    held(cast.approver, 3, 50)
    assert len(told(0)) == 2
    levels.hold(cast.approver, 3, by=cast.manager, now=NOW, ground="assessment", reason="x", signature=None)
    assert told(30) == told(60) == []


def test_a_lapse_is_told_with_what_it_opened_in_the_persons_language(cast: make.Cast) -> None:
    Person.objects.filter(pk=cast.author.pk).update(language="zh-hans")
    held(cast.approver, 3, 5)
    told(0)
    assert gate.level_of(cast.approver, make.day(5)) == 2
    first, second = told(5)
    assert first == ("approver", "Your level 3 was not renewed: since 9 Mar 2026 you hold level 2")
    assert second[0] == "author"
    assert "2026年3月9日" in second[1]
    body = Notice.objects.get(key__startswith="lapsed", person=cast.approver).body
    assert "Agree an interface for a department; Plan and run audits, raise findings; Approve department-level documents" in body
    assert told(5) == told(40) == []
    assert lapsing.tell(NOW + dt.timedelta(days=5)) == 0


def test_long_past_lapses_and_leavers_are_not_told(cast: make.Cast) -> None:
    held(cast.approver, 3, 5)
    assert told(80) == []
    cast.approver.held_levels.all().delete()
    held(cast.author, 2, 5)
    Person.objects.filter(pk=cast.author.pk).update(is_active=False)
    assert told(0) == told(6) == []


def test_somebody_without_a_position_has_no_superior(cast: make.Cast) -> None:
    held(make.person("loner"), 2, 5)
    assert [who for who, _said in told(0) + told(6)] == ["loner", "loner"]
    held(cast.boss, 5, 5)
    assert [who for who, _said in told(0)] == ["boss", "manager"]
    assert lapsing.superiors([], TODAY) == {}


def test_a_company_without_heads_has_no_superiors(db: None) -> None:
    alone = make.staff(make.department("X"), "alone", level=2)
    held(alone, 2, 5)
    assert [who for who, _said in told(0)] == ["alone"]


def test_what_waited_for_the_level_is_asked_of_somebody_else(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    draft = make.draft(process, by=cast.author)
    held(cast.approver, 3, 5)
    case = workflow.submit(draft, by=cast.author, now=NOW, summary="x")
    seat = Seat.objects.filter(stage__case=case).first()
    assert seat is not None
    assert seat.work_item is not None
    before = (seat.work_item.position, seat.work_item.person)
    later = NOW + dt.timedelta(days=5)
    OutboxEntry.objects.all().delete()
    lapsing.tell(later)
    assert OutboxEntry.objects.filter(task="approvals.tasks.reseat").exists()
    seating.reseat(later)
    seat.refresh_from_db()
    assert (seat.work_item.position, seat.work_item.person) != before
    assert ApprovalCase.objects.get().state == "open"
    assert WorkItem.objects.open().filter(kind="decide").count() == 1
    assert not Assessment.objects.exists()
