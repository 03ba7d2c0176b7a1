"""start.py on machines that lack something: each time one sentence says what to do. And what `up` takes from its caller."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from processportal.management.commands import up

ROOT = Path(__file__).resolve().parents[2]
CLOSED = "http://127.0.0.1:9/simple"
# A machine's Python as start.py meets it, changed before it runs.
RUN = "import runpy, shutil, sys; {before}; sys.argv = ['start.py', *{arguments!r}]; runpy.run_path({script!r}, run_name='__main__')"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone as far as start.py looks at it."""
    shutil.copy(ROOT / "start.py", tmp_path)
    (tmp_path / "requirements").mkdir()
    lock = (ROOT / "requirements" / "app.txt").read_text()
    for name in ("app", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(lock[: lock.index("\n", lock.rindex("--hash", 0, 400))].rstrip(" \\") + "\n")
    (tmp_path / "empty").mkdir()
    return tmp_path


def start(clone: Path, *arguments: str, before: str = "pass", **environment: str) -> tuple[int, str]:
    """(exit code, what it says on both streams)."""
    script = RUN.format(before=before, arguments=list(arguments), script=str(clone / "start.py"))
    bare = {"PATH": str(clone / "empty"), "HOME": str(clone), "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"} | environment
    ended = subprocess.run([sys.executable, "-c", script], env=bare, capture_output=True, text=True, timeout=300, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def fake(path: Path, text: str) -> Path:
    """A program of this name."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def ready(clone: Path, *names: str) -> None:
    """The environment is there already; its Python only says what it is asked."""
    (clone / ".venv" / "bin").mkdir(parents=True)
    fake(clone / ".venv" / "bin" / "python", 'echo "asked: $@"')
    for name in names:
        code = "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read() + sys.version.encode()).hexdigest())"
        lock = clone / "requirements" / f"{name}.txt"
        made = subprocess.run([sys.executable, "-c", code, lock], capture_output=True, text=True, check=True)
        with (clone / ".venv" / ".locks").open("a") as stamp:
            stamp.write(made.stdout)


def test_an_old_python_is_told_which_one_to_install(clone: Path) -> None:
    code, said = start(clone, before="sys.version_info = (3, 9, 2); sys.version = '3.9.2 (old)'")
    assert code == 1
    assert "Python 3.11 or newer is needed; this is 3.9.2." in said
    assert "python3.12 start.py" in said


def test_an_old_python_finds_a_newer_one_and_passes_over_those_that_only_pretend(clone: Path) -> None:
    fake(clone / "empty" / "python3.13", "exit 127")
    fake(clone / "empty" / "python3.12", 'if [ "$1" = -m ]; then echo "no ensurepip here"; exit 1; fi')
    code, said = start(clone, before="sys.version_info = (3, 9, 2)")
    assert code == 1
    assert "Python said: no ensurepip here" in said


def test_a_missing_venv_module_is_told_how_to_get_it(clone: Path) -> None:
    broken = fake(clone / "python", "echo 'ensurepip is not available' >&2; exit 1")
    code, said = start(clone, before=f"sys.executable = {str(broken)!r}")
    assert code == 1
    assert "apt install python3-venv; then start again." in said
    assert "Python said: ensurepip is not available" in said
    assert not (clone / ".venv").exists()


def test_a_full_disk_is_told_how_much_is_needed(clone: Path) -> None:
    code, said = start(clone, before="import collections; shutil.disk_usage = lambda _: collections.namedtuple('U', 'free')(5_000_000)")
    assert code == 1
    assert "The disk is nearly full: about 700 MB are needed" in said


def test_a_disk_that_fills_up_meanwhile_is_said_too(clone: Path) -> None:
    code, said = start(clone, before="shutil.disk_usage = lambda _: (_ for _ in ()).throw(OSError(28, 'No space left on device', '/here'))")
    assert code == 1
    assert "The set-up stopped: No space left on device (/here). Free some space" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_no_network_is_told_two_ways_out_and_the_next_start_begins_anew(clone: Path) -> None:
    code, said = start(clone, PIP_INDEX_URL=CLOSED)
    assert code == 1
    assert "PIP_FIND_LINKS" in said
    assert "PIP_INDEX_URL" in said
    assert "Traceback" not in said
    assert not (clone / ".venv" / ".locks").exists()


def test_an_environment_that_fits_is_used_at_once(clone: Path) -> None:
    ready(clone, "app")
    assert start(clone) == (0, f"asked: {clone}/manage.py up --demo\n")


@pytest.mark.parametrize(
    ("arguments", "environment", "asked"),
    [
        ([], {"DATABASE_URL": "postgres://db/portal"}, "up"),
        (["--demo"], {"DATABASE_URL": "postgres://db/portal"}, "up --demo"),
        (["--no-demo"], {}, "up --no-demo"),
        (["--bind", "127.0.0.1:8123"], {}, "up --demo --bind 127.0.0.1:8123"),
    ],
)
def test_the_demo_is_loaded_into_its_own_database_or_where_it_is_asked_for(
    clone: Path, arguments: list[str], environment: dict[str, str], asked: str
) -> None:
    ready(clone, "app")
    assert start(clone, *arguments, **environment) == (0, f"asked: {clone}/manage.py {asked}\n")


def test_test_runs_the_tests(clone: Path) -> None:
    ready(clone, "app", "dev")
    assert start(clone, "test", "-q", "tests/x.py") == (0, "asked: -m pytest -q tests/x.py\n")


def test_an_environment_that_somebody_made_is_added_to_and_not_cleared(clone: Path) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True)
    fake(clone / ".venv" / "bin" / "python", 'echo "asked: $@"')
    own = clone / ".venv" / "own"
    own.touch()
    code, said = start(clone)
    assert (code, own.exists()) == (0, True)
    assert "asked: -m pip install" in said


@pytest.mark.slow
def test_an_environment_that_is_half_made_or_too_old_is_made_anew(clone: Path) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True)
    fake(clone / ".venv" / "bin" / "python", "exit 1")
    (clone / ".venv" / "half").touch()
    _code, said = start(clone, PIP_INDEX_URL=CLOSED)
    assert "The libraries could not be installed" in said
    assert not (clone / ".venv" / "half").exists()


def test_changed_locks_are_installed(clone: Path) -> None:
    ready(clone, "app")
    (clone / "requirements" / "app.txt").write_text("# another\n")
    code, said = start(clone)
    assert code == 0
    assert "Setting up" in said
    assert "asked: -m pip install" in said
    assert len((clone / ".venv" / ".locks").read_text().split()) == 2
    assert "Setting up" not in start(clone)[1]


def test_a_taken_port_says_how_to_take_another() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} on 127\.0\.0\.1 cannot be used .* PORT=8001 python3 start\.py"):
            call_command("up", "--bind", f"127.0.0.1:{port}")


@pytest.mark.parametrize("bind", ["8000", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000", ":8000"])
def test_a_bind_that_is_none_says_what_is_wanted(bind: str) -> None:
    with pytest.raises(CommandError, match="HOST:PORT"):
        call_command("up", "--bind", bind)


@pytest.mark.parametrize(
    ("environment", "bind"),
    [
        ({}, "127.0.0.1:8000"),
        ({"PORT": "8180"}, "127.0.0.1:8180"),
        ({"PORT": ""}, "127.0.0.1:8000"),
        ({"PORT": "8180", "BIND": "0.0.0.0:80"}, "0.0.0.0:80"),
    ],
)
def test_the_port_of_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], bind: str) -> None:
    for name in ("PORT", "BIND"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert up.Command().create_parser("manage.py", "up").parse_args([]).bind == bind


def test_one_click_sign_in_is_offered_only_where_nobody_else_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_LOGIN", raising=False)
    command = up.Command()
    offered = {
        host: command._environment(host, 8000).get("DEMO_LOGIN") for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "10.0.0.5")
    }
    assert offered == {"127.0.0.1": "1", "localhost": "1", "[::1]": "1", "0.0.0.0": None, "10.0.0.5": None}


def test_the_address_shown_can_be_opened() -> None:
    shown = [up.address(host, 8000) for host in ("127.0.0.1", "0.0.0.0", "[::]")]
    assert shown == ["http://127.0.0.1:8000/", "http://127.0.0.1:8000/", "http://[::1]:8000/"]
    assert not up.answers("127.0.0.1", 9)
