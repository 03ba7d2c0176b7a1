"""The archive of a pack: papers, tables, the part of the ledger that concerns it, an index, and a script that checks it all.

Written to a file of its own, row by row: neither the ledger nor the papers are ever held whole.
"""

import csv
import datetime as dt
import hashlib
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final, cast

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.calendar import company_zone
from organization.models import Signature, SignatureHead
from organization.signing import signed_fields
from organization.tables.reading import escape
from processes.models import FrozenContent, Picture, Revision
from processportal.audit_pack.models import AuditPack, AuditPackEntry
from processportal.audit_pack.tables import APPROVALS, NUMBER_OF_SIGNATURE, TABLES, Table
from processportal.ledger.exporting import BATCH, revision_rows

SCRIPT: Final = Path(__file__).with_name("verify.py")
PIECE: Final = 2_000_000
HIDDEN: Final = "hidden"
"""What an entry says whose document the asker may no longer see."""
UNSAFE: Final = re.compile(r"[^\w-]+")


@dataclass(slots=True)
class Built:
    """The finished file: its size, and the hash of its list of hashes."""

    file: IO[bytes]
    size: int = 0
    sha256: str = ""

    def pieces(self) -> Iterator[bytes]:
        """The file, a piece at a time."""
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece


@dataclass(slots=True)
class _Writer:
    """Writes files into the archive and keeps the hash of each."""

    archive: zipfile.ZipFile
    hashes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """One file, a piece at a time."""
        digest = hashlib.sha256()
        with self.archive.open(name, "w", force_zip64=True) as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        self.hashes[name] = digest.hexdigest()


@contextmanager
def put_together(pack: AuditPack, now: dt.datetime) -> Iterator[Built]:
    """The archive as a file that goes when the block ends. In the active language."""
    with tempfile.TemporaryFile(prefix="portal-audit-pack-") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            sha256 = _write(_Writer(archive), pack, now)
        size = file.seek(0, io.SEEK_END)
        yield Built(file, size, sha256)


def _write(to: _Writer, pack: AuditPack, now: dt.datetime) -> str:
    entries = pack.entries.select_related("revision__process", "revision__frozen").order_by("ordinal")
    kept = entries.exclude(said=HIDDEN)
    revisions = Revision.objects.filter(pk__in=kept.values("revision"))
    for entry in kept.iterator(1):
        if entry.content is not None:
            to.add(paper_name(entry), [bytes(entry.content)])
    for table in TABLES:
        to.add(f"{table.name}.csv", _csv(table.columns, _rows_of(table, kept)))
    to.add("index.csv", _csv([_("Process"), _("Title"), _("Version"), _("Paper"), _("Remark")], map(_indexed, kept.iterator(20))))
    _ledger(to, revisions, kept)
    hidden = pack.left_out + entries.filter(said=HIDDEN).count()
    to.add("README.txt", [_read_me(pack, now, kept.count(), hidden).encode()])
    to.add("verify.py", [SCRIPT.read_bytes()])
    manifest = json.dumps(to.hashes, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    to.archive.writestr("manifest.json", manifest)
    return hashlib.sha256(manifest).hexdigest()


def paper_name(entry: AuditPackEntry) -> str:
    """Its place in the archive: no folder of the reader's is named by what somebody typed."""
    number = UNSAFE.sub("_", entry.revision.process.number).strip("_-")[:60]
    return f"procedures/{entry.ordinal:04d}-{number}-v{entry.revision.label}.pdf"


def _indexed(entry: AuditPackEntry) -> list[str]:
    process, paper = entry.revision.process, paper_name(entry) if entry.content is not None else ""
    return [process.number, process.title, entry.revision.label, paper, entry.said]


def _rows_of(table: Table, entries: Any) -> Iterator[list[str]]:
    for rows in entries.values_list("rows", flat=True).iterator(20):
        yield from rows.get(table.name, ())


def _csv(head: list[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    """UTF-8 with the mark that spreadsheet programs look for; no cell of it is run as a formula."""
    yield b"\xef\xbb\xbf"
    for row in chain([head], rows):
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\r\n").writerow([escape(cell) for cell in row])
        yield line.getvalue().encode()


def _ledger(to: _Writer, revisions: Any, kept: Any) -> None:
    """Every signature of concern in full; of all others the hash that stands for it, so that the chain has no gap."""
    head = SignatureHead.objects.first() or SignatureHead()
    approved = list(revision_rows(revisions))
    named = {int(row[NUMBER_OF_SIGNATURE]) for row in _rows_of(APPROVALS, kept) if row[NUMBER_OF_SIGNATURE]}
    named.update(*(cast("list[int]", row["signatures"]) for row in approved))
    to.add("ledger/signatures.jsonl", _json_lines(_chain(head.sequence, named)))
    to.add("ledger/head.json", [json.dumps({"sequence": head.sequence, "entry_hash": head.entry_hash}).encode()])
    to.add("ledger/revisions.jsonl", _json_lines(approved))
    contents = FrozenContent.objects.filter(pk__in=revisions.values("frozen"))
    pictures = Picture.objects.filter(uses__revision__in=revisions).distinct()
    for folder, ending, rows in (("contents", "json", contents), ("pictures", "webp", pictures)):
        for sha256, content in rows.order_by("pk").values_list("sha256", "content").iterator(1):
            to.add(f"ledger/{folder}/{sha256}.{ending}", [bytes(content)])


def _chain(end: int, named: set[int]) -> Iterator[dict[str, object]]:
    """Up to the head that was read first: whatever is signed meanwhile is not in here."""
    for signature in Signature.objects.filter(sequence__lte=end).order_by("sequence").iterator(BATCH):
        if signature.sequence in named:
            yield {**signed_fields(signature), "entry_hash": signature.entry_hash}
        else:
            yield {"sequence": signature.sequence, "entry_hash": signature.entry_hash}


def _json_lines(rows: Iterable[dict[str, object]]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps(row, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _read_me(pack: AuditPack, now: dt.datetime, count: int, hidden: int) -> str:
    moment: Callable[[dt.datetime], str] = lambda at: date_format(localtime(at, company_zone()), "DATETIME_FORMAT")  # noqa: E731
    words = {
        "title": pack.title, "day": date_format(pack.day), "name": pack.asked_by.name, "asked": moment(pack.asked_at), "made": moment(now),
        "count": count, "hidden": hidden,
    }  # fmt: skip
    holds = ngettext(
        "Asked for by %(name)s on %(asked)s, made on %(made)s. It holds %(count)d document.",
        "Asked for by %(name)s on %(asked)s, made on %(made)s. It holds %(count)d documents.",
        count,
    )
    left_out = ngettext(
        "%(hidden)d document was in force too which %(name)s may not see; nothing of it is in here.",
        "%(hidden)d documents were in force too which %(name)s may not see; nothing of them is in here.",
        hidden,
    )
    empty = [f"{table.name}.csv: {table.empty}" for table in TABLES if not table.gatherers]
    lines = [
        _("Audit pack of %(title)s, as of %(day)s") % words,
        "",
        holds % words,
        left_out % words if hidden else _("Nothing was left out."),
        "",
        _("index.csv: the documents, and where their papers are (folder procedures)"),
        _("revisions.csv: which version of each was in force when the day ended, with owner and settings of then"),
        _("approvals.csv: who signed in which position, for whom, when and why, with number and hash of the signature"),
        _("readers.csv: who had confirmed by then that they had read it, and who had not yet"),
        _("indicators.csv: what had been measured until then"),
        *empty,
        _("ledger: the signatures of these documents in full with what was signed; every other signature by its hash alone"),
        "",
        _("To check it without the portal, unpack it and run with Python 3.9 or newer:   python3 verify.py"),
        _("The last line that it prints is the fingerprint of the pack; the portal shows the same one to whoever asked for it."),
        _("With a full export of the ledger beside it:   python3 verify.py FOLDER-OF-THE-EXPORT"),
        "",
    ]
    return "\n".join(lines)
