"""Past training records: read from CSV and spreadsheets, wrong rows told one by one, all or nothing, the same again adds nothing."""

import datetime as dt
import io
import json
import zipfile
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from organization.models import Person
from organization.refusals import Refused
from organization.tables.reading import Unreadable
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY
from tests.training.courses import DAY, course
from training.courses import attendance, bringing_in, records_table, renewing
from training.courses.attendance import Entry
from training.models import Course, TrainingRecord
from worklist.models import Notice, WorkItem

HEAD = "Login name,Course,Day,Result,Score,Valid until\n"
GOOD = HEAD + "reader,c-1,2026-01-05,passed,90,\nREADER,C-1,2025-01-05,,,2026-12-31\nauthor,C-1,2026-01-05,not passed,10,\n"


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def one(cast: make.Cast) -> Course:
    return course(cast.manager, renewal_months=12, pass_mark=80)


def bring(text: str, by: Person, **given: str) -> tuple[bringing_in.Report, bool]:
    return bringing_in.bring_in(text, by=by, now=NOW, **given)


def faults(text: str, by: Person) -> dict[int, str]:
    report = bringing_in.rehearse(text, by=by, now=NOW)
    return {fault.row: fault.sentence for fault in report.faults}


def xlsx(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_brought_in_once_and_again_without_harm(cast: make.Cast, one: Course) -> None:
    rehearsed = bringing_in.rehearse(GOOD, by=cast.manager, now=NOW)
    assert (rehearsed.count, len(rehearsed.new), TrainingRecord.objects.count()) == (3, 3, 0)
    report, done = bring(GOOD, cast.manager, seen=rehearsed.digest)
    assert (done, report.same) == (True, 0)
    rows = TrainingRecord.objects.order_by("day", "person__login").values_list("person__login", "day", "result", "score", "valid_until")
    assert list(rows) == [
        ("reader", dt.date(2025, 1, 5), "attended", None, dt.date(2026, 12, 31)),
        ("author", dt.date(2026, 1, 5), "failed", 10, None),
        ("reader", dt.date(2026, 1, 5), "passed", 90, dt.date(2027, 1, 5)),
    ]
    again, done = bring(GOOD, cast.manager)
    assert (done, len(again.new), again.same, TrainingRecord.objects.count()) == (True, 0, 3, 3)
    assert not Notice.objects.exists(), "nobody is told of the past"


def test_what_was_put_right_since_is_known_and_stays(cast: make.Cast, one: Course) -> None:
    bring(GOOD, cast.manager)
    wrong = TrainingRecord.objects.get(person=cast.author)
    attendance.correct(wrong, Entry(there=True, score=95), by=cast.manager, now=NOW, reason="Miscounted")
    report, done = bring(GOOD, cast.manager)
    assert (done, len(report.new), TrainingRecord.objects.standing().get(person=cast.author).result) == (True, 0, "passed")


def test_every_fault_has_its_row_and_nothing_is_done(cast: make.Cast, one: Course) -> None:
    course(cast.manager, "P-1", department=cast.purchasing)
    bring(HEAD + "boss,C-1,2026-01-05,passed,90,", cast.manager)
    rows = (
        "nobody,C-1,2026-01-05,,,", "reader,X-1,2026-01-05,,,", "reader,C-1,2026-03-05,,,", "reader,C-1,2026-13-01,,,",
        "reader,C-1,2026-01-05,not there,,", "reader,C-1,2026-01-05,,101,", "reader,C-1,2026-01-05,,,2025-01-01", ",C-1,2026-01-05,,,",
        "boss,C-1,2026-01-05,passed,91,", "reader,C-1,2026-01-06,,,", "reader,C-1,2026-01-06,passed,,", "reader,C-1,2026-01-06,,,",
    )  # fmt: skip
    text = HEAD + "\n".join(rows)
    found = faults(text, cast.manager)
    assert {row: said.split(".")[0] for row, said in found.items()} == {
        2: "There is nobody with this login name",
        3: "There is no course with this code",
        4: "This day has not come yet",
        5: "There is no such day in the calendar",
        6: found[6].split(".")[0],
        7: "Write a whole number from 0 to 100",
        8: "The last day lies before the training",
        9: "This must be filled in",
        10: "A record of this person, course and day says something else here",
        12: "A record of this person, course and day says something else here",
    }
    assert found[6].startswith("Write one of:")
    report, done = bring(text, cast.manager)
    assert (done, TrainingRecord.objects.count(), report.same) == (False, 1, 1)
    assert faults("Login name,Day\nreader,2026-01-05", cast.manager) == {1: "This column must be there."}
    with pytest.raises(Unreadable):
        bring("", cast.manager)


def test_a_conflict_names_the_column_that_says_something_else(cast: make.Cast, one: Course) -> None:
    bring(GOOD, cast.manager)
    wrong = TrainingRecord.objects.get(person=cast.author)
    attendance.correct(wrong, Entry(there=True, score=95), by=cast.manager, now=NOW, reason="Miscounted")
    rows = (
        "reader,C-1,2026-01-05,failed,90,2027-01-05", "reader,C-1,2026-01-05,passed,91,2027-01-05",
        "reader,C-1,2026-01-05,passed,90,2028-01-05",
        "author,C-1,2026-01-05,passed,94,2027-01-05", "author,C-1,2026-01-05,failed,11,",
    )  # fmt: skip
    found = bringing_in.rehearse(HEAD + "\n".join(rows), by=cast.manager, now=NOW).faults
    assert [(one.row, one.column, one.value) for one in found] == [
        (2, "Result", "failed"), (3, "Score", "91"), (4, "Valid until", "2028-01-05"), (5, "Score", "94"), (6, "Score", "11"),
    ]  # fmt: skip
    (without,) = bringing_in.rehearse("Login name,Course,Day,Result\nreader,C-1,2026-01-05,passed", by=cast.manager, now=NOW).faults
    assert (without.column, without.value) == ("Score", "")


def test_each_course_by_whoever_arranges_it(cast: make.Cast, one: Course) -> None:
    make.position("Second manager", of=cast.stores, kind="department_process_manager", holder=cast.stranger)
    make.hold(cast.stranger, 4)
    course(cast.stranger, "S-1", department=cast.stores)
    found = faults(HEAD + "reader,C-1,2026-01-05,,,\nreader,S-1,2026-01-05,,,", cast.stranger)
    assert list(found) == [2]
    with pytest.raises(Refused, match="process office"):
        bring(GOOD, cast.reader)


def test_a_table_that_means_something_else_by_now_is_not_applied(cast: make.Cast, one: Course) -> None:
    seen = bringing_in.rehearse(GOOD, by=cast.manager, now=NOW).digest
    bring(HEAD + "reader,c-1,2026-01-05,passed,90,", cast.manager)
    report, done = bring(GOOD, cast.manager, seen=seen)
    assert (done, len(report.new), report.same) == (False, 2, 1)


def test_a_renewal_that_stands_in_the_table_is_no_longer_owed(cast: make.Cast, one: Course) -> None:
    bring(HEAD + "reader,C-1,2025-03-20,passed,90,\nauthor,C-1,2025-03-20,passed,90,", cast.manager)
    assert renewing.run(NOW) == 2
    bring(HEAD + "reader,C-1,2026-03-01,passed,90,\nauthor,C-1,2024-03-01,passed,90,", cast.manager)
    assert list(WorkItem.objects.open().values_list("person__login", flat=True)) == ["author"]


def test_twenty_thousand_rows(cast: make.Cast, one: Course) -> None:
    Person.objects.bulk_create([Person(login=f"p{n}", name=f"Person {n}") for n in range(2_000)], batch_size=500)
    rows = [f"p{n % 2_000},C-1,{TODAY - (n // 2_000 + 1) * 30 * DAY},passed,90," for n in range(20_000)]
    text = HEAD + "\n".join(rows)
    assert len(text.encode()) < 1_400_000
    with CaptureQueriesContext(connection) as seen:
        report, done = bring(text, cast.manager)
    assert (done, len(report.new), TrainingRecord.objects.count()) == (True, 20_000, 20_000)
    assert len(seen) < 400, "SQLite takes so few values in one statement"
    again, done = bring(text, cast.manager)
    assert (done, again.same) == (True, 20_000)


# Spreadsheets


def test_a_spreadsheet_is_read_as_it_stands(cast: make.Cast, one: Course) -> None:
    data = xlsx([HEAD.strip().split(","), [], ["reader", "C-1", dt.date(2026, 1, 5), "passed", 90.0, None], ["=1+1", 3, 0.5, "", "", ""]])
    text = records_table.from_xlsx(data)
    assert [fault.row for fault in bringing_in.rehearse(text, by=cast.manager, now=NOW).faults] == [4, 4], "rows as the program counts them"
    text = records_table.from_xlsx(xlsx([HEAD.strip().split(","), ["reader", "C-1", dt.date(2026, 1, 5), "passed", 90.0, None]]))
    bring(text, cast.manager)
    assert TrainingRecord.objects.get().score == 90
    assert records_table._text(90.0) == "90"
    for wrong in (b"PK\x03\x04 no", b""):
        with pytest.raises(Unreadable):
            records_table.from_xlsx(wrong)


def test_a_spreadsheet_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_table, "ROWS", 2)
    with pytest.raises(Unreadable, match="more than 2 rows"):
        records_table.from_xlsx(xlsx([["a"]] * 4))
    monkeypatch.setattr(records_table, "load_workbook", lambda *_given, **_named: 1 / 0)
    with pytest.raises(Unreadable, match="cannot be read"):
        records_table.from_xlsx(xlsx([["a"]]))


def test_one_long_text_in_very_many_cells_is_not_unfolded() -> None:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'  # noqa: E501
    row = "<row>" + '<c t="s"><v>0</v></c>' * 10 + "</row>"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([["a"]]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name).decode() for name in old.namelist()}
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", f"{strings}</Types>")
        parts["xl/worksheets/sheet1.xml"] = f"<worksheet {space}><sheetData>{row * 100}</sheetData></worksheet>"
        parts["xl/sharedStrings.xml"] = f'<sst {space} count="1" uniqueCount="1"><si><t>{"x" * 40_000}</t></si></sst>'
        for name, part in parts.items():
            new.writestr(name, part)
    data = out.getvalue()
    assert len(data) < 100_000, "a small file"
    with pytest.raises(Unreadable, match=r"more than 3\.0 MB"):
        records_table.from_xlsx(data)


# The page and the command


def test_the_page_checks_first_and_then_applies(client: SignedIn, cast: make.Cast, one: Course) -> None:
    assert client.as_(cast.reader).get("/training/import/").status_code == 403
    client.as_(cast.manager)
    assert b"Download template" in client.get("/training/import/").content
    assert client.post("/training/import/", {}).status_code == 422
    assert client.post("/training/import/", {"text": "x"}).status_code == 422
    bad = client.post("/training/import/", {"text": HEAD + "nobody,C-1,2026-01-05,,,\nno,C-1,2026-01-05,,,"})
    assert (bad.status_code, bad.content.count(b"There is nobody with this login name")) == (422, 3)
    page = client.post("/training/import/", {"text": GOOD})
    assert (page.status_code, TrainingRecord.objects.count()) == (200, 0)
    sealed = page.context["sealed"]
    assert client.post("/training/import/apply/", {"sealed": sealed + "x"}).status_code == 302
    assert not TrainingRecord.objects.exists()
    bring(HEAD + "reader,c-1,2026-01-05,passed,90,", cast.manager)
    assert client.post("/training/import/apply/", {"sealed": sealed}).status_code == 409
    sealed = client.post("/training/import/", {"text": GOOD}).context["sealed"]
    done = client.post("/training/import/apply/", {"sealed": sealed}, follow=True)
    assert (b"2 records are taken over" in done.content, TrainingRecord.objects.count()) == (True, 3)
    assert b"Everything is there already" in client.post("/training/import/", {"text": GOOD}).content
    assert client.as_(cast.reader).post("/training/import/apply/", {"sealed": sealed}).status_code == 403


def test_files_of_both_kinds(client: SignedIn, cast: make.Cast, one: Course) -> None:
    client.as_(cast.manager)
    rows = [HEAD.strip().split(","), ["reader", "C-1", dt.date(2026, 1, 5), "passed", 90, None]]
    for name, data, status in (("a.xlsx", xlsx(rows), 200), ("a.csv", GOOD.encode(), 200), ("b.xlsx", b"PK\x03\x04", 422)):
        assert client.post("/training/import/", {"file": SimpleUploadedFile(name, data)}).status_code == status
    template = client.get("/training/import/template/").content.decode("utf-8-sig")
    assert template.startswith("Login name,Course,Day,Result,Score,Valid until")


def test_the_command(cast: make.Cast, one: Course, tmp_path: Path) -> None:
    def run(text: bytes, *args: str, by: str = "manager") -> str:
        (tmp_path / "past").write_bytes(text)
        out = io.StringIO()
        call_command("import_training_records", str(tmp_path / "past"), "--by", by, *args, stdout=out)
        return out.getvalue()

    assert "3 new, 0 unchanged; nothing was changed, this was a check." in run(GOOD.encode(), "--check")
    assert json.loads(run(GOOD.encode(), "--json"))["new"] == 3
    assert run(GOOD.encode()).strip().endswith("0 new, 3 unchanged.")
    assert "read as XLSX" in run(xlsx([HEAD.strip().split(","), ["reader", "C-1", dt.date(2026, 1, 5), "passed", 90, None]]))
    with pytest.raises(SystemExit):
        run((HEAD + "nobody,C-1,2026-01-05,,,").encode())
    for by, text in (("nobody", GOOD), ("reader", GOOD), ("manager", "")):
        with pytest.raises(CommandError):
            run(text.encode(), by=by)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_training_records", str(tmp_path / "none"), "--by", "manager")
