#!/usr/bin/env python3
"""Set up and run the portal with nothing but Python 3.11 or newer.

python3 start.py            set up, load the demo company, start web + worker + scheduler
python3 start.py test       set up and run the whole test suite

PORT, DATABASE_URL and CELERY_BROKER_URL are honoured; --bind HOST:PORT says where to listen.
With DATABASE_URL set, the demo company is loaded only with --demo, and only into an empty database.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
NEEDED_BYTES = 700_000_000


def fail(sentence):
    """Say what to do and stop."""
    sys.exit(f"\n  {sentence}\n")


def find_python():
    """The Python that runs, or a newer one on PATH; each is tried, since a shim that is not active only pretends."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
        found = shutil.which(name)
        if found and works([found, "-c", ""]):
            return found
    return fail(
        f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. "
        "Install one (for example from python.org or your system's packages) and run it as: python3.12 start.py"
    )


def works(command):
    """Whether it ends well; what it says is of no interest."""
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def ready(stamp, want):
    """Whether the environment was made from these very locks by this very Python."""
    return PYTHON.exists() and stamp.exists() and want in stamp.read_text().split()


def usable():
    """Whether .venv can hold the portal. Then it is added to and never cleared: it may be somebody's own."""
    return PYTHON.exists() and works([str(PYTHON), "-c", f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"])


def make_environment(python):
    """A virtual environment in .venv, in the place of one that is half made or too old."""
    if shutil.disk_usage(str(ROOT)).free < NEEDED_BYTES:
        fail(f"The disk is nearly full: about {NEEDED_BYTES // 1_000_000} MB are needed in {ROOT}. Free some space and start again.")
    made = subprocess.run([python, "-m", "venv", "--clear", str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode:
        shutil.rmtree(str(VENV), ignore_errors=True)
        said = made.stdout.decode(errors="replace").strip().splitlines() or ["nothing"]
        fail(
            "A virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv; then start again.\n"
            f"  Python said: {said[-1]}"
        )


def install(lock):
    """Everything in the lock file, with uv if it is here, else pip; every file is checked against its hash.

    The lock is whole, so nothing is resolved: a resolver that meets `coverage[toml]>=7` looks at the newest release first,
    finds no hash for it, and refuses on the day after a release what it installed the day before.
    """
    uv = shutil.which("uv")
    if uv and works([uv, "--version"]):
        command = [uv, "pip", "install", "-q", "--no-deps", "--require-hashes", "-p", str(PYTHON), "-r", str(lock)]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        command += ["--only-binary", ":all:", "-r", str(lock)]
    if subprocess.call(command):
        fail(
            "The libraries could not be installed (see the lines above). Without a network: copy the wheels named in "
            f"{lock.relative_to(ROOT)} to a folder and set PIP_FIND_LINKS to it. Behind a mirror: set PIP_INDEX_URL. "
            "With a full disk: free some space. Then start again."
        )


def set_up(name):
    """Make .venv match requirements/<name>.txt; does nothing when it does already."""
    lock, stamp = ROOT / "requirements" / f"{name}.txt", VENV / ".locks"
    python = find_python()
    want = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if ready(stamp, want):
        return
    print("Setting up (once; about half a minute) ...", flush=True)
    if not usable():
        make_environment(python)
    install(lock)
    known = stamp.read_text().split() if stamp.exists() else []
    stamp.write_text("\n".join([*known, want]) + "\n")


def run(command):
    """Become the command; on Windows, wait for it."""
    os.chdir(str(ROOT))
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)


def main(arguments):
    """Dispatch."""
    try:
        if arguments[:1] == ["test"]:
            set_up("dev")
            run([str(PYTHON), "-m", "pytest", *arguments[1:]])
        set_up("app")
        demo = [] if os.environ.get("DATABASE_URL") or "--demo" in arguments or "--no-demo" in arguments else ["--demo"]
        run([str(PYTHON), str(ROOT / "manage.py"), "up", *demo, *arguments])
    except OSError as error:
        where = error.filename or ROOT
        fail(f"The set-up stopped: {error.strerror or error} ({where}). Free some space or check the rights, then start again.")
    except KeyboardInterrupt:
        fail("Stopped. Start again to go on with the set-up.")


if __name__ == "__main__":
    main(sys.argv[1:])
