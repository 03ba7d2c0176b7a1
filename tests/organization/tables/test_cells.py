"""One cell at a time: every spelling that is taken, and a sentence for every one that is not."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.models import Position
from organization.tables import cells
from organization.tables.cells import Read, Wrong
from organization.tables.columns import languages, words

FOURTH_OF_MAY = dt.date(2026, 5, 4)


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (cells.day, "2026-05-04", FOURTH_OF_MAY),
        (cells.day, "4.5.2026", FOURTH_OF_MAY),
        (cells.day, "04.05.2026", FOURTH_OF_MAY),
        (cells.day, "2026/5/4", FOURTH_OF_MAY),
        (cells.day, "2026年5月4日", FOURTH_OF_MAY),
        (cells.day, "２０２６-05-04", FOURTH_OF_MAY),
        (cells.day, "2026-05-04 00:00:00", FOURTH_OF_MAY),
        (cells.percent, "50", 50),
        (cells.percent, "50 %", 50),
        (cells.percent, "50.0%", 50),
        (cells.percent, "0,5", 50),
        (cells.percent, "1.0", 100),
        (cells.percent, "1", 1),
        (cells.percent, "５０％", 50),
        (cells.level, "3", 3),
        (cells.flag, "Yes", True),
        (cells.flag, "否", False),
        (cells.login, " a.b@c+d-e_f ", "a.b@c+d-e_f"),
        (cells.code, "pur", "PUR"),
        (cells.email, "a@example.com", "a@example.com"),
        (cells.office, "pur / Head of Purchasing", ("PUR", "Head of Purchasing")),
        (cells.office, "PUR／采购/经理", ("PUR", "采购/经理")),
        (cells.text(9), "two \r\n words", "two words"),
        (cells.one_of(words(Position.Kind)), "Head of department", "head"),
        (cells.one_of(words(Position.Kind)), "部门负责人", "head"),
        (cells.one_of(words(Position.Kind)), "Department_Process manager", "department_process_manager"),
        (cells.one_of(languages), "简体中文", "zh-hans"),
        (cells.one_of(languages), "Simplified Chinese", "zh-hans"),
        (cells.one_of(languages), "English", "en"),
    ],
)
def test_what_is_taken(read: Read, cell: str, value: object) -> None:
    assert read(cell) == value


@pytest.mark.parametrize(
    ("read", "cell", "sentence"),
    [
        (cells.day, "5/4/2026", "Write the day as 2026-05-04"),
        (cells.day, "2026-02-30", "no such day"),
        (cells.day, "0026-02-03", "The year must lie between"),
        (cells.day, "soon", "Write the day as"),
        (cells.percent, "0", "from 1 to 100"),
        (cells.percent, "101", "from 1 to 100"),
        (cells.percent, "33.3", "from 1 to 100"),
        (cells.percent, "half", "from 1 to 100"),
        (cells.percent, "NaN", "from 1 to 100"),
        (cells.percent, "1e999999", "from 1 to 100"),
        (cells.level, "6", "from 0"),
        (cells.flag, "maybe", "yes or no"),
        (cells.login, "two words", "without spaces"),
        (cells.code, "PUR-1", "12 letters"),
        (cells.email, "nobody", "no e-mail"),
        (cells.office, "PUR", "a slash and the title"),
        (cells.office, "PUR/ ", "a slash and the title"),
        (cells.text(3), "four", "At most 3 characters; this has 4."),
        (cells.one_of(words(Position.Kind)), "boss", "Write one of: head, "),
    ],
)
def test_what_is_not_taken_says_what_it_should_be(read: Read, cell: str, sentence: str) -> None:
    with pytest.raises(Wrong, match=sentence):
        read(cell)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)))
def test_every_day_in_every_spelling(day: dt.date) -> None:
    spellings = [day.isoformat(), f"{day.day}.{day.month}.{day.year}", f"{day.year}/{day.month}/{day.day}", f"{day:%Y-%m-%d} 0:00"]
    assert {cells.day(written) for written in spellings} == {day}


@given(st.text())
def test_whatever_is_written_is_taken_or_refused(cell: str) -> None:
    for read in (cells.day, cells.percent, cells.level, cells.flag, cells.login, cells.code, cells.email, cells.office):
        with contextlib.suppress(Wrong):
            read(cell)
