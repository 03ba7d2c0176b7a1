"""The scheduler's tasks are registered under the names of its schedule and do what they say."""

import pytest
from celery import current_app
from django.conf import settings

from tests import make
from tests.make import Cast
from worklist import notices, tasks
from worklist.models import Heartbeat, Notice

SWEEPERS = (
    "beat",
    "deliver_outbox",
    "summarize",
    "expect_summaries",
    "send_mail",
    "call_webhooks",
    "measure_usual_times",
    "ask_to_confirm",
)
NAMES = {f"worklist.tasks.{name}" for name in SWEEPERS}
WOKEN = {"worklist.tasks.pause"}


def test_names_match_the_schedule() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"].startswith("worklist.")} == NAMES
    assert set(current_app.tasks) >= NAMES | WOKEN


def test_a_run_ends_before_its_claims_do() -> None:
    assert notices.CLAIM_ENDS.total_seconds() >= settings.CELERY_TASK_TIME_LIMIT * 2


@pytest.mark.usefixtures("db")
def test_the_heart_beats_in_one_row() -> None:
    tasks.beat()
    tasks.beat()
    assert [beat.part for beat in Heartbeat.objects.all()] == ["beat"]


def test_the_sweepers_run_now(cast: Cast) -> None:
    notices.tell(cast.reader, key="k", subject="News", body="", url="", now=make.now(), kind="decide")
    tasks.deliver_outbox()
    tasks.send_mail()
    tasks.summarize()
    tasks.expect_summaries()
    tasks.call_webhooks()
    assert Notice.objects.get().mail == "sent"
