"""Readings are handed out to exactly the audience: who joins owes, who leaves does not, and running twice changes nothing."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from approvals import workflow
from approvals.models import Seat
from organization import people
from organization.calendar import company, is_working_day
from organization.models import Appointment, Person, Position
from organization.refusals import Refused
from organization.scope import scope
from organization.signing import sign
from processes import lifecycle
from processes.models import Participation, Process, Revision
from tests import make
from tests.make import NOW, TODAY, day
from training import assignments, audiences, receivers, tasks
from training.models import AudienceRule, HandOut, Reading
from worklist.models import OutboxEntry, WorkItem
from worklist.plans import plan_of

LATER = NOW + dt.timedelta(days=1)


def owing(revision: Revision) -> set[str]:
    """Logins of those who owe this revision, as readings and as work items alike."""
    readings = set(Reading.objects.owed().filter(revision=revision).values_list("person__login", flat=True))
    items = set(WorkItem.objects.open().filter(kind="read", reading__revision=revision).values_list("person__login", flat=True))
    assert readings == items
    return readings


def leaves(who: Person) -> None:
    """The person gives up all positions."""
    Appointment.objects.filter(person=who).update(ends_before=TODAY)


@pytest.fixture
def revision(cast: make.Cast) -> Revision:
    """In force in purchasing; stores has nothing to do with it."""
    return make.effective(make.process(cast.purchasing))


def test_exactly_the_home_department_owes_and_what_lies_below_it(cast: make.Cast, revision: Revision) -> None:
    team = make.department("BUY", parent=cast.purchasing)
    make.staff(team, "buyer")
    assert assignments.hand_out(revision, NOW) == 4
    assert owing(revision) == {"author", "approver", "reader", "buyer"}
    item = Reading.objects.get(person=cast.reader).work_item
    assert (item.subject, item.get_absolute_url(), item.due_on) == (
        f"{revision.process.number} Purchase to pay",
        f"/processes/{revision.process.number}/revisions/1/",
        day(14),
    )


def test_participating_departments_owe_too_and_exclusion_wins(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, participating=[cast.stores])
    revision = make.effective(process)
    assignments.hand_out(revision, NOW)
    assert owing(revision) == {"author", "approver", "reader", "storekeeper", "stranger"}
    make.appoint(cast.reader, Position.objects.get(title="Storeman"))
    audiences.add_rule(process, Position.objects.get(title="Storeman"), by=cast.author, now=NOW, excludes=True)
    assignments.hand_out(revision, NOW)
    assert owing(revision) == {"author", "approver", "storekeeper"}


def test_people_who_left_the_company_or_have_no_access_owe_nothing(cast: make.Cast, revision: Revision) -> None:
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    Person.objects.filter(pk=cast.approver.pk).update(access_until=day(-1))
    assignments.hand_out(revision, NOW)
    assert owing(revision) == {"author"}


def test_who_signed_the_content_owes_nothing(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW)
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.approver, now=NOW, verdict="approve", reason="", sha256=case.content.sha256)
    assert assignments.hand_out_new(NOW) == 1
    assert owing(case.revision) == {"reader"}


def test_who_only_sent_the_content_back_still_owes_it(cast: make.Cast, revision: Revision) -> None:
    sign(cast.reader, meaning="returned", subject="PUR", content_sha256=revision.frozen.sha256, reason="too long", now=NOW)
    sign(cast.approver, meaning="reviewed", subject="PUR", content_sha256=revision.frozen.sha256, now=NOW)
    assignments.hand_out(revision, NOW)
    assert owing(revision) == {"author", "reader"}


def test_who_joins_owes_who_leaves_does_not_and_who_comes_back_owes_again(cast: make.Cast, revision: Revision) -> None:
    assignments.hand_out(revision, NOW)
    buyer = make.staff(cast.purchasing, "buyer")
    leaves(cast.reader)
    assert assignments.hand_out_all(LATER) == 1
    assert owing(revision) == {"author", "approver", "buyer"}
    ended = Reading.objects.get(person=cast.reader)
    assert (ended.ended_at, ended.work_item.outcome) == (LATER, "moot")
    leaves(buyer)
    make.appoint(cast.reader, Position.objects.get(title="Buyer"), since=day(2))
    back = NOW + dt.timedelta(days=2)
    assert assignments.hand_out_all(back) == 0
    assert owing(revision) == {"author", "approver", "reader"}
    again = Reading.objects.get(person=cast.reader)
    assert (again.pk, again.ended_at, again.work_item.due_on) == (ended.pk, None, day(16))


def test_what_was_read_is_not_owed_again_after_an_absence_from_the_audience(cast: make.Cast, revision: Revision) -> None:
    assignments.hand_out(revision, NOW)
    Reading.objects.filter(person=cast.reader).update(acknowledged_at=NOW)
    WorkItem.objects.filter(person=cast.reader).update(closed_at=NOW, outcome="done", next_reminder_at=None)
    leaves(cast.reader)
    assignments.hand_out_all(LATER)
    Appointment.objects.filter(person=cast.reader).update(ends_before=None)
    assignments.hand_out_all(LATER)
    read = Reading.objects.get(person=cast.reader)
    assert (read.acknowledged_at, read.ended_at, read.work_item.outcome) == (NOW, None, "done")


def test_a_new_revision_ends_the_old_readings(cast: make.Cast, revision: Revision) -> None:
    assignments.hand_out_new(NOW)
    other = make.effective(make.process(cast.stores))
    second = make.effective(revision.process, make.definition("Ask twice"), since=NOW)
    assert assignments.hand_out_new(LATER) == 5
    assert (owing(revision), owing(second)) == (set(), {"author", "approver", "reader"})
    assert owing(other) == {"storekeeper", "stranger"}
    assert HandOut.objects.count() == 3


def test_an_approval_that_is_cancelled_before_its_day_leaves_nothing_owed(cast: make.Cast) -> None:
    revision = make.effective(make.process(cast.purchasing), since=NOW + dt.timedelta(days=9))
    assignments.hand_out_new(NOW)
    assert owing(revision) == {"author", "approver", "reader"}
    lifecycle.cancel(revision, by=cast.manager, now=NOW, reason="The supplier is not ready.")
    assignments.hand_out_new(NOW)
    assert owing(revision) == set()


def test_a_process_that_is_withdrawn_is_not_owed(revision: Revision) -> None:
    assignments.hand_out_new(NOW)
    process = revision.process
    process.state = Process.State.WITHDRAWN
    process.save()
    assert assignments.hand_out_all(LATER) == 0
    assert owing(revision) == set()


def test_twice_is_once(revision: Revision) -> None:
    assert assignments.hand_out(revision, NOW) == 3
    rows = list(Reading.objects.values())
    items = list(WorkItem.objects.values())
    assert (assignments.hand_out(revision, LATER), assignments.hand_out_new(LATER), assignments.hand_out_all(LATER)) == (0, 0, 0)
    assert (list(Reading.objects.values()), list(WorkItem.objects.values())) == (rows, items)


@pytest.mark.django_db(transaction=True)
def test_many_side_by_side_are_one() -> None:
    cast = make.cast()
    revision = make.effective(make.process(cast.purchasing))
    start, faults = threading.Barrier(8), list[Exception]()

    def run() -> None:
        try:
            start.wait(timeout=30)
            assignments.hand_out(Revision.objects.get(pk=revision.pk), NOW)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test shows it
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    assert owing(revision) == {"author", "approver", "reader"}
    assert (Reading.objects.count(), WorkItem.objects.count(), AudienceRule.objects.count()) == (3, 3, 1)


@pytest.mark.parametrize("confidentiality", ["company", "departments", "positions"])
def test_one_hand_out_costs_the_same_for_one_person_and_for_five(cast: make.Cast, confidentiality: str) -> None:
    costs = []
    company(), plan_of("read"), is_working_day(make.TODAY)  # asked once a minute
    for people_there in (1, 5):
        home = make.department(f"D{people_there}")
        made = [make.staff(home) for _n in range(people_there)]
        process = make.process(home, confidentiality=confidentiality)
        for who in made:
            Participation.objects.create(process=process, person=who, part="reader")
        revision = make.effective(process)
        with CaptureQueriesContext(connection) as queries:
            assert assignments.hand_out(revision, NOW) == people_there
        costs.append(len(queries))
    assert costs == {"company": [30, 30], "departments": [32, 32], "positions": [30, 30]}[confidentiality]


def test_batches_by_key_reach_every_revision(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignments, "BATCH", 2)
    made = [make.effective(make.process(cast.stores)) for _n in range(5)]
    assert assignments.hand_out_new(NOW) == 10
    assert {revision.pk for revision in made} == set(HandOut.objects.values_list("revision", flat=True))


# Sight


def test_a_rule_that_reaches_people_without_sight_is_refused_with_their_names(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, confidentiality="departments")
    with pytest.raises(Refused, match=r"to read it: Storekeeper, Stranger\. Widen") as refusal:
        audiences.add_rule(process, cast.stores, by=cast.author, now=NOW)
    assert str(refusal.value).startswith("These people may not see the document")
    assert not AudienceRule.objects.exists()
    process.participating.add(cast.stores)
    audiences.add_rule(process, cast.stores, by=cast.author, now=NOW)
    assert AudienceRule.objects.filter(excludes=False).count() == 2


def test_nobody_is_asked_to_read_what_he_may_not_see(cast: make.Cast) -> None:
    """Named positions only: the rest of the home department would learn of it by being asked."""
    owner = Position.objects.get(title="Head of Purchasing")
    process = make.process(cast.purchasing, confidentiality="positions", created_by=cast.manager, owner=owner)
    Participation.objects.create(process=process, position=Position.objects.get(title="Buyer"), part="reader")
    Participation.objects.create(process=process, person=cast.approver, part="reader", until=day(-1))
    revision = make.effective(process)
    assignments.hand_out(revision, NOW)
    assert owing(revision) == {"author", "reader"}


@pytest.mark.parametrize("confidentiality", ["company", "departments", "positions"])
def test_sight_in_bulk_is_what_each_person_may_see(cast: make.Cast, confidentiality: str) -> None:
    process = make.process(cast.purchasing, confidentiality=confidentiality, created_by=cast.boss, participating=[cast.stores])
    Participation.objects.create(process=process, position=Position.objects.get(title="Company process manager"), part="decider")
    Participation.objects.create(process=process, person=cast.stranger, part="reader", until=day(-1))
    everybody = Person.objects.all()
    seen = {p.pk for p in everybody if Process.objects.visible_to(scope(p, TODAY)).filter(pk=process.pk).exists()}
    assert audiences.with_sight(process, [p.pk for p in everybody], TODAY) == seen


# Rules


def test_the_owner_and_the_offices_change_rules_and_nobody_else(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    for who in (cast.reader, cast.stranger, cast.admin):
        with pytest.raises(Refused, match="Only the owner"):
            audiences.add_rule(process, cast.stores, by=who, now=NOW)
    rule = audiences.add_rule(process, cast.stores, by=cast.author, now=NOW)
    assert audiences.add_rule(process, cast.stores, by=cast.manager, now=NOW) == rule
    with pytest.raises(Refused, match="Only the owner"):
        audiences.end_rule(rule, by=cast.reader, now=NOW)
    assert audiences.must_read(process, TODAY) == {
        p.pk for p in (cast.author, cast.approver, cast.reader, cast.stranger, Person.objects.get(login="storekeeper"))
    }


def test_a_rule_that_ended_holds_for_its_days_and_one_of_today_never_was(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    rule = audiences.add_rule(process, cast.stores, by=cast.author, now=NOW)
    audiences.end_rule(rule, by=cast.author, now=LATER)
    audiences.end_rule(rule, by=cast.author, now=LATER)
    rule.refresh_from_db()
    assert (rule.starts_on, rule.ends_before) == (TODAY, day(1))
    assert cast.stranger.pk in audiences.must_read(process, TODAY)
    assert cast.stranger.pk not in audiences.must_read(process, day(1))
    again = audiences.add_rule(process, cast.stores, by=cast.author, now=LATER)
    audiences.end_rule(again, by=cast.author, now=LATER)
    assert not AudienceRule.objects.filter(pk=again.pk).exists()


# Waking


@pytest.mark.django_db
def test_signals_wake_the_reconcilers_and_tasks_run_them(revision: Revision) -> None:
    receivers.approved(sender=None)
    receivers.people_changed(sender=None)
    assert list(OutboxEntry.objects.values_list("task", flat=True)) == ["training.tasks.hand_out", "training.tasks.hand_out_all"]
    assert (tasks.hand_out(), tasks.hand_out_all()) == (3, 0)


def test_a_person_who_is_deactivated_wakes_the_hand_out(cast: make.Cast) -> None:
    people.deactivate(cast.reader, by=cast.admin, now=NOW)
    ours = OutboxEntry.objects.filter(task__startswith="training.")
    assert set(ours.values_list("task", flat=True)) == {"training.tasks.hand_out_all", "training.tasks.follow_leavers"}
