"""Whether the portal lives (`/healthz`) and can do its work (`/readyz`): database, broker, beat, dot."""

import datetime as dt
import subprocess
from collections.abc import Callable

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from processes.flowchart import engine
from worklist.models import Heartbeat

BEAT_IS_LATE = dt.timedelta(seconds=90)
DOT_SECONDS = 3
DOT_KNOWN_SECONDS = 60


@login_not_required
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Each part with "ok" or what is wrong; 503 when any is wrong. No detail of the installation is told."""
    answers = {name: _ask(part) for name, part in PARTS.items()}
    return JsonResponse(answers, status=200 if all(a == "ok" for a in answers.values()) else 503)


def _ask(part: Callable[[], str]) -> str:
    try:
        return part()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a part, the answer names it
        return type(error).__name__


def database() -> str:
    """One question to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return "ok" if cursor.fetchone() == (1,) else "no answer"


def broker() -> str:
    """The broker takes a connection."""
    with current_app.connection_for_write(connect_timeout=2) as link:
        link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    return "ok"


def beat() -> str:
    """The scheduler's own task ran a short while ago, so scheduler and worker both live."""
    last = Heartbeat.objects.filter(part="beat").values_list("at", flat=True).first()
    if last is None:
        return "never seen"
    return "ok" if timezone.now() - last < BEAT_IS_LATE else f"last seen {last.isoformat(timespec='seconds')}"


def dot() -> str:
    """The drawing engine starts; asked once a minute, so that one that hangs does not hold up every answer."""
    known: str | None = cache.get("health-dot")
    if known is None:
        known = _ask(_dot_starts)
        cache.set("health-dot", known, DOT_KNOWN_SECONDS)
    return known


def _dot_starts() -> str:
    ended = subprocess.run([engine.dot_binary(), "-V"], capture_output=True, timeout=DOT_SECONDS, check=False)  # noqa: S603
    return "ok" if ended.returncode == 0 else f"code {ended.returncode}"


PARTS: dict[str, Callable[[], str]] = {"database": database, "broker": broker, "beat": beat, "dot": dot}
