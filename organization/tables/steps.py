"""What a table would do: one step per row, in the order in which they are done, and what stands in the way."""

import datetime as dt
import difflib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.db.models import Model, TextChoices
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organization.models import Person
from organization.refusals import Refused
from organization.tables.checking import Fault, Line
from organization.tables.columns import Kind, shown

NONE = "–"
GUESSES = 20
"""For so many unknown words the nearest known one is searched; more would take long and be read by nobody."""

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row", bound=Model)


class State(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changes, as it is shown."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one row; `do` tells the story (nothing for a row that is there already)."""

    row: int
    label: str
    state: State
    differences: tuple[Difference, ...] = ()
    do: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which they are done, and the faults of the rows that have none."""

    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """By whom and when the table is brought in."""

    by: Person
    now: dt.datetime
    today: dt.date


def once(lines: Iterable[Line], key: Callable[[Line], Key], column: str) -> tuple[dict[Key, Line], list[Fault]]:
    """Lines by what they are about; a second row about the same is a fault."""
    found: dict[Key, Line] = {}
    faults = []
    for line in lines:
        first = found.setdefault(key(line), line)
        if first is not line:
            faults.append(line.fault(column, _("Row %(row)s is about the same. Keep one of the two.") % {"row": first.row}))
    return found, faults


def differences(kind: Kind, wanted: Mapping[str, Any], present: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The columns whose wanted value is not the present one."""
    language = get_language() or "en"
    return tuple(
        Difference(shown(column, language), as_shown(present[column.key]), as_shown(wanted[column.key]))
        for column in kind.columns
        if column.key in wanted and column.key in present and wanted[column.key] != present[column.key]
    )


def as_shown(value: Any) -> str:
    """A value for people."""
    if value in (None, ""):
        return NONE
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return date_format(value)
    if isinstance(value, TextChoices):
        return str(value.label)
    return "/".join(value) if isinstance(value, tuple) else str(value)


def needed(known: Mapping[Key, Row], key: Key, name: str) -> Row:
    """What an earlier row of the table should have made."""
    if key not in known:
        raise Refused(_("The row of %(name)s could not be taken, and this row needs it.") % {"name": name})
    return known[key]


class Nearest:
    """Finds the known word that an unknown one was probably meant to be."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.found: dict[str, str] = {}

    def __call__(self, sentence: str, word: str) -> str:
        """The sentence, and after it what was probably meant."""
        if word not in self.found:
            near = difflib.get_close_matches(word, self.known, 1, 0.7) if len(self.found) < GUESSES else []
            self.found[word] = near[0] if near else ""
        meant = self.found[word]
        return f"{sentence} {_('Did you mean %(word)s?') % {'word': meant}}" if meant else sentence


def in_order(steps: Iterable[tuple[Any, Step]]) -> tuple[Step, ...]:
    """Steps by their rank; those of one rank as they stand in the table."""
    return tuple(step for _rank, step in sorted(steps, key=lambda pair: (pair[0], pair[1].row)))


def meeting(spans: Sequence[tuple[Line, dt.date, dt.date | None]]) -> Iterable[tuple[Line, Line]]:
    """Pairs (later, earlier) of half-open spans of days that meet; an end of None lies after every day."""
    last: tuple[Line, dt.date | None] | None = None
    for line, starts_on, ends_before in sorted(spans, key=lambda span: span[1]):
        if last and (last[1] is None or starts_on < last[1]):
            yield line, last[0]
        if last is None or ends_before is None or (last[1] is not None and ends_before > last[1]):
            last = line, ends_before
