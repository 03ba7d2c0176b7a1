"""`manage.py collect_messages`: finds every text in Python and templates and brings the catalogues up to date, without xgettext."""

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation.template import templatize

from processportal.messages_in_python import Message, messages

PACKAGES = ("processportal", "improvement", "approvals", "training", "kpis", "processes", "worklist", "organization")
LANGUAGES = ("zh_Hans",)


class Command(BaseCommand):
    """Keeps what is translated, adds what is new, drops what is gone; `--check` changes nothing and fails where there is news."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` for CI."""
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--fragments", default="", help="folder of .po fragments whose translations are taken over")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the catalogues, or say what is missing."""
        found = sorted(collect(settings.ROOT), key=lambda message: (message.text, message.context, message.plural))
        for language in LANGUAGES:
            path = settings.ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
            known = translations(path, Path(options["fragments"]) if options["fragments"] else None)
            catalogue = build(found, known)
            missing = [entry.msgid for entry in catalogue if not entry.translated()]
            if options["check"]:
                if missing or not path.exists() or polib.pofile(str(path)) != catalogue:
                    raise CommandError(f"{path.name} is not up to date ({len(missing)} missing): run manage.py collect_messages")
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue.save(str(path))
            self.stdout.write(f"{language}: {len(catalogue)} texts, {len(missing)} not translated")
            for text in missing:
                self.stdout.write(f"  {text!r}")


def collect(root: Path) -> set[Message]:
    """All texts of the project."""
    found: set[Message] = set()
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            if "migrations" not in path.parts:
                found.update(messages(path.read_text()))
    for path in _templates(root):
        found.update(messages_in_template(path.read_text()))
    return found


def _templates(root: Path) -> Iterator[Path]:
    for pattern in ("*.html", "*.txt"):
        yield from (root / "templates").rglob(pattern)


def messages_in_template(text: str) -> Iterator[Message]:
    """Django turns a template into something like C; its calls of gettext are read from there."""
    literal = r"""u?(?:'(?:[^'\\]|\\.)*'|\"\"\".*?\"\"\"|"(?:[^"\\]|\\.)*")"""
    call = re.compile(rf"\b(n?gettext|pgettext|gettext_noop|_)\(({literal}(?:,\s*{literal})*)", re.DOTALL)
    for name, arguments in call.findall(templatize(text)):
        yield from messages(f"{name}({arguments})")


def translations(path: Path, fragments: Path | None) -> dict[tuple[str, str, str], polib.POEntry]:
    """Context, text and plural → entry, from the catalogue and then from fragments."""
    known: dict[tuple[str, str, str], polib.POEntry] = {}
    for source in [*(sorted(fragments.glob("*.po")) if fragments else []), *([path] if path.exists() else [])]:
        for entry in polib.pofile(str(source)):
            if entry.translated() and not entry.obsolete:
                known[entry.msgctxt or "", entry.msgid, entry.msgid_plural] = entry
    return known


def build(found: list[Message], known: dict[tuple[str, str, str], polib.POEntry]) -> polib.POFile:
    """A catalogue of exactly the found texts."""
    catalogue = polib.POFile(wrapwidth=120)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for message in found:
        before = known.get((message.context, message.text, message.plural)) or known.get((message.context, message.text, ""))
        entry = polib.POEntry(msgctxt=message.context or None, msgid=message.text, msgid_plural=message.plural)
        if "%(" in message.text or "%s" in message.text:
            entry.flags = ["python-format"]
        if message.plural:
            entry.msgstr_plural = {0: (before.msgstr_plural.get(0, "") or before.msgstr) if before else ""}
        else:
            entry.msgstr = (before.msgstr or before.msgstr_plural.get(0, "")) if before else ""
        catalogue.append(entry)
    return catalogue
