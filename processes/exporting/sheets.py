"""The table of steps as a spreadsheet and as CSV, and other tables as spreadsheets. No cell of it is run by a spreadsheet program."""

import io
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from organization.tables.reading import escape, write
from processes.definition import Definition
from processes.exporting.columns import COLUMNS, rows

LONGEST_CELL: Final = 32_767
"""Units of UTF-16 that a cell of a spreadsheet holds; a character outside the basic plane is two of them."""
WIDTHS: Final = {"number": 6, "role": 22, "name": 42, "kind": 14, "next": 16, "description": 60, "form_address": 30, "risks": 36}


def as_csv(definition: Definition) -> bytes:
    """UTF-8 with the mark that spreadsheet programs look for."""
    return write(rows(definition)).encode("utf-8-sig")


def as_xlsx(definition: Definition, title: str) -> bytes:
    """The steps as one sheet."""
    return table(rows(definition), title, widths=[WIDTHS.get(name, 20) for name in COLUMNS], corner="D2")


def table(lines: Iterable[Sequence[str]], title: str, *, widths: Sequence[int], corner: str) -> bytes:
    """One sheet with a head, the first line, that stays in sight; what stands left of the corner does too."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = corner
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, row in enumerate(lines):
        sheet.append([_cell(sheet, text, head=number == 0) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, text: str, *, head: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, _fitting(escape(ILLEGAL_CHARACTERS_RE.sub("", text))))
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=head)
    return cell


def _fitting(text: str) -> str:
    return text.encode("utf-16-le")[: 2 * LONGEST_CELL].decode("utf-16-le", "ignore")


def _sheet_name(title: str) -> str:
    """A name that spreadsheet programs take: at most 31 characters, without some."""
    kept = "".join(" " if c in "[]:*?/\\" else c for c in ILLEGAL_CHARACTERS_RE.sub("", title)).strip(" '")
    return kept[:31].strip(" '") or "1"
