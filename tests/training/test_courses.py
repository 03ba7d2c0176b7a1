"""Courses and sessions: who arranges them, places that are given once, and records that nobody rewrites."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from organization.models import HeldLevel, Level, Person
from organization.refusals import Refused, Stale
from tests import make
from tests.training.courses import DAY, HOUR, NOW, course, session
from training import tasks
from training.courses import attendance, catalogue, evaluating, moving, renewing, seats, sessions, tickets, validity
from training.courses.attendance import Entry
from training.models import CheckIn, Course, Enrolment, Evaluation, TrainingRecord, TrainingSession
from worklist.models import Notice, WorkItem

THERE = Entry(there=True)
ABSENT = Entry(there=False)


@pytest.fixture
def lead(cast: make.Cast) -> Person:
    """Process manager of purchasing with the level that arranges training."""
    HeldLevel.objects.filter(person=cast.approver).update(level=Level.objects.get_or_create(number=4, defaults={"name": "level 4"})[0])
    return cast.approver


def of(session_: TrainingSession, person: Person) -> str:
    return Enrolment.objects.get(session=session_, person=person).state


def again(session_: TrainingSession) -> TrainingSession:
    return TrainingSession.objects.select_related("course", "trainer").get(pk=session_.pk)


# Courses


def test_who_arranges_training(cast: make.Cast, lead: Person) -> None:
    course(cast.manager)
    course(lead, "P-1", department=cast.purchasing)
    for who, department in ((lead, None), (lead, cast.stores), (cast.author, cast.purchasing), (cast.reader, None), (cast.admin, None)):
        with pytest.raises(Refused, match="process office"):
            course(who, "X", department=department)
    make.position("Process manager, Stores", of=cast.stores, kind="department_process_manager", holder=cast.stranger)
    with pytest.raises(Refused, match="needs Level 4"):
        course(cast.stranger, "X", department=cast.stores)
    assert list(Course.objects.values_list("code", flat=True)) == ["C-1", "P-1"]


def test_a_code_is_taken_once_and_nobody_links_what_they_do_not_see(cast: make.Cast, lead: Person) -> None:
    first = course(cast.manager)
    with pytest.raises(Refused, match="C-1 already"):
        course(cast.manager)
    secret = make.process(cast.stores, confidentiality="departments")
    with pytest.raises(Refused, match="may not see"):
        course(lead, "P-1", department=cast.purchasing, processes=[secret])
    terms = catalogue.Terms("Other", processes=[make.process(cast.purchasing)], renewal_months=12)
    changed = catalogue.change(first, terms, by=cast.manager, now=NOW, seen=1)
    assert (changed.title, changed.version, changed.processes.count()) == ("Other", 2, 1)
    assert changed.history.first().history_user == cast.manager
    with pytest.raises(Stale, match="meanwhile"):
        catalogue.change(first, terms, by=cast.manager, now=NOW, seen=1)
    with pytest.raises(Refused):
        catalogue.change(first, terms, by=cast.reader, now=NOW, seen=2)


def test_what_others_linked_stays_where_it_is_not_seen(cast: make.Cast, lead: Person) -> None:
    secret = make.process(cast.stores, confidentiality="departments")
    mine = course(lead, "P-1", department=cast.purchasing)
    mine.processes.add(secret)
    catalogue.change(mine, catalogue.Terms("Other", department=cast.purchasing), by=lead, now=NOW, seen=1)
    assert list(mine.processes.all()) == [secret]


def test_a_course_ends_when_nothing_of_it_is_planned(cast: make.Cast) -> None:
    one = course(cast.manager)
    planned = session(one, cast.manager)
    with pytest.raises(Refused, match="still planned"):
        catalogue.retire(one, by=cast.manager, now=NOW)
    sessions.cancel(planned, by=cast.manager, now=NOW, reason="Nobody came.")
    retired = catalogue.retire(one, by=cast.manager, now=NOW)
    assert catalogue.retire(one, by=cast.manager, now=NOW + DAY).retired_at == retired.retired_at == NOW
    with pytest.raises(Refused, match="no longer held"):
        session(one, cast.manager)


# Sessions


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"begins_at": NOW}, "time to come"),
        ({"ends_at": NOW + 7 * DAY}, "end after it begins"),
        ({"begins_at": NOW + 2000 * DAY, "ends_at": NOW + 2001 * DAY}, "three years"),
        ({"trainer_name": ""}, "one trainer"),
        ({"place": ""}, "where it is held"),
    ],
)
def test_a_session_that_makes_no_sense(cast: make.Cast, terms: dict[str, object], why: str) -> None:
    sound = sessions.Terms(NOW + 7 * DAY, NOW + 7 * DAY + HOUR, 2, trainer_name="Ms Lee", place="Room 1")
    with pytest.raises(Refused, match=why):
        sessions.plan(course(cast.manager), replace(sound, **terms), by=cast.manager, now=NOW)


def test_a_session_is_changed_and_whoever_comes_is_told(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager, trainer=cast.boss, trainer_name="")
    seats.enrol(one, by=cast.reader, now=NOW)
    terms = sessions.Terms(one.begins_at, one.ends_at, 2, trainer=cast.boss, place="Room 1")
    assert sessions.change(one, terms, by=cast.manager, now=NOW, seen=0).sequence == 0, "nothing was changed"
    moved = sessions.change(one, replace(terms, place="Room 2", capacity=1), by=cast.manager, now=NOW, seen=0)
    assert (moved.place, moved.sequence, moved.history.first().history_user) == ("Room 2", 1, cast.manager)
    told = Notice.objects.filter(subject__startswith="Training changed")
    assert {notice.person for notice in told} == {cast.reader, cast.boss}
    with pytest.raises(Stale, match="meanwhile"):
        sessions.change(one, terms, by=cast.manager, now=NOW, seen=0)
    seats.enrol(one, by=cast.stranger, now=NOW)
    with pytest.raises(Refused):
        sessions.change(one, replace(terms, capacity=0), by=cast.manager, now=NOW, seen=1)
    sessions.change(one, replace(terms, place="Room 2", capacity=2), by=cast.manager, now=NOW, seen=1)
    assert (of(one, cast.stranger), told.count()) == ("enrolled", 2), "more places are no news to whoever has one"
    with pytest.raises(Refused, match="process office"):
        sessions.change(one, terms, by=cast.reader, now=NOW, seen=2)


def test_what_has_begun_is_not_moved_to_another_day(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager)
    CheckIn.objects.create(session=one, person=cast.reader, at=one.begins_at)
    terms = sessions.Terms(one.begins_at + 30 * DAY, one.ends_at + 30 * DAY, 2, trainer_name="Ms Lee", place="Room 1")
    with pytest.raises(Refused, match="has begun"):
        sessions.change(one, terms, by=cast.manager, now=one.begins_at, seen=0)
    assert sessions.change(one, terms, by=cast.manager, now=NOW, seen=0).sequence == 1


def test_a_cancelled_session_is_told_and_owed_by_nobody(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager)
    seats.invite(one, [cast.reader, cast.author], by=cast.manager, now=NOW)
    seats.enrol(one, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="Write why"):
        sessions.cancel(one, by=cast.manager, now=NOW, reason=" ")
    sessions.cancel(one, by=cast.manager, now=NOW, reason="The trainer is ill.")
    assert sessions.cancel(one, by=cast.manager, now=NOW, reason="Again").reason == "The trainer is ill."
    assert not WorkItem.objects.open().exists()
    assert Notice.objects.filter(subject__startswith="Training cancelled").count() == 2
    for story in (seats.enrol, seats.leave):
        with pytest.raises(Refused, match="cancelled"):
            story(one, by=cast.reader, now=NOW)
    with pytest.raises(Refused, match="cancelled"):
        sessions.change(one, sessions.Terms(one.begins_at, one.ends_at, 2), by=cast.manager, now=NOW, seen=1)
    with pytest.raises(Refused, match="nobody was there"):
        attendance.record(again(one), {cast.reader: THERE}, by=cast.manager, now=one.begins_at)


# Places


def test_the_first_come_and_the_others_wait_in_their_order(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager, capacity=1)
    for who in (cast.reader, cast.author, cast.stranger):
        seats.enrol(one, by=who, now=NOW)
    assert [of(one, who) for who in (cast.reader, cast.author, cast.stranger)] == ["enrolled", "waiting", "waiting"]
    assert seats.enrol(one, by=cast.author, now=NOW + HOUR).since == NOW, "asking again does not lose the place in the queue"
    seats.leave(one, by=cast.reader, now=NOW)
    assert [of(one, who) for who in (cast.reader, cast.author, cast.stranger)] == ["cancelled", "enrolled", "waiting"]
    assert Notice.objects.get(person=cast.author).subject.startswith("You have a place")
    assert seats.leave(one, by=cast.reader, now=NOW).state == "cancelled"
    seats.enrol(one, by=cast.reader, now=NOW + HOUR)
    assert list(one.enrolments.queued().values_list("person__login", flat=True)) == ["stranger", "reader"]
    with pytest.raises(Refused, match="not on the list"):
        seats.leave(one, by=cast.boss, now=NOW)
    seats.strike(one, cast.author, by=cast.manager, now=NOW)
    seats.strike(one, cast.author, by=cast.manager, now=NOW)
    assert (of(one, cast.author), of(one, cast.stranger)) == ("cancelled", "enrolled")
    with pytest.raises(Refused):
        seats.strike(one, cast.stranger, by=cast.reader, now=NOW)


def test_places_are_counted_under_the_lock(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager, capacity=1)
    with CaptureQueriesContext(connection) as seen:
        seats.enrol(one, by=cast.reader, now=NOW)
    statements = [query["sql"] for query in seen if "training_" in query["sql"]]
    assert "training_trainingsession" in statements[0], "the session comes first"
    assert connection.vendor == "sqlite" or "FOR UPDATE" in statements[0]


def test_an_invitation_is_owed_in_person_and_answered_once(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager)
    left = make.person("left", is_active=False)
    people = [cast.reader, cast.stranger, left]
    assert [seats.invite(one, people, by=cast.manager, now=NOW) for _try in range(2)] == [2, 0]
    item = WorkItem.objects.open().get(person=cast.reader)
    assert (item.kind, item.position, item.due_on) == ("train", None, dt.date(2026, 3, 11))
    seats.enrol(one, by=cast.reader, now=NOW)
    seats.leave(one, by=cast.stranger, now=NOW)
    assert (of(one, cast.stranger), WorkItem.objects.open().count()) == ("declined", 0)
    seats.enrol(one, by=cast.stranger, now=NOW)
    assert of(one, cast.stranger) == "enrolled"
    seats.invite(one, [cast.boss], by=cast.manager, now=NOW)
    seats.strike(one, cast.boss, by=cast.manager, now=NOW)
    assert WorkItem.objects.get(person=cast.boss).outcome == "moot"
    with pytest.raises(Refused, match="process office"):
        seats.invite(one, [cast.boss], by=cast.reader, now=NOW)


def test_what_nobody_answered_ends_when_the_session_begins(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager)
    seats.invite(one, [cast.reader], by=cast.manager, now=NOW)
    assert seats.end_invitations(one.begins_at - HOUR) == 0
    assert seats.end_invitations(one.begins_at) == 1
    assert WorkItem.objects.get().outcome == "moot"
    for story in (seats.enrol, seats.leave):
        with pytest.raises(Refused, match="has begun"):
            story(one, by=cast.reader, now=one.begins_at)


def test_who_leaves_the_company_leaves_the_place(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager, capacity=1)
    for who in (cast.reader, cast.author, cast.stranger):
        seats.enrol(one, by=who, now=NOW)
    Person.objects.filter(pk__in=(cast.reader.pk, cast.author.pk)).update(is_active=False)
    assert seats.follow_leavers(NOW) == 2
    assert [of(one, who) for who in (cast.reader, cast.author, cast.stranger)] == ["cancelled", "cancelled", "enrolled"]
    assert seats.follow_leavers(NOW) == 0


def test_a_session_whose_trainer_has_left_is_told(cast: make.Cast) -> None:
    held = session(course(cast.manager), cast.manager, trainer=cast.author, trainer_name="")
    assert sessions.follow_trainers(NOW) == 0
    Person.objects.filter(pk=cast.author.pk).update(is_active=False)
    assert [sessions.follow_trainers(NOW) for _try in range(2)] == [1, 1]
    assert Notice.objects.get(subject__startswith="No trainer any more").person == cast.manager
    assert sessions.follow_trainers(held.ends_at) == 0


def test_nobody_moves_along_no_table(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager)
    mine = seats.enrol(one, by=cast.reader, now=NOW)
    with pytest.raises(AssertionError):
        moving.seat(mine, Enrolment.State.DECLINED, NOW)
    moving.close(one, TrainingSession.State.HELD, by=cast.manager, now=NOW)
    with pytest.raises(AssertionError):
        moving.close(one, TrainingSession.State.CANCELLED, by=cast.manager, now=NOW, reason="x")


# Having been there


def test_the_list_is_written_once_by_the_trainer_or_whoever_arranges(cast: make.Cast) -> None:
    one = session(course(cast.manager, renewal_months=12), cast.manager, trainer=cast.author, trainer_name="")
    seats.enrol(one, by=cast.reader, now=NOW)
    entries = {cast.reader: THERE, cast.stranger: THERE, cast.boss: ABSENT}
    with pytest.raises(Refused, match="has not begun"):
        attendance.record(one, entries, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="process office"):
        attendance.record(one, entries, by=cast.reader, now=one.begins_at)
    made = attendance.record(one, entries, by=cast.author, now=one.begins_at)
    assert [(row.person, row.result, row.valid_until) for row in made] == [
        (cast.reader, "attended", dt.date(2027, 3, 11)),
        (cast.stranger, "attended", dt.date(2027, 3, 11)),
        (cast.boss, "absent", None),
    ]
    assert attendance.record(one, entries, by=cast.manager, now=one.begins_at) == []
    assert (again(one).state, of(one, cast.stranger)) == ("held", "enrolled")
    with pytest.raises(Refused, match=r"another result: Reader\."):
        attendance.record(one, {cast.reader: ABSENT}, by=cast.author, now=one.begins_at)
    assert set(Notice.objects.filter(subject__startswith="Completed").values_list("person__login", flat=True)) == {"reader", "stranger"}


def test_a_late_list_needs_a_reason(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager)
    late = one.ends_at + attendance.BACK_DATED + HOUR
    with pytest.raises(Refused, match="more than 7 days ago"):
        attendance.record(one, {cast.reader: THERE}, by=cast.manager, now=late)
    (row,) = attendance.record(one, {cast.reader: THERE}, by=cast.manager, now=late, reason="The list was on paper.")
    assert (row.reason, row.day) == ("The list was on paper.", dt.date(2026, 3, 11))
    with pytest.raises(Refused, match="was held"):
        sessions.change(one, sessions.Terms(one.begins_at, one.ends_at, 2), by=cast.manager, now=NOW, seen=1)


def test_what_is_to_be_passed_needs_a_result(cast: make.Cast) -> None:
    one = session(course(cast.manager, pass_mark=80, renewal_months=6), cast.manager)
    with pytest.raises(Refused, match="in percent"):
        attendance.record(one, {cast.reader: THERE}, by=cast.manager, now=one.begins_at)
    entries = {cast.reader: Entry(there=True, score=80), cast.author: Entry(there=True, score=79)}
    passed, failed = attendance.record(one, entries, by=cast.manager, now=one.begins_at)
    assert (passed.result, passed.is_completed, passed.valid_until) == ("passed", True, dt.date(2026, 9, 11))
    assert (failed.result, failed.is_completed, failed.valid_until) == ("failed", False, None)


def test_a_record_is_put_right_by_another_one(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager, trainer=cast.author, trainer_name="")
    (wrong,) = attendance.record(one, {cast.reader: THERE}, by=cast.author, now=one.begins_at)
    with pytest.raises(Refused, match="what was wrong"):
        attendance.correct(wrong, ABSENT, by=cast.author, now=one.ends_at, reason=" ")
    with pytest.raises(Refused, match="process office"):
        attendance.correct(wrong, ABSENT, by=cast.reader, now=one.ends_at, reason="I was not.")
    right = attendance.correct(wrong, ABSENT, by=cast.author, now=one.ends_at, reason="It was somebody else.")
    assert (right.supersedes, right.result, list(TrainingRecord.objects.standing())) == (wrong, "absent", [right])
    with pytest.raises(Stale, match="put right meanwhile"):
        attendance.correct(wrong, ABSENT, by=cast.manager, now=one.ends_at, reason="Again.")
    assert attendance.correct(right, THERE, by=cast.manager, now=one.ends_at, reason="He was.").is_completed


def test_nobody_says_what_their_own_result_is(cast: make.Cast) -> None:
    one = session(course(cast.manager, pass_mark=80), cast.manager, trainer=cast.author, trainer_name="")
    with pytest.raises(Refused, match="own result"):
        attendance.record(one, {cast.author: Entry(there=True, score=100)}, by=cast.author, now=one.begins_at)
    (failed,) = attendance.record(one, {cast.author: Entry(there=True, score=20)}, by=cast.manager, now=one.begins_at)
    with pytest.raises(Refused, match="own result"):
        attendance.correct(failed, Entry(there=True, score=90), by=cast.author, now=one.ends_at, reason="Counted anew.")
    simple = session(course(cast.manager, "C-2"), cast.manager, trainer=cast.author, trainer_name="")
    assert attendance.record(simple, {cast.author: THERE}, by=cast.author, now=simple.begins_at), "who was there is no result"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("operation", ["update", "delete"])
def test_the_database_refuses_to_rewrite_records(operation: str) -> None:
    cast = make.cast()
    one = session(course(cast.manager), cast.manager)
    attendance.record(one, {cast.reader: THERE}, by=cast.manager, now=one.begins_at)
    CheckIn.objects.create(session=one, person=cast.reader, at=NOW)
    Evaluation.objects.create(session=one, score=3)
    for model, change in ((TrainingRecord, {"result": "absent"}), (CheckIn, {"at": NOW}), (Evaluation, {"score": 5})):
        rows = model.objects.all()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change) if operation == "update" else rows._raw_delete(rows.db)


def test_check_in_once_in_time_and_only_with_the_code_shown(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager)
    seats.enrol(one, by=cast.reader, now=NOW)
    for instant, why in ((one.begins_at - HOUR, "too early"), (one.ends_at + HOUR, "is over")):
        with pytest.raises(Refused, match=why):
            attendance.check_in(tickets.token(one, instant), by=cast.reader, now=instant)
    now = one.begins_at
    token = tickets.token(one, now)
    with pytest.raises(Refused, match="Ask the trainer"):
        attendance.check_in(token, by=cast.stranger, now=now)
    first, new = attendance.check_in(token, by=cast.reader, now=now)
    assert (new, attendance.check_in(token, by=cast.reader, now=now + 60 * dt.timedelta(seconds=1))) == (True, (first, False))
    for given, instant in (("no", now), (token, now + tickets.LASTS + HOUR), (token + "x", now), (token, now - HOUR)):
        with pytest.raises(Stale, match="no longer valid"):
            attendance.check_in(given, by=cast.reader, now=instant)
    sessions.cancel(one, by=cast.manager, now=now, reason="Fire.")
    with pytest.raises(Refused, match="cancelled"):
        attendance.check_in(token, by=cast.reader, now=now)
    assert tickets.picture("https://example.com").startswith("data:image/svg+xml")


# Evaluating


def test_evaluated_once_by_whoever_was_there_and_told_from_three_on(cast: make.Cast) -> None:
    one = session(course(cast.manager), cast.manager, capacity=9)
    people = [cast.reader, cast.author, cast.stranger, cast.boss]
    for who in people:
        seats.enrol(one, by=who, now=NOW)
    attendance.record(one, {**dict.fromkeys(people[:3], THERE), cast.boss: ABSENT}, by=cast.manager, now=one.begins_at)
    with pytest.raises(Refused, match="Who was there"):
        evaluating.evaluate(one, 5, "", by=cast.boss, now=NOW)
    for n, who in enumerate(people[:3], 3):
        told = evaluating.told(one)
        assert (told.answers, told.average, told.comments) == (n - 3, None, ())
        evaluating.evaluate(one, n, "Good" if n == 4 else "", by=who, now=NOW)
    with pytest.raises(Refused, match="once"):
        evaluating.evaluate(one, 5, "", by=cast.reader, now=NOW)
    told = evaluating.told(one)
    assert (told.answers, told.average, told.comments) == (3, 4.0, ["Good"])
    assert not {"person", "by", "at"} & {field.name for field in Evaluation._meta.get_fields()}


# Renewing


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
        (dt.date(2026, 12, 15), 12, dt.date(2027, 12, 15)),
        (dt.date(2026, 12, 15), None, None),
    ],
)
def test_the_last_day(day: dt.date, months: int | None, last: dt.date | None) -> None:
    assert validity.last_day(day, months) == last


def test_when_it_is_told() -> None:
    last = dt.date(2026, 6, 1)
    days = {61: None, 60: 60, 31: 60, 30: 30, 8: 30, 7: 7, 0: 7, -1: None}
    assert {left: validity.warning(last, last - left * DAY) for left in days} == days


def test_what_expires_is_owed_told_three_times_and_settled_by_the_next(cast: make.Cast) -> None:
    one = course(cast.manager, renewal_months=12)
    held = session(one, cast.manager)
    attendance.record(held, {cast.reader: THERE}, by=cast.manager, now=held.begins_at)
    last = dt.datetime(2027, 3, 11, 9, tzinfo=dt.UTC)
    counts = []
    for left in (70, 60, 59, 30, 7):
        renewing.run(last - left * DAY)
        counts.append((WorkItem.objects.open().count(), Notice.objects.filter(subject__startswith="Renew by").count()))
    assert counts == [(0, 0), (1, 1), (1, 1), (1, 2), (1, 3)]
    item = WorkItem.objects.open().get()
    assert (item.person, item.url_name, item.due_on) == (cast.reader, "training:course", last.date())
    later = session(one, cast.manager, begins=last - 5 * DAY, now=last - 10 * DAY)
    attendance.record(later, {cast.reader: THERE}, by=cast.manager, now=later.begins_at)
    assert WorkItem.objects.get(pk=item.pk).outcome == "done"
    assert renewing.run(last - 2 * DAY) == 0, "what is valid longer expires later"


def test_what_is_put_right_of_long_ago_renews_nothing(cast: make.Cast) -> None:
    one = course(cast.manager, renewal_months=12)
    first = session(one, cast.manager)
    (old,) = attendance.record(first, {cast.reader: THERE}, by=cast.manager, now=first.begins_at)
    second = session(one, cast.manager, begins=first.begins_at + 200 * DAY)
    (new,) = attendance.record(second, {cast.reader: THERE}, by=cast.manager, now=second.begins_at)
    soon = second.begins_at + 330 * DAY
    assert renewing.run(soon) == 1
    attendance.correct(old, THERE, by=cast.manager, now=soon, reason="Again.")
    assert WorkItem.objects.open().get().source_key == f"renewal:{new.pk}"
    attendance.correct(new, THERE, by=cast.manager, now=soon, reason="Again.")
    assert not WorkItem.objects.open().exists(), "the one that took its place is asked for anew"
    assert renewing.run(soon) == 1


def test_renewals_of_a_course_that_ended_are_not_owed(cast: make.Cast) -> None:
    one = course(cast.manager, renewal_months=1)
    held = session(one, cast.manager)
    attendance.record(held, {cast.reader: THERE}, by=cast.manager, now=held.begins_at)
    renewing.run(held.ends_at)
    assert renewing.end_over(held.ends_at) == 0
    catalogue.retire(one, by=cast.manager, now=held.ends_at)
    assert renewing.end_over(held.ends_at) == 1
    assert renewing.run(held.ends_at) == 0


def test_every_night(cast: make.Cast) -> None:
    assert tasks.follow_training() == 0
