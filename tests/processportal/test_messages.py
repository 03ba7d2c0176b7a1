"""Texts are found in Python source, and catalogues compiled without msgfmt."""

import gettext
import os
from pathlib import Path

from processportal.messages_in_python import Message, messages
from processportal.translations import compile_catalogues

SOURCE = """
from django.utils.translation import gettext as _, ngettext
word = _("Word")
other = translation.gettext_lazy("Other" " and more")
many = ngettext("%(count)s row", "%(count)s rows", count) % {"count": count}
not_constant = _(word)
empty = _("")
no_text = ngettext(one, two, 3)
unrelated = print("Not for people")
called = table["x"]("Neither")
nothing = _()
shown = pgettext("verb", "Open")
alone = pgettext("verb")
from django.utils.translation import ngettext as n_
renamed = n_("%(n)s day", "%(n)s days", n)
"""


def test_constant_texts_of_gettext_calls_are_found() -> None:
    assert sorted(messages(SOURCE), key=str) == sorted(
        [
            Message("Word"),
            Message("Other and more"),
            Message("%(count)s row", "%(count)s rows"),
            Message("Open", context="verb"),
            Message("%(n)s day", "%(n)s days"),
        ],
        key=str,
    )


def catalogue(folder: Path, text: str) -> Path:
    path = folder / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Role"\nmsgstr "{text}"\n', encoding="utf-8")
    return path


def test_what_is_missing_or_older_is_compiled_and_nothing_else(tmp_path: Path) -> None:
    source = catalogue(tmp_path, "角色")
    (target,) = compile_catalogues(tmp_path)
    assert target == source.with_suffix(".mo")
    with target.open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("Role") == "角色"
    assert compile_catalogues(tmp_path) == []
    catalogue(tmp_path, "岗位")
    os.utime(source, (target.stat().st_mtime + 5,) * 2)
    assert compile_catalogues(tmp_path) == [target]
    with target.open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("Role") == "岗位"
