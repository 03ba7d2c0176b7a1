"""Times of a step as people write them ("2 h", "1.5 days", "3 天") ↔ whole minutes of working time. Pure.

A working day has eight hours and a week five of them, for work and for waiting alike, so that both can be added up.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTES: Final[Mapping[str, int]] = MappingProxyType({"minute": 1, "hour": 60, "day": 480, "week": 2400})
UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        word: unit
        for unit, words in {
            "minute": "m min mins minute minutes 分 分钟",
            "hour": "h hr hrs hour hours 时 小时 钟头",
            "day": "d day days workday workdays 天 日 工作日",
            "week": "w wk week weeks 周 星期 礼拜",
        }.items()
        for word in words.split()
    }
)
"""What is understood as a unit, in lower case; the editor's script gets the same table."""
NUMERALS: Final[Mapping[str, str]] = MappingProxyType(
    {"半": "0.5", "一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10"}
)
PART: Final = re.compile(
    r"([0-9]{1,7}(?:[.,][0-9]{1,4})?|[半一二两三四五六七八九十])\s*个?\s*(?:working\s+)?([a-z]+|[\u4e00-\u9fff]{1,3}?(?=[\s\d半一二两三四五六七八九十]|$))\.?"
)
LONGEST: Final = 200
"""Characters of a time that anybody writes."""
MOST: Final = 10_000_000
"""About eighty years of working days."""


def minutes_of(text: str) -> int | None:
    """Whole minutes of "2 h", "1 day 4 hours", "1,5 h", "半天"; None where it is not understood or a unit is missing."""
    rest, total = " ".join(text.split()).lower(), 0.0
    if len(rest) > LONGEST:
        return None
    while rest:
        part = PART.match(rest)
        if part is None or part[2] not in UNITS:
            return None
        total += float(NUMERALS.get(part[1], part[1]).replace(",", ".")) * MINUTES[UNITS[part[2]]]
        rest = rest[part.end() :].lstrip(" ,;，、")
    found = int(total + 0.5)
    return found if text.strip() and found <= MOST else None


def in_words(minutes: int) -> str:
    """Such as "2 days 4 h 15 min" in the reader's language; "" for none."""
    days, left = divmod(minutes, MINUTES["day"])
    hours, rest = divmod(left, MINUTES["hour"])
    parts = [
        ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else "",
        _("%(count)d h") % {"count": hours} if hours else "",
        _("%(count)d min") % {"count": rest} if rest else "",
    ]
    return " ".join(part for part in parts if part)
