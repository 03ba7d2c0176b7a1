"""Real workers on the embedded queue: one is killed while it sends, two are started after it; everybody is told once."""

import contextlib
import sqlite3
from collections import Counter

import pytest

from tests.faults.machinery import LATER, SENT, Portal, kill
from tests.faults.sink import Mailbox

ITEMS = 50
KILLED_AFTER = 15


@pytest.fixture
def portal(portal: Portal) -> Portal:
    portal.seed(ITEMS)
    return portal


@pytest.mark.slow
def test_a_worker_that_dies_while_it_sends_loses_nothing_and_repeats_at_most_what_it_was_at(portal: Portal, mailbox: Mailbox) -> None:
    mailbox.enough = KILLED_AFTER
    first = portal.start_worker()
    portal.wake("processportal.tasks.remind", "worklist.tasks.send_mail")
    portal.wait(lambda: len(mailbox.taken) == KILLED_AFTER)
    kill(first)
    mailbox.speak()
    in_hand = portal.rows("SELECT key FROM worklist_notice WHERE mail = 'claimed'")
    assert (len(in_hand), portal.rows(SENT)) == (1, [(KILLED_AFTER - 1,)]), "it was killed over a mail that had arrived"

    # Ten minutes later a claim counts as the claim of a dead worker. Two sweepers at once, each asked twice.
    portal.run(LATER)
    portal.start_worker()
    portal.start_worker()
    tasks = ["processportal.tasks.remind", "worklist.tasks.send_mail"] * 2
    portal.wake(*tasks)
    portal.wait(lambda: portal.rows(SENT) == [(ITEMS,)])

    assert portal.rows("SELECT count(*), count(DISTINCT work_item_id), count(DISTINCT key) FROM worklist_notice") == [(ITEMS, ITEMS, ITEMS)]
    assert portal.rows("SELECT count(*) FROM worklist_workitem WHERE reminder_step = 0") == [(0,)]
    times = Counter(mailbox.ids())
    assert len(times) == ITEMS
    assert sum(times.values()) - ITEMS == 1, "only what was in its hand comes twice, under the same Message-ID"


@pytest.mark.slow
def test_a_worker_that_dies_before_its_notices_are_written_leaves_none_half_done(portal: Portal) -> None:
    """The transaction is held up in the middle by another writer; the worker dies there."""
    with contextlib.closing(sqlite3.connect(portal.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        worker = portal.start_worker()
        portal.wake("processportal.tasks.remind")
        portal.wait(lambda: "Task processportal.tasks.remind" in portal.log.read_text())
        kill(worker)
        other.execute("ROLLBACK")
    assert portal.rows("SELECT count(*) FROM worklist_notice") == [(0,)]
    portal.start_worker()
    portal.wake("processportal.tasks.remind")
    portal.wait(lambda: portal.rows("SELECT count(*) FROM worklist_notice") == [(ITEMS,)])
