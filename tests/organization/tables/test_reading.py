"""CSV in every dialect that spreadsheet programs write: what was written is read back, and what is no table is said to be none."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.tables.reading import DANGER, LARGEST, Unreadable, decode, escape, read, unescape, write

CODECS = [("UTF-8", "utf-8"), ("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("GB18030", "gb18030")]
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n,;\t\"'=+-@＝流程é"), max_size=12).map(str.strip)
HEADERS = st.lists(st.text("abcdef部门", min_size=1, max_size=6), min_size=2, max_size=5)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    header = draw(HEADERS)
    row = st.lists(CELLS, min_size=len(header), max_size=len(header)).filter(any)
    return [header, *draw(st.lists(row, min_size=1, max_size=5))]


@given(tables(), st.sampled_from(",;\t"), st.sampled_from(CODECS))
def test_what_is_written_is_read_back(rows: list[list[str]], separator: str, encoding: tuple[str, str]) -> None:
    name, codec = encoding
    text, found = decode(write(rows, separator).encode(codec))
    if found != name:
        assert found == "UTF-8", "these few bytes of GB18030 are UTF-8 as well"
        return
    sheet = read(text, found)
    assert [list(sheet.header), *(list(cells) for _number, cells in sheet.rows)] == rows
    assert sheet.separator == separator


@given(st.text())
def test_a_formula_is_never_written_and_always_read_back(cell: str) -> None:
    written = escape(cell)
    assert not written or written[0] not in DANGER
    assert unescape(written) == cell


def test_other_programs_read_the_escaped_text() -> None:
    text = write([["name"], ["=cmd|' /C calc'!A0"], ["+49 30"], ["plain"]])
    assert list(csv.reader(io.StringIO(text))) == [["name"], ["'=cmd|' /C calc'!A0"], ["'+49 30"], ["plain"]]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("login,name\n1,Müller\n".encode(), "UTF-8"),
        ("\ufefflogin;name\r\n1;Müller\r\n".encode(), "UTF-8"),
        ("login\tname\r\n1\t王伟\r\n".encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + "login\tname\r\n1\t王伟\r\n".encode("utf-16-be"), "UTF-16"),
        ("登录名,姓名\n1,王伟\n".encode("gbk"), "GB18030"),
    ],
)
def test_the_encoding_is_found_and_said(data: bytes, encoding: str) -> None:
    assert decode(data)[1] == encoding


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "Excel workbook"),
        (b"\xff\xff\xff", "no text in UTF-8"),
        ("a,b\n".encode("utf-16-le"), "no text in UTF-8"),
        (b"x" * (LARGEST + 1), "more than 1.4 MB"),
    ],
)
def test_what_is_no_text_is_said(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        decode(data)


@pytest.mark.parametrize(
    ("text", "words"), [("", "no row below"), ("a,b\n\n , \n", "no row below"), ('a,b\n"open,1\n', "quotation"), ('a\n"x"y\n', "quotation")]
)
def test_what_is_no_table_is_said(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(text)


def test_rows_are_counted_as_spreadsheet_programs_count() -> None:
    """A cell with a line break is one row, and an empty row counts; so does the line that tells Excel the separator."""
    sheet = read('sep=;\r\nname;note\r\n\r\nAnna;"two\r\nlines"\r\nBo;,\r\n')
    assert (sheet.header_row, sheet.header, sheet.separator) == (2, ("name", "note"), ";")
    assert sheet.rows == ((4, ("Anna", "two\r\nlines")), (5, ("Bo", ",")))
