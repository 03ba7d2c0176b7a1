"""`manage.py import_bpmn PATH…`: BPMN 2.0 files become drafts; whatever is not kept is listed."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from organization.calendar import today
from organization.models import Department, Person, Position
from organization.resolution import resolve
from processes.bpmn.document import LARGEST
from processes.importing import Report, check_file, import_file, with_roundtrip

ENDINGS = (".bpmn", ".bpmn2", ".xml")


class Command(BaseCommand):
    """One report per file; exit code 0 also where files are refused, since each says why."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files or folders, the department that gets the drafts, and how to answer."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--department", default="", metavar="CODE", help="whose drafts they become; without it, the company's")
        parser.add_argument(
            "--by", default="", metavar="LOGIN", help="in whose name; without it, whoever acts for the head of the department"
        )
        parser.add_argument("--check", action="store_true", help="write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object per line and file")
        parser.add_argument("--roundtrip", action="store_true", help="also export each file's definitions and read them again")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read every file; a file that cannot be read is refused like any other."""
        importer = None if options["check"] else _Importer(options["department"], options["by"])
        for path in files(options["paths"]):
            report = one_file(path, importer, roundtrip=options["roundtrip"])
            self.stdout.write(json.dumps(as_json(report), ensure_ascii=False) if options["json"] else sentence(report))


class _Importer:
    """Who imports, and where to."""

    def __init__(self, code: str, login: str) -> None:
        self.department = (
            Department.objects.filter(code__iexact=code).first() if code else Department.objects.filter(kind="company").first()
        )
        if self.department is None:
            raise CommandError(f"There is no department {code!r}." if code else "There is no company yet: make its departments first.")
        positions = Position.objects.existing(today()).filter(department=self.department).order_by("pk")
        owner = positions.filter(kind=Position.Kind.HEAD).first() or positions.first()
        if owner is None:
            raise CommandError(f"{self.department} has no position that could own a process. Make one first.")
        self.owner = owner
        found = Person.objects.filter(login__iexact=login, is_active=True).first() if login else self._acting()
        if found is None:
            raise CommandError(f"There is no active person {login!r}." if login else "Nobody acts for the department: say --by LOGIN.")
        self.by = found

    def _acting(self) -> Person | None:
        assignee = resolve(self.owner, today())
        return assignee.person if assignee else None

    def take(self, data: bytes, name: str) -> Report:
        """Import one file."""
        return import_file(data, name, department=self.department, owner=self.owner, by=self.by, now=timezone.now())


def files(paths: Sequence[Path]) -> Iterator[Path]:
    """The given files, and those in the given folders, in order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
        else:
            yield path


def one_file(path: Path, importer: _Importer | None, *, roundtrip: bool = False) -> Report:
    """Read without loading what is too large anyway. Bytes of the file's name that are no text are shown as such."""
    name = str(path).encode(errors="surrogateescape").decode(errors="replace")
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
            size = path.stat().st_size
    except OSError as error:
        return Report(name, "refused", f"The file cannot be read: {error.strerror}.")
    if size > len(data):
        return Report(name, "refused", f"The file has {size // 1_000_000} MB; at most {LARGEST // 1_000_000} MB are read.")
    report = importer.take(data, name) if importer else check_file(data, name)
    return with_roundtrip(report, data) if roundtrip and report.status == "imported" else report


def as_json(report: Report) -> dict[str, Any]:
    """The report; what was not asked for is left out."""
    unasked = {"beside"} if report.roundtrip else {"beside", "roundtrip", "diff"}
    return {name: value for name, value in asdict(report).items() if name not in unasked}


def sentence(report: Report) -> str:
    """For a person at a terminal."""
    if report.status == "refused":
        return f"✗ {report.file}\n    {report.reason}"
    numbers = f" as {report.process}" if report.process else ""
    lines = [f"✓ {report.file}{numbers}: {report.steps} steps, {report.flows} flows, {report.roles} roles"]
    lines += [f"    read in spite of {repair}" for repair in report.repairs]
    for word, some in (("lost", report.lost), ("kept in part", report.partly), ("folded", report.folded)):
        lines += [f"    {word}: {one['element']} {one['name'] or one['id']}: {one['why']}" for one in some]
    if report.roundtrip:
        lines += [f"    exported and read again: {report.roundtrip}", *(f"        {path}" for path in report.diff)]
    return "\n".join(lines)
