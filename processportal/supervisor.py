"""Runs several programs as one: restarts what falls over with back-off, stops everything in order, leaves no orphan."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

SET_PDEATHSIG = 1
LONGEST_BACK_OFF = 30.0
GRACE_SECONDS = 20.0
ALIVE_AGAIN_SECONDS = 30.0


def _dies_with_parent() -> None:
    """Linux: the child gets SIGTERM when the supervisor dies, even by SIGKILL."""
    ctypes.CDLL(None).prctl(SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Program:
    """One supervised program and how it fares. Times are seconds of the monotonic clock."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[str] | None" = None
    back_off: float = 0.5
    started: float = 0.0
    restart_at: float = field(default=0.0)


class Supervisor:
    """`run()` starts the programs and returns after a signal, when all have ended."""

    def __init__(self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self.programs = [Program(name, command) for name, command in commands.items()]
        self.environment = dict(environment)
        self.say = say
        self.stopping = threading.Event()

    def run(self, started: Callable[[], None]) -> None:
        """Start all, call `started`, watch until a signal comes, stop all."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        for program in self.programs:
            self._start(program)
        started()
        while not self.stopping.wait(0.3):
            for program in self.programs:
                self._watch(program)
        self._stop()

    def _start(self, program: Program) -> None:
        program.process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            program.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_dies_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - before any thread but our own pumps
        )
        program.started = time.monotonic()
        threading.Thread(target=self._pump, args=(program.name, program.process), daemon=True).start()

    def _pump(self, name: str, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            self.say(f"{name:>7} | {line.rstrip()}")

    def _watch(self, program: Program) -> None:
        now = time.monotonic()
        code = program.process.poll() if program.process else None
        if code is None:
            if now - program.started > ALIVE_AGAIN_SECONDS:
                program.back_off = 0.5
            return
        if not program.restart_at:
            program.restart_at = now + program.back_off
            self.say(f"{program.name:>7} | ended with code {code}; starts again in {program.back_off:.1f} s")
            program.back_off = min(LONGEST_BACK_OFF, program.back_off * 2)
        elif now >= program.restart_at:
            program.restart_at = 0.0
            self._start(program)

    def _stop(self) -> None:
        running = [p.process for p in self.programs if p.process and p.process.poll() is None]
        for process in running:
            process.terminate()
        end = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
