"""`manage.py up`: migrations, static files, translations, maybe the demo, then web + worker + scheduler under one supervisor."""

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
from processportal.demo.accounts import demo_accounts
from processportal.demo.seed import SeedRefused, seed
from processportal.supervisor import Supervisor
from processportal.translations import compile_catalogues

MARK = "*"


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
        self._prepare(demo=options["demo"])
        environment = self._environment(host, port)
        Supervisor(self._commands(host, port, options["workers"]), environment, self._say).run(lambda: self._welcome(host, port))
        self._say("Stopped.")

    def _address(self, bind: str) -> tuple[str, int]:
        host, _, port = bind.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise CommandError(f"--bind wants HOST:PORT, such as 127.0.0.1:8000; this is {bind!r}.")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
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
        environment = {**os.environ, "PORTAL_BIND": f"{host}:{port}", "PYTHONUNBUFFERED": "1"}
        environment.setdefault("DJANGO_SETTINGS_MODULE", "processportal.settings")
        if is_loopback(host):
            environment.setdefault("DEMO_LOGIN", "1")
        return environment

    def _commands(self, host: str, port: int, workers: int) -> dict[str, list[str]]:
        web = [sys.executable, "-m", "gunicorn", "processportal.wsgi", "--bind", f"{host}:{port}", "--workers", str(workers)]
        web += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "warning", "--graceful-timeout", "10"]
        worker = [sys.executable, "-m", "celery", "-A", "processportal", "worker", "--beat", "--concurrency", "1", "--loglevel", "WARNING"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return {"web": web, "worker": worker}

    def _welcome(self, host: str, port: int) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
                probe.settimeout(0.5)
                if probe.connect_ex((host.strip("[]"), port)) == 0:
                    break
            time.sleep(0.1)
        self._say(f"\n  Process Portal: http://{host}:{port}/   (Ctrl-C stops)\n")
        for account in demo_accounts():
            self._say(f"    {account.login:<16} {account.name:<22} {account.position:<38} {account.hint}")
        connections.close_all()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host in {"localhost", "::1", "[::1]"} or host.startswith("127.")
