"""Both languages are whole: nothing missing, nothing fuzzy, placeholders alike."""

import re
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def test_every_text_is_translated() -> None:
    entries = [e for e in polib.pofile(str(CATALOGUE)) if not e.obsolete]
    assert len(entries) > 300
    missing = [e.msgid for e in entries if not e.translated()]
    fuzzy = [e.msgid for e in entries if "fuzzy" in e.flags]
    assert (missing, fuzzy) == ([], [])


def test_translations_keep_the_placeholders() -> None:
    entries = [e for e in polib.pofile(str(CATALOGUE)) if not e.obsolete]
    wrong = [e.msgid for e in entries if any(placeholders(text) != placeholders(e.msgid_plural or e.msgid) for text in texts(e))]
    assert wrong == []


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
