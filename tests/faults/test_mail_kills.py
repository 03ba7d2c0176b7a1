"""A thousand reminders while the worker is killed every two seconds: nobody is left out, and a repeated mail can be recognised."""

import os
import time
from collections import Counter

import pytest

from tests.faults.machinery import LATER, SENT, Portal, kill
from tests.faults.sink import Mailbox

ITEMS = 1000
TASKS = ("processportal.tasks.remind", *["worklist.tasks.send_mail"] * 6)
UNFINISHED = "SELECT count(*) FROM worklist_workitem WHERE reminder_step = 0"
IN_HAND = "SELECT count(*) FROM worklist_notice WHERE mail = 'claimed'"


@pytest.mark.slow
@pytest.mark.skipif("FAULTS_LARGE" not in os.environ, reason="takes minutes; `FAULTS_LARGE=1 make faults` runs it")
def test_a_thousand_reminders_while_the_worker_is_killed_every_two_seconds(portal: Portal, mailbox: Mailbox) -> None:
    portal.seed(ITEMS)
    mailbox.pause = 0.005
    kills = 0
    while len(set(mailbox.ids())) < ITEMS:
        worker, before = portal.start_worker(), len(mailbox.taken)
        portal.wake(*TASKS)
        portal.wait(lambda before=before: len(mailbox.taken) > before or portal.rows(SENT) == [(ITEMS,)])  # type: ignore[misc]
        time.sleep(2)
        kill(worker)
        kills += 1
        portal.run(LATER)
    portal.start_worker()
    portal.wake(*TASKS)
    portal.wait(lambda: portal.rows(SENT) == [(ITEMS,)])
    times = Counter(mailbox.ids())
    assert portal.rows(UNFINISHED) == portal.rows(IN_HAND) == [(0,)]
    assert (len(times), max(times.values()) <= 2) == (ITEMS, True)
    assert sum(times.values()) - ITEMS <= kills, "at most the one mail that was in its hand at each kill"
    assert kills > 1
