"""A table of steps, from a spreadsheet or a CSV file. The first row that names a step column is its head. Pure."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from organization.tables.reading import Unreadable, decode, read, unescape
from processes.definition import new_key
from processes.documents import opening
from processes.documents.building import Builder, language_of
from processes.documents.columns import Placed, fields_of, placed, step_of, ways
from processes.documents.found import Found, NotRead

ROWS: Final = 5_000
COLUMNS: Final = 60
HEAD_WITHIN: Final = 30
"""Rows in which the head is looked for; titles and logos stand above it."""
LARGEST_TEXT: Final = 12_000_000
"""Characters of all cells of a spreadsheet."""
SHOWN: Final = 300
"""Rows of the original that are shown."""

Rows = Sequence[Sequence[str]]


def read_xlsx(data: bytes, name: str) -> Found:
    """The first sheet that has a table of steps. Raises NotRead."""
    opening.check(data, "xlsx")
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = _sheets(book)
    except NotRead:
        raise
    except Exception as fault:  # the library meets whatever a file holds with whatever error
        raise NotRead(_("The spreadsheet cannot be read. Open it, save it anew as .xlsx and try again.")) from fault
    for title, rows in sheets:
        if _head(rows) is not None:
            return _found(rows, title if len(sheets) > 1 else name)
    raise _no_head()


def _sheets(book: Any) -> list[tuple[str, Rows]]:
    """Titles and rows. A long text may stand once in the file and be pointed to by every cell: what all cells say together is limited."""
    found: list[tuple[str, Rows]] = []
    left = LARGEST_TEXT
    for sheet in book.worksheets:
        rows = []
        for row in sheet.iter_rows(max_row=ROWS + 1, max_col=COLUMNS, values_only=True):
            left -= sum(len(value) for value in row if isinstance(value, str))
            if left < 0:
                raise NotRead(_("The text of the file is larger than %(size)d MB. Divide it.") % {"size": LARGEST_TEXT // 1_000_000})
            rows.append(list(map(_text, row)))
        found.append((sheet.title, rows))
    return found


def read_csv(data: bytes, name: str) -> Found:
    """A table in UTF-8, UTF-16 or GB18030, with commas, semicolons or tabs. Raises NotRead."""
    try:
        text, encoding = decode(data)
        sheet = read(text, encoding)
    except Unreadable as fault:
        raise NotRead(str(fault)) from fault
    return _found([list(sheet.header), *(list(cells) for _number, cells in sheet.rows)], name)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return unescape(str(value).strip())


def _head(rows: Rows) -> int | None:
    """The row that names the columns: one that has a column of steps and at least one more that is known."""
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        known = [field for field in fields_of(row) if field]
        if "name" in known and len(known) > 1:
            return number
    return None


def _no_head() -> NotRead:
    return NotRead(_("No row names the columns. Name them “Role”, “Step”, “Description”, “Inputs”, “Outputs”, “Records”."))


def _found(rows: Rows, title: str) -> Found:
    begin = _head(rows)
    if begin is None:
        raise _no_head()
    builder = Builder()
    head, fields = rows[begin], fields_of(rows[begin])
    for number, row in enumerate(rows[:begin], 1):
        for cell in filter(None, row):
            builder.leave(_row(number), cell, _("It stands above the table."))
    _steps(builder, rows, begin, fields)
    for cell in filter(None, (cell for row in rows[ROWS:] for cell in row)):
        builder.leave(_row(ROWS + 1), cell, _("More than %(most)d rows; divide the table.") % {"most": ROWS})
    language = language_of(" ".join(cell for row in rows[:200] for cell in row))
    definition = builder.definition(title=title, language=language)
    return Found(definition, tuple(builder.not_taken), _as_html(head, rows[begin + 1 : begin + 1 + SHOWN]))


def _steps(builder: Builder, rows: Rows, begin: int, fields: Sequence[str]) -> None:
    places: list[int] = []
    said: list[Placed] = []
    for number, row in enumerate(rows[begin + 1 : ROWS], begin + 2):
        step, left = step_of(row, fields, new_key(), builder.role)
        if step:
            builder.add(step, _row(number))
            places.append(number)
            said.append(placed(step, row, fields, len(places)))
        for cell in left:
            builder.leave(_row(number), cell, _("No field of a step takes it.") if step else _("The row names no step."))
    flows, astray = ways(said)
    builder.steps = [replace(step, flows=flows.get(step.key, ())) for step in builder.steps]
    for place, line in astray:
        builder.leave(_row(places[place]), line, _("It leads to no step of the table."))


def _row(number: int) -> str:
    return _("Row %(number)d") % {"number": number}


def _as_html(head: Sequence[str], rows: Rows) -> str:
    names = format_html_join("", "<th>{}</th>", ((cell,) for cell in head))
    body = format_html_join("", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows))
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", names, body)
