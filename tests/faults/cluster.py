"""A PostgreSQL of its own in a folder and on its own port, which a test may stop as it likes: never the one that is configured.

`python -m tests.faults.cluster WORDS…` runs a command with DATABASE_URL leading to one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Cluster:
    """Its programs, files and port."""

    programs: Path
    folder: Path
    port: int

    @classmethod
    def begin(cls, programs: Path) -> "Cluster":
        """Made, started and empty; `stop` removes it."""
        made = cls(programs, Path(tempfile.mkdtemp(prefix="portal-cluster-")), free_port())
        if USER:
            shutil.chown(made.folder, USER)
        made.run("initdb", "-U", ROLE, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        made.start()
        return made

    @classmethod
    def running(cls) -> "Cluster | None":
        """The one in which this program was started; None elsewhere."""
        said = os.environ.get("PORTAL_CLUSTER")
        return cls(*map(Path, said.split(":")[:2]), int(said.split(":")[2])) if said else None

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
    cluster = Cluster.begin(found)
    here = {"DATABASE_URL": cluster.url(), "PORTAL_CLUSTER": f"{cluster.programs}:{cluster.folder}:{cluster.port}"}
    try:
        return subprocess.run(words, env={**os.environ, **here}, check=False).returncode
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
