"""Several programs run as one: tiny programs that end, hang or have children of their own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from processportal.supervisor import Program, Supervisor

# The supervisor of these two programs; each writes its process id, `two` has a child of its own.
SCRIPT = """
import os, sys
from pathlib import Path
from processportal.supervisor import Supervisor

def note(name):
    return f"import os, pathlib, time; pathlib.Path({sys.argv[1]!r}, {name!r}).write_text(str(os.getpid()))\\n"

child = note("child") + "time.sleep(60)"
one = note("one") + "print('hello', flush=True); time.sleep(60)"
two = "import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', " + repr(child) + "])\\n" + note("two") + "time.sleep(60)"
commands = {"one": [sys.executable, "-c", one], "two": [sys.executable, "-c", two]}
Supervisor(commands, os.environ, lambda text: print(text, flush=True)).run(
    ready=lambda: all(Path(sys.argv[1], name).exists() for name in ("one", "two", "child")), welcome=lambda: print("welcome", flush=True)
)
print("stopped")
"""
SECONDS = 20.0


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def lives(pid: int) -> bool:
    """A zombie does not count: whoever adopts it has yet to look."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class Family:
    """A running supervisor with its programs and what they wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.head = subprocess.Popen([sys.executable, "-c", SCRIPT, folder], stdout=log, stderr=log, cwd=Path(__file__).parents[2])
        until(lambda: "welcome" in self.log.read_text())

    def pid(self, name: str) -> int:
        return int((self.folder / name).read_text() or 0)

    def pids(self) -> list[int]:
        return [self.pid(name) for name in ("one", "two", "child")]


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    made = Family(tmp_path)
    yield made
    if made.head.poll() is None:
        made.head.terminate()
        made.head.wait(SECONDS)


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc; elsewhere nothing dies with its parent")


def test_it_says_what_its_programs_say(family: Family) -> None:
    assert all(map(lives, family.pids()))
    assert family.log.read_text().splitlines() == ["    one | hello", "welcome"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_and_ends_well(family: Family, number: signal.Signals) -> None:
    family.head.send_signal(number)
    assert family.head.wait(SECONDS) == 0
    until(lambda: not any(map(lives, family.pids())))
    assert family.log.read_text().splitlines()[-1] == "stopped"


@pytest.mark.parametrize("name", ["one", "two"])
def test_what_is_killed_starts_again_and_its_children_are_not_left(family: Family, name: str) -> None:
    before = family.pids()
    killed, other = family.pid(name), family.pid("two" if name == "one" else "one")
    os.kill(killed, signal.SIGKILL)
    until(lambda: family.pid(name) not in {0, killed} and lives(family.pid(name)))
    assert lives(other)
    assert f"{name:>7} | ended with code -9; starts again in 0.5 s" in family.log.read_text().splitlines()
    assert family.log.read_text().count("welcome") == 1
    if name == "two":
        assert not lives(before[2])


def test_nobody_is_left_when_the_supervisor_is_killed(family: Family) -> None:
    family.head.kill()
    until(lambda: not lives(family.pid("one")) and not lives(family.pid("two")))


def test_what_falls_over_again_and_again_is_tried_less_often() -> None:
    said: list[str] = []
    supervisor = Supervisor({"bad": [sys.executable, "-c", "raise SystemExit(3)"]}, os.environ, said.append)
    bad = supervisor.programs[0]
    for ends in range(8):
        bad.restart_at = 0.0
        supervisor._watch(bad)
        assert bad.process is not None
        bad.process.wait(SECONDS)
        supervisor._watch(bad)
        assert bad.process is None
        assert len(said) == ends + 1
    pauses = [line.rpartition(" in ")[2] for line in said]
    assert pauses == ["0.5 s", "1 s", "2 s", "4 s", "8 s", "16 s", "30 s", "30 s"]
    supervisor._watch(bad)
    assert bad.process is None, "it waits for its pause"


def test_what_has_lived_for_a_while_is_forgiven() -> None:
    supervisor = Supervisor({}, os.environ, print)
    steady = Program("steady", [sys.executable, "-c", "import time; time.sleep(60)"], back_off=16.0)
    supervisor._watch(steady)
    try:
        supervisor._watch(steady)
        assert steady.back_off == 16.0
        steady.started -= 31
        supervisor._watch(steady)
        assert steady.back_off == 0.5
    finally:
        supervisor.programs.append(steady)
        supervisor._stop()
    assert steady.process is not None
    assert steady.process.returncode == -signal.SIGTERM


def test_a_program_that_ignores_the_wish_to_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processportal.supervisor.GRACE_SECONDS", 0.2)
    said: list[str] = []
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    supervisor = Supervisor({"deaf": [sys.executable, "-c", deaf]}, os.environ, said.append)
    supervisor._watch(supervisor.programs[0])
    until(lambda: bool(said))
    supervisor._stop()
    process = supervisor.programs[0].process
    assert process is not None
    assert process.returncode == -signal.SIGKILL
