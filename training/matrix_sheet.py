"""The training matrix as a spreadsheet, written row by row: how many people there are does not matter."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from organization.models import Person
from organization.tables.reading import escape
from processes.models import Revision
from training.matrix import Cell
from training.owing import State

MOST_COLUMNS: Final = 400
TONES: Final = {State.OVERDUE: "F6D5D2", State.DUE: "FBEBC8", State.READ: "D9EFDD", State.SIGNED: "D9EFDD"}


def write(revisions: Sequence[Revision], rows: Iterable[tuple[Person, list[Cell]]]) -> IO[bytes]:
    """An open file at its beginning, which is gone when it is closed. Of more than `MOST_COLUMNS` revisions it says what it leaves out."""
    revisions, further = revisions[:MOST_COLUMNS], revisions[MOST_COLUMNS:]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Training matrix")[:31])
    sheet.freeze_panes = "C2"
    for place in range(1, len(revisions) + 3):
        sheet.column_dimensions[get_column_letter(place)].width = 24 if place < 3 else 18
    head = [_("Name"), _("Login name"), *(f"{one.process.number} {one.process.title} ({one.label})" for one in revisions)]
    head += [left_out(further[0])] if further else []
    sheet.append([_cell(sheet, text, font=Font(bold=True)) for text in head])
    fills = {state: PatternFill("solid", fgColor=tone) for state, tone in TONES.items()}
    for person, cells in rows:
        made = [_cell(sheet, person.name), _cell(sheet, person.login)]
        made += [_cell(sheet, in_words(cell), fill=fills.get(cell.state) if cell.state else None) for cell in cells]
        sheet.append(made)
    out = tempfile.TemporaryFile(prefix="portal-matrix-")  # noqa: SIM115 - closed by the response that sends it
    book.save(out)
    out.seek(0)
    return out


def left_out(first: Revision) -> str:
    """Where the file ends, and what to do about it."""
    words = {"most": MOST_COLUMNS, "number": first.process.number}
    return _("A file holds %(most)d procedures. Those from %(number)s on are left out: narrow the matrix down and take the rest.") % words


def in_words(cell: Cell) -> str:
    """State, due day, quiz and courses in one line."""
    if cell.state is None:
        return ""
    said = [cell.said if cell.due is None else f"{cell.said} ({date_format(cell.due, 'SHORT_DATE_FORMAT')})"]
    if cell.quiz is not None:
        said.append(_("quiz passed") if cell.quiz else _("quiz open"))
    said += [_("%(course)s valid") % {"course": code} if done else _("%(course)s open") % {"course": code} for code, done in cell.courses]
    return " · ".join(said)


def _cell(sheet: Any, text: str, *, font: Font | None = None, fill: PatternFill | None = None) -> Any:
    """Text, whatever it looks like; empty and plain ones need no object."""
    kept = escape(ILLEGAL_CHARACTERS_RE.sub("", text))
    if font is None and fill is None:
        return kept or None
    cell = WriteOnlyCell(sheet, kept)
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell
