"""The table of past training records: its columns, and a spreadsheet read as the text of one. Pure."""

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from organization.tables import cells
from organization.tables.cells import Wrong
from organization.tables.columns import Column, Kind, words
from organization.tables.reading import Unreadable, write
from processes.documents import opening
from processes.documents.found import NotRead
from training.models import TrainingRecord

ROWS: Final = 25_000
COLUMNS: Final = 20
CHARACTERS: Final = 3_000_000
"""Of all cells together: more than so many rows take."""
Result = TrainingRecord.Result


def _code(cell: str) -> str:
    return str(cells.text(24)(cells.plain(cell))).upper()


def _score(cell: str) -> int:
    written = cells.plain(cell).removesuffix("%").strip()
    if not written.isascii() or not written.isdecimal() or len(written) > 3 or int(written) > 100:
        raise Wrong(_("Write a whole number from 0 to 100."))
    return int(written)


def _results() -> Mapping[str, str]:
    """Who was not there has no record of the past."""
    return {word: value for word, value in words(Result)().items() if value != Result.ABSENT}


KIND: Final = Kind(
    "training_records",
    gettext_lazy("Past training records"),
    (
        Column("login", ("Login name", "Login"), ("登录名",), cells.login,
               gettext_lazy("Who it was, also somebody who has left."), required=True),
        Column("course", ("Course", "Course code"), ("课程", "课程编号"), _code,
               gettext_lazy("The code of a course that is there."), required=True),
        Column("day", ("Day", "Date"), ("日期", "完成日期"), cells.day, gettext_lazy("When it was; not in the future."), required=True),
        Column("result", ("Result",), ("结果",), cells.one_of(_results),
               gettext_lazy("Attended, passed or not passed. Empty: attended."), empty=Result.ATTENDED.value),
        Column("score", ("Score",), ("成绩", "分数"), _score, gettext_lazy("In percent. Empty: none."), empty=None),
        Column("valid_until", ("Valid until",), ("有效期至",), cells.day,
               gettext_lazy("The last day. Empty: as the course says."), empty=None),
    ),
    (("anna", "SAFE-1", "2025-03-04", "passed", "90", ""),
     ("ben", "SAFE-1", "2025-03-04", "attended", "", "2027-03-04")),
    gettext_lazy("Rows that are there already change nothing: the same table may be brought in again."),
)  # fmt: skip


def from_xlsx(data: bytes) -> str:
    """The first sheet as CSV text, row for row. Raises Unreadable."""
    try:
        opening.check(data, "xlsx")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = _lines(book.worksheets[0])
    except NotRead as fault:
        raise Unreadable(str(fault)) from fault
    except Exception as fault:  # the library meets whatever a file holds with whatever error
        raise Unreadable(_("The spreadsheet cannot be read. Open it, save it anew as .xlsx and try again.")) from fault
    if len(rows) > ROWS + 1:
        raise Unreadable(_("The table has more than %(rows)d rows. Divide it.") % {"rows": ROWS})
    return write(rows)


def _lines(sheet: Any) -> list[list[str]]:
    """Its cells as text. A text that a small file holds once may stand in half a million cells, so what is read is counted."""
    left, rows = CHARACTERS, list[list[str]]()
    for row in sheet.iter_rows(max_row=ROWS + 2, max_col=COLUMNS, values_only=True):
        rows.append([])
        for value in row:
            rows[-1].append(_text(value))
            left -= len(rows[-1][-1])
            if left < 0:
                raise NotRead(_("The file has more than %(size)s MB. Cut it into several tables.") % {"size": CHARACTERS / 1_000_000})
    return rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
