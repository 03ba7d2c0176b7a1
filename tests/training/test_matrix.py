"""The training matrix: who sees whose states, every state, paging in both directions, the same cost for one and for five, and the file."""

import datetime as dt
import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from organization.models import Person, Position
from organization.scope import scope
from organization.signing import sign
from processes.models import Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY
from tests.training.courses import DAY, course
from training import assignments, matrix, matrix_sheet, opened, quiz
from training.acknowledgements import acknowledge
from training.matrix import Asked, Cell, Columns
from training.models import Course, Quiz, QuizAttempt, QuizVersion, Spared, TrainingRecord
from training.owing import State
from training.views import matrix as view
from worklist.models import WorkItem

LATER = NOW + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(LATER, tick=False):
        yield


def read_by(cast: make.Cast, number: str = "PUR-001", **fields: object) -> Revision:
    """Of purchasing, which reads it."""
    owner = Position.objects.get(title="Head of Purchasing")
    revision = make.effective(make.process(cast.purchasing, number=number, title=f"Title of {number}", owner=owner, **fields))
    assignments.hand_out(revision, NOW)
    return revision


def cells(revision: Revision) -> dict[str, Cell]:
    found = Person.objects.order_by("login")
    return {person.login: row[0] for person, row in Columns([revision]).rows(list(found), TODAY)}


def again(revision: Revision) -> Revision:
    return Revision.objects.select_related("process", "frozen").get(pk=revision.pk)


def test_every_state(cast: make.Cast) -> None:
    revision = again(read_by(cast))
    acknowledge(revision, by=cast.reader, now=LATER, token=opened.token(cast.reader, revision, "whole", LATER))
    WorkItem.objects.filter(person=cast.approver).update(due_on=TODAY - DAY)
    Spared.objects.create(revision=revision, person=cast.boss, read=revision, spared_at=NOW)
    found = cells(revision)
    assert {login: cell.state for login, cell in found.items() if cell.state} == {
        "reader": State.READ, "approver": State.OVERDUE, "author": State.DUE, "boss": State.SPARED,
    }  # fmt: skip
    assert (found["author"].due, found["reader"].due, found["stranger"]) == (dt.date(2026, 3, 18), None, Cell(None))


def test_what_was_read_in_an_earlier_version_and_what_was_signed_counts(cast: make.Cast) -> None:
    old = again(read_by(cast))
    acknowledge(old, by=cast.stranger, now=LATER, token=opened.token(cast.stranger, old, "whole", LATER))
    new = again(make.effective(old.process, since=NOW - DAY))
    assert new.frozen == old.frozen
    assert cells(new)["stranger"].state == State.READ
    assert new.frozen is not None
    sign(cast.boss, meaning="approved", subject="x", content_sha256=new.frozen.sha256, now=NOW)
    assert cells(new)["boss"].state == State.SIGNED


def test_quiz_and_courses_stand_beside_it(cast: make.Cast) -> None:
    revision = again(read_by(cast))
    asked = Quiz.objects.create(process=revision.process, draft=quiz.to_json(quiz.Quiz()))
    version = QuizVersion.objects.create(quiz=asked, number=1, content={}, sha256="x", published_at=NOW)
    Quiz.objects.filter(pk=asked.pk).update(in_use=version)
    one = course(cast.manager, processes=[revision.process])
    gone = course(cast.manager, "GONE", processes=[revision.process])
    Course.objects.filter(pk=gone.pk).update(retired_at=NOW)
    QuizAttempt.objects.create(
        person=cast.reader, version=version, revision=revision, sheet="s", answers={}, score=100, passed=True, started_at=NOW, ended_at=NOW
    )
    TrainingRecord.objects.create(
        person=cast.reader, course=one, source="import", day=TODAY, result="attended", recorded_by=cast.manager, recorded_at=NOW
    )
    found = cells(revision)
    assert (found["reader"].quiz, found["reader"].courses) == (True, [("C-1", True)])
    assert (found["author"].quiz, found["author"].courses) == (False, [("C-1", False)])
    assert found["stranger"].courses == ()
    Quiz.objects.filter(pk=asked.pk).update(again=True)
    assert cells(revision)["reader"].quiz is False, "passed for another content"


def test_whose_states_one_sees(cast: make.Cast, client: SignedIn) -> None:
    read_by(cast)
    assert matrix.departments_of(scope(cast.reader, TODAY)) == frozenset()
    assert matrix.departments_of(scope(cast.author, TODAY)) == {cast.purchasing.pk}
    assert matrix.departments_of(scope(cast.manager, TODAY)) is None
    for page in ("/training/matrix/", "/training/matrix/file/"):
        assert client.as_(cast.reader).get(page).status_code == 403
    assert b"Training matrix" not in client.get("/training/").content
    mine = client.as_(cast.author).get("/training/matrix/").content.decode()
    assert ("Reader" in mine, "PUR-001" in mine, "Stranger" in mine) == (True, True, False)
    foreign = client.get(f"/training/matrix/?department={cast.stores.pk}").content.decode()
    assert "Stranger" not in foreign
    assert "Stranger" in client.as_(cast.manager).get("/training/matrix/").content.decode()


def test_it_is_narrowed(cast: make.Cast, client: SignedIn) -> None:
    read_by(cast)
    read_by(cast, "PUR-002", confidentiality="departments")
    client.as_(cast.manager)
    page = client.get("/training/matrix/?position=Buyer").content.decode()
    assert ("Reader" in page, "Author" in page) == (True, False)
    page = client.get("/training/matrix/?process=Title of PUR-002").content.decode()
    assert ("PUR-002" in page, "PUR-001" in page) == (True, False)
    assert b"Nothing to show" in client.get(f"/training/matrix/?department={cast.stores.pk}").content
    assert b"Nothing to show" in client.get("/training/matrix/?process=nothing").content
    make.position("Second head", of=cast.stores, kind="head", holder=cast.stranger)
    make.appoint(cast.reader, Position.objects.filter(department=cast.stores, kind="staff").first())
    seen = client.as_(cast.stranger).get("/training/matrix/").content.decode()
    assert ("PUR-001" in seen, "PUR-002" in seen) == (True, False), "a process that one does not see has no column"


def test_pages_in_both_directions(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "ROWS", 2)
    monkeypatch.setattr(view, "COLUMNS", 1)
    for number in ("PUR-001", "PUR-002"):
        read_by(cast, number)
    client.as_(cast.author)
    first = client.get("/training/matrix/")
    assert [person.login for person, _cells in first.context["rows"]] == ["approver", "author"]
    second = client.get("/training/matrix/" + first.context["next_url"])
    assert [person.login for person, _cells in second.context["rows"]] == ["reader"]
    assert (second.context["next_url"], second.context["previous_url"]) == ("", "?")
    across = client.get("/training/matrix/" + first.context["next_columns"])
    assert [one.process.number for one in across.context["columns"]] == ["PUR-002"]
    assert (across.context["next_columns"], across.context["first_columns"]) == ("", "?")
    assert client.get("/training/matrix/?after=x:y").status_code == 200


def test_the_cost_is_the_same_for_one_and_for_five(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.author)
    counts = []
    for n in range(1, 6):
        read_by(cast, f"PUR-{n:03}")
        make.staff(cast.purchasing, f"more{n}")
        client.get("/training/matrix/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/training/matrix/").status_code == 200
        counts.append(len(seen))
    assert counts == [counts[0]] * 5
    assert counts[0] <= 34


def test_the_file_holds_everybody(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "BATCH", 2)
    read_by(cast)
    Person.objects.filter(pk=cast.reader.pk).update(name="=1+1")
    answer = client.as_(cast.author).get("/training/matrix/file/")
    assert ".xlsx" in answer["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(b"".join(answer))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Name", "Login name", "PUR-001 Title of PUR-001 (1.0)"],
        ["'=1+1", "reader", "To read (18 Mar 2026)"],
        ["Approver", "approver", "To read (18 Mar 2026)"],
        ["Author", "author", "To read (18 Mar 2026)"],
    ]


def test_the_file_and_the_page_say_where_the_file_ends(cast: make.Cast, client: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.matrix_sheet.MOST_COLUMNS", 2)
    monkeypatch.setattr("training.views.matrix.MOST_COLUMNS", 2)
    monkeypatch.setattr("training.views.matrix.COLUMNS", 1)
    for n in range(1, 4):
        read_by(cast, f"PUR-00{n}")
        client.as_(cast.author)
        sheet = load_workbook(io.BytesIO(b"".join(client.get("/training/matrix/file/")))).active
        head = [cell.value for cell in next(sheet.iter_rows())][2:]
        ends = "A file holds 2 procedures. Those from PUR-003 on are left out: narrow the matrix down and take the rest."
        assert (head[2:], ends in client.get("/training/matrix/").content.decode()) == (([ends], True) if n == 3 else ([], False))
        assert len(list(sheet.iter_rows())) == 4


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (Cell(None), ""),
        (Cell(State.READ, None, True, (("C-1", True),)), "Read · quiz passed · C-1 valid"),
        (Cell(State.OVERDUE, None, False, (("C-1", False),)), "Overdue · quiz open · C-1 open"),
    ],
)
def test_a_cell_in_words(cell: Cell, words: str) -> None:
    assert matrix_sheet.in_words(cell) == words


def test_nobody_without_access_stands_in_it(cast: make.Cast) -> None:
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert cast.reader not in matrix.people(Asked(None), TODAY)
    assert Process.objects.count() == 0
