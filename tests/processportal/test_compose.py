"""docker-compose.yml: what it promises, and the same commands with the same variables on this machine's PostgreSQL and Redis."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from getpass import getuser
from pathlib import Path

import psycopg
import pytest
import redis

from tests.make import PASSWORD
from tests.processportal.installation import PROGRAMS, ROOT, SECRETS, Installation, Visitor, composed, filled

OURS = ("migrate", "web", "worker", "beat")
POSTGRES = os.environ.get("CI_POSTGRES") or f"postgres://{getuser()}@127.0.0.1:5432"
REDIS = "redis://127.0.0.1:6379/11"
NAME = f"portal_compose_{os.getpid()}"
SEED = """
import django
django.setup()
import datetime as dt
from organization.gate import install_ladder
from tests import make
from worklist.items import NewItem, raise_items
from worklist.models import WorkItem
install_ladder()
cast, now = make.cast(), make.now()
process = make.process(cast.purchasing, number="PUR-001", title="Buy pumps", created_by=cast.author)
draft = make.draft(process, make.definition("Ask three suppliers", "Sign order"), by=cast.author)
raise_items([NewItem("act", "Answer the auditor", "home", [], now.date(), "due", person_id=cast.reader.pk)], now=now)
WorkItem.objects.update(next_reminder_at=now - dt.timedelta(minutes=1))
"""


def test_one_image_for_every_service_of_ours() -> None:
    assert {composed()["services"][name]["image"] for name in OURS} == {"process-portal"}
    assert set(composed()["services"]) == {*OURS, "database", "broker"}


def test_the_image_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    user = max(n for n, line in enumerate(lines) if line.startswith("USER "))
    assert lines[user] == "USER portal"
    assert [line.split()[0] for line in lines[user + 1 :]] == ["EXPOSE", "CMD"]
    for name in OURS:
        service = composed()["services"][name]
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
        assert {"user", "privileged"} & set(service) == set()


def test_every_service_that_stays_has_a_health_check() -> None:
    assert [name for name, service in composed()["services"].items() if "healthcheck" not in service] == ["migrate"]


def test_the_portal_is_reached_through_the_proxy_alone() -> None:
    ports = {name: service["ports"] for name, service in composed()["services"].items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in SECRETS:
        assert f"${{{name}:?" in text
        assert not re.search(rf"\$\{{{name}:?-", text)
    for left_out in SECRETS:
        with pytest.raises(KeyError, match=left_out):
            filled(text, {name: value for name, value in SECRETS.items() if name != left_out})


def test_the_broker_asks_itself_with_its_password() -> None:
    broker = composed()["services"]["broker"]
    assert filled(broker["environment"]["REDISCLI_AUTH"], SECRETS) == SECRETS["REDIS_PASSWORD"]
    assert broker["healthcheck"]["test"] == ["CMD-SHELL", "redis-cli ping | grep -q PONG"]


def test_a_variable_of_the_container_is_read_by_a_shell() -> None:
    for service in composed()["services"].values():
        kind, *words = service.get("healthcheck", {"test": ["CMD"]})["test"]
        assert kind == "CMD-SHELL" or not any("$$" in word for word in words)


@pytest.mark.slow
def test_production_settings_have_nothing_to_improve(tmp_path: Path) -> None:
    here = Installation("postgres://portal:x@127.0.0.1:1/portal", "redis://127.0.0.1:1/0", tmp_path)
    checked = here.run("web", ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"])
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Migrated, with static files as in the image, in a database of its own."""
    try:
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).flushdb()
    except (psycopg.OperationalError, redis.ConnectionError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL and Redis on this machine: {error}")
    server.execute(f"CREATE DATABASE {NAME}")
    made = Installation(f"{POSTGRES}/{NAME}", REDIS, tmp_path)
    try:
        made.once("migrate")
        assert made.run("web", ["python", "manage.py", "collectstatic", "--noinput", "-v", "0"]).returncode == 0
        yield made
    finally:
        made.stop()
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
        server.close()


def signed_in(installation: Installation, login: str) -> Visitor:
    visitor = Visitor(installation.port)
    status, leads_to, text = visitor.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert (status, leads_to) == (302, "/"), text
    return visitor


def wait(until: Callable[[], bool], seconds: float, installation: Installation) -> None:
    """Looks again twice a second; fails with what the services wrote."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, installation.said()
        time.sleep(0.5)


def answers(installation: Installation, path: str) -> bool:
    try:
        return Visitor(installation.port).get(path)[0] == 200
    except OSError:
        return False


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


@pytest.mark.slow
@pytest.mark.xdist_group("services")
def test_submit_approve_and_a_reminder_through_the_services_of_the_file(installation: Installation) -> None:
    environment = installation.environment("web") | {"DJANGO_SETTINGS_MODULE": "processportal.settings"}
    seeded = subprocess.run([PROGRAMS / "python", "-c", SEED], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert seeded.returncode == 0, seeded.stderr
    installation.start("web", "worker", "beat")
    wait(lambda: answers(installation, "/healthz"), 60, installation)

    author = signed_in(installation, "author")
    page = author.get("/processes/PUR-001/submit/")[1]
    typed = {"version": hidden(page, "version"), "summary": "The first version.", "when": "at_once", "password": PASSWORD}
    status, review, text = author.post("/processes/PUR-001/submit/", typed)
    assert status == 302, text

    for login in ("approver", "manager"):
        decider = signed_in(installation, login)
        page = decider.get(review)[1]
        seat = re.search(rf'action="({review}seats/\d+/decide/)"', page)
        if seat is None:
            continue
        given = {"sha256": hidden(page, "sha256"), "verdict": "approve", "reason": "", "password": PASSWORD}
        status, _, text = decider.post(seat[1], given, shown_at=review)
        assert status == 302, text

    status, page = signed_in(installation, "reader").get("/processes/PUR-001/")
    assert status == 200
    assert "Ask three suppliers" in page

    with psycopg.connect(installation.database_url) as database:

        def reminded() -> bool:
            told = database.execute("SELECT subject, mail FROM worklist_notice WHERE key LIKE 'item-%'").fetchall()
            database.rollback()
            return [mail for subject, mail in told if "Answer the auditor" in subject] == ["sent"]

        wait(reminded, 150, installation)
    wait(lambda: answers(installation, "/readyz"), 60, installation)
    assert {name: installation.healthy(name) for name in ("web", "worker", "beat")} == {"web": True, "worker": True, "beat": True}
    assert "Answer the auditor" in (installation.folder / "worker.log").read_text(), "mail goes to the console where no server is set"


@pytest.mark.slow
def test_ten_megabytes_are_answered_with_the_page(installation: Installation) -> None:
    installation.start("web")
    wait(lambda: answers(installation, "/healthz"), 60, installation)
    status, _, text = Visitor(installation.port).post("/accounts/login/", {"login": "x" * 10_000_000, "password": ""})
    assert status == 413
    assert "data-not-saved" in text
