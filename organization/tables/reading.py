"""Bytes of a CSV file → header and rows, with the encoding and the separator that were found. Pure."""

import codecs
import csv
import io
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

LARGEST = 1_400_000
"""Bytes of a file; some twenty thousand rows."""
SEPARATORS = ",;\t"
DANGER = "=+-@\t\r＝＋－＠"
"""A cell that begins with one of these may be run as a formula by a spreadsheet program."""
ESCAPED = re.compile(rf"'+[{re.escape(DANGER)}]")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig", "UTF-8"), (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"), (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"))
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
DECLARED = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
"""The line with which Excel can be told the separator."""


class Unreadable(Exception):
    """It is no table. The message is a translated sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read. `rows` are (number as spreadsheet programs count, cells); empty rows are left out."""

    encoding: str
    separator: str
    header_row: int
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: by its mark, else strictly UTF-8, else GB18030 (which includes GBK). Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(_("The file has more than %(size)s MB. Cut it into several tables.") % {"size": LARGEST / 1_000_000})
    if data.startswith(WORKBOOKS):
        raise Unreadable(_("This is an Excel workbook. In Excel choose “Save as” and the type “CSV UTF-8”, then upload that file."))
    marked = [(codec, name) for mark, codec, name in BOMS if data.startswith(mark)]
    for codec, name in marked or [("utf-8", "UTF-8"), ("gb18030", "GB18030")]:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name
    raise Unreadable(_("The file is no text in UTF-8, UTF-16 or GB18030. In Excel choose “Save as” and the type “CSV UTF-8”."))


def read(text: str, encoding: str = "UTF-8") -> Sheet:
    """The table in this text. Raises Unreadable where quotes do not close, or there is no row below the header."""
    declared = DECLARED.match(text)
    body = text[declared.end() :] if declared else text
    separator = declared[1] if declared else _separator(body)
    offset = 2 if declared else 1
    records = [(number, tuple(map(unescape, cells))) for number, cells in enumerate(_records(body, separator), offset) if any(cells)]
    if len(records) < 2:
        raise Unreadable(_("There is no row below the header. The first row names the columns, the rows below it are what is brought in."))
    (header_row, header), *rows = records
    return Sheet(encoding, separator, header_row, header, tuple(rows))


def _separator(text: str) -> str:
    """The one that makes the most columns of the header."""
    lines = (line for line in io.StringIO(text, newline="") if line.strip())
    first = next(lines, "")
    return max(SEPARATORS, key=first.count)


def _records(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return [[cell.strip() for cell in record] for record in reader]
    except csv.Error as error:
        words = {"line": reader.line_num}
        raise Unreadable(
            _("Near line %(line)s a quotation mark is not closed, or text stands behind one. Put it right there.") % words
        ) from error


def unescape(cell: str) -> str:
    """Takes away the mark that `escape` put before what could be run as a formula."""
    return cell[1:] if ESCAPED.match(cell) else cell


def escape(cell: str) -> str:
    """A cell that no spreadsheet program runs: text that begins like a formula gets an apostrophe before it."""
    return f"'{cell}" if (cell[:1] and cell[0] in DANGER) or ESCAPED.match(cell) else cell


def write(rows: list[list[str]], separator: str = ",") -> str:
    """A CSV text with these rows; `read` gives them back."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows([[escape(cell) for cell in row] for row in rows])
    return out.getvalue()
