"""For whom somebody signs: kept with the signature in the language of the source, whoever signs, and said in the reader's on a page.

What was signed stays as it is. A page looks for the sentence in it, and shows the words as they are kept where it finds none.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import cache

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop, override, pgettext

from organization.chain import Cause

LONGEST = 300
FOR = gettext_noop("for %(position)s")
NAMED = gettext_noop("for %(position)s, named by top management")
LENT = gettext_noop("for %(position)s, by delegation of %(name)s")
ALSO = gettext_noop("also %(for_whom)s")
SENTENCES: Mapping[tuple[Cause, bool], str] = {
    (Cause.HOLDS, False): gettext_noop("as %(position)s"),
    (Cause.AWAY, False): gettext_noop("for %(position)s, away until %(day)s"),
    (Cause.AWAY, True): gettext_noop("for %(position)s, away until %(day)s, as standing substitute of %(office)s"),
    (Cause.VACANT, False): gettext_noop("for %(position)s, which nobody holds"),
    (Cause.VACANT, True): gettext_noop("for %(position)s, which nobody holds, as standing substitute of %(office)s"),
    (Cause.BARRED, False): gettext_noop("for %(position)s, whose holder may not act here"),
    (Cause.BARRED, True): gettext_noop("for %(position)s, whose holder may not act here, as standing substitute of %(office)s"),
    (Cause.NOBODY_PRESENT, False): gettext_noop("for %(position)s as %(office)s, although away until %(day)s: nobody present may act"),
}
NAMES = re.compile(r"%\((\w+)\)s")


def joined(said: list[str]) -> str:
    """Several of these sentences, as one signature for several seats says them."""
    return pgettext("between clauses", "; ").join(said)


def kept(said: str) -> str:
    """What is kept of a sentence in the active language."""
    return (_retold(said, _active(), settings.LANGUAGE_CODE) or said)[:LONGEST]


def told(stored: str) -> str:
    """What was kept, in the active language. Old signatures speak the language of who signed."""
    languages = (code for code, _name in settings.LANGUAGES)
    return next(filter(None, (_retold(stored, code, _active()) for code in languages)), stored)


def _active() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _retold(text: str, source: str, target: str) -> str:
    """The sentences of `text` in another language; "" where one of them is not known."""
    with override(source):
        parts = text.split(joined(["", ""]))
    said = [_sentence(part, source, target) for part in parts]
    with override(target):
        return joined(said) if all(said) else ""


def _sentence(text: str, source: str, target: str) -> str:
    for sentence, pattern in _patterns(source):
        found = pattern.fullmatch(text)
        if found:
            words = found.groupdict()
            if "day" in words:
                words["day"] = _days(source, target).get(words["day"], words["day"])
            if "for_whom" in words:
                words["for_whom"] = _sentence(words["for_whom"], source, target) or words["for_whom"]
            with override(target):
                return gettext(sentence) % words
    return ""


@cache
def _patterns(language: str) -> list[tuple[str, re.Pattern[str]]]:
    """Sentence → what it looks like in this language; those that say more come first."""
    with override(language):
        said = {one: gettext(one) for one in (FOR, NAMED, LENT, ALSO, *SENTENCES.values())}
    by_words = sorted(said.items(), key=lambda one: -len(NAMES.sub("", one[1])))
    return [(one, re.compile("".join(_looks(NAMES.split(words))))) for one, words in by_words]


def _looks(parts: list[str]) -> Iterator[str]:
    """Literal text and names of words in turn."""
    return (f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in enumerate(parts))


@cache
def _days(source: str, target: str) -> dict[str, str]:
    """Every day of a year as one language writes it → as the other does."""
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(366)]

    def written(language: str) -> list[str]:
        with override(language):
            return [date_format(day, "MONTH_DAY_FORMAT") for day in days]

    return dict(zip(written(source), written(target), strict=True))
