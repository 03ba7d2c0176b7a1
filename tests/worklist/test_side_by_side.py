"""Several sweepers at the same instant, on real connections: each thing is done once."""

import threading
from collections.abc import Callable

import pytest
from celery import current_app
from django.core import mail
from django.db import connection

from organization.refusals import Refused
from tests import make
from tests.make import NOW, day
from worklist import giving, items, notices, outbox, reminders
from worklist.items import NewItem
from worklist.models import Notice, OutboxEntry, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS, ROWS = 4, 40


def side_by_side(action: Callable[[], int]) -> int:
    """Runs the action by several callers that start together; gives the sum of their answers, or raises what one of them raised."""
    start, answers, errors = threading.Barrier(CALLERS), [], []

    def call() -> None:
        try:
            start.wait(10)
            answers.append(action())
        except Exception as error:  # noqa: BLE001 - raised again below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    assert len(answers) == CALLERS
    return sum(answers)


def readings(person_id: int) -> list[NewItem]:
    return [NewItem("read", f"Read {n}", "home", [], day(12), f"reading:{n}", person_id=person_id) for n in range(ROWS)]


def test_raising_the_same_items_raises_each_once() -> None:
    new = readings(make.person("reader").pk)
    side_by_side(lambda: len(items.raise_items(new, now=NOW)))
    assert WorkItem.objects.count() == ROWS


def test_settling_succeeds_for_one() -> None:
    item = items.raise_items(readings(make.person("reader").pk)[:1], now=NOW)[0]
    assert side_by_side(lambda: items.settle(WorkItem.objects.get(pk=item.pk), outcome="done", now=NOW)) == 1


def test_reminders_and_their_mail_go_out_once() -> None:
    items.raise_items(readings(make.person("reader").pk), now=NOW)
    WorkItem.objects.update(kind="take_over")
    due = WorkItem.objects.latest("pk").next_reminder_at
    assert due is not None
    assert side_by_side(lambda: reminders.run(due, batch=7)) == ROWS
    assert Notice.objects.count() == ROWS
    assert side_by_side(lambda: notices.deliver(due)) == ROWS
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == len(mail.outbox) == ROWS


def test_the_outbox_wakes_each_task_once(monkeypatch: pytest.MonkeyPatch) -> None:
    OutboxEntry.objects.bulk_create(OutboxEntry(task=f"task{n}", created_at=NOW) for n in range(ROWS))
    woken: list[str] = []
    monkeypatch.setattr(current_app._get_current_object(), "send_task", lambda name, args, retry: woken.append(name))
    assert side_by_side(lambda: outbox.deliver(NOW)) == ROWS
    assert sorted(woken) == sorted({f"task{n}" for n in range(ROWS)})


def test_of_several_who_take_the_same_item_one_gets_it() -> None:
    made = make.cast()
    supervision = make.position("Process supervision", of=make.company(), kind="process_supervision", holder=made.reader)
    make.appoint(made.stranger, supervision)
    item = items.raise_item(
        kind="act", subject="Act", url_name="home", url_args=[], due_on=day(5), source_key="act", now=NOW,
        position=make.position("Empty", of=made.stores),
    )  # fmt: skip
    takers = [made.manager, made.reader, made.stranger, made.manager]

    def take() -> int:
        try:
            giving.take(item, by=takers.pop(), now=NOW)
        except Refused:
            return 0
        return 1

    assert side_by_side(take) == 1
    assert item.happenings.count() == 1
