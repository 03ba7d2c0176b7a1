"""Rows of cells → lines of values, and everything that is wrong with single cells and with the header. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organization.sentences import listed
from organization.tables.cells import Wrong, fold
from organization.tables.columns import STAYS, Column, Kind, header, shown
from organization.tables.reading import Sheet


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: row as spreadsheet programs count, the column as the file calls it (or none), the value, a sentence."""

    row: int
    column: str
    value: str
    sentence: str


@dataclass(slots=True)
class Line:
    """One row: what each known column says. A column that is not there, or is empty and stays, has no value."""

    row: int
    cells: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def fault(self, key: str, sentence: str) -> Fault:
        """What is wrong with the cell of that column."""
        return Fault(self.row, self.names.get(key, ""), self.cells.get(key, ""), sentence)


@dataclass(frozen=True, slots=True)
class Checked:
    """Lines without a fault, and the faults of the others.

    Where rows may name each other, also lines that say what they are about and are wrong in something else, without that.
    """

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    count: int


def check(sheet: Sheet, kind: Kind) -> Checked:
    """Every cell by itself. Without the columns that must be there, the rows are not looked at."""
    places, faults = _columns(sheet, kind)
    missing = [column for column in kind.columns if column.required and column not in places.values()]
    if missing:
        return Checked((), tuple(faults) + tuple(_missing(column, sheet) for column in missing), len(sheet.rows))
    needful = {column.key for column in kind.columns if column.required}
    lines = []
    for number, row in sheet.rows:
        line, wrong = _line(number, row, places, sheet.header)
        faults += wrong
        lines += [line] if not wrong or (kind.refers and needful <= line.values.keys()) else []
    return Checked(tuple(lines), tuple(faults), len(sheet.rows))


def _missing(column: Column, sheet: Sheet) -> Fault:
    return Fault(sheet.header_row, shown(column, get_language() or "en"), "", _("This column must be there."))


def _columns(sheet: Sheet, kind: Kind) -> tuple[dict[int, Column], list[Fault]]:
    """Place in the row → column, and the names that are unknown or stand there twice."""
    known = {name: column for column in kind.columns for name in column.names()}
    places = {place: known[fold(name)] for place, name in enumerate(sheet.header) if fold(name) in known}
    often = {column.key for column, times in Counter(places.values()).items() if times > 1}
    names = listed(header(kind, get_language() or "en"))
    faults = []
    for place, name in enumerate(sheet.header):
        if place in places and places[place].key in often:
            faults.append(Fault(sheet.header_row, name, name, _("Two columns say the same. Take one of them out.")))
        elif place not in places and name:
            sentence = _("There is no such column in this kind of table. Known are: %(columns)s.") % {"columns": names}
            faults.append(Fault(sheet.header_row, name, name, sentence))
    return places, faults


def _line(number: int, row: tuple[str, ...], places: dict[int, Column], names: tuple[str, ...]) -> tuple[Line, list[Fault]]:
    line, faults = Line(number), list(_beyond(number, row, names))
    for place, column in places.items():
        cell = row[place] if place < len(row) else ""
        line.cells[column.key], line.names[column.key] = cell, names[place]
        try:
            value = _value(column, cell)
        except Wrong as wrong:
            faults.append(line.fault(column.key, str(wrong)))
        else:
            if value is not STAYS:
                line.values[column.key] = value
    return line, faults


def _value(column: Column, cell: str) -> Any:
    if cell:
        return column.read(cell)
    if column.required:
        raise Wrong(_("This must be filled in."))
    return column.empty


def _beyond(number: int, row: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Fault]:
    """Cells below no name: a separator too many, or text that should stand in quotation marks."""
    for place, cell in enumerate(row):
        if cell and (place >= len(names) or not names[place]):
            yield Fault(number, "", cell, _("This stands below no column name. A text with a separator in it needs quotation marks."))
