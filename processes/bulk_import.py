"""Many documents at once: a folder, and a table that says of each file whose it is. One transaction a file, one line of outcome."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from organization.calendar import today
from organization.models import Department, Person, Position
from organization.refusals import Refused
from organization.tables.reading import Unreadable, decode, read
from processes import bringing_in
from processes.bringing_in import Asked
from processes.documents.found import NotRead
from processes.models import OriginalFile, PendingImport, Process

COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "file": frozenset({"file", "文件"}),
    "department": frozenset({"department", "部门"}),
    "owner": frozenset({"owner", "process owner", "流程所有者"}),
    "title": frozenset({"title", "标题"}),
    "type": frozenset({"type", "document type", "文件类型"}),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: "made", "readable" (only checked), "known" (came in before) or "refused", with a sentence."""

    file: str
    status: str
    said: str = ""
    process: str = ""
    steps: int = 0
    not_taken: int = 0


def rows_of(table: bytes) -> list[dict[str, str]]:
    """The rows of the table by the names of COLUMNS. Raises NotRead."""
    try:
        sheet = read(*decode(table))
    except Unreadable as fault:
        raise NotRead(str(fault)) from fault
    names = [next((name for name, words in COLUMNS.items() if head.strip().casefold() in words), "") for head in sheet.header]
    missing = [name for name in ("file", "department", "owner") if name not in names]
    if missing:
        raise NotRead(
            _("The table needs the columns file, department and owner; %(missing)s is missing.") % {"missing": ", ".join(missing)}
        )
    return [dict(zip(names, cells, strict=False)) for _number, cells in sheet.rows]


def bring_in(folder: Path, rows: list[dict[str, str]], *, by: Person, now: dt.datetime, check: bool = False) -> Iterator[Outcome]:
    """Each file in the order of the table. What is refused leaves nothing behind; files that came in before are left alone."""
    for row in rows:
        try:
            yield _one(folder, row, by=by, now=now, check=check)
        except (NotRead, Refused) as refusal:
            yield Outcome(row["file"], "refused", str(refusal))
        except OSError as error:
            yield Outcome(row["file"], "refused", _("The file cannot be read: %(why)s.") % {"why": error.strerror})


def _one(folder: Path, row: dict[str, str], *, by: Person, now: dt.datetime, check: bool) -> Outcome:
    name, path = row["file"], folder / row["file"]
    if not path.resolve().is_relative_to(folder.resolve()):
        raise NotRead(_("The file lies outside the folder."))
    data = path.read_bytes()
    known = OriginalFile.objects.filter(sha256=hashlib.sha256(data).hexdigest()).select_related("revision__process").first()
    if known is not None:
        return Outcome(name, "known", process=known.revision.process.number)
    found = bringing_in.read_file(data, name)
    asked = _asked(row, found.definition.title, found.definition.language, today(now))
    readable = Outcome(name, "readable", steps=len(found.definition.steps), not_taken=len(found.not_taken))
    if check:
        return readable
    pending = PendingImport(person=by, name=path.name[-255:], content=data, uploaded_at=now)
    pending.save()
    try:
        process = bringing_in.make_draft(pending, asked, by=by, now=now)
    finally:
        PendingImport.objects.filter(pk=pending.pk).delete()
    return replace(readable, status="made", process=process.number)


def _asked(row: dict[str, str], title: str, language: str, day: dt.date) -> Asked:
    department = Department.objects.existing(day).filter(code__iexact=row["department"]).first()
    if department is None:
        raise Refused(_("There is no department with the code “%(code)s”.") % {"code": row["department"]})
    owners = list(Position.objects.existing(day).filter(title__iexact=row["owner"])[:20])
    near = [one for one in owners if one.department_id == department.pk] or owners
    if len(near) != 1:
        raise Refused(_("“%(title)s” is %(count)d positions; name one that exists once.") % {"title": row["owner"], "count": len(near)})
    kind = (row.get("type") or Process.Type.PROCESS).strip().lower()
    if kind not in Process.Type.values:
        raise Refused(_("“%(type)s” is no document type; use one of %(types)s.") % {"type": kind, "types": ", ".join(Process.Type.values)})
    return Asked(department=department, owner=near[0], title=(row.get("title") or title)[:200], document_type=kind, language=language)
