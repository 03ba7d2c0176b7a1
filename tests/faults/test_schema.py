"""A program and a database of different versions are not let together, and the line says what to do."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from processportal import schema
from processportal.management.commands import up
from tests.faults.machinery import ROOT, Portal, free_port

KNOWN = {("approvals", "0001_initial"), ("approvals", "0002_more"), ("worklist", "0001_initial")}


def between(monkeypatch: pytest.MonkeyPatch, applied: set[schema.Migration]) -> str:
    monkeypatch.setattr(schema, "ours", lambda: KNOWN)
    monkeypatch.setattr(schema, "applied", lambda: applied)
    return schema.misfit()


def test_the_same_version_fits_whatever_the_libraries_did(monkeypatch: pytest.MonkeyPatch) -> None:
    assert between(monkeypatch, KNOWN | {("axes", "0099_from_a_later_axes")}) == ""


def test_a_newer_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said = between(monkeypatch, KNOWN | {("approvals", "0003_later")})
    assert said.startswith("The database is newer than this program, which does not know approvals.0003_later.")


def test_an_older_database_is_named_with_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert between(monkeypatch, {("approvals", "0001_initial")}) == (
        "The database is older than this program, which needs approvals.0002_more, worklist.0001_initial. Run: python manage.py migrate"
    )


def test_many_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    said = between(monkeypatch, KNOWN | {("approvals", f"00{n}_later") for n in range(10, 16)})
    assert "approvals.0010_later, approvals.0011_later, approvals.0012_later and 3 more" in said


def test_the_names_of_the_files_are_those_of_all_our_apps() -> None:
    found = schema.ours()
    assert {label for label, _name in found} >= {"approvals", "copies", "kpis", "organization", "processes", "training", "worklist"}
    files = {path.stem for path in ROOT.glob("**/migrations/0*.py") if ".venv" not in path.parts}
    assert {name for _label, name in found} == files


def test_the_web_does_not_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(schema, "misfit", lambda: "The database is newer than this program.")
    with pytest.raises(SystemExit) as ended:
        schema.must_fit()
    assert ended.value.code == schema.NOT_LOADED
    assert capsys.readouterr().err == "Process Portal does not start. The database is newer than this program.\n"


def test_a_database_that_is_away_keeps_nobody_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> str:
        raise OperationalError

    monkeypatch.setattr(schema, "misfit", away)
    schema.must_fit()


def test_one_command_for_one_machine_says_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "misfit", lambda: "The database is newer than this program.")
    monkeypatch.setattr(up, "call_command", lambda *_words, **_options: None)
    with pytest.raises(CommandError, match="newer than this program"):
        call_command("up", "--no-demo", bind=f"127.0.0.1:{free_port()}")


@pytest.mark.slow
def test_gunicorn_ends_with_the_line_before_it_answers_anybody(portal: Portal, tmp_path: Path) -> None:
    portal.run("from django.db import connection\nfrom django.db.migrations.recorder import MigrationRecorder\n"
               "MigrationRecorder(connection).record_applied('approvals', '0999_of_a_later_version')")  # fmt: skip
    words = [sys.executable, "-m", "gunicorn", "processportal.wsgi", "--bind", f"127.0.0.1:{free_port()}", "--no-control-socket"]
    ended = subprocess.run(words, cwd=ROOT, env=portal.environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert "Process Portal does not start. The database is newer than this program, which does not know approvals.0999" in ended.stderr
