"""What a periodic review has to answer, and when the next one is proposed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kpis.models import Indicator
from kpis.recording import correct, define, record
from organization.models import Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import change_requests, interfaces, problems, review
from processes.agenda import Point
from processes.change_requests import Answered
from processes.definition import Risk
from processes.models import Link, Process, ReviewAnswer
from processportal import review_agenda, review_pages
from processportal.evidence.gathering import Asked, happened
from processportal.evidence.happened import Kind
from processportal.evidence.happened import Subject as Told
from tests import make
from tests.conftest import SignedIn
from training.models import Reading
from worklist.models import WorkItem

pytestmark = pytest.mark.django_db
NOW = make.NOW
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """In force for a hundred days."""
    made = make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"), created_by=cast.author)
    make.effective(made)
    return made


@pytest.fixture
def indicator(cast: make.Cast, process: Process) -> Indicator:
    return define(
        process, name="In time", unit="%", direction="up", target=Decimal(98), limit=Decimal(95), decimals=1, keeper=process.owner,
        starts_on=dt.date(2025, 1, 1), by=cast.manager, now=NOW,
    )  # fmt: skip


def measured(indicator: Indicator, by: make.Person, *values: int) -> None:
    """Months of 2025 from January on."""
    for month, value in enumerate(values, 1):
        record(indicator, dt.date(2025, month, 1), Decimal(value), by=by, now=NOW)


def subject(process: Process, who: make.Person, now: dt.datetime = LATER) -> review_agenda.Subject:
    return review_agenda.subject_of(process, scope(who, now.date()), now)


def texts(process: Process, who: make.Person, now: dt.datetime = LATER) -> list[str]:
    return [point.text for point in review_agenda.agenda(subject(process, who, now))]


def decided(process: Process, by: make.Person, points: Mapping[str, Answered], verdict: str = "keep", **more: Any) -> None:
    said = {"verdict": verdict, "reason": "Looked through.", "next_on": make.day(300), "points": points, **more}
    review_agenda.decide(process, by=by, scope=scope(by, LATER.date()), now=LATER, **said)


def all_answered(process: Process, who: make.Person, act: str = "nothing", note: str = "So it is") -> dict[str, Answered]:
    return {point.key: Answered(act, note) for point in review_agenda.agenda(subject(process, who))}


# --- what is on it


def test_breaches_since_the_last_review_by_indicator(cast: make.Cast, process: Process, indicator: Indicator) -> None:
    measured(indicator, cast.author, 90, 99, 91, 96)
    assert texts(process, cast.author) == ["“In time” was beyond its limit in 2 months: 2025-03 (91.0 %), 2025-01 (90.0 %)"]
    (point,) = review_agenda.agenda(subject(process, cast.author))
    assert (point.source, point.link) == ("breach", f"/indicators/{indicator.pk}/")
    correct(indicator.measurements.get(period_start=dt.date(2025, 3, 1)), Decimal(99), by=cast.author, now=NOW, reason="Mistyped")
    assert texts(process, cast.author) == ["“In time” was beyond its limit in 1 month: 2025-01 (90.0 %)"]
    decided(process, cast.author, all_answered(process, cast.author))
    assert texts(process, cast.author, LATER + dt.timedelta(days=1)) == [], "answered for"


def test_neighbours_that_changed(cast: make.Cast, process: Process) -> None:
    revision = process.revisions.get()
    owner = Position.objects.get(title="Head of Stores")
    others = {}
    for number in ("STO-001", "STO-002", "STO-003", "STO-004", "STO-005"):
        hidden = "positions" if number == "STO-003" else "company"
        others[number] = make.process(
            cast.stores, number=number, title=f"Title {number}", owner=owner, confidentiality=hidden, created_by=cast.manager
        )
        make.effective(others[number], since=NOW - dt.timedelta(days=200))
    agreed = interfaces.propose(process, others["STO-001"], "Order", interfaces.Terms("All"), side="giver", by=cast.author, now=NOW)
    interfaces.answer(agreed.interface, seen=1, agreed=True, by=cast.manager, now=NOW)
    back = interfaces.propose(others["STO-004"], process, "Stock", interfaces.Terms("All"), side="taker", by=cast.author, now=NOW)
    interfaces.answer(back.interface, seen=1, agreed=True, by=cast.manager, now=NOW)
    Link.objects.create(revision=revision, number="STO-002", target=others["STO-002"])
    Link.objects.create(revision=others["STO-003"].revisions.get(), number="PUR-001", target=process)
    assert texts(process, cast.author) == []
    for one in others.values():
        make.effective(one, make.definition("Other"), since=NOW)
    Link.objects.create(revision=others["STO-003"].revisions.get(ordinal=2), number="PUR-001", target=process)
    assert texts(process, cast.author) == [
        "STO-001 Title STO-001 has changed: version 2.0 holds (interface “Order”)",
        "STO-002 Title STO-002 has changed: version 2.0 holds",
        "STO-003 has changed: version 2.0 holds",
        "STO-004 Title STO-004 has changed: version 2.0 holds (interface “Stock”)",
    ]
    links = {point.text[:7]: point.link for point in review_agenda.agenda(subject(process, cast.author))}
    assert (links["STO-001"], links["STO-003"]) == ("/processes/STO-001/", ""), "what may not be seen is a number alone"


def test_the_title_of_a_neighbour_that_not_everybody_may_see_is_not_kept_for_all(cast: make.Cast, process: Process) -> None:
    """Whoever reviews owns it; every reader of the process reads the answers."""
    secret = make.process(cast.purchasing, number="PUR-009", title="Closing", owner=process.owner, confidentiality="positions")
    make.effective(secret, since=NOW)
    Link.objects.create(revision=process.revisions.get(), number="PUR-009", target=secret)
    assert texts(process, cast.author) == ["PUR-009 has changed: version 1.0 holds"]
    assert review_agenda.agenda(subject(process, cast.author))[0].link == "/processes/PUR-009/"
    decided(process, cast.author, all_answered(process, cast.author))
    lines, _more = happened(Told(process, scope(cast.stranger, LATER.date()), timezone.now()), Asked([Kind.REVIEW]), 9)
    assert "PUR-009 has changed" in lines[0].what
    assert "Closing" not in lines[0].what


def test_findings_come_first_once_there_are_some(
    cast: make.Cast, process: Process, indicator: Indicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(indicator, cast.author, 90)
    monkeypatch.setattr(review_agenda, "FINDINGS", [lambda _subject: [Point("finding", "finding-1", "Seal is missing")]])
    assert texts(process, cast.author)[0] == "Seal is missing"


def test_queries_do_not_grow_with_the_agenda(cast: make.Cast, process: Process, indicator: Indicator) -> None:
    costs = []
    for n in range(5):
        other = make.process(cast.stores, number=f"STO-00{n}", owner=Position.objects.get(title="Head of Stores"))
        make.effective(other, since=NOW)
        Link.objects.create(revision=process.revisions.get(), number=other.number, target=other)
        record(indicator, dt.date(2025, n + 1, 1), Decimal(90), by=cast.author, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            review_agenda.agenda(subject(process, cast.author))
        costs.append(len(queries))
    assert costs[0] == costs[4] <= 11, costs


# --- answering


def test_every_answer_is_kept_with_the_verdict(cast: make.Cast, process: Process, indicator: Indicator) -> None:
    measured(indicator, cast.author, 90)
    asked = change_requests.ask(process, revision=process.revisions.get(), by=cast.stranger, now=NOW, wrong="Too slow")
    answers = {asked.pk: Answered("decline", "It is not")}
    decided(process, cast.author, all_answered(process, cast.author, "elsewhere", " A new scale "), answers=answers)
    move = process.moves.get(name="review_keep")
    assert list(move.answers.values_list("source", "answer", "note")) == [
        ("breach", "elsewhere", "A new scale"),
        ("request", "decline", "It is not"),
    ]
    assert move.answers.last().text == "The whole document: Too slow"
    lines, _more = happened(Told(process, scope(cast.reader, LATER.date()), timezone.now()), Asked([Kind.REVIEW]), 9)
    assert lines[0].what.splitlines() == [
        "Periodic review: version 1.0 is kept as it is",
        "“In time” was beyond its limit in 1 month: 2025-01 (90.0 %): It is dealt with elsewhere (A new scale)",
        "The whole document: Too slow: Declined (It is not)",
    ]
    lines, _more = happened(Told(process, scope(cast.admin, LATER.date()), timezone.now()), Asked([Kind.REVIEW]), 9)
    assert lines[0].what.splitlines()[2] == "Change request: Declined", "as everywhere: its words are for those who answer, and who asked"
    with pytest.raises(DatabaseError):
        ReviewAnswer.objects.update(note="x")


def test_what_somebody_reported_is_read_by_those_who_answer_for_the_process(cast: make.Cast, process: Process) -> None:
    problems.report(process, revision=process.revisions.get(), by=cast.stranger, now=NOW, text="Ms Lee signs without looking")
    decided(process, cast.author, all_answered(process, cast.author, "elsewhere", "Spoke to her"))
    told = {
        who.login: happened(Told(process, scope(who, LATER.date()), timezone.now()), Asked([Kind.REVIEW]), 9)[0][0].what.splitlines()[1:]
        for who in (cast.author, cast.reader)
    }
    assert told == {
        "author": ["Problem reported: Ms Lee signs without looking (The whole document): It is dealt with elsewhere (Spoke to her)"],
        "reader": ["Problem report: It is dealt with elsewhere"],
    }


def test_going_into_the_new_version_needs_no_note_and_a_verdict_to_revise(cast: make.Cast, process: Process, indicator: Indicator) -> None:
    measured(indicator, cast.author, 90)
    points = all_answered(process, cast.author, "revise", "")
    with pytest.raises(Refused, match="the verdict is to revise"):
        decided(process, cast.author, points)
    decided(process, cast.author, points, "revise")
    assert ReviewAnswer.objects.get().answer == "revise"


@pytest.mark.parametrize(
    ("act", "note", "sentence"),
    [
        ("", "x", "is not answered"),
        ("burn", "x", "is not answered"),
        ("nothing", " ", "why nothing is changed"),
        ("elsewhere", "", "where it is"),
    ],
    ids=["none", "unknown", "nothing", "elsewhere"],
)
def test_what_is_not_answered_is_refused(cast: make.Cast, indicator: Indicator, act: str, note: str, sentence: str) -> None:
    process = indicator.process
    measured(indicator, cast.author, 90)
    with pytest.raises(Refused, match=sentence):
        decided(process, cast.author, all_answered(process, cast.author, act, note))
    assert not process.moves.exists()
    assert not ReviewAnswer.objects.exists()


def test_a_list_that_has_changed_is_stale(cast: make.Cast, process: Process, indicator: Indicator) -> None:
    measured(indicator, cast.author, 90)
    shown = all_answered(process, cast.author)
    record(indicator, dt.date(2025, 2, 1), Decimal(80), by=cast.author, now=NOW)
    for given in (shown, {}, {**all_answered(process, cast.author), "finding-9": Answered("nothing", "x")}):
        with pytest.raises(Stale, match="has changed since the page was opened"):
            decided(process, cast.author, given)


def test_the_story_alone_asks_for_the_agenda_it_is_given(cast: make.Cast, process: Process) -> None:
    point = Point("finding", "finding-1", "Seal is missing")
    said: dict[str, Any] = {"verdict": "keep", "reason": "So", "next_on": make.day(9)}
    with pytest.raises(Stale):
        review.verdict(process, by=cast.author, now=NOW, agenda=[point], **said)
    review.verdict(process, by=cast.author, now=NOW, agenda=[point], points={"finding-1": Answered("nothing", "Sealed")}, **said)
    assert ReviewAnswer.objects.get().source == "finding"


# --- the next date


def test_the_next_date_is_proposed_by_use_and_says_why(cast: make.Cast, process: Process, indicator: Indicator) -> None:
    def proposed() -> tuple[int, str]:
        found = review_agenda.proposed(subject(process, cast.author))
        return round((found.on - LATER.date()).days / 30.4), found.why

    assert proposed()[0] == 24
    assert "few people read it" in proposed()[1]
    record(indicator, dt.date(2025, 1, 1), Decimal(90), by=cast.author, now=NOW)
    assert proposed() == (12, "Proposed in 12 months, which is the usual interval.")
    for month in (2, 3):
        record(indicator, dt.date(2025, month, 1), Decimal(90), by=cast.author, now=NOW)
    assert proposed() == (6, "Proposed in 6 months, because 3 values were beyond their limit.")


def test_many_requests_bring_it_nearer(cast: make.Cast, process: Process) -> None:
    for n in range(review_agenda.MANY_REQUESTS):
        change_requests.ask(process, revision=process.revisions.get(), by=cast.stranger, now=NOW, wrong=f"Wrong {n}")
    assert review_agenda.proposed(subject(process, cast.author)).why == "Proposed in 6 months, because of 5 change requests."


def test_what_many_read_or_names_a_risk_or_holds_no_more_is_not_put_off(
    cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    def why() -> str:
        return review_agenda.proposed(subject(process, cast.author)).why

    usual = "Proposed in 12 months, which is the usual interval."
    item = WorkItem.objects.create(
        kind="read", subject="x", url_name="home", person=cast.boss, raised_at=NOW, due_on=NOW, planned_due_on=NOW, source_key="reading:x"
    )
    Reading.objects.create(work_item=item, revision=process.revisions.get(), person=cast.boss)
    with monkeypatch.context() as patch:
        patch.setattr(review_agenda, "FEW_READERS", 1)
        assert why() == usual
    content = make.definition("Weld")
    risky = replace(content.steps[1], risks=(Risk(key="k1", risk="Fire"),))
    make.effective(process, replace(content, steps=(content.steps[0], risky, *content.steps[2:])), since=NOW)
    assert why() == usual
    fresh = make.process(cast.purchasing, number="PUR-008")
    assert review_agenda.proposed(subject(fresh, cast.author)).why == usual


# --- the page


def test_the_page_groups_what_has_to_be_answered(client: SignedIn, cast: make.Cast, process: Process, indicator: Indicator) -> None:
    record(indicator, dt.date(2025, 1, 1), Decimal(90), by=cast.author, now=timezone.now())
    page = client.as_(cast.author).get("/processes/PUR-001/review/").content.decode()
    assert "Indicator beyond its limit" in page
    assert "2025-01 (90.0 %)" in page
    assert "Proposed in 12 months" in page
    (point,) = review_agenda.agenda(subject(process, cast.author, timezone.now()))
    typed = {"verdict": "keep", "reason": "Looked", "next_on": "2030-01-01", "shown": point.key, f"act_{point.key}": "nothing"}
    without = client.post("/processes/PUR-001/review/", typed)
    assert without.status_code == 422
    assert "Write why nothing is changed" in without.content.decode()
    assert "Looked" in without.content.decode()
    older = client.post("/processes/PUR-001/review/", {**typed, "shown": "breach-0-1-0", f"reason_{point.key}": "Scale"})
    assert older.status_code == 422
    assert "The list has changed since this page was opened" in older.content.decode()
    assert f'value="{point.key}"' in older.content.decode()
    assert client.post("/processes/PUR-001/review/", {**typed, f"reason_{point.key}": "Scale"}).status_code == 302
    assert ReviewAnswer.objects.get().note == "Scale"
    assert "Nothing has come up since" in client.get("/processes/PUR-001/review/").content.decode()


def test_a_refusal_of_the_story_stands_on_the_page(client: SignedIn, cast: make.Cast, process: Process) -> None:
    typed = {"verdict": "keep", "reason": "Looked", "next_on": "2020-01-01", "shown": ""}
    answer = client.as_(cast.author).post("/processes/PUR-001/review/", typed)
    assert answer.status_code == 422
    assert "must lie in the future" in answer.content.decode()
    assert review_pages.AT_ONCE == 50


def test_who_reviews_and_who_is_led_there(client: SignedIn, cast: make.Cast, process: Process) -> None:
    for who, status in ((cast.author, 200), (cast.approver, 200), (cast.manager, 200), (cast.reader, 403), (cast.stranger, 403)):
        assert client.as_(who).get("/processes/PUR-001/review/").status_code == status
        assert ("/processes/PUR-001/review/" in client.get("/processes/PUR-001/").content.decode()) == (status == 200)
