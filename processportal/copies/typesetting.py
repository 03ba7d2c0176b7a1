"""Sets a document within a time limit and says honestly when that fails."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.conf import settings

HERE: Final = Path(__file__).parent
PROGRAM: Final = HERE / "typeset.py"
TEMPLATE: Final = HERE / "procedure.typ"
TIMEOUT: Final = 20.0
"""Seconds; a usual document takes well under one."""

logger = logging.getLogger(__name__)


class NotTypeset(Exception):
    """The document could not be made: "timeout" or "refused"."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """A PDF, and the standards that it keeps ("" where a letter is in no font of this server)."""

    pdf: bytes
    standards: str


def typeset(
    document: Mapping[str, Any], files: Mapping[str, bytes], timeout: float | None = None, *, template: Path | None = None
) -> Typeset:
    """The document with its pictures, by the template of procedures or another one, within `timeout` seconds. Raises NotTypeset."""
    with TemporaryDirectory(prefix="portal-copy-") as name:
        folder = Path(name)
        (folder / TEMPLATE.name).write_bytes((template or TEMPLATE).read_bytes())
        (folder / "document.json").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
        for file, content in files.items():
            (folder / file).write_bytes(content)
        standards = _run([sys.executable, "-I", str(PROGRAM), name, *settings.FONT_FOLDERS], TIMEOUT if timeout is None else timeout)
        return Typeset((folder / "document.pdf").read_bytes(), standards)


def _run(command: list[str], timeout: float) -> str:
    pipe = subprocess.PIPE
    # Its own session, so that the whole group can be killed.
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, start_new_session=True) as child:  # noqa: S603 - our own program and folder
        try:
            out, fault = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as late:
            os.killpg(child.pid, signal.SIGKILL)
            raise NotTypeset("timeout") from late
    if child.returncode:
        logger.error("a document could not be set: %s", fault.decode(errors="replace")[-2000:])
        raise NotTypeset("refused")
    return out.decode()
