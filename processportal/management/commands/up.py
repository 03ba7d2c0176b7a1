"""`manage.py up`: migrations, static files, translations, maybe the demo, then web + worker + scheduler under one supervisor."""

import contextlib
import os
import socket
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connections

from organization.models import CompanySettings
from processportal import schema
from processportal.demo.accounts import demo_accounts
from processportal.demo.seed import SeedRefused, seed
from processportal.supervisor import Supervisor
from processportal.translations import compile_catalogues

MARK = "*"
# On one machine whoever starts it decides as whom; the container runs as a user of its own.
AS_ROOT = "ignore:You're running the worker with superuser privileges"


class Command(BaseCommand):
    """One command for one machine."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and whether to load the demo company."""
        parser.add_argument("--bind", default=os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}")
        parser.add_argument("--demo", action="store_true", help="load the demo company into an empty database")
        parser.add_argument("--no-demo", action="store_true", help="start with an empty company")
        parser.add_argument("--workers", type=int, default=2, help="web processes")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare, then supervise until Ctrl-C."""
        host, port = self._address(options["bind"])
        with contextlib.suppress(KeyboardInterrupt):
            self._prepare(demo=options["demo"] and not options["no_demo"])
            environment = self._environment(host, port)
            supervisor = Supervisor(self._commands(host, port, options["workers"]), environment, self._say)
            supervisor.run(ready=lambda: answers(host, port), welcome=lambda: self._welcome(host, port))
        self._say("\nStopped. The data is kept; start again to go on.")

    def _address(self, bind: str) -> tuple[str, int]:
        host, _, port = bind.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise CommandError(f"--bind wants HOST:PORT, such as 127.0.0.1:8000; this is {bind!r}.")
        with socket.socket(family(host)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host.strip("[]"), int(port)))
            except OSError as error:
                raise CommandError(
                    f"Port {port} on {host} cannot be used ({error.strerror}). "
                    "Stop what runs there, or choose another: PORT=8001 python3 start.py"
                ) from error
        return host, int(port)

    def _prepare(self, *, demo: bool) -> None:
        self._say(f"{MARK} Translations")
        compile_catalogues(settings.ROOT / "locale")
        self._say(f"{MARK} Database")
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            raise CommandError(
                f"The database cannot be used: {error}. Check DATABASE_URL, the disk and the rights, then start again."
            ) from error
        if misfit := schema.misfit():
            raise CommandError(misfit)
        self._say(f"{MARK} Static files")
        call_command("collectstatic", verbosity=0, interactive=False)
        if demo:
            self._seed()
        connections.close_all()

    def _seed(self) -> None:
        if CompanySettings.objects.filter(is_demo=True).exists():
            return
        self._say(f"{MARK} Demo company (about 20 seconds)")
        started = time.monotonic()
        try:
            seed(say=lambda text: self._say(f"    {text}"))
        except SeedRefused as error:
            raise CommandError(str(error)) from error
        self._say(f"    done in {time.monotonic() - started:.0f} s")

    def _environment(self, host: str, port: int) -> dict[str, str]:
        environment = {**os.environ, "PORTAL_BIND": f"{host}:{port}", "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": AS_ROOT}
        environment.setdefault("DJANGO_SETTINGS_MODULE", "processportal.settings")
        if is_loopback(host):
            environment.setdefault("DEMO_LOGIN", "1")
        return environment

    def _commands(self, host: str, port: int, workers: int) -> dict[str, list[str]]:
        web = [sys.executable, "-m", "gunicorn", "processportal.wsgi", "--bind", f"{host}:{port}", "--workers", str(workers)]
        web += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "warning", "--graceful-timeout", "10"]
        worker = [sys.executable, "-m", "celery", "--quiet", "-A", "processportal", "worker", "--beat", "--concurrency", "1"]
        worker += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        return {"web": web, "worker": worker}

    def _welcome(self, host: str, port: int) -> None:
        self._say(f"\n  Process Portal: {address(host, port)}   (Ctrl-C stops)\n")
        accounts = demo_accounts()
        if accounts:
            self._say("  Demo accounts; the sign-in page offers each with one click:")
        for account in accounts:
            self._say(f"    {account.login:<18} {account.name:<22} {account.position:<38} {account.what_to_try}")
        connections.close_all()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def family(host: str) -> socket.AddressFamily:
    """IPv6 for an address with colons."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def reachable(host: str) -> str:
    """The host to call from this machine; "every address" is none that can be called."""
    return {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound


def address(host: str, port: int) -> str:
    """What to type into the browser."""
    return f"http://{reachable(host)}:{port}/"


def answers(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket(family(host)) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((reachable(host).strip("[]"), port)) == 0


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host in {"localhost", "::1", "[::1]"} or host.startswith("127.")
