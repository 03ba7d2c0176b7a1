"""The company installation of docker-compose.yml as plain commands on this machine, and a browser's part of HTTP."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
HOST = "portal.example"
SECRETS = {
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "POSTGRES_PASSWORD": "notused",
    "REDIS_PASSWORD": "notused",
    "PORTAL_HOST": HOST,
}
REFERENCE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<rest>[^}]*))?\}")


def composed() -> dict[str, Any]:
    """The file as data."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def filled(text: str, given: Mapping[str, str]) -> str:
    """`${NAME:?…}` and `${NAME:-default}` replaced as compose does; KeyError for a variable that must be set."""

    def value(match: re.Match[str]) -> str:
        return given.get(match["name"], match["rest"]) if match["kind"] == ":-" else given[match["name"]]

    return REFERENCE.sub(value, text).replace("$$", "$")


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """Services of the file, started one by one; `stop` ends all and whatever they started."""

    database_url: str
    broker_url: str
    folder: Path
    port: int = field(default_factory=free_port)
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def environment(self, service: str) -> dict[str, str]:
        """The service's own variables, with database and broker of this machine, and those that the image sets."""
        given = {name: filled(value, SECRETS) for name, value in composed()["services"][service]["environment"].items()}
        here = {"DATABASE_URL": self.database_url, "CELERY_BROKER_URL": self.broker_url, "PORTAL_VAR": str(self.folder)}
        image = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1", "HOSTNAME": socket.gethostname()}
        return given | here | image

    def command(self, service: str, words: list[str]) -> list[str]:
        """The words of the file on this machine's port; the shell where compose would use one."""
        words = [
            filled(word, SECRETS).replace("0.0.0.0:8000", f"127.0.0.1:{self.port}").replace(":8000", f":{self.port}") for word in words
        ]
        match words:
            case ["CMD", *rest]:
                return rest
            case ["CMD-SHELL", line]:
                return ["sh", "-c", line]
        return words

    def run(self, service: str, words: list[str]) -> "subprocess.CompletedProcess[str]":
        """One command to its end."""
        return subprocess.run(
            self.command(service, words), cwd=ROOT, env=self.environment(service), capture_output=True, text=True, timeout=300, check=False
        )

    def once(self, service: str) -> None:
        """A service that ends by itself, such as the migrations."""
        ended = self.run(service, composed()["services"][service]["command"])
        assert ended.returncode == 0, ended.stderr

    def start(self, *services: str) -> None:
        """Services that stay."""
        for service in services:
            with (self.folder / f"{service}.log").open("wb") as log:
                self.running[service] = subprocess.Popen(
                    self.command(service, composed()["services"][service]["command"]),
                    cwd=ROOT, env=self.environment(service), stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip

    def healthy(self, service: str) -> bool:
        """What the service's own health check says."""
        return self.run(service, composed()["services"][service]["healthcheck"]["test"]).returncode == 0

    def said(self) -> str:
        """Everything that the services wrote."""
        return "".join(f"--- {log.stem}\n{log.read_text()}" for log in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """Ends all services."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()


@dataclass
class Visitor:
    """Somebody at the portal through the proxy that ends TLS: Secure cookies, the proxy's header, redirects not followed."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """(status, headers, text)."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "Referer": f"https://{HOST}{path}"} | headers
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        link.request(method, path, body, sent)
        answer = link.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            assert "Secure" in cookie
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.split(";")[0]
        link.close()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, text

    def get(self, path: str) -> tuple[int, str]:
        """(status, text)."""
        status, _, text = self.ask("GET", path)
        return status, text

    def post(self, path: str, fields: Mapping[str, object], *, shown_at: str = "") -> tuple[int, str, str]:
        """(status, where it leads, text), with the token of the page on which the form stands."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(shown_at or path)[1])
        assert token, "a form with a token"
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        status, headers, text = self.ask("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})
        return status, headers.get("location", ""), text
