"""A folder of documents with its table: made, known, refused, each on its own."""

import contextlib
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from organization.models import Department
from processes import bulk_import
from processes.documents.found import NotRead
from processes.models import OriginalFile, PendingImport, Process
from tests import make
from tests.make import Cast
from tests.processes.bpmn.files import CLAIM
from tests.processes.documents.made import lists, word
from tests.processes.test_bringing_in import TABLE

pytestmark = pytest.mark.django_db
HEAD = "File,Department,Owner,Title,Type\n"


def run(folder: Path, rows: str, *more: str, head: str = HEAD) -> list[dict[str, object]]:
    """The outcomes; the command's failure at the end is expected where one is refused."""
    (folder / "list.csv").write_text(head + rows, "utf-8")
    out = StringIO()
    with contextlib.suppress(CommandError):  # it fails at its end where a file was refused, which has its own test
        call_command("import_documents", str(folder), "--metadata", str(folder / "list.csv"), "--by", "author", "--json", *more, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def folder(cast: Cast, tmp_path: Path) -> Path:
    (tmp_path / "buy.docx").write_bytes(word(lists))
    (tmp_path / "pay.csv").write_bytes(TABLE)
    (tmp_path / "claim.bpmn").write_bytes(CLAIM)
    (tmp_path / "old.doc").write_bytes(b"x")
    return tmp_path


def test_files_become_drafts_once(folder: Path) -> None:
    rows = "buy.docx,pur,head of purchasing,,sop\npay.csv,PUR,Head of Purchasing,Paying,\nclaim.bpmn,PUR,Head of Purchasing,,\n"
    assert [(one["status"], one["steps"]) for one in run(folder, rows, "--check")][:2] == [("readable", 6), ("readable", 3)]
    assert Process.objects.count() == 0
    made = run(folder, rows)
    assert [one["status"] for one in made] == ["made", "made", "made"]
    assert [(made_.title, made_.document_type) for made_ in Process.objects.order_by("pk")[:2]] == [
        ("Purchasing of material", "sop"), ("Paying", "process"),
    ]  # fmt: skip
    assert [one["status"] for one in run(folder, rows)] == ["known", "known", "known"]
    assert (OriginalFile.objects.count() >= 3, PendingImport.objects.count()) == (True, 0)


def test_each_refusal_has_its_sentence_and_leaves_the_others_alone(folder: Path, cast: Cast) -> None:
    make.position("Clerk", of=cast.stores)
    make.position("Clerk", of=Department.objects.get(kind="company"))
    owner = "PUR,Head of Purchasing"
    rows = [
        (f"none.docx,{owner},,", "cannot be read"), (f"../list.csv,{owner},,", "outside the folder"),
        (f"old.doc,{owner},,", ".doc are not read"),
        ("buy.docx,XXX,Head of Purchasing,,", "no department"), ("buy.docx,PUR,Clerk,,", "is 2 positions"),
        ("buy.docx,PUR,Nobody,,", "is 0 positions"), (f"buy.docx,{owner},,poem", "no document type"), ("buy.docx,STO,Head of Stores,,", ""),
        (f"pay.csv,{owner},,", ""),
    ]  # fmt: skip
    told = run(folder, "".join(f"{row}\n" for row, _says in rows))
    for one, (_row, says) in zip(told, rows, strict=True):
        assert says in str(one["said"])
    with pytest.raises(CommandError, match="8 of 9 files were refused"):
        call_command("import_documents", str(folder), "--metadata", str(folder / "list.csv"), "--by", "author", stdout=StringIO())
    assert [one["status"] for one in told][-2:] == ["refused", "made"]
    assert (Process.objects.count(), PendingImport.objects.count()) == (1, 0)


def test_what_is_no_table_and_nobody(folder: Path) -> None:
    with pytest.raises(NotRead, match="owner is missing"):
        bulk_import.rows_of(b"File,Department\na,b\n")
    with pytest.raises(NotRead, match="no row below"):
        bulk_import.rows_of(b"File\n")
    (folder / "bad.csv").write_text("File\n")
    for more, says in (
        (["--metadata", str(folder / "bad.csv"), "--by", "author"], "no row below"),
        (["--metadata", str(folder / "none.csv"), "--by", "author"], "cannot be read"),
        (["--metadata", str(folder / "bad.csv"), "--by", "nobody"], "nobody with the login"),
    ):
        with pytest.raises(CommandError, match=says):
            call_command("import_documents", str(folder), *more, stdout=StringIO())


def test_lines_for_people(folder: Path) -> None:
    (folder / "list.csv").write_text(HEAD + "pay.csv,PUR,Head of Purchasing,Paying,\n")
    out = StringIO()
    call_command("import_documents", str(folder), "--metadata", str(folder / "list.csv"), "--by", "author", stdout=out)
    assert out.getvalue().startswith("pay.csv  made  PUR-")
    assert "3 steps, 1 pieces not taken over" in out.getvalue()
