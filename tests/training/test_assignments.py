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
from organization.models import Absence, Appointment, Department, Person, Position
from organization.refusals import Refused
from organization.scope import scope
from organization.signing import sign
from processes import lifecycle
from processes.models import Participation, Process, Revision, Role
from tests import make
from tests.make import NOW, TODAY, day
from training import assignments, audiences, receivers, tasks, turning
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
    assert costs == {"company": [27, 27], "departments": [29, 29], "positions": [27, 27]}[confidentiality]


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
    assert list(OutboxEntry.objects.values_list("task", flat=True)) == ["training.tasks.hand_out"]
    assert (tasks.hand_out(), tasks.hand_out_all(), tasks.hand_out_turned()) == (3, 0, 0)


def woken() -> list[tuple[str, list[int]]]:
    return list(OutboxEntry.objects.filter(task__startswith="training.").order_by("pk").values_list("task", "arguments"))


def test_a_person_who_is_deactivated_wakes_the_hand_out(cast: make.Cast) -> None:
    people.deactivate(cast.reader, by=cast.admin, now=NOW)
    assert dict(woken()) == {"training.tasks.hand_out_people": [cast.reader.pk], "training.tasks.follow_leavers": []}


def test_holders_of_positions_that_changed_are_looked_at_and_of_very_many_all(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Position.objects.get(title="Buyer")
    receivers.people_changed(position_ids=[desk.pk], person_ids=[cast.author.pk], now=NOW)
    assert woken() == [("training.tasks.hand_out_people", sorted([cast.author.pk, cast.reader.pk]))]
    monkeypatch.setattr(turning, "MANY", 1)
    receivers.people_changed(position_ids=[desk.pk], person_ids=[cast.author.pk], now=NOW)
    assert woken()[1:] == [("training.tasks.hand_out_all", [])]
    receivers.people_changed(now=NOW)
    assert len(woken()) == 2


# What turned, and what did not


def test_people_who_move_are_looked_at_alone(cast: make.Cast, revision: Revision) -> None:
    other = make.effective(make.process(cast.stores))
    assignments.hand_out_new(NOW)
    mover, storekeeper = cast.reader, Person.objects.get(login="storekeeper")
    leaves(mover)
    leaves(storekeeper)
    make.appoint(mover, Position.objects.get(title="Storeman"), since=TODAY)
    assert turning.hand_out_people([mover.pk], LATER) == 1
    assert (owing(revision), owing(other)) == ({"author", "approver"}, {"storekeeper", "stranger", "reader"})
    assert turning.hand_out_people([mover.pk], LATER) == 0
    assert turning.hand_out_people([], LATER) == 0
    assert [one.pk for one in turning.concerning([cast.boss.pk], LATER)] == []


def test_what_moving_costs_follows_what_the_person_reads(cast: make.Cast) -> None:
    costs = []
    for more in (1, 4):
        for _n in range(more):
            make.effective(make.process(cast.stores))
        assignments.hand_out_new(NOW)
        turning.hand_out_people([cast.reader.pk], NOW)
        with CaptureQueriesContext(connection) as queries:
            turning.hand_out_people([cast.reader.pk], NOW)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_round_looks_at_settings_and_days_that_changed_and_at_nothing_else(
    cast: make.Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = revision.process
    make.effective(make.process(cast.stores))
    role = Role.objects.create(title="Purchaser")
    audiences.add_rule(process, role, by=cast.manager, now=NOW)
    assignments.hand_out_new(NOW)
    past = {"history_date": NOW - dt.timedelta(days=9)}
    for model in (Process, Role, Department):
        model.history.update(**past)
    assert turning.hand_out_turned(NOW) == 0, "the first round looks at all"
    seen: list[int] = []
    real = turning.hand_out
    monkeypatch.setattr(turning, "hand_out", lambda one, now: seen.append(one.process_id) or real(one, now))
    monkeypatch.setattr(turning, "hand_out_all", lambda _now: pytest.fail("all of them"))
    hour = dt.timedelta(hours=1)
    assert (turning.hand_out_turned(NOW + hour), seen) == (0, [])
    role.positions.set([Position.objects.get(title="Storeman")])
    Role.history.update(history_date=NOW + hour)
    assert (turning.hand_out_turned(NOW + 2 * hour), seen) == (1, [process.pk])
    assert "stranger" in owing(revision)
    Role.history.update(**past)
    Department.objects.filter(pk=cast.stores.pk).update(parent=cast.purchasing)
    seen.clear()
    Department.history.filter(id=cast.stores.pk).update(history_date=NOW + 2 * hour)
    assert (turning.hand_out_turned(NOW + 3 * hour), process.pk in seen) == (1, True)
    assert "storekeeper" in owing(revision)
    Department.history.update(**past)
    process.owner = Position.objects.get(title="Head of Purchasing")
    process.save()
    Process.history.filter(id=process.pk).update(history_date=NOW + 3 * hour)
    seen.clear()
    assert (turning.hand_out_turned(NOW + 4 * hour), seen) == (0, [process.pk])


def test_after_a_long_pause_all_are_looked_at(cast: make.Cast, revision: Revision) -> None:
    turning.hand_out_turned(NOW)
    leaves(cast.reader)
    turning.hand_out_turned(NOW + turning.LONGEST + dt.timedelta(days=1))
    assert owing(revision) == {"author", "approver"}


# Ranges of people


def test_in_ranges_it_is_the_same_and_a_lost_worker_leaves_what_the_next_one_ends(
    cast: make.Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assignments, "STEP", 1)
    reconcile, done = assignments._reconcile, list[int]()

    def dies(revision: Revision, readers: list[int], within: object, now: dt.datetime) -> int:
        if len(done) == 2:
            raise RuntimeError("lost")
        done.append(1)
        return reconcile(revision, readers, within, now)

    monkeypatch.setattr(assignments, "_reconcile", dies)
    with pytest.raises(RuntimeError, match="lost"):
        assignments.hand_out(revision, NOW)
    assert len(owing(revision)) == 2
    assert HandOut.objects.get().handed_out_at is None
    monkeypatch.setattr(assignments, "_reconcile", reconcile)
    assert assignments.hand_out_new(NOW) == 1
    assert owing(revision) == {"author", "approver", "reader"}
    assert HandOut.objects.get().handed_out_at == NOW
    assert assignments.hand_out_new(NOW) == 0


def test_what_was_handed_out_in_part_ends_with_its_revision(cast: make.Cast, revision: Revision) -> None:
    assignments.hand_out(revision, NOW)
    HandOut.objects.update(handed_out_at=None)
    Process.objects.filter(pk=revision.process_id).update(state=Process.State.WITHDRAWN)
    assignments.end_obsolete(LATER)
    assert owing(revision) == set()
    assert HandOut.objects.get().ended_at == LATER


def test_somebody_away_has_the_later_day_among_many(cast: make.Cast, revision: Revision) -> None:
    Absence.objects.create(person=cast.reader, starts_on=TODAY, ends_before=day(60))
    assignments.hand_out(revision, NOW)
    due = dict(WorkItem.objects.values_list("person__login", "due_on"))
    assert due["author"] == due["approver"] == day(14)
    assert due["reader"] > day(60)
    assert set(WorkItem.objects.values_list("planned_due_on", flat=True)) == {day(14)}
