"""A PostgreSQL of its own in a folder and on its own port, which a test may stop as it likes: never the one that is configured.

`python -m tests.faults.cluster WORDS…` runs a command with DATABASE_URL leading to one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.machinery import free_port

ROLE = "portal"
USER = "nobody" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root."""


def programs() -> Path | None:
    """Where initdb and pg_ctl lie; None where PostgreSQL's server is not installed."""
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


class Cluster:
    """Made, started and empty; `stop` removes it."""

    def __init__(self, programs: Path) -> None:
        self.programs, self.port = programs, free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="portal-cluster-"))
        if USER:
            shutil.chown(self.folder, USER)
        self.run("initdb", "-U", ROLE, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        self.start()

    def run(self, name: str, *words: str) -> None:
        """One of PostgreSQL's own programs on this cluster."""
        # Not captured: the server would keep the pipe open that pg_ctl was given.
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            command = [self.programs / name, "-D", self.folder / "data", *words]
            subprocess.run(command, cwd="/", user=USER, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)

    def start(self) -> None:
        """Returns when it takes connections."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=400"
        self.run("pg_ctl", "-w", "-o", options, "start")

    def crash(self) -> None:
        """Ends as if the power had gone: nothing is written down, and every connection breaks."""
        self.run("pg_ctl", "-w", "-m", "immediate", "stop")

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgres://{ROLE}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """Gone, with its files."""
        self.crash()
        shutil.rmtree(self.folder)
        (self.folder.parent / f"{self.folder.name}.log").unlink()


def main(words: list[str]) -> int:
    """The exit code of the command."""
    found = programs()
    if found is None:
        sys.stderr.write("No PostgreSQL server is installed here (pg_ctl): left out.\n")
        return 0
    cluster = Cluster(found)
    try:
        return subprocess.run(words, env={**os.environ, "DATABASE_URL": cluster.url()}, check=False).returncode
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
