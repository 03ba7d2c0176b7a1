"""Runs several programs as one: restarts what falls over with back-off, stops everything together, leaves no orphan."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

FIRST_BACK_OFF = 0.5
LONGEST_BACK_OFF = 30.0
GRACE_SECONDS = 20.0
ALIVE_AGAIN_SECONDS = 30.0
LOOK_SECONDS = 0.2
SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec only the call itself is safe.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with(parent: int) -> None:
    """Linux: the child gets SIGTERM when the supervisor dies, even by SIGKILL."""
    if LIBC:
        LIBC.prctl(SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


@dataclass
class Program:
    """One supervised program and how it fares. Times are seconds of the monotonic clock."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[str] | None" = None
    back_off: float = FIRST_BACK_OFF
    started: float = 0.0
    restart_at: float = 0.0


class Supervisor:
    """`run()` starts the programs and returns after a signal, when all have ended. Each program is the head of its own group."""

    def __init__(self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self.programs = [Program(name, command) for name, command in commands.items()]
        self.environment = dict(environment)
        self.say = say
        self.stopping = threading.Event()

    def run(self, ready: Callable[[], bool], welcome: Callable[[], None]) -> None:
        """Start all, call `welcome` once `ready` says so, watch until a signal comes, stop all."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        welcomed = False
        while not self.stopping.wait(LOOK_SECONDS):
            for program in self.programs:
                self._watch(program)
            if not welcomed and ready():
                welcomed = True
                welcome()
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
            preexec_fn=partial(_die_with, os.getpid()),  # noqa: PLW1509 - one call into libc that is loaded already
        )
        program.started = time.monotonic()
        threading.Thread(target=self._pump, args=(program.name, program.process), daemon=True).start()

    def _pump(self, name: str, process: "subprocess.Popen[str]") -> None:
        if process.stdout:
            with process.stdout as lines:
                for line in lines:
                    self.say(f"{name:>7} | {line.rstrip()}")

    def _watch(self, program: Program) -> None:
        now = time.monotonic()
        if program.process is None:
            if now >= program.restart_at:
                self._start(program)
        elif program.process.poll() is not None:
            self._bury(program, now)
        elif now - program.started > ALIVE_AGAIN_SECONDS:
            program.back_off = FIRST_BACK_OFF

    def _bury(self, program: Program, now: float) -> None:
        """What ended leaves no children behind that would hold its port or its tasks; it starts again a little later."""
        ended, program.process = program.process, None
        if ended:
            _kill_group(ended)
            self.say(f"{program.name:>7} | ended with code {ended.returncode}; starts again in {program.back_off:g} s")
        program.restart_at = now + program.back_off
        program.back_off = min(LONGEST_BACK_OFF, program.back_off * 2)

    def _stop(self) -> None:
        running = [program.process for program in self.programs if program.process]
        for process in running:
            process.terminate()
        end = time.monotonic() + GRACE_SECONDS
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            _kill_group(process)
            process.wait()


def _kill_group(head: "subprocess.Popen[str]") -> None:
    """Whatever of the group is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(head.pid, signal.SIGKILL)
