"""The exported ledger: checked by its own script, with nothing of the portal, which finds whatever was changed."""

import ast
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.formats import date_format

from approvals import workflow
from approvals.models import ApprovalCase, Seat
from organization.models import Signature
from organization.signing import sign
from processes.models import FrozenContent
from processportal.ledger.exporting import SCRIPT
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(cast: make.Cast) -> ApprovalCase:
    """Signed by its author and its approver."""
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now(), summary="因为：“first” \u2028 version")
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(seat, by=cast.approver, now=make.now(), verdict="approve", sha256=case.content.sha256)
    return case


@pytest.fixture
def unpacked(approved: ApprovalCase, tmp_path: Path) -> Path:
    """The export in a folder."""
    call_command("export_ledger", tmp_path / "ledger.zip")
    with zipfile.ZipFile(tmp_path / "ledger.zip") as archive:
        archive.extractall(tmp_path / "ledger")
    return tmp_path / "ledger"


def verdict(folder: Path) -> tuple[int, str]:
    """Exit code and words of the script, run where nothing of the portal is known."""
    ended = subprocess.run([sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert not ended.stderr
    return ended.returncode, ended.stdout


def test_what_was_exported_is_sound(unpacked: Path) -> None:
    code, said = verdict(unpacked)
    assert code == 0
    assert said.splitlines() == ["2 signatures, 1 contents and 1 revisions are as they were signed.", Signature.objects.last().entry_hash]
    (revision,) = [json.loads(line) for line in (unpacked / "revisions.jsonl").read_text("utf-8").splitlines()]
    assert (revision["number"], revision["version"], revision["signatures"]) == ("PUR-001", "1.0", [2])


def test_signatures_of_before_the_words_were_kept_in_one_language_are_sound(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs = {"person": make.person("anna"), "meaning": "approved", "subject": "PUR-001", "now": make.NOW}
    with translation.override("zh-hans"):
        words = f"代Head of Purchasing处理，其缺勤至{date_format(make.day(2), 'MONTH_DAY_FORMAT')}"
        with monkeypatch.context() as before:
            before.setattr("organization.signing.kept", str)
            sign(**signs, acting_for=words)
        sign(**signs, acting_for=words)
    call_command("export_ledger", tmp_path / "ledger.zip")
    with zipfile.ZipFile(tmp_path / "ledger.zip") as archive:
        archive.extractall(tmp_path / "ledger")
    kept = list(Signature.objects.order_by("sequence").values_list("acting_for", flat=True))
    assert kept == [words, "for Head of Purchasing, away until 6 Mar"]
    assert verdict(tmp_path / "ledger")[1].startswith("2 signatures, 0 contents and 0 revisions are as they were signed.")


def rewrite(name: str, change: Callable[[list[dict[str, object]]], object]) -> Callable[[Path], None]:
    """Changes the rows of a file."""

    def done(folder: Path) -> None:
        rows = [json.loads(line) for line in (folder / name).read_text("utf-8").split("\n") if line]
        change(rows)
        (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")

    return done


def other_content(folder: Path) -> None:
    (path,) = (folder / "contents").iterdir()
    path.write_bytes(path.read_bytes().replace(b"Check", b"Cheat"))


def no_content(folder: Path) -> None:
    (path,) = (folder / "contents").iterdir()
    path.unlink()


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (rewrite("signatures.jsonl", lambda rows: rows[0].update(reason="another")), "signature 1 was changed"),
        (rewrite("signatures.jsonl", lambda rows: rows.pop(0)), "signature 1 is missing"),
        (rewrite("signatures.jsonl", lambda rows: rows.pop()), "does not end with signature 2"),
        (rewrite("signatures.jsonl", lambda rows: rows[1].update(previous_hash="0" * 64)), "does not follow"),
        (rewrite("signatures.jsonl", lambda rows: rows[1].pop("meaning")), "signature 2 was changed"),
        (rewrite("revisions.jsonl", lambda rows: rows[0].update(sha256="f" * 64)), "the content of PUR-001 1.0 is missing"),
        (rewrite("revisions.jsonl", lambda rows: rows[0].update(signatures=[3])), "a signature of PUR-001 1.0 is missing"),
        (other_content, "was changed: its content does not have the hash"),
        (no_content, "the content of PUR-001 1.0 is missing"),
        (lambda folder: (folder / "head.json").unlink(), "head.json"),
        (lambda folder: (folder / "signatures.jsonl").write_text("{"), "line 1: it cannot be read"),
    ],
    ids=[
        "words",
        "first gone",
        "last gone",
        "other chain",
        "field gone",
        "other hash",
        "no signature",
        "content",
        "no content",
        "no head",
        "cut",
    ],
)
def test_whatever_is_changed_is_found_and_named(unpacked: Path, tamper: Callable[[Path], None], says: str) -> None:
    tamper(unpacked)
    code, said = verdict(unpacked)
    assert code == 1
    assert said.startswith("BROKEN: ")
    assert says in said


def test_an_empty_ledger_is_sound_and_an_old_file_stays(db: None, tmp_path: Path) -> None:
    call_command("export_ledger", tmp_path / "ledger.zip")
    with zipfile.ZipFile(tmp_path / "ledger.zip") as archive:
        archive.extractall(tmp_path)
    assert verdict(tmp_path)[0] == 0
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_ledger", tmp_path / "ledger.zip")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_ledger", tmp_path / "nowhere" / "ledger.zip")


def test_a_writing_that_breaks_leaves_nothing(approved: ApprovalCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("processportal.ledger.exporting.add_files", broken)
    with pytest.raises(CommandError, match="No space left"):
        call_command("export_ledger", tmp_path / "ledger.zip")
    assert not list(tmp_path.iterdir())


def test_the_script_is_short_and_needs_nothing_but_python() -> None:
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) < 100
    named = {alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} <= set(sys.stdlib_module_names)


def test_contents_that_nobody_signed_come_along(approved: ApprovalCase, tmp_path: Path) -> None:
    FrozenContent.objects.create(sha256="0" * 64, content=b"x", created_at=make.now())
    call_command("export_ledger", tmp_path / "ledger.zip")
    with zipfile.ZipFile(tmp_path / "ledger.zip") as archive:
        assert f"contents/{'0' * 64}.json" in archive.namelist()
