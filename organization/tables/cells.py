"""What is written in one cell → its value: days, percents, yes and no, words of a list. Pure; each raises Wrong with a sentence."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from organization.sentences import listed

YES = frozenset({"yes", "y", "true", "1", "x", "active", "是", "在职", "有效"})
NO = frozenset({"no", "n", "false", "0", "inactive", "否", "离职", "无效"})
DAYS = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
)
MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
"""What spreadsheet programs write behind a day."""
LOGIN = re.compile(r"[\w.@+-]{1,80}")
CODE = re.compile(r"[A-Z0-9]{1,12}")
EARLIEST, LATEST = 1900, 2200

Read = Callable[[str], Any]


class Wrong(Exception):
    """The cell cannot be taken. The message is a translated sentence that says what it should be."""


def plain(cell: str) -> str:
    """Full-width letters and digits as ordinary ones, without spaces around it."""
    return unicodedata.normalize("NFKC", cell).strip()


def fold(word: str) -> str:
    """How words are compared: letters and digits alone, without regard to case and width."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", word).casefold() if letter.isalnum())


def text(longest: int) -> Read:
    """Words on one line, at most so many characters."""

    def read(cell: str) -> str:
        line = " ".join(unicodedata.normalize("NFC", cell).split())
        if len(line) > longest:
            raise Wrong(_("At most %(longest)s characters; this has %(length)s.") % {"longest": longest, "length": len(line)})
        return line

    return read


def day(cell: str) -> dt.date:
    """2026-05-04, 4.5.2026, 2026/5/4 or 2026年5月4日."""
    written = MIDNIGHT.sub("", plain(cell))
    found = next((match for shape in DAYS if (match := shape.fullmatch(written))), None)
    if found is None:
        raise Wrong(_("Write the day as 2026-05-04, 4.5.2026 or 2026/5/4."))
    try:
        value = dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        raise Wrong(_("There is no such day in the calendar.")) from None
    if not EARLIEST <= value.year <= LATEST:
        raise Wrong(_("The year must lie between %(first)s and %(last)s.") % {"first": EARLIEST, "last": LATEST})
    return value


def percent(cell: str) -> int:
    """50, 50% or 0.5: a whole number from 1 to 100. A share below or equal to one is told by its decimal sign."""
    written = plain(cell)
    number = written.removesuffix("%").strip().replace(",", ".")
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise Wrong(_("Write a percentage from 1 to 100, such as 50, 50% or 0.5.")) from None
    if "." in number and not written.endswith("%") and value <= 1:
        value *= 100
    if not value.is_finite() or value != value.to_integral_value() or not 1 <= value <= 100:
        raise Wrong(_("Write a percentage from 1 to 100, such as 50, 50% or 0.5."))
    return int(value)


def level(cell: str) -> int:
    """0 (none) to 5."""
    written = plain(cell)
    if written not in {"0", "1", "2", "3", "4", "5"}:
        raise Wrong(_("Write a level from 0 (none) to 5."))
    return int(written)


def flag(cell: str) -> bool:
    """Yes or no, in both languages."""
    word = fold(cell)
    if word not in YES | NO:
        raise Wrong(_("Write yes or no."))
    return word in YES


def login(cell: str) -> str:
    """A login name."""
    written = plain(cell)
    if not LOGIN.fullmatch(written):
        raise Wrong(_("Use letters, digits and . @ + - _ only, without spaces."))
    return written


def code(cell: str) -> str:
    """A department's code, in capital letters."""
    written = plain(cell).upper()
    if not CODE.fullmatch(written):
        raise Wrong(_("Use up to 12 letters and digits, without spaces."))
    return written


def email(cell: str) -> str:
    """An e-mail address."""
    written = plain(cell)
    try:
        validate_email(written)
    except ValidationError:
        raise Wrong(_("This is no e-mail address.")) from None
    return written


def office(cell: str) -> tuple[str, str]:
    """`PUR/Head of Purchasing`: a department's code and the title of a position in it."""
    before, slash, title = cell.replace("／", "/").partition("/")
    if not slash or not title.strip():
        raise Wrong(_("Write the department's code, a slash and the title, such as PUR/Head of Purchasing."))
    return code(before), text(160)(title)


def one_of(words: Callable[[], Mapping[str, str]]) -> Read:
    """A word of a list: folded word → value. The list is asked for when it is needed, since its words are translated."""

    def read(cell: str) -> str:
        known = words()
        found = known.get(fold(cell))
        if found is None:
            raise Wrong(_("Write one of: %(words)s.") % {"words": listed(dict.fromkeys(known.values()))})
        return found

    return read
