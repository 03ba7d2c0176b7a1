"""Word documents and tables of steps as definitions: what is understood, what is listed, and what is refused."""

import datetime as dt
import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import Mock

import docx
import pytest
from docx.document import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from openpyxl import Workbook

from processes.canonical import clean, from_json, sha256, to_json
from processes.definition import Definition, explicit_flows
from processes.documents import album, opening, sheet
from processes.documents.columns import fields_of
from processes.documents.found import NotRead
from processes.documents.sheet import read_csv, read_xlsx
from processes.documents.word import Reader, read_docx
from processes.exporting.sheets import as_csv, as_xlsx
from processes.picture_files import NotAPicture
from tests.processes.flowchart.made import HOSTILE, purchase
from tests.processes.test_exporting import WHOLE


def word(fill: Callable[[Document], None]) -> bytes:
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def steps(definition: Definition) -> list[tuple[str, str, str]]:
    return [(step.kind, definition.role_title(step.role), step.name) for step in definition.steps]


def ways(definition: Definition) -> list[tuple[str, str, str]]:
    names = {step.key: step.name for step in definition.steps}
    return [(names[flow.source], flow.label, names.get(flow.target, "")) for flow in explicit_flows(definition.steps) if flow.label]


def lists(document: Document) -> None:
    document.add_heading("Purchasing of material", 0)
    document.add_heading("1. Purpose", 1)
    document.add_paragraph("So that material is there in time.")
    document.add_heading("2 Scope", 1)
    document.add_paragraph("All plants", style="List Bullet")
    document.add_heading("3. Responsibilities", 1)
    document.add_paragraph("The buyer buys.")
    document.add_heading("4. Procedure", 1)
    document.add_paragraph("Buyer: Ask for three offers", style="List Number")
    document.add_paragraph("By mail or telephone.")
    paragraph = document.add_paragraph(style="List Number")
    paragraph.add_run("Head of Purchasing").bold = True
    paragraph.add_run(" checks the offers")
    document.add_paragraph("Is the price right? If no, go to step 1.", style="List Number")
    document.add_paragraph("Order the goods", style="List Number")
    document.add_paragraph("Responsible: Buyer")
    document.add_heading("Records", 1)
    document.add_paragraph("Order – 10 years", style="List Bullet")
    document.add_heading("References", 1)
    document.add_paragraph("Supplier handbook")


def test_headings_lists_and_roles() -> None:
    found = read_docx(word(lists), "file")
    definition = found.definition
    assert (definition.title, definition.language) == ("Purchasing of material", "en")
    assert (definition.purpose, definition.scope) == ("So that material is there in time.", "- All plants")
    assert steps(definition) == [
        ("start", "Buyer", "Start"),
        ("activity", "Buyer", "Ask for three offers"),
        ("activity", "Head of Purchasing", "checks the offers"),
        ("decision", "Head of Purchasing", "Is the price right?"),
        ("activity", "Buyer", "Order the goods"),
        ("end", "Buyer", "End"),
    ]
    assert definition.steps[1].description == "By mail or telephone."
    assert ways(definition) == [("Is the price right?", "yes", "Order the goods"), ("Is the price right?", "no", "Ask for three offers")]
    assert [(record.name, record.retention) for record in definition.records] == [("Order", "10 years")]
    assert [reference.label for reference in definition.references] == ["Supplier handbook"]
    assert "The buyer buys." in definition.notes
    assert from_json(to_json(definition)) == definition
    assert found.not_taken == ()
    assert "<h1>" in found.original


def test_a_table_of_steps_in_chinese() -> None:
    def fill(document: Document) -> None:
        document.add_heading("采购管理程序", 1)
        document.add_paragraph("一、目的").runs[0].bold = True
        document.add_paragraph("保证物料及时到位。")
        document.add_paragraph("四、工作程序").runs[0].bold = True
        table = document.add_table(rows=1, cols=5)
        for cell, text in zip(table.rows[0].cells, ("序号", "责任部门", "作业内容", "输出", "页码"), strict=True):
            cell.text = text
        for row in (
            ("1", "采购部", "询价\n至少三家", "报价单；比价表", "3"),
            ("2", "经理", "同意吗？", "", ""),
            ("", "采购部", "", "", ""),
        ):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    found = read_docx(word(fill), "file")
    assert (found.definition.title, found.definition.language, found.definition.purpose) == (
        "采购管理程序",
        "zh-hans",
        "保证物料及时到位。",
    )
    assert steps(found.definition)[1:-1] == [("activity", "采购部", "询价"), ("decision", "经理", "同意吗？")]
    assert found.definition.steps[0].name == "开始"
    assert (found.definition.steps[1].outputs, found.definition.steps[1].description) == (("报价单", "比价表"), "至少三家")
    assert [(one.text, one.why) for one in found.not_taken] == [("3", "No field of a step takes it."), ("采购部", "The row names no step.")]


def test_what_stands_in_tables_of_records_and_in_others() -> None:
    def fill(document: Document) -> None:
        document.add_heading("Buying", 0)
        document.add_heading("Records", 1)
        table = document.add_table(rows=2, cols=4)
        for cell, text in zip(table.rows[0].cells, ("Record", "Kept by", "For", "Form"), strict=True):
            cell.text = text
        for cell, text in zip(table.rows[1].cells, ("Order", "Buyer", "10 years", "F 1"), strict=True):
            cell.text = text
        table.add_row().cells[1].text = "Nobody"
        document.add_heading("Changes", 1)
        other = document.add_table(rows=1, cols=2)
        other.rows[0].cells[0].text = "Version"
        document.add_table(rows=0, cols=2)

    found = read_docx(word(fill), "file")
    assert [(one.name, one.kept_by, one.retention) for one in found.definition.records] == [("Order", "Buyer", "10 years")]
    assert [one.text for one in found.not_taken] == ["F 1", "Nobody", "Record", "Kept by", "For", "Form", "Version"]
    assert found.definition.notes == "Changes"


def test_nested_lists_pictures_and_headings_among_steps() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("Working procedure")
        document.add_heading("Process", 1)
        document.add_paragraph("What this is about.")
        document.add_paragraph("1. Buyer: Order")
        document.add_paragraph("2) Confirm", style="List Number")
        document.add_paragraph("by mail", style="List Bullet 2")
        document.add_paragraph("Responsible: Stores", style="List Bullet 2")
        document.add_paragraph("yes → 1", style="List Bullet 2")
        document.add_paragraph("no → 77", style="List Bullet 2")
        document.add_heading("A heading", 2)
        document.add_picture(io.BytesIO(PIXEL))
        document.add_heading("", 2).add_run().add_picture(io.BytesIO(PIXEL))

    found = read_docx(word(fill), "file")
    assert [one.media_type for one in found.pictures] == ["image/webp"]
    shown = f"![Picture 1](picture:{sha256(found.pictures[0].content)})"
    assert found.definition.title == "Working procedure"
    assert steps(found.definition)[1:-1] == [
        ("activity", "Buyer", "Order"),
        ("decision", "Stores", "Confirm"),
    ]
    assert ("Confirm", "yes", "Order") in ways(found.definition)
    assert found.definition.steps[2].description == f"- by mail\n{shown}\nno → 77"
    assert {(one.text, one.where) for one in found.not_taken} == {("A heading", "Process"), ("(a picture)", "A heading")}


def test_pictures_stand_where_they_stood() -> None:
    shown = "picture:" + "a" * 64
    body = html.fragment_fromstring(
        f"<h1>T</h1><p><img src='{shown}' alt='Our [big] plant'></p><h1>Purpose</h1><p>Why<img src='{shown}'>and how</p>"
        f"<p><img src='{shown}'></p><h1>Steps</h1><p><img src='{shown}'></p><ol><li>Buyer: Order<img src='{shown}' alt='form'></li>"
        f"<li><img src='{shown}' alt='more'></li></ol>",
        create_parent="div",
    )
    album.Album().write_into(body)
    reader = Reader()
    reader.blocks(body)
    definition = reader.finish("file", body)
    assert definition.notes == f"![Our big plant]({shown})\n\n![Picture 4]({shown})"
    assert definition.purpose == f"Why\n![Picture 2]({shown})\nand how\n\n![Picture 3]({shown})"
    assert [(step.name, step.description) for step in definition.steps[1:-1]] == [("Order", f"![form]({shown})\n![more]({shown})")]


def test_a_picture_that_is_shown_often_is_written_anew_once(monkeypatch: pytest.MonkeyPatch) -> None:
    once = Mock(wraps=album.prepare)
    monkeypatch.setattr(album, "prepare", once)

    def fill(document: Document) -> None:
        document.add_paragraph("T")
        for _n in range(3):
            document.add_picture(io.BytesIO(PIXEL))

    assert len(read_docx(word(fill), "file").pictures) == once.call_count == 1


def test_too_many_pictures_and_what_is_none_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(album, "MOST", 0)

    def fill(document: Document) -> None:
        document.add_paragraph("T")
        document.add_picture(io.BytesIO(PIXEL))

    found = read_docx(word(fill), "file")
    assert [(one.text, one.why) for one in found.not_taken] == [("(a picture)", "More than 0 pictures; add the others by hand.")]
    monkeypatch.setattr(album, "MOST", 1)
    monkeypatch.setattr(album, "prepare", Mock(side_effect=NotAPicture("Not that.")))
    assert [one.why for one in read_docx(word(fill), "file").not_taken] == ["Not that."]


def test_where_nothing_is_numbered_each_paragraph_is_a_step() -> None:
    def fill(document: Document) -> None:
        document.add_heading("Buying", 0)
        document.add_heading("Workflow:", 1)
        document.add_paragraph("Buyer: asks for offers")
        document.add_paragraph("x" * 320)
        document.add_paragraph("Responsible: Head")

    found = read_docx(word(fill), "file")
    assert [(role, text[:14]) for _kind, role, text in steps(found.definition)][1:-1] == [
        ("Buyer", "asks for offer"), ("Buyer", "xxxxxxxxxxxxxx"), ("Responsible", "Head"),
    ]  # fmt: skip
    assert found.definition.steps[2].description == "x" * 320


def test_a_document_without_known_headings_keeps_everything_in_the_notes() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("Letter")
        document.add_paragraph("Dear all")
        document.add_paragraph("one", style="List Bullet")
        document.add_heading("Regards", 1)
        document.add_heading("", 1)

    found = read_docx(word(fill), "file").definition
    assert (found.title, found.notes, found.steps) == ("Letter", "Dear all\n\n- one\n\nRegards", ())


def test_a_title_that_is_too_long_stays_whole_in_the_notes() -> None:
    def fill(document: Document) -> None:
        document.add_paragraph("T" * 400)

    found = read_docx(word(fill), "file").definition
    assert (len(found.title), found.notes) == (300, "T" * 400)
    assert read_docx(word(lambda _document: None), "The file").definition.title == "The file"


def test_more_steps_than_a_chart_bears_are_listed() -> None:
    rows = [["Role", "Step"], *(["Buyer", f"Do {n}"] for n in range(405))]
    found = read_xlsx(book(rows), "f")
    assert len(found.definition.steps) == 402
    assert [one.text for one in found.not_taken] == ["Do 400", "Do 401", "Do 402", "Do 403", "Do 404"]


def read_html(text: str) -> tuple[Definition, Reader]:
    body, reader = html.fragment_fromstring(text, create_parent="div"), Reader()
    reader.blocks(body)
    return reader.finish("file", body), reader


def test_lists_inside_lists() -> None:
    definition, reader = read_html(
        "<h1>T</h1><h1>Steps</h1><ol><li>Buyer: Order<ol><li>by mail<ul><li>or fax</li></ul></li><li></li></ol></li>"
        "<li><ul><li>at once</li></ul></li></ol>"
        "<p>yes → 1</p><h2><img src='x'></h2><h1>Scope</h1><ul><li>All<ul><li>plants</li></ul></li><li></li></ul>"
    )
    assert [step.name for step in definition.steps] == ["Start", "Order", "End"]
    assert (definition.steps[1].description, definition.scope) == ("- by mail\n- or fax\n- at once", "- All\n\n- plants")
    assert [(flow.label, flow.to) for flow in definition.steps[1].flows] == [("no", ""), ("yes", definition.steps[1].key)]
    assert [one.text for one in reader.builder.not_taken] == ["(a picture)"]


def test_a_way_to_a_step_that_is_not_there_stays_in_words_and_lines_before_any_step_too() -> None:
    definition, _reader = read_html(
        "<h1>T</h1><h1>Steps</h1><ul><li>a</li></ul><ol><li>A: if bad, go to step 9</li><li>B</li></ol><br>line<br>"
    )
    assert (definition.steps[1].name, definition.steps[2].description) == ("a", "bad → 9")
    two, _again = read_html("<p>T</p><p>Dear<br>all<b>!</b> bye</p><ol><li>One<br>more</li></ol>")
    assert (two.notes, two.steps[1].name, two.steps[1].description) == ("Dear\nall! bye", "One", "more")


def test_a_record_that_is_too_long_keeps_its_beginning_and_is_listed_whole() -> None:
    definition, reader = read_html(f"<h1>T</h1><h1>Records</h1><p>{'r' * 310}</p>")
    assert len(definition.records[0].name) == 300
    assert [len(one.text) for one in reader.builder.not_taken] == [310]


def test_small_cells() -> None:
    found = read_csv("Role,Step,Kind,Work time,Inputs\n : ,Order,判断,soon,A; B\nBuyer,Pay,Nothing,2 h,\n".encode(), "t")
    order, pay = found.definition.steps[1:3]
    assert (order.kind, order.role, order.inputs, pay.work_time, pay.kind) == ("decision", "", ("A", "B"), 120, "activity")
    assert [one.text for one in found.not_taken] == ["soon", "Nothing"]
    assert read_csv(b"Step,Role,Minutes\nA,B," + b"x" * 20 + b"\n", "t").not_taken[0].text == "x" * 20
    long = read_csv(("Step,System\nA," + "y" * 310).encode(), "t")
    assert (len(long.definition.steps[1].system), [len(one.text) for one in long.not_taken]) == (300, [310])


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PIXEL = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)  # fmt: skip


TEXTS = [
    "Purpose", "Procedure", "Records", "References", "1. Do it", "Buyer: do it", "Responsible: Buyer", "if no, go to step 1", "目的",
    "Plain words", "Is it?", "x" * 350,
]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Normal", "List Number", "List Bullet", "Heading 1", "Heading 2", "table"]),
            st.sampled_from(TEXTS),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_no_text_is_lost(blocks: list[tuple[str, str]]) -> None:
    """Each block has a text of its own; it is in the definition or among what was not taken."""

    def fill(document: Document) -> None:
        for number, (style, text) in enumerate(blocks):
            marked = text if text in {"Purpose", "Procedure", "Records", "References", "目的"} else f"{text} q{number}q"
            if style == "table":
                document.add_table(rows=1, cols=1).rows[0].cells[0].text = marked
            else:
                document.add_paragraph(marked, style=style)

    found = read_docx(word(fill), "file")
    everything = str(to_json(found.definition)) + str(found.not_taken)
    for number, (_style, text) in enumerate(blocks):
        if text not in {"Purpose", "Procedure", "Records", "References", "目的"}:
            assert f"q{number}q" in everything
    assert from_json(to_json(found.definition)) == found.definition


@dataclass
class Fake:
    """A zip archive with these parts."""

    parts: dict[str, bytes]

    def data(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        return out.getvalue()


MAIN = {"word/document.xml": b"<w/>"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"plain text", "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "old Office version"),
        (b"PK\x03\x04" + b"\0" * 20, "damaged"),
        (Fake({"a.txt": b"x"}).data(), "no .docx document"),
        (Fake(MAIN | {"word/vbaProject.bin": b"x"}).data(), "macros"),
        (Fake({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><w/>'}).data(), "declarations"),
        (Fake(MAIN | {f"p{n}": b"" for n in range(3_001)}).data(), "parts inside"),
        (Fake(MAIN | {"bomb": b"\0" * 151_000_000}).data(), "larger than 150 MB"),
        (Fake({"word/document.xml": b" " * 2_000_000 + b'<!DOCTYPE x [<!ENTITY a "b">]><w/>'}).data(), "declarations"),
        (Fake({"word/document.xml": "<!DOCTYPE x><w/>".encode("utf-16")}).data(), "declarations"),
        (Fake({"word/document.xml": b"<w>" + b"x" * 4_000_001}).data(), "text of the file is larger than 4 MB"),
        (Fake(MAIN).data(), "cannot be read"),
        (word(lists)[:-2000], "damaged"),
    ],
    ids=[
        "empty",
        "text",
        "old",
        "cut",
        "other",
        "macros",
        "entities",
        "parts",
        "bomb",
        "late entities",
        "wide",
        "large text",
        "no word",
        "truncated",
    ],
)
def test_what_is_no_harmless_document_is_refused(data: bytes, says: str) -> None:
    begun = time.process_time()
    with pytest.raises(NotRead, match=says):
        read_docx(data, "file")
    assert time.process_time() - begun < 5


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST", 10)
    with pytest.raises(NotRead, match="more than 0 MB"):
        read_docx(word(lists), "file")


# --- tables


def book(*sheets: list[list[Any]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets):
        page = made.create_sheet(f"Sheet {number}")
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_our_own_table_comes_back() -> None:
    for found in (read_csv(as_csv(WHOLE), "t"), read_xlsx(as_xlsx(WHOLE, "t"), "t")):
        before, after = WHOLE.steps[1], found.definition.steps[1]
        for field in (
            "name",
            "kind",
            "inputs",
            "outputs",
            "records",
            "system",
            "form",
            "instruction",
            "link",
            "duration",
            "work_time",
            "waiting_time",
        ):
            assert getattr(after, field) == getattr(before, field), field
        for several in ("consulted", "informed"):
            assert list(map(found.definition.role_title, getattr(after, several))) == list(map(WHOLE.role_title, getattr(before, several)))
        assert found.definition.role_title(after.accountable) == WHOLE.role_title(before.accountable) != ""
        assert [(one.risk, one.control) for one in after.risks] == [(one.risk, one.control) for one in before.risks] != []
        assert found.not_taken == ()
    whole = purchase()
    again = read_xlsx(as_xlsx(whole, "t"), "t").definition
    assert [(step.kind, step.name, again.role_title(step.role)) for step in again.steps] == [
        (step.kind, step.name, whole.role_title(step.role)) for step in whole.steps
    ]
    assert arrows(again) == arrows(whole)
    assert any(message for *_rest, message in arrows(whole))


def arrows(definition: Definition) -> list[tuple[int, int, str, bool]]:
    numbers = definition.numbers()
    flows = explicit_flows(definition.steps)
    return sorted((numbers[flow.source], numbers[flow.target], flow.label, flow.message) for flow in flows)


def test_ways_that_lead_nowhere_are_listed() -> None:
    rows = [
        ["No.", "Role", "Step", "Goes on with"],
        ["1.", "Buyer", "Ask", "→ 3)"],
        ["", "Buyer", "Order", "then pay; if late -> 9"],
        ["", "", "Pay", ""],
    ]
    found = read_csv("\n".join(",".join(row) for row in rows).encode(), "t")
    assert (2, 4, "", False) in arrows(found.definition)
    assert [(one.where, one.text) for one in found.not_taken] == [("Row 3", "then pay"), ("Row 3", "if late -> 9")]


def test_the_head_is_found_below_a_title_and_on_another_sheet() -> None:
    rows = [["Purchasing"], [], ["Responsible", "Activity", "Minutes"], ["Buyer", "Order", 12.0], [None, "Pay", 1.5], ["Buyer", None, None]]
    found = read_xlsx(book([["nothing", "here"]], rows), "file")
    assert found.definition.title == "Sheet 1"
    assert steps(found.definition)[1:-1] == [("activity", "Buyer", "Order"), ("activity", "Buyer", "Pay")]
    assert [(one.where, one.text) for one in found.not_taken] == [
        ("Row 1", "Purchasing"), ("Row 4", "12"), ("Row 5", "1.5"), ("Row 6", "Buyer"),
    ]  # fmt: skip
    assert "<th>Responsible</th>" in found.original


def test_what_is_no_table_of_steps_is_refused() -> None:
    with pytest.raises(NotRead, match="No row names the columns"):
        read_xlsx(book([["a", "b"], ["c", "d"]]), "file")
    with pytest.raises(NotRead, match="No row names the columns"):
        read_csv(b"a,b\nc,d\n", "file")
    with pytest.raises(NotRead, match="no row below"):
        read_csv(b"Role,Step\n", "file")
    with pytest.raises(NotRead, match="cannot be read"):
        read_xlsx(Fake({"xl/workbook.xml": b"<x/>"}).data(), "file")


def test_days_are_days_and_encodings_are_found() -> None:
    noon = [dt.datetime(2026, 1, 2, tzinfo=None), dt.datetime(2026, 1, 2, 3, tzinfo=None)]  # noqa: DTZ001 a spreadsheet knows no zones
    found = read_xlsx(book([["Role", "Step", "Since", "Deadline"], ["Buyer", "Order", *noon]]), "file")
    assert found.definition.steps[1].duration == "2026-01-02 03:00:00"
    assert found.not_taken[0].text == "2026-01-02"
    chinese = read_csv("岗位;步骤\n采购员;下单".encode("gb18030"), "file").definition
    assert steps(chinese)[1:-1] == [("activity", "采购员", "下单")]


def test_five_thousand_rows_in_seconds_and_nothing_lost() -> None:
    data = ("Role,Step\n" + "".join(f"Buyer,Do {n}\n" for n in range(5_200))).encode()
    begun = time.process_time()
    found = read_csv(data, "file")
    assert time.process_time() - begun < 10
    assert len(found.definition.steps) == 402
    listed = {one.text for one in found.not_taken}
    assert {f"Do {n}" for n in range(400, 5_200)} <= listed


def test_hostile_cells_are_text() -> None:
    cells = [clean(text).strip() or "x" for text in HOSTILE]
    found = read_xlsx(book([["Role", "Step"], *(["Buyer", text] for text in cells)]), "f")
    assert "<script" not in found.original
    assert from_json(to_json(found.definition)) == found.definition


def test_columns_are_known_in_both_languages_and_once() -> None:
    assert fields_of(["No.", "Responsible:", "ACTIVITY", "Step", "输出", "Goes on with", "?"]) == [
        "number",
        "role",
        "name",
        "",
        "outputs",
        "next",
        "",
    ]
    assert fields_of(["Responsible", "Description"]) == ["role", "name"]


def test_only_the_rows_that_are_read_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "ROWS", 3)
    found = read_csv(b"Role,Step\nA,b\nC,d\nE,f\n", "file")
    assert [one.text for one in found.not_taken] == ["E", "f"]


def test_a_step_that_is_told_at_length_keeps_what_its_description_holds() -> None:
    def fill(document: Document) -> None:
        document.add_heading("Procedure", 1)
        document.add_paragraph("Order material", style="List Number")
        for number in range(300):
            document.add_paragraph("more words " * 10 + str(number))

    found = read_docx(word(fill), "long")
    step = next(step for step in found.definition.steps if step.name == "Order material")
    assert 15_000 < len(step.description) < 20_000
    assert from_json(to_json(found.definition)) == found.definition
    assert {one.why for one in found.not_taken} == {"The description of the step is full."}
    assert found.not_taken[-1].text.endswith("299")


def test_a_cell_of_spaces_is_read_at_once() -> None:
    spaces = " " * 100_000
    data = f"Role,Step,Inputs,Work time\nBuyer,Check,a{spaces}b,1{spaces}!\nBuyer,Sign,x,{'1 m ' * 30_000}\n".encode()
    begun = time.process_time()
    steps_found = read_csv(data, "x").definition.steps[1:3]
    assert [(len(step.inputs), step.work_time) for step in steps_found] == [(1, 0), (1, 0)]
    assert time.process_time() - begun < 2


def test_one_long_text_in_many_cells_is_refused() -> None:
    book = Workbook()
    book.active.append(["Role", "Step", *[f"Description {number}" for number in range(50)]])
    for _row in range(10):
        book.active.append(["Buyer", "Check", *["x" * 30_000] * 50])
    out = io.BytesIO()
    book.save(out)
    assert len(out.getvalue()) < 30_000
    with pytest.raises(NotRead, match="larger than 12 MB"):
        read_xlsx(out.getvalue(), "x")


def test_what_all_cells_say_together_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "LARGEST_TEXT", 2_000_000)
    rows = [["Role", "Step"], *(["Buyer", "x" * 30_000] for _n in range(100))]
    with pytest.raises(NotRead, match="larger than 2 MB"):
        read_xlsx(book(rows), "x")


def test_a_note_that_is_referred_to_twice_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word(lambda document: document.add_paragraph("Text")))) as made, zipfile.ZipFile(out, "w") as archive:
        for entry in made.infolist():
            archive.writestr(
                entry.filename,
                _with_notes(entry.filename, made.read(entry).decode()) if entry.filename.endswith(("xml", "rels")) else made.read(entry),
            )
        archive.writestr(
            "word/footnotes.xml",
            f'<w:footnotes {W}><w:footnote w:id="7"><w:p><w:r><w:t>{"long " * 50}</w:t></w:r></w:p></w:footnote></w:footnotes>',
        )
    with pytest.raises(NotRead, match="The document cannot be read"):
        read_docx(out.getvalue(), "x")


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _with_notes(name: str, text: str) -> str:
    if name == "word/document.xml":
        return text.replace(
            "Text</w:t></w:r>", 'Text</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r><w:r><w:footnoteReference w:id="7"/></w:r>'
        )
    if name == "word/_rels/document.xml.rels":
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
        return text.replace("</Relationships>", f'<Relationship Id="rn" Type="{kind}" Target="footnotes.xml"/></Relationships>')
    if name == "[Content_Types].xml":
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        return text.replace("</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>')
    return text
