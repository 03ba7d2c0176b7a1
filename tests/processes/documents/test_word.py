"""Word files become definitions; what is not taken is listed."""

import io
from unittest.mock import Mock

import pytest
from docx.document import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from processes.canonical import from_json, sha256, to_json
from processes.definition import Definition
from processes.documents import album
from processes.documents.word import Reader, read_docx
from processes.picture_files import NotAPicture
from tests.processes.documents.made import PIXEL, lists, steps, ways, word


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
