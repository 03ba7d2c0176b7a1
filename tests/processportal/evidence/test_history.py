"""The history of a process: everything that happened, in words, for whoever may know it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import workflow
from approvals.models import Seat
from kpis.recording import define
from organization.appointments import appoint
from organization.models import Department, Position
from organization.scope import scope
from organization.tables.reading import read
from processes import catalogue, change_requests, interfaces, lifecycle, review, translations
from processes.content import definition_of
from processes.models import Move, Process
from processes.translating import units
from processes.translations import Typed
from processportal.copies.models import Copy
from processportal.evidence import gathering
from processportal.evidence.differences import as_words
from processportal.evidence.gathering import Asked, Mark, happened
from processportal.evidence.happened import Kind, Subject
from tests import make
from tests.conftest import SignedIn
from training.audiences import add_rule, end_rule
from worklist.models import WorkItem

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Purchasing's own, created long ago; nothing is approved."""
    owner = Position.objects.get(title="Head of Purchasing")
    return make.process(cast.purchasing, number="PUR-001", owner=owner, created_by=cast.author)


def told(process: Process, who: make.Person, *kinds: str, now: dt.datetime | None = None) -> list[str]:
    """What this person reads, newest first: "who: what (why)"."""
    now = now or make.now()
    subject = Subject(process, scope(who, NOW.date()), now)
    lines, _more = happened(subject, Asked(kinds), 500)
    return [f"{line.who or 'The portal'}: {line.what}" + (f" ({line.why})" if line.why else "") for line in lines]


def approved(process: Process, cast: make.Cast) -> None:
    """Handed in, returned once, handed in again and approved."""
    draft = make.draft(process, by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW, summary="First")
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.approver, now=NOW, verdict="return", sha256=case.content.sha256, reason="Step 2 is secret nonsense")
    draft.refresh_from_db()
    later = NOW + dt.timedelta(hours=1)
    case = workflow.submit(draft, by=cast.author, now=later, summary="Second")
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.approver, now=later, verdict="approve", sha256=case.content.sha256, reason="Fine now")


def test_a_version_tells_its_whole_way_to_those_who_saw_it(cast: make.Cast, process: Process) -> None:
    approved(process, cast)
    said = told(process, cast.reader, Kind.DRAFT, Kind.DECISION, Kind.FORCE)
    stage = "Process manager, Purchasing, stage “Department process manager”"
    assert said == [
        "The portal: Version 1.0 took effect",
        "Approver: Version 1.0 approved",
        f"Approver: Approved as {stage}: version 1.0 (Fine now)",
        "Author: Version 1.0 submitted for approval",
        f"Approver: Returned for changes as {stage}: version 1.0 (Step 2 is secret nonsense)",
        "Author: Version 1.0 submitted for approval",
        "Author: Draft begun",
    ]


def test_others_learn_what_was_approved_and_nothing_of_the_way_there(cast: make.Cast, process: Process) -> None:
    approved(process, cast)
    make.draft(process, make.definition("Secret"), by=cast.author)
    for who in (cast.stranger, cast.admin):
        said = "\n".join(told(process, who))
        assert "Version 1.0 took effect" in said
        assert "Approved as Process manager, Purchasing" in said
        assert "nonsense" not in said
        assert "submitted" not in said
        assert "Draft" not in said


def test_settings_are_told_as_old_and_new_with_the_reason(cast: make.Cast, process: Process) -> None:
    stores = Department.objects.get(code="STO")
    owner = Position.objects.get(title="Process manager, Purchasing")
    changes = {"title": "Buy", "owner": owner, "confidentiality": "departments"}
    catalogue.change_metadata(process, changes, by=cast.author, now=make.now(), participating=[stores], reason=" Reorganized ")
    catalogue.change_metadata(process, {"title": "Buy"}, by=cast.author, now=make.now(), participating=[])
    catalogue.change_metadata(process, {}, by=cast.author, now=make.now(), reason="Nothing changes")
    assert told(process, cast.reader, Kind.SETTINGS) == [
        "Author: Participating departments: Stores removed",
        "Author: Participating departments: Stores added (Reorganized)",
        (
            "Author: Title: Purchase to pay → Buy\nProcess owner: Head of Purchasing → Process manager, Purchasing\n"
            "Confidentiality: Public in the company → Participating departments (Reorganized)"
        ),
        "Author: PUR-001 created",
    ]


def test_reviews_requests_interfaces_and_translations(cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    review.verdict(process, by=cast.author, now=NOW, verdict="keep", reason="Still right.", next_on=make.day(300))
    asked = change_requests.ask(process, revision=revision, by=cast.stranger, now=NOW, wrong="Too slow")
    change_requests.decline(asked, by=cast.author, now=NOW, seen=0, reason="It is not")
    other = make.process(cast.stores, number="STO-001", created_by=cast.author, owner=Position.objects.get(title="Head of Stores"))
    terms = interfaces.Terms("Order")
    proposed = interfaces.propose(process, other, "Order", terms, side="giver", by=cast.author, now=NOW)
    interfaces.answer(proposed.interface, seen=1, agreed=True, by=cast.manager, now=NOW)
    made = translations.begin(revision, "de", by=cast.author, now=NOW)
    texts = {unit.key: Typed(unit.text, 0) for unit in units(definition_of(revision))}
    translations.write(made, texts, by=cast.author, now=NOW)
    translations.hand_in(made, cast.stranger, by=cast.author, now=NOW)
    made.refresh_from_db()
    translations.release(made, by=cast.stranger, now=NOW, seen=made.version)
    kinds = (Kind.REVIEW, Kind.REQUEST, Kind.INTERFACE, Kind.TRANSLATION)
    public = [
        "Stranger: Translation of version 1.0 into Deutsch released",
        "Manager: Interface “Order” with STO-001 agreed",
        "Author: Periodic review: version 1.0 is kept as it is (Still right.)",
    ]
    requests = [
        f"Author: Change request {asked.pk}: Declined (“Too slow”) (It is not)",
        f"Stranger: Change request {asked.pk}: Asked for (“Too slow”)",
    ]
    assert told(process, cast.stranger, *kinds) == [*public[:2], *requests, public[2]], "the asker reads what became of it"
    assert told(process, cast.admin, *kinds) == public
    translations.withdraw(made, by=cast.author, now=NOW + dt.timedelta(1), reason="Wrong")
    assert told(process, cast.admin, Kind.TRANSLATION)[0] == "Author: Translation of version 1.0 into Deutsch withdrawn (Wrong)"


def test_indicators_audience_copies_and_holders(client: SignedIn, cast: make.Cast, process: Process) -> None:
    revision = make.effective(process)
    head = process.owner
    indicator = define(
        process, name="In time", unit="%", direction="up", target=Decimal("98.5"), limit=Decimal(95), decimals=1, keeper=head,
        starts_on=NOW.date(), by=cast.manager, now=NOW,
    )  # fmt: skip
    indicator.target = Decimal(97)
    indicator.save()
    indicator.save()
    rule = add_rule(process, cast.stores, by=cast.author, now=NOW)
    add_rule(process, Position.objects.get(title="Buyer"), by=cast.author, now=NOW, excludes=True)
    end_rule(rule, by=cast.author, now=make.now())
    appoint(cast.reader, head, by=cast.admin, now=NOW, starts_on=make.day(1), ends_before=make.day(4))
    copies = {"process": process, "revision": revision, "printed_by": cast.author, "printed_at": NOW, "valid_until": make.day(9)}
    made = Copy.objects.create(kind="controlled", version="1.0", **copies)
    posted = Copy.objects.create(
        kind="posted", version="1.0", place="Gate 2", position=head, outcome="destroyed", closed_at=NOW, closed_by=cast.author, **copies
    )
    Copy.objects.create(kind="uncontrolled", **copies)
    said = told(process, cast.author, Kind.INDICATOR, Kind.AUDIENCE, Kind.COPY, Kind.OWNER)
    assert [line.partition(": ")[2] for line in said if "ndicator" in line] == [
        "Indicator “In time”\nTarget: 98.5 → 97",
        "Indicator “In time”",
    ]
    assert "The portal: Reader holds Head of Purchasing from 5 Mar 2026 to 7 Mar 2026" in said
    assert any(line.startswith("The portal: Author holds Head of Purchasing from") for line in said)
    assert "Author: Need not read it from 4 Mar 2026 on: Whoever holds “Buyer” (PUR)" in said
    (ended,) = [line for line in said if "Until" in line]
    assert ended.startswith("Author: Must read it from 4 Mar 2026 on: Stores with everything below it\nUntil: – → ")
    assert [line for line in said if "opy" in line] == [
        f"Author: Copy {posted.code}: Destroyed",
        f"Author: Posted copy {posted.code} of version 1.0 issued for “Gate 2”",
        f"Author: Controlled copy {made.code} of version 1.0 issued",
    ]
    assert not told(process, cast.stranger, Kind.COPY), "the register is not for everybody"
    rule.delete()
    assert told(process, cast.author, Kind.AUDIENCE)[0].endswith("on: Stores with everything below it: taken away")


def test_another_route_unknown_moves_and_what_was_cancelled(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=NOW, summary="First")
    case.reroutings.create(route=None, first_order=1, reason="Quicker", by=cast.manager, at=NOW)
    assert "Manager: Approval continues on the route “Built-in route” (Quicker)" in told(process, cast.reader)
    assert "Quicker" not in "".join(told(process, cast.stranger))
    Move.objects.create(process=process, name="melt", from_state="active", to_state="withdrawn", by=cast.boss, at=NOW, reason="Hot")
    assert told(process, cast.stranger, Kind.FORCE) == ["Boss: PUR-001: Active → Withdrawn (Hot)"]
    second = lifecycle.approve(case.revision, by=cast.manager, now=NOW, effective_on=make.day(30))
    lifecycle.cancel(second, by=cast.manager, now=NOW, reason="Stop")
    assert "Manager: Approval of draft 1 cancelled before it took effect (Stop)" in told(process, cast.stranger)


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "yes"), (False, "no"), (dt.date(2026, 3, 4), "4 Mar 2026"), (Decimal("1.5000"), "1.5"), (Decimal(100), "100"), ("x", "x")],
    ids=str,
)
def test_values_in_words(value: object, words: str) -> None:
    assert as_words(value) == words


# --- paging


def test_pages_leave_nothing_out_and_repeat_nothing(cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(process, cast)
    for n in range(7):
        catalogue.change_metadata(process, {"title": f"Title {n}"}, by=cast.author, now=NOW)
    subject = Subject(process, scope(cast.author, NOW.date()), make.now())
    whole, none_left = happened(subject, Asked(), 500)
    assert none_left is None
    for size in (1, 2, 5):
        seen, mark = happened(subject, Asked(), size)
        while mark is not None:
            lines, mark = happened(subject, Asked(), size, Mark.read(str(mark)))
            seen += lines
        assert seen == whole, size
    assert [line.at for line in whole] == sorted((line.at for line in whole), reverse=True)


@pytest.mark.parametrize("text", ["", "x", "1-2-3", "20260304T090000.000000-999-1", "20260304T090000.000000-1--1", "9" * 40 + "-1-1"])
def test_a_mark_that_is_none_begins_at_the_newest(text: str) -> None:
    assert Mark.read(text) is None


def test_a_period_includes_its_last_day(cast: make.Cast, process: Process) -> None:
    subject = Subject(process, scope(cast.author, NOW.date()), make.now())
    for asked, lines in (
        (Asked(["settings"], NOW.date(), NOW.date()), 1),
        (Asked(["settings"], make.day(1), None), 0),
        (Asked(["settings"], None, make.day(-1)), 0),
    ):
        assert len(happened(subject, asked, 9)[0]) == lines


def test_queries_do_not_grow_with_what_happened(cast: make.Cast, process: Process) -> None:
    costs = []
    for times in (1, 5):
        for n in range(times):
            catalogue.change_metadata(
                process, {"title": f"Title {times} {n}"}, by=cast.author, now=make.now(), participating=[cast.stores] * (n % 2)
            )
            process.moves.create(name="review_keep", to_state="active", from_state="active", by=cast.author, at=NOW, reason="So")
            add_rule(process, make.department(f"D{times}{n}"), by=cast.author, now=NOW)
            make.effective(process, since=NOW + dt.timedelta(hours=n + times))
        with CaptureQueriesContext(connection) as queries:
            told(process, cast.author)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 45, costs


def test_each_source_stands_once_and_has_an_index_to_itself() -> None:
    assert len(set(map(id, gathering.SOURCES))) == len(gathering.SOURCES)
    assert {source.kind for source in gathering.SOURCES} == set(Kind)


# --- pages


def test_the_page_shows_it_narrowed_and_paged(client: SignedIn, cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processportal.evidence.views.ROWS", 1)
    approved(process, cast)
    first = client.as_(cast.author).get("/processes/PUR-001/history/?kind=force").content.decode()
    assert "Version 1.0 took effect" in first
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    later = client.get("/processes/PUR-001/history/?kind=draft&after=20260304T100000.000000-0-1").content.decode()
    assert "submitted for approval" in later
    assert 'rel="prev"' in later
    assert "Nothing of this kind in these days" in client.get("/processes/PUR-001/history/?kind=copy").content.decode()
    assert client.get("/processes/PUR-001/history/?kind=nonsense&since=x&until=9999-12-31").status_code == 200
    assert "/processes/PUR-001/history/" in client.as_(cast.stranger).get("/processes/PUR-001/").content.decode()


def test_who_may_not_see_the_process_sees_no_history(client: SignedIn, cast: make.Cast) -> None:
    make.process(cast.purchasing, number="PUR-009", confidentiality="departments", created_by=cast.author)
    for address in ("/processes/PUR-009/history/", "/processes/PUR-009/history/table.csv"):
        assert client.as_(cast.stranger).get(address).status_code == 404
        assert client.as_(cast.reader).get(address).status_code == 200


def test_the_table_is_no_program(client: SignedIn, cast: make.Cast, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.change_metadata(process, {"title": "Buy"}, by=cast.author, now=make.now(), reason="=cmd|' /C calc'!A0")
    answer = client.as_(cast.author).get("/processes/PUR-001/history/table.csv?kind=settings")
    assert answer["Content-Disposition"] == 'attachment; filename="History of PUR-001.csv"'
    text = answer.content.decode("utf-8-sig")
    assert ",'=cmd|" in text
    sheet = read(text)
    assert sheet.header[:4] == ("When (UTC)", "When (UTC)", "Who", "What happened") or sheet.header[2] == "Who"
    assert [row[3] for _n, row in sheet.rows] == ["Title: Purchase to pay → Buy", "PUR-001 created"]
    monkeypatch.setattr("processportal.evidence.views.MOST", 1)
    assert "There is more; narrow the period." in client.get("/processes/PUR-001/history/table.csv").content.decode()


def test_the_reason_is_asked_for_in_the_settings(client: SignedIn, cast: make.Cast, process: Process) -> None:
    page = client.as_(cast.author).get("/processes/PUR-001/settings/")
    typed = {**page.context["form"].initial, "title": "Buy", "reason": "Shorter"}
    client.post("/processes/PUR-001/settings/", {name: value for name, value in typed.items() if value is not None})
    assert told(process, cast.reader, Kind.SETTINGS)[0] == "Author: Title: Purchase to pay → Buy (Shorter)"


def test_what_is_saved_later_is_not_dated_back(cast: make.Cast, process: Process) -> None:
    """The person and the instant told to one saving do not stick to the object."""
    owner = Position.objects.get(title="Head of Purchasing")
    made = catalogue.create_process(
        title="New", document_type="sop", level="department", department=cast.purchasing, owner=owner, by=cast.author, now=NOW
    )
    made.title = "Newer"
    made.save()
    first, second = made.history.order_by("history_id")
    assert (first.history_date, first.history_user) == (NOW, cast.author)
    assert second.history_date > NOW + dt.timedelta(days=1)
    assert second.history_user is None


def test_who_acted_for_whom_what_a_draft_began_from_and_what_was_called_back(cast: make.Cast, process: Process) -> None:
    first = make.effective(process)
    make.away(cast.approver, since=make.day(-1), substitute=cast.manager)
    draft = make.draft(process, make.definition("Other"), by=cast.author)
    draft.based_on = first
    draft.save(update_fields=["based_on"])
    case = workflow.submit(draft, by=cast.author, now=NOW, summary="Second")
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.manager, now=NOW, verdict="approve", sha256=case.content.sha256)
    said = told(process, cast.reader, Kind.DRAFT, Kind.DECISION)
    assert any(line.startswith("Manager (") and "Approved as" in line for line in said), said
    assert "Author: Draft begun from version 1.0" in said
    item = WorkItem.objects.create(
        kind="exchange", subject="x", url_name="home", person=cast.boss, raised_at=NOW, due_on=NOW, planned_due_on=NOW, source_key="copy:x"
    )
    copy = Copy.objects.create(
        process=process, revision=first, kind="controlled", version="1.0", printed_by=cast.author, printed_at=NOW, valid_until=make.day(9),
        recall=item, recalled_at=NOW,
    )  # fmt: skip
    assert told(process, cast.author, Kind.COPY)[0] == f"The portal: Copy {copy.code} called back"
