"""Runs Graphviz as a child process: list arguments, input by pipe, a time limit, and nothing left behind.

The binary is the one named by the environment variable DOT_BINARY, else the configured one, else that of the
`graphviz-pure` wheel.
"""

import os
import signal
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

VARIABLE: Final = "DOT_BINARY"
_WHEEL: Final = "graphviz-pure"
_ARGUMENTS: Final = ("-Kneato", "-n2", "-Tsvg")


class DrawingFailed(Exception):
    """The chart could not be drawn. The message is a sentence for a person; `code` lets a caller translate it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Setting:
    path = ""


def configure(path: str | Path) -> None:
    """Sets the binary for this process; "" goes back to the wheel's."""
    _Setting.path = str(path)


def configured() -> str:
    """The binary set by `configure`, or ""."""
    return _Setting.path


def dot_binary() -> str:
    """The path of the binary. Raises DrawingFailed (code "missing") if none is set and the wheel is not installed."""
    return os.environ.get(VARIABLE) or _Setting.path or from_wheel(_WHEEL)


@cache
def from_wheel(name: str) -> str:
    """The path of the program that an installed package brings under its own name."""
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == name and file.parent.name in {"bin", "Scripts"}:
            return str(Path(str(file.locate())).resolve())
    raise DrawingFailed("missing", f"The drawing program is not installed. Install the package {name} or set {VARIABLE}.")


def svg(dot: str, timeout: float) -> bytes:
    """The SVG that Graphviz makes of a DOT text with pinned positions, within `timeout` seconds, or DrawingFailed."""
    binary = dot_binary()
    pipe = subprocess.PIPE
    try:
        # Its own session, so that the whole group can be killed.
        child = subprocess.Popen(  # noqa: S603 - the binary is a setting of the installation
            [binary, *_ARGUMENTS], stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
    except OSError as error:
        raise DrawingFailed("missing", f"The drawing program could not be started. Check {VARIABLE}.") from error
    with child:
        try:
            out, _ = child.communicate(dot.encode(), timeout)
        except subprocess.TimeoutExpired as error:
            os.killpg(child.pid, signal.SIGKILL)
            raise DrawingFailed("timeout", f"Drawing the chart took longer than {timeout:g} seconds and was stopped.") from error
    if child.returncode:
        raise DrawingFailed("refused", "The drawing program did not accept the chart. The outline of the steps is complete.")
    return out
