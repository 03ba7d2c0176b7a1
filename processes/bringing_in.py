"""Bringing a procedure in that others wrote: the file is kept, read and shown; then it becomes a draft, unverified until approved."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from organization.models import Department, Person, Position
from organization.refusals import Refused
from organization.scope import Scope
from processes import importing, pictures
from processes.bpmn.reading import Imported, NotImported, read_bpmn
from processes.catalogue import create_process
from processes.definition import Definition
from processes.documents.found import Found, NotRead, NotTaken
from processes.documents.opening import LARGEST
from processes.documents.sheet import read_csv, read_xlsx
from processes.documents.word import read_docx
from processes.models import OriginalFile, PendingImport, Process, Revision

KEPT: Final = dt.timedelta(days=1)
AT_ONCE: Final = 5
"""Uploads of one person that wait; the oldest gives way."""


def read_drawing(data: bytes, *, apart: bool = False) -> Imported:
    """What a BPMN file says; `apart`: each pool as a process of its own. Raises NotRead."""
    try:
        return read_bpmn(data, apart=apart)
    except NotImported as refusal:
        raise NotRead(str(refusal)) from refusal


def _read_bpmn(data: bytes, _name: str) -> Found:
    found = read_drawing(data)
    return Found(found.definition, tuple(NotTaken(one.element, one.name or one.id, one.why) for one in found.lost))


READERS: Final[Mapping[str, Callable[[bytes, str], Found]]] = {
    "docx": read_docx, "xlsx": read_xlsx, "csv": read_csv, "bpmn": _read_bpmn, "bpmn2": _read_bpmn, "xml": _read_bpmn,
}  # fmt: skip
DRAWN: Final = frozenset({"bpmn", "bpmn2", "xml"})
"""Kinds that may hold several processes and say their own titles."""


def ending_of(name: str) -> str:
    """The ending of a file's name in lower case."""
    return name.rpartition(".")[2].lower()


def read_file(data: bytes, name: str) -> Found:
    """What the file says, read by its ending. Raises NotRead."""
    ending = ending_of(name)
    if ending in {"doc", "xls", "docm", "xlsm", "odt", "ods", "rtf", "pdf"}:
        raise NotRead(_("Files with the ending .%(ending)s are not read. Save it as .docx, .xlsx or .csv.") % {"ending": ending})
    reader = READERS.get(ending)
    if reader is None:
        raise NotRead(_("Choose a Word document (.docx), a table (.xlsx, .csv) or a BPMN file (.bpmn)."))
    found = reader(data, name.rpartition("/")[2].rpartition(".")[0])
    try:
        importing.insist_on_room(found.definition)
    except Refused as refusal:
        raise NotRead(str(refusal)) from refusal
    return found


def keep(data: bytes, name: str, *, by: Person, now: dt.datetime) -> PendingImport:
    """Keeps an uploaded file that can be read, until a draft is made of it. Raises NotRead."""
    if len(data) > LARGEST:
        raise NotRead(_("The file has more than %(size)d MB. Take out pictures, or divide it.") % {"size": LARGEST // 1_000_000})
    read_file(data, name)
    alone = PendingImport.objects.filter(batch__isnull=True)
    alone.filter(uploaded_at__lt=now - KEPT).delete()
    newest = alone.filter(person=by).order_by("-uploaded_at", "-pk").values_list("pk", flat=True)
    PendingImport.objects.filter(pk__in=list(newest[AT_ONCE - 1 :])).delete()
    return PendingImport.objects.create(person=by, name=name.rpartition("/")[2][-255:], content=data, uploaded_at=now)


def known_as(data: bytes, scope: Scope) -> list[Process]:
    """Processes that this person may see and that came from the same file."""
    same = OriginalFile.objects.filter(sha256=hashlib.sha256(data).hexdigest())
    known = Process.objects.visible_to(scope).exclude(state=Process.State.DISCARDED)
    return list(known.filter(revisions__original__in=same).distinct().order_by("number")[:5])


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person says of the process that the file becomes; a drawing says its own title, type and language."""

    department: Department
    owner: Position
    title: str = ""
    document_type: str = Process.Type.PROCESS
    language: str = "en"
    apart: bool = False
    roles: Mapping[str, str] = field(default_factory=dict)
    """Of a drawing: a process for each pool, and which role each lane means."""


def make_draft(pending: PendingImport, asked: Asked, *, by: Person, now: dt.datetime) -> Process:
    """The file as a draft of a new process, with the file and the list of what was not taken; once. Raises Refused."""
    data, drawn = bytes(pending.content), ending_of(pending.name) in DRAWN
    found = read_file(data, pending.name) if data and not drawn else Found(Definition())  # before the lock: it may take seconds
    with transaction.atomic():
        _take(pending)  # which refuses what is empty because it was made already
        if drawn:
            report = importing.import_file(
                data, pending.name, department=asked.department, owner=asked.owner, by=by, now=now, apart=asked.apart, roles=asked.roles
            )
            if report.status != "imported":
                raise Refused(report.reason)
            process = Process.objects.get(number=report.process)
        else:
            process = _from_document(found, data, pending.name, asked, by=by, now=now)
        if pending.batch_id:
            PendingImport.objects.filter(pk=pending.pk).update(process=process)
        return process


def _take(pending: PendingImport) -> None:
    """Nobody makes a second draft of it: an upload goes, a file of a batch stays as a line without its bytes."""
    mine = PendingImport.objects.filter(pk=pending.pk).exclude(outcome=PendingImport.Outcome.MADE)
    if pending.batch_id:
        taken = mine.update(outcome=PendingImport.Outcome.MADE, content=b"", said="", claimed_at=None)
    else:
        taken, _rows = mine.delete()
    if not taken:
        raise Refused(_("The draft of this file was made already."))


def _from_document(found: Found, data: bytes, name: str, asked: Asked, *, by: Person, now: dt.datetime) -> Process:
    process = create_process(
        title=asked.title, document_type=asked.document_type, level=Process.Level.DEPARTMENT, department=asked.department,
        owner=asked.owner, by=by, now=now, language=asked.language,
    )  # fmt: skip
    revision = process.revisions.get()
    for picture in found.pictures:
        pictures.keep(revision, picture, by=by, now=now)
    importing.fill(revision, found.definition, by=by, now=now)
    told = [{"element": one.where, "name": one.text, "why": one.why} for one in found.not_taken]
    OriginalFile.objects.create(
        revision=revision,
        name=name.rpartition("/")[2],
        sha256=hashlib.sha256(data).hexdigest(),
        content=data,
        report={"lost": told},
        imported_at=now,
    )
    return process


def unverified_origin(revision: Revision) -> str:
    """The name of the file that a draft was brought in from, while nobody has approved what it says; else ""."""
    if revision.state not in {Revision.State.DRAFT, Revision.State.IN_REVIEW}:
        return ""
    return OriginalFile.objects.filter(revision=revision).values_list("name", flat=True).first() or ""
