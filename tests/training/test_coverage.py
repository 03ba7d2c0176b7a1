"""How far something had been read on any day: by department, by process, by person; and who may see it."""

import csv
import datetime as dt
import io

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals import workflow
from approvals.models import Seat
from organization.models import Absence, Appointment, Person, Position
from organization.scope import scope
from processes.models import Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.training.test_quizzes import in_use
from training import acknowledgements, assignments, coverage, opened
from training.coverage import Coverage
from training.models import AudienceRule, QuizAttempt, Reading, Spared
from training.owing import State
from training.trained import trained_on
from worklist.models import WorkItem

DAY = dt.timedelta(days=1)
LONG = dt.timedelta(days=60)


@pytest.fixture
def now() -> dt.datetime:
    return make.now()


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Read in purchasing and stores, without what lies below; stores holds Stranger and Storekeeper."""
    return make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"), participating=[cast.stores])


def in_force(process: Process, since: dt.datetime, *steps: str) -> Revision:
    """Approved and handed out then; what held before ends then."""
    revision = make.effective(process, make.definition(*steps) if steps else None, since=since)
    Revision.objects.filter(pk=revision.pk).update(approved_at=since)
    assignments.hand_out(revision, since)
    return revision


def read(revision: Revision, who: Person, at: dt.datetime) -> None:
    acknowledgements.acknowledge(revision, by=who, now=at, token=opened.token(who, revision, "whole", at))


def one(person: Person, at: dt.datetime, viewer: Person | None = None) -> tuple[str, str, State | None]:
    """In force, had read, state of the only process on that day."""
    viewer = viewer or person
    (row,) = trained_on(person, at, scope(viewer, at.date()), "", 9)
    return (row.in_force.label if row.in_force else "", row.proof.revision.label if row.proof else "", row.state)


# One person


def test_on_each_day_the_version_of_then(cast: make.Cast, process: Process, now: dt.datetime) -> None:
    begun = now - LONG
    first = in_force(process, begun)
    read(first, cast.reader, begun + 5 * DAY)
    second = in_force(process, begun + 20 * DAY, "Ask twice")
    read(second, cast.reader, begun + 40 * DAY)
    assert trained_on(cast.reader, begun - DAY, scope(cast.reader, now.date()), "", 9) == []
    seen = [one(cast.reader, begun + days * DAY) for days in (1, 6, 21, 39, 41)]
    assert seen == [
        ("1.0", "", State.DUE),
        ("1.0", "1.0", State.READ),
        ("2.0", "1.0", State.DUE),
        ("2.0", "1.0", State.OVERDUE),
        ("2.0", "2.0", State.READ),
    ]


def test_who_is_away_waits_who_signed_has_read_and_who_was_spared_says_so(cast: make.Cast, now: dt.datetime) -> None:
    away, other = cast.reader, make.staff(cast.purchasing, "other")
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=now - 9 * DAY, warnings_word="So.")
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.approver, now=now - 9 * DAY, verdict="approve", sha256=case.content.sha256)
    draft.refresh_from_db()
    Absence.objects.create(person=away, starts_on=(now - 9 * DAY).date(), ends_before=(now + 9 * DAY).date())
    assignments.hand_out(draft, now - 8 * DAY)
    assert one(cast.author, now) == one(cast.approver, now) == (draft.label, draft.label, State.SIGNED)
    assert one(away, now)[2] == State.PAUSED
    Reading.objects.filter(person=other).update(ended_at=now - 7 * DAY)
    Spared.objects.create(person=other, revision=draft, read=draft, spared_at=now - 6 * DAY, ended_at=now - 2 * DAY)
    assert [one(other, now - days * DAY)[2] for days in (7.5, 6, 3)] == [State.DUE, State.SPARED, State.SPARED]
    assert trained_on(other, now, scope(other, now.date()), "", 9) == []


def test_what_was_confirmed_stays_after_one_has_moved_on_and_a_quiz_stands_with_it(
    cast: make.Cast, process: Process, now: dt.datetime
) -> None:
    quiz = in_use(process, cast.author, now=now - LONG)
    revision = in_force(process, now - LONG)
    QuizAttempt.objects.create(
        person=cast.reader, version=quiz.versions.get(), revision=revision, content=revision.frozen, answers={}, score=92, passed=True,
        sheet="s", started_at=now - 50 * DAY, ended_at=now - 50 * DAY,
    )  # fmt: skip
    read(revision, cast.reader, now - 49 * DAY)
    Appointment.objects.filter(person=cast.reader).update(ends_before=(now - 40 * DAY).date())
    assignments.hand_out(revision, now - 39 * DAY)
    (row,) = trained_on(cast.reader, now, scope(cast.manager, now.date()), "", 9)
    assert row.proof is not None
    assert (row.proof.score, row.proof.sha256, row.state) == (92, revision.frozen.sha256, State.READ)


def test_nobody_was_asked_to_read_what_came_later(cast: make.Cast, process: Process, now: dt.datetime) -> None:
    """A version that the person neither owed nor was spared: they had left its audience before."""
    first = in_force(process, now - LONG)
    read(first, cast.reader, now - 50 * DAY)
    Appointment.objects.filter(person=cast.reader).update(ends_before=(now - 40 * DAY).date())
    in_force(process, now - 30 * DAY, "Ask twice")
    assert one(cast.reader, now, cast.manager) == ("2.0", "1.0", None)
    Revision.objects.filter(process=process, effective_until=None).update(effective_until=now - 5 * DAY)
    assert one(cast.reader, now, cast.manager) == ("", "1.0", None)


def test_the_page_of_a_person(
    client: SignedIn, cast: make.Cast, process: Process, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = in_force(process, now - LONG)
    read(revision, cast.reader, now - 50 * DAY)
    hidden = in_force(make.process(cast.purchasing, number="SEC-001", confidentiality="positions", created_by=cast.reader), now - LONG)
    Reading.objects.filter(revision=hidden).update(person=cast.reader)
    page = f"/people/{cast.reader.pk}/reading/"
    for who in (cast.reader, cast.author, cast.approver, cast.manager, cast.boss):
        assert client.as_(who).get(page).status_code == 200, who
    for who in (cast.stranger, cast.admin):
        assert client.as_(who).get(page).status_code == 404, who
    assert client.as_(cast.author).get("/people/99999/reading/").status_code == 404
    text = client.get(page).content.decode()
    assert process.number in text
    assert "SEC-001" not in text, "the superior may not see it"
    assert f'href="{page}"' in client.get(f"/organization/people/{cast.reader.pk}/").content.decode()
    assert f'href="{page}"' not in client.as_(cast.stranger).get(f"/organization/people/{cast.reader.pk}/").content.decode()
    client.as_(cast.reader)
    assert "SEC-001" in client.get(page).content.decode() or Process.objects.get(number="SEC-001").created_by != cast.reader
    before = client.get(f"{page}?on={(now - 55 * DAY).date()}").content.decode()
    assert "As it stood at the end of" in before
    assert "no version" in before
    for on, said in (("2190-01-01", "1 Jan 2190 is still to come."), ("<b>", "“&lt;b&gt;” is no day such as 2026-03-03."), ("", "")):
        answer = client.get(page, {"on": on})
        assert (answer.status_code, answer.context["day"]) == (200, make.now().date())
        assert said in answer.content.decode()
        assert ("You see how it stands today" in answer.content.decode()) == bool(said)
    monkeypatch.setattr("training.views.coverage.ROWS", 1)
    first = client.get(page)
    second = client.get(f"{page}?after={first.context['next']}")
    assert {row.process.number for shown in (first, second) for row in shown.context["rows"]} == {process.number, "SEC-001"}
    assert second.context["next"] == ""


def test_the_table_of_a_person_is_taken_along(client: SignedIn, cast: make.Cast, now: dt.datetime) -> None:
    process = make.process(cast.purchasing, title="=1+1")
    revision = in_force(process, now - LONG)
    read(revision, cast.reader, now - 50 * DAY)
    client.as_(cast.reader).get(f"/people/{cast.reader.pk}/reading/?on=2190-01-01&table")
    assert "is still to come" not in client.get("/reading/").content.decode()  # a file tells nothing to the page that comes next
    answer = client.as_(cast.reader).get(f"/people/{cast.reader.pk}/reading/?on={(now - DAY).date()}&table")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1] == ["On the day", str((now - DAY).date())]
    assert rows[4][:4] == [process.number, "'=1+1", "1.0", "1.0"]
    assert rows[4][6:] == [revision.frozen.sha256, "Read"]


# However it is asked


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data())
def test_what_is_counted_is_what_the_rows_say(cast: make.Cast, process: Process, data: st.DataObject) -> None:
    """Quickly of now and slowly of any moment, of the whole company and of one department: all as counted by hand."""
    now, day = make.now(), make.now().date()
    with transaction.atomic():
        revisions = [in_force(process, now - LONG), in_force(make.process(cast.stores), now - LONG)]
        make.appoint(cast.reader, Position.objects.get(title="Storeman"), since=day - LONG)
        for reading in Reading.objects.all():
            befall(reading, data.draw(st.sampled_from(["owed", "late", "read", "ended", "read and ended"])), now)
        someone = data.draw(st.sampled_from([cast.reader, cast.stranger, cast.author]))
        Appointment.objects.filter(person=someone).update(ends_before=day - data.draw(st.sampled_from([0, 1])) * DAY)

        for revision in revisions:
            expected = [(code, found) for code in ("PUR", "STO") if (found := by_hand(revision, holding(code, day), day)).owed]
            for past in (False, True):
                assert coverage.of_revision(revision, now, past=past) == by_hand(revision, None, day)
                shares = [(one.code, one.coverage) for one in coverage.by_department(revision, now, "", 9, past=past)]
                assert shares == expected
                further = [(one.code, one.coverage) for one in coverage.by_department(revision, now, "PUR", 9, past=past)]
                assert further == expected[-1:] if expected[-1:] and expected[-1][0] == "STO" else further == []
        for who, code in ((cast.boss, ""), (cast.manager, ""), (Person.objects.get(login="approver"), "PUR")):
            mine = scope(who, day)
            found = {one.pk: counted for one, counted in coverage.of_departments(mine, now, None, "", 9)}
            assert mine.departments, who
            within = {one.pk: by_hand(one, holding(code, day), day) for one in revisions}
            assert found == {pk: counted for pk, counted in within.items() if counted.owed}
        transaction.set_rollback(True)


def befall(reading: Reading, fate: str, now: dt.datetime) -> None:
    """What became of what was owed."""
    over = None if fate in {"owed", "late"} else now - DAY
    due_on = now.date() + (-DAY if fate == "late" else DAY)
    Reading.objects.filter(pk=reading.pk).update(
        acknowledged_at=over if "read" in fate else None, ended_at=over if "ended" in fate else None
    )
    WorkItem.objects.filter(pk=reading.pk).update(due_on=due_on, closed_at=over, outcome="done" if over else "")


def holding(code: str, day: dt.date) -> set[int]:
    """Who holds a position in departments whose code begins so."""
    held = Appointment.objects.on(day).filter(position__department__code__startswith=code)
    return set(held.values_list("person", flat=True))


def by_hand(revision: Revision, people: set[int] | None, day: dt.date) -> Coverage:
    """Of these people, or of all."""
    readings = list(Reading.objects.select_related("work_item").filter(revision=revision))
    mine = [one for one in readings if (people is None or one.person_id in people) and (one.ended_at is None or one.acknowledged_at)]
    unread = [one for one in mine if not one.acknowledged_at]
    return Coverage(len(mine), len(mine) - len(unread), sum(one.work_item.due_on < day for one in unread))


def test_what_everybody_opens_says_how_many_had_read_a_moment_ago(
    cast: make.Cast, process: Process, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = in_force(process, now - DAY)
    read(revision, cast.reader, now)
    assert coverage.glance(revision, now) == Coverage(5, 1, 0)
    read(revision, cast.author, now)
    assert coverage.glance(revision, now) == Coverage(5, 2, 0), "of few it is always counted"
    monkeypatch.setattr(coverage, "MANY", 4)
    assert coverage.glance(revision, now) == Coverage(5, 2, 0)
    read(revision, cast.approver, now)
    assert coverage.glance(revision, now) == Coverage(5, 2, 0)
    assert coverage.of_revision(revision, now) == Coverage(5, 3, 0), "what is signed with counts them anew"
    cache.clear()
    assert coverage.glance(revision, now) == Coverage(5, 3, 0)


# One process, by department


def test_a_process_by_department_on_each_day(client: SignedIn, cast: make.Cast, process: Process, now: dt.datetime) -> None:
    begun = now - LONG
    revision = in_force(process, begun)
    make.appoint(cast.reader, Position.objects.get(title="Storeman"), since=begun.date())
    make.appoint(cast.reader, make.position("Second desk", of=cast.purchasing), since=begun.date())
    read(revision, cast.reader, begun + 20 * DAY)
    Appointment.objects.filter(person=cast.stranger).update(ends_before=now.date())
    shares = [(s.code, s.coverage) for s in coverage.by_department(revision, begun + DAY, "", 9, past=True)]
    assert shares == [("PUR", Coverage(3, 0, 0)), ("STO", Coverage(3, 0, 0))]
    assert coverage.of_revision(revision, begun + DAY, past=True) == Coverage(5, 0, 0)
    later = [(s.code, s.coverage) for s in coverage.by_department(revision, now - DAY, "", 9, past=True)]
    assert later == [("PUR", Coverage(3, 1, 2)), ("STO", Coverage(3, 1, 2))]
    assert coverage.without_department(revision, now - DAY, past=True) == Coverage(0, 0, 0)
    assert coverage.without_department(revision, now) == Coverage(1, 0, 1)
    address = f"/processes/{process.number}/coverage/"
    for who in (cast.author, cast.approver, cast.manager, cast.boss):
        assert client.as_(who).get(address).status_code == 200, who
    assert client.as_(cast.reader).get(address).status_code == 403
    assert "answer for the document" in client.get(address).content.decode()
    page = client.as_(cast.author).get(f"{address}?on={(begun + DAY).date()}").content.decode()
    assert "Version 1.0: 0 of 5 have read it (0%)." in page
    assert "Without a position" not in page
    assert "Without a position on that day" in client.get(address).content.decode()
    assert "No version was approved" in client.get(f"{address}?on={(begun - DAY).date()}").content.decode()
    Process.objects.filter(pk=process.pk).update(confidentiality="positions")
    assert client.as_(cast.stranger).get(address).status_code == 404


def test_an_auditor_sees_it_and_long_lists_go_on(
    client: SignedIn, cast: make.Cast, process: Process, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(process, now - DAY)
    auditor = make.person("auditor")
    make.position("Auditor", of=make.department("AUD"), kind="process_auditor", holder=auditor)
    monkeypatch.setattr("training.views.coverage.ROWS", 1)
    address = f"/processes/{process.number}/coverage/"
    first = client.as_(auditor).get(address)
    second = client.get(f"{address}?after={first.context['next']}")
    assert [share.code for shown in (first, second) for share in shown.context["shares"]] == ["PUR", "STO"]
    assert client.get(f"/people/{cast.reader.pk}/reading/").status_code == 200


# My departments


def test_my_departments_on_a_past_day_and_one_of_them(client: SignedIn, cast: make.Cast, process: Process, now: dt.datetime) -> None:
    team = make.department("BUY", parent=cast.purchasing)
    buyer = make.staff(team, "buyer")
    begun = now - LONG
    first = in_force(process, begun)
    read(first, cast.reader, begun + DAY)
    in_force(process, begun + 30 * DAY, "Ask twice")
    client.as_(cast.author)
    today = client.get("/reading/coverage/")
    assert [(revision.label, found) for revision, found in today.context["rows"]] == [("2.0", Coverage(4, 0, 4))]
    then = client.get(f"/reading/coverage/?on={(begun + 2 * DAY).date()}")
    assert [(revision.label, found) for revision, found in then.context["rows"]] == [("1.0", Coverage(4, 1, 0))]
    assert list(then.context["late"]) == []
    below = client.get(f"/reading/coverage/?department=BUY&on={(begun + 2 * DAY).date()}")
    assert [found for _revision, found in below.context["rows"]] == [Coverage(1, 0, 0)]
    assert buyer.name not in then.content.decode()
    assert "Nobody owed a reading" in client.get(f"/reading/coverage/?on={(begun - DAY).date()}").content.decode()
    assert client.get("/reading/coverage/?department=STO").context["chosen"] is None, "not one of mine"


def test_pages_cost_the_same_for_one_row_and_for_five(client: SignedIn, cast: make.Cast, now: dt.datetime) -> None:
    main = make.process(cast.purchasing, owner=Position.objects.get(title="Head of Purchasing"))
    revision = in_force(main, now - DAY)
    addresses = (f"/people/{cast.reader.pk}/reading/", f"/processes/{main.number}/coverage/", "/reading/coverage/")
    client.as_(cast.author)
    costs: list[list[int]] = []
    for more in (1, 4):
        for n in range(more):
            other = in_force(make.process(cast.purchasing), now - DAY)
            read(other, cast.reader, now)
            home = make.department(f"X{more}{n}")
            make.staff(home, f"x{more}{n}")
            AudienceRule.objects.create(process=main, department=home, starts_on=make.LONG_AGO)
        assignments.hand_out(revision, now)
        client.get(addresses[0])
        costs.append([])
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            costs[-1].append(len(queries))
    assert costs[0] == costs[1]
