"""A real web server on the database of the running test, started as `manage.py up` starts it, and callers who come all at once."""

import contextlib
import html
import http.client
import json
import os
import re
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from organization.models import Person
from processportal import schema
from processportal.management.commands.up import Command
from tests.conftest import SignedIn
from tests.faults.machinery import ROOT, free_port, kill
from tests.make import PASSWORD

TOKEN = "t" * 32
CALLERS = int(os.environ.get("CALLERS", "20"))
"""In the suite; 200 in `make faults`."""
REFUSAL = re.compile(r'(?:role="alert"|data-toast="error")[^>]*>(.*?)</(?:div|p)>', re.DOTALL)


def database_url() -> str:
    """Of the test's own database."""
    name, of = connection.settings_dict["NAME"], connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(name).resolve()}"
    user = urllib.parse.quote(of["USER"]) + (f":{urllib.parse.quote(of['PASSWORD'])}" if of["PASSWORD"] else "")
    return f"postgres://{user}@{of['HOST'] or '127.0.0.1'}:{of['PORT'] or 5432}/{name}"


def until(so: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for it."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "it never was"
        time.sleep(0.05)


def served_as_migrated() -> None:
    """The tables of tests come from the models; the server asks which migrations have made them."""
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for label, name in sorted(schema.ours() - schema.applied()):
        recorder.record_applied(label, name)


class Server:
    """`environment`: what `tests.faults.tampering` is to do, or another database."""

    def __init__(self, folder: Path, *, threads: int = 4, **environment: str) -> None:
        self.port, self.log = free_port(), folder / "web.log"
        var = folder / "var"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PORTAL_VAR": str(var),
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "tests.faults.served",
            "PYTHONWARNINGS": "ignore",
            **environment,
        }
        command = Command()._commands("127.0.0.1", self.port, 2)["web"]
        # As in `up`; but that so many may be inside at the same instant.
        command[command.index("--threads") + 1] = str(threads)
        self.command = command
        served_as_migrated()
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        """Started and answering."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        until(lambda: self.answers() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        return self.process

    def answers(self) -> bool:
        """Whether it does."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            return ask(self.port, "GET", "/healthz", {}).status == 200
        return False

    def workers(self) -> list[int]:
        """The ids of its worker processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(one) for one in children.split()]

    def stop(self) -> None:
        """Ends it with all of its workers."""
        kill(self.process)


Start = Callable[..., Server]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the text."""

    status: int
    text: str

    @property
    def sentence(self) -> str:
        """What a refusal says, without its markup; "" where it says nothing."""
        if self.text.startswith("{"):
            said = json.loads(self.text)
            return said.get("error", "") or " ".join(str(one) for one in said.get("refused", ()))
        found = REFUSAL.search(self.text)
        return html.unescape(re.sub(r"<[^>]+>|\s+", " ", found[1])).strip() if found else ""


def ask(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    """One request; redirects are not followed."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        link.request(method, path, body, dict(headers))
        answer = link.getresponse()
        return Answer(answer.status, answer.read().decode(errors="replace"))
    finally:
        link.close()


@dataclass(frozen=True, slots=True)
class Caller:
    """One browser of somebody signed in."""

    port: int
    session: str

    def post(self, path: str, fields: Mapping[str, object]) -> Answer:
        """A form."""
        return self._send(path, urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def post_json(self, path: str, given: object) -> Answer:
        """What a script sends."""
        return self._send(path, json.dumps(given).encode(), "application/json")

    def get(self, path: str) -> Answer:
        """A page."""
        return ask(self.port, "GET", path, self.headers)

    def _send(self, path: str, body: bytes, kind: str) -> Answer:
        return ask(self.port, "POST", path, {**self.headers, "Content-Type": kind}, body)

    @property
    def headers(self) -> dict[str, str]:
        """Who it is, in English."""
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        return {"Cookie": cookies, "Accept-Language": "en", "X-CSRFToken": TOKEN}


def caller(server: Server, person: Person) -> Caller:
    """A session of this person."""
    return Caller(server.port, SignedIn().as_(person).cookies[settings.SESSION_COOKIE_NAME].value)


def with_password(person: Person) -> Person:
    """The same, who can sign."""
    person.set_password(PASSWORD)
    person.save()
    return person


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """All calls from threads that start together; the answers in the order of the calls."""
    barrier = threading.Barrier(len(calls))
    answers: list[Answer] = [Answer(0, "no answer")] * len(calls)

    def run(n: int) -> None:
        barrier.wait(timeout=60)
        answers[n] = calls[n]()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=180)
    return answers
