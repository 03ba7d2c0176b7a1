"""Writes the ledger: every signature, every content that was signed, what is in force when, and a script that checks them all."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db.models import QuerySet

from approvals.models import Decision, EmergencyRelease
from organization.models import Signature, SignatureHead
from organization.signing import signed_fields
from processes.models import FrozenContent, Picture, Revision
from processes.querysets import RevisionQuerySet

BATCH: Final = 500
SCRIPT: Final = Path(__file__).with_name("verify.py")
READ_ME: Final = """This is the ledger of a Process Portal, to be checked without it.

Unpack it and run, with Python 3.9 or newer and nothing else:   python3 verify.py

signatures.jsonl   who signed what, when and why, one after the other; each entry_hash covers the entry and the hash before it
head.json          the number and hash with which the chain ends
revisions.jsonl    every approved revision: from when until when it holds, the hash of its content, the signatures of its approval
contents/          what was signed, under the SHA-256 of its bytes
pictures/          the pictures that these contents name, under theirs

The last line that verify.py prints is the hash of the end of the chain. Who noted it earlier, outside the portal, can tell that
nothing before it was exchanged since.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """How much the file holds."""

    signatures: int
    contents: int
    revisions: int


def write_ledger(path: Path) -> Written:
    """Writes the archive, row by row, whatever its size."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", READ_ME)
        archive.writestr("verify.py", SCRIPT.read_text("utf-8"))
        signatures = add_lines(archive, "signatures.jsonl", _signatures())
        head = SignatureHead.objects.first() or SignatureHead()
        archive.writestr("head.json", json.dumps({"sequence": head.sequence, "entry_hash": head.entry_hash}))
        revisions = add_lines(archive, "revisions.jsonl", revision_rows(Revision.objects.filter(state=Revision.State.APPROVED)))
        contents = add_files(archive, "contents", "json", FrozenContent.objects.all())
        add_files(archive, "pictures", "webp", Picture.objects.all())
    return Written(signatures, contents, revisions)


def add_lines(archive: zipfile.ZipFile, name: str, rows: Iterable[dict[str, object]]) -> int:
    """One JSON object a line; says how many."""
    count = 0
    with archive.open(name, "w", force_zip64=True) as file:
        for row in rows:
            count += 1
            file.write(json.dumps(row, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return count


def add_files(archive: zipfile.ZipFile, folder: str, ending: str, rows: QuerySet[FrozenContent] | QuerySet[Picture]) -> int:
    """Each under the SHA-256 of its bytes; says how many."""
    count = 0
    for sha256, content in rows.order_by("pk").values_list("sha256", "content").iterator(BATCH):
        archive.writestr(f"{folder}/{sha256}.{ending}", bytes(content))
        count += 1
    return count


def _signatures() -> Iterator[dict[str, object]]:
    for signature in Signature.objects.order_by("sequence").iterator(BATCH):
        yield {**signed_fields(signature), "entry_hash": signature.entry_hash}


def revision_rows(approved: RevisionQuerySet) -> Iterator[dict[str, object]]:
    """Approved revisions with the signatures under which their content was approved."""
    for revision in approved.select_related("process", "frozen").order_by("pk").iterator(BATCH):
        decided = Decision.objects.filter(case__revision=revision, case__state="approved", signature__isnull=False)
        signed = EmergencyRelease.objects.filter(revision=revision) if revision.emergency else decided
        yield {
            "number": revision.process.number,
            "version": revision.label,
            "effective_from": revision.effective_from.isoformat() if revision.effective_from else "",
            "effective_until": revision.effective_until.isoformat() if revision.effective_until else "",
            "sha256": revision.frozen.sha256 if revision.frozen else "",
            "signatures": sorted(set(signed.values_list("signature__sequence", flat=True))),
        }
