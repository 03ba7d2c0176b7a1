"""Files that are no harmless documents, or too much at once, are refused with a sentence."""

import io
import time
import zipfile

import pytest
from openpyxl import Workbook

from processes.documents import opening, sheet
from processes.documents.found import NotRead
from processes.documents.sheet import read_csv, read_xlsx
from processes.documents.word import read_docx
from tests.processes.documents.made import Fake, book, lists, word

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


def test_what_is_no_table_of_steps_is_refused() -> None:
    with pytest.raises(NotRead, match="No row names the columns"):
        read_xlsx(book([["a", "b"], ["c", "d"]]), "file")
    with pytest.raises(NotRead, match="No row names the columns"):
        read_csv(b"a,b\nc,d\n", "file")
    with pytest.raises(NotRead, match="no row below"):
        read_csv(b"Role,Step\n", "file")
    with pytest.raises(NotRead, match="cannot be read"):
        read_xlsx(Fake({"xl/workbook.xml": b"<x/>"}).data(), "file")


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
