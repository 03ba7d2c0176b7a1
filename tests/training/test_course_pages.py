"""Pages of courses and sessions: who sees and does what, from the invitation to the record."""

import datetime as dt
from urllib.parse import urlsplit

import icalendar
import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Department, Level, Person, Position
from tests import make
from tests.conftest import SignedIn
from tests.training.courses import DAY, HOUR, NOW, course, session
from training import tasks
from training.courses import attendance, calendar_file, inviting, seats, sessions, tickets
from training.courses.attendance import Entry
from training.models import AudienceRule, Course, Enrolment, Evaluation, TrainingRecord, TrainingSession
from worklist import notices
from worklist.models import Notice, WorkItem

THERE = Entry(there=True)


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def one(cast: make.Cast) -> TrainingSession:
    """Of a course of the company, in a week, held by the author."""
    return session(
        course(cast.manager, renewal_months=12), cast.manager, trainer=cast.author, trainer_name="", link="https://meet.example.com/1"
    )


def at(one: TrainingSession, page: str = "") -> str:
    return f"/training/sessions/{one.pk}/{page}"


COURSE = {"code": "safe-1", "title": "Buying safely", "places": "4", "processes": ""}
SESSION = {"day": "2026-03-20", "begins": "09:00", "ends": "11:00", "place": "Room 1", "trainer_name": "Ms Lee", "capacity": "3"}


def test_a_course_is_begun_changed_and_ended(client: SignedIn, cast: make.Cast) -> None:
    process = make.process(cast.purchasing, number="PUR-001")
    assert client.as_(cast.reader).get("/training/courses/new/").status_code == 403
    client.as_(cast.manager)
    assert client.get("/training/courses/new/").status_code == 200
    bad = client.post("/training/courses/new/", COURSE | {"processes": "PUR-001, NO-1"})
    assert (bad.status_code, b"There is no process NO-1" in bad.content) == (422, True)
    assert client.post("/training/courses/new/", COURSE | {"processes": "pur-001"}).status_code == 302
    made = Course.objects.get()
    assert (made.code, list(made.processes.all())) == ("SAFE-1", [process])
    page = client.get(f"/training/courses/{made.pk}/change/")
    assert b"PUR-001" in page.content
    client.post(f"/training/courses/{made.pk}/change/", COURSE | {"title": "Buying well", "seen": "1"})
    stale = client.post(f"/training/courses/{made.pk}/change/", COURSE | {"title": "Other", "seen": "1"})
    assert (stale.status_code, Course.objects.get().title) == (422, "Buying well")
    assert client.as_(cast.author).get(f"/training/courses/{made.pk}/change/").status_code == 403
    client.post(f"/training/courses/{made.pk}/retire/")
    assert Course.objects.get().retired_at is None
    client.as_(cast.manager).post(f"/training/courses/{made.pk}/retire/")
    assert Course.objects.get().retired_at == NOW
    assert b"No course here" in client.get("/training/").content
    assert b"No longer held" in client.get(f"/training/courses/{made.pk}/").content


def test_a_session_is_planned_in_the_companys_time_and_its_link_leads_to_the_web(client: SignedIn, cast: make.Cast) -> None:
    address = f"/training/courses/{course(cast.manager).pk}/sessions/new/"
    assert client.as_(cast.reader).get(address).status_code == 403
    assert client.as_(cast.manager).get(address).status_code == 200
    assert client.post(address, SESSION | {"link": "javascript:alert(1)"}).status_code == 422
    assert client.post(address, SESSION | {"day": "2026-03-01"}).status_code == 422
    assert client.post(address, SESSION | {"link": "https://meet.example.com/1"}).status_code == 302
    made = TrainingSession.objects.get()
    assert (made.ends_at - made.begins_at, made.begins_at.tzinfo) == (2 * HOUR, dt.UTC)
    change = client.get(at(made, "change/"))
    assert b"09:00" in change.content
    client.post(at(made, "change/"), SESSION | {"place": "Room 2", "seen": "0"})
    assert TrainingSession.objects.get().place == "Room 2"
    assert client.post(at(made, "cancel/"), {"reason": ""}).status_code == 422
    client.post(at(made, "cancel/"), {"reason": "Ill"})
    assert b"Ill" in client.get(at(made)).content
    assert client.as_(cast.reader).get(at(made, "cancel/")).status_code == 403
    assert client.get(at(made, "change/")).status_code == 403


def test_the_way_back_from_cancelling_a_session_says_what_it_does(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    page = client.as_(cast.manager).get(at(one, "cancel/")).content.decode()
    assert f'href="{at(one)}">Keep the session</a>' in page
    assert ">Cancel</a>" not in page
    assert ">Cancel</a>" in client.get(at(one, "change/")).content.decode()


def test_lists_cost_the_same_with_five(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.manager)
    first = course(cast.manager)
    counts = {}
    for many in range(1, 6):
        one = session(first, cast.manager, capacity=9)
        course(cast.manager, f"X-{many}")
        who = make.person(f"p{many}")
        seats.enrol(one, by=cast.manager, now=NOW)
        seats.enrol(TrainingSession.objects.order_by("pk").first(), by=who, now=NOW)
        pages = ("/training/", f"/training/courses/{first.pk}/", "/training/mine/", at(TrainingSession.objects.order_by("pk").first()))
        for address in pages:
            client.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            counts.setdefault(address, []).append(len(seen))
    assert all(numbers[0] == numbers[-1] for numbers in counts.values()), counts
    assert all(numbers[-1] <= 30 for numbers in counts.values()), counts


def test_i_take_a_place_and_give_it_back(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    client.as_(cast.reader)
    assert [len(client.get(f"/training/?q={typed}").context["courses"]) for typed in ("BUYING", "c-1", "nothing")] == [1, 1, 0]
    assert b"Take a place" in client.get(at(one)).content
    client.post(at(one, "enrol/"))
    page = client.get(at(one))
    assert b"Give my place back" in page.content
    assert b"Take off" not in page.content, "who else comes is seen by whoever arranges and holds it"
    client.post(at(one, "leave/"))
    assert Enrolment.objects.get().state == "cancelled"
    sessions.cancel(one, by=cast.manager, now=NOW, reason="Ill")
    assert b"was cancelled" in client.post(at(one, "enrol/"), follow=True).content


def test_a_full_session_has_a_waiting_list(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    for who in (cast.author, cast.stranger):
        seats.enrol(one, by=who, now=NOW)
    client.as_(cast.reader)
    assert b"Join the waiting list" in client.get(at(one)).content
    assert b"you are on the waiting list" in client.post(at(one, "enrol/"), follow=True).content
    assert client.post(at(one, f"people/{cast.author.pk}/strike/")).status_code == 403
    client.as_(cast.manager)
    assert client.post(at(one, f"people/{cast.boss.pk}/strike/")).status_code == 404
    client.post(at(one, f"people/{cast.author.pk}/strike/"))
    assert Enrolment.objects.get(person=cast.reader).state == "enrolled"


def test_the_calendar_entry_is_replaced_and_taken_out(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    def entry() -> tuple[str, icalendar.Event]:
        answer = client.as_(cast.reader).get(at(one, "calendar/"))
        assert answer["Content-Type"].startswith("text/calendar")
        read = icalendar.Calendar.from_ical(answer.content)
        return str(read["METHOD"]), read.walk("VEVENT")[0]

    method, first = entry()
    assert (method, first["SEQUENCE"], first.decoded("DTSTART"), str(first["LOCATION"])) == (
        "PUBLISH", 0, one.begins_at, "Room 1 · https://meet.example.com/1",
    )  # fmt: skip
    sessions.cancel(one, by=cast.manager, now=NOW, reason="Ill")
    method, last = entry()
    assert (method, last["SEQUENCE"], last["UID"], last["STATUS"]) == ("CANCEL", 1, first["UID"], "CANCELLED")


def enclosed(name: str) -> list[tuple[str, str, int]]:
    """Of each mail to this person so far: the method of its calendar entry and its sequence, and the part's type."""
    notices.deliver(NOW)
    found = []
    for sent in mail.outbox:
        for part in sent.message().walk() if sent.to == [f"{name}@example.com"] else ():
            if part.get_content_type() == "text/calendar":
                read = icalendar.Calendar.from_ical(part.get_payload(decode=True))
                assert part.get_param("method") == str(read["METHOD"])
                found.append((str(part.get_filename()), str(read["METHOD"]), int(read.walk("VEVENT")[0]["SEQUENCE"])))
    return found


def test_mails_about_a_session_carry_its_calendar_entry(cast: make.Cast, one: TrainingSession) -> None:
    seats.invite(one, [cast.reader, cast.approver], by=cast.manager, now=NOW)
    name = f"training-{one.pk}.ics"
    assert [enclosed("reader"), enclosed("approver")] == [[(name, "PUBLISH", 0)]] * 2
    seats.leave(one, by=cast.approver, now=NOW)
    sessions.cancel(one, by=cast.manager, now=NOW, reason="Ill")
    assert [enclosed("reader"), enclosed("author")] == [[(name, "PUBLISH", 0), (name, "CANCEL", 1)], [(name, "CANCEL", 1)]]
    assert enclosed("approver") == [(name, "PUBLISH", 0)]


def test_who_waits_for_a_place_and_whoever_has_nothing_to_do_with_it_gets_no_entry(cast: make.Cast, one: TrainingSession) -> None:
    for who in (cast.manager, cast.stranger, cast.reader):
        seats.enrol(one, by=who, now=NOW)
    assert Enrolment.objects.get(person=cast.reader).state == "waiting"
    assert [len(calendar_file.enclosed(who, one.pk)) for who in (cast.stranger, cast.author, cast.reader, cast.approver)] == [1, 1, 0, 0]
    assert calendar_file.enclosed(cast.stranger, 0) == []
    notices.tell(cast.stranger, key="k", subject="Look", body="", url="/no/such/page/", now=NOW)
    assert enclosed("stranger") == []


# Inviting


def invite(client: SignedIn, one: TrainingSession, **given: object) -> int:
    answer = client.post(at(one, "invite/"), given)
    return answer.status_code


def test_readers_of_a_process_are_invited_without_those_who_completed_it(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    process = make.process(cast.purchasing, number="PUR-001")
    make.effective(process)
    AudienceRule.objects.create(process=process, department=cast.purchasing, starts_on=make.LONG_AGO)
    TrainingRecord.objects.create(
        person=cast.author,
        course=one.course,
        source="import",
        day=make.day(-9),
        result="attended",
        recorded_by=cast.manager,
        recorded_at=NOW,
    )
    assert invite(client.as_(cast.reader), one, process="PUR-001") == 403
    client.as_(cast.manager)
    for given in ({}, {"process": "PUR-001", "person": "reader"}, {"process": "NO-1"}):
        assert invite(client, one, **given) == 422
    assert invite(client, one, process="PUR-001") == 302
    assert not Enrolment.objects.exists(), "it happens in the background"
    tasks.invite(one.pk, "process", process.pk, 0, cast.manager.pk)
    assert set(Enrolment.objects.values_list("person__login", flat=True)) == {"reader", "approver"}
    tasks.invite(one.pk, "process", process.pk, 1, cast.manager.pk)
    assert Enrolment.objects.filter(person=cast.author, state="invited").exists()
    item = WorkItem.objects.open().get(person=cast.reader)
    assert client.as_(cast.reader).get("/work/").content.count(f"/training/sessions/{one.pk}/".encode()) >= 1
    client.post(at(one, "leave/"))
    item.refresh_from_db()
    assert item.outcome == "done"


def test_every_kind_of_rule_invites(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    buyer = Position.objects.get(title="Buyer")
    for given in ({"department": cast.stores.pk}, {"position": "Buyer (PUR)"}, {"level": 5}, {"person": "boss"}):
        assert invite(client.as_(cast.manager), one, **given) == 302, given
    for kind, key, expected in (
        ("department", cast.stores.pk, {"stranger", "storekeeper"}),
        ("position", buyer.pk, {"reader"}),
        ("level", 5, {"manager", "boss"}),
        ("person", cast.boss.pk, {"boss"}),
        ("process", 999, set()),
    ):
        assert set(inviting.selected(kind, key, make.TODAY).values_list("login", flat=True)) == expected
    assert Level.objects.exists()


def test_who_is_invited_is_asked_again_when_it_happens(cast: make.Cast, one: TrainingSession) -> None:
    secret = make.process(cast.stores, confidentiality="named")
    with pytest.raises(inviting.Refused, match=r"selects nobody|may not see"):
        inviting.ask(one, "process", secret.pk, everybody=True, by=cast.manager, now=NOW)
    with pytest.raises(inviting.Refused, match="selects nobody"):
        inviting.ask(one, "person", make.person(is_active=False).pk, everybody=True, by=cast.manager, now=NOW)
    sessions.cancel(one, by=cast.manager, now=NOW, reason="Ill")
    assert tasks.invite(one.pk, "person", cast.boss.pk, 1, cast.manager.pk) == 0


def test_proposals_are_for_whoever_arranges(client: SignedIn, cast: make.Cast) -> None:
    assert b"Buyer (PUR)" in client.as_(cast.manager).get("/training/invitees/position/?position=buy").content
    assert client.get("/training/invitees/level/").status_code == 404
    assert client.as_(cast.reader).get("/training/invitees/position/?position=buy").status_code == 404


# Having been there


def test_the_trainer_records_and_strangers_find_no_list(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    seats.enrol(one, by=cast.reader, now=NOW)
    for who in (cast.reader, cast.stranger, cast.boss):
        for page in ("attendance/", "attendance/code/"):
            assert client.as_(who).get(at(one, page)).status_code == 404
    client.as_(cast.author)
    page = client.get(at(one, "attendance/")).content.decode()
    assert "as soon as the session has begun" in page
    assert f'href="{at(one)}">To the session</a>' in page
    assert client.post(at(one, "attendance/"), {f"there-{cast.reader.pk}": "1"}).status_code == 422
    with time_machine.travel(one.begins_at, tick=False):
        page = client.as_(cast.author).get(at(one, "attendance/"))
        assert b"data:image/svg+xml" in page.content
        assert client.post(at(one, "attendance/"), {"further": "nobody"}).status_code == 422
        client.post(at(one, "attendance/"), {f"there-{cast.reader.pk}": "0", "further": "stranger"})
        assert dict(TrainingRecord.objects.values_list("person__login", "result")) == {"reader": "absent", "stranger": "attended"}
        record = TrainingRecord.objects.get(person=cast.reader)
        assert client.as_(cast.reader).get(f"/training/records/{record.pk}/correct/").status_code == 404
        client.as_(cast.author)
        assert client.get(f"/training/records/{record.pk}/correct/").status_code == 200
        client.post(f"/training/records/{record.pk}/correct/", {"there": "1", "reason": "Overlooked"})
        assert TrainingRecord.objects.standing().get(person=cast.reader).is_completed
        assert client.get(f"/training/records/{record.pk}/correct/").status_code == 404, "only what stands is put right"
        assert b"Overlooked" in client.get(at(one, "attendance/")).content


def test_whoever_comes_without_a_place_gets_a_line_where_something_is_passed(client: SignedIn, cast: make.Cast) -> None:
    one = session(course(cast.manager, pass_mark=70), cast.manager)
    with time_machine.travel(one.begins_at, tick=False):
        client.as_(cast.manager).post(at(one, "attendance/"), {"further": "reader"})
        assert not TrainingRecord.objects.exists()
        assert client.post(at(one, "attendance/"), {f"there-{cast.reader.pk}": "1"}).status_code == 422
        client.post(at(one, "attendance/"), {f"there-{cast.reader.pk}": "1", f"score-{cast.reader.pk}": "90"})
        record = TrainingRecord.objects.get()
        client.post(f"/training/records/{record.pk}/correct/", {"there": "1", "score": "60", "reason": "Miscounted"})
    assert TrainingRecord.objects.standing().get().result == "failed"


def test_check_in_by_the_code_is_a_button_of_ones_own(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    seats.enrol(one, by=cast.reader, now=NOW)
    with time_machine.travel(one.begins_at, tick=False):
        code = client.as_(cast.author).get(at(one, "attendance/code/")).context["address"]
        path = urlsplit(code).path
        assert b"I am here" in client.as_(cast.reader).get(path).content
        assert not one.check_ins.exists(), "looking is not checking in"
        assert b"You are checked in" in client.post(path, follow=True).content
        assert b"checked in before" in client.post(path, follow=True).content
        assert b"Nothing else is to be done" in client.get(path).content
        page = client.as_(cast.stranger).get(path).content.decode()
        assert "You are not on the list of this session. Ask the trainer to add you" in page
        assert f'href="{at(one)}"' in page
        assert "I am here" not in page
        assert client.post(path).status_code == 422
        client.logout()
        assert "/accounts/login/" in client.get(path)["Location"]
    assert one.check_ins.count() == 1
    with time_machine.travel(one.begins_at + HOUR, tick=False):
        assert client.as_(cast.reader).get(path).status_code == 404
        assert b'value="1" selected' in client.as_(cast.author).get(at(one, "attendance/")).content


def test_people_say_once_what_they_thought(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    attendance.record(one, dict.fromkeys((cast.reader, cast.stranger, cast.boss), THERE), by=cast.author, now=one.begins_at)
    assert client.as_(cast.author).get(at(one, "evaluate/")).status_code == 404
    for who in (cast.reader, cast.stranger, cast.boss):
        assert b"Evaluate" in client.as_(who).get("/training/mine/").content
        assert client.post(at(one, "evaluate/"), {"score": "9"}).status_code == 422
        assert client.post(at(one, "evaluate/"), {"score": "4", "comment": f"From {who.pk}"}).status_code == 302
        assert client.post(at(one, "evaluate/"), {"score": "4"}).status_code == 404
        told = client.as_(cast.author).get(at(one)).content
        assert (b"4.0 of 5" in told) == (who == cast.boss)
    assert Evaluation.objects.count() == 3
    assert b"What people thought" not in client.as_(cast.reader).get(at(one)).content


def test_my_training_shows_what_is_valid(client: SignedIn, cast: make.Cast, one: TrainingSession) -> None:
    attendance.record(one, {cast.reader: THERE}, by=cast.author, now=one.begins_at)
    later = session(one.course, cast.manager, begins=NOW + 20 * DAY)
    seats.invite(later, [cast.reader], by=cast.manager, now=NOW)
    page = client.as_(cast.reader).get("/training/mine/").content
    assert b"Attended" in page
    assert b"Answer" in page
    assert b"Completed on" in client.get(f"/training/courses/{one.course.pk}/").content
    with time_machine.travel(NOW + 500 * DAY, tick=False):
        assert b"Expired" in client.as_(cast.reader).get("/training/mine/").content
        assert b"Expired on" in client.get(f"/training/courses/{one.course.pk}/").content
    assert b"You hold it" not in client.get("/training/mine/").content


def test_notices_speak_the_readers_language(cast: make.Cast, one: TrainingSession) -> None:
    Person.objects.filter(pk=cast.reader.pk).update(language="zh-hans")
    seats.invite(one, [Person.objects.get(pk=cast.reader.pk)], by=cast.manager, now=NOW)
    assert "培训" in Notice.objects.get().subject
    assert Department.objects.exists()
    assert tickets.LASTS
