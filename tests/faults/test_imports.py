"""Real workers that make drafts of many files: one is killed in the middle, two go on; each file is made once."""

import pytest

from tests.faults.machinery import Portal, kill

FILES = 90
KILLED_AFTER = 5
SEED = """
from organization.models import Position
from processes import batches
from processes.documents.archive import Packed
from tests import make
from tests.processes.bpmn.files import process
cast, now = make.cast(), make.now()
files = [Packed(f"{{n}}.bpmn", process(f"<task id='t' name='Do {{n}}'/>", name=f"P{{n}}")) for n in range({files})]
batch = batches.open_batch(files, by=cast.author, now=now)
batches.work_on(batch.pk)
owner = Position.objects.get(title="Head of Purchasing")
batches.make_all(batch, department=cast.purchasing, owner=owner, by=cast.author, now=now)
"""
LATER = """
import datetime as dt
from django.db.models import F
from processes.models import PendingImport
PendingImport.objects.filter(claimed_at__isnull=False).update(claimed_at=F("claimed_at") - dt.timedelta(minutes=2))
"""
MADE = "SELECT count(*) FROM processes_pendingimport WHERE outcome = 'made'"
SWEEPER = "processes.tasks.go_on_importing"


@pytest.mark.slow
def test_a_worker_that_dies_while_it_makes_drafts_loses_and_doubles_nothing(portal: Portal) -> None:
    portal.run(SEED.format(files=FILES))
    first = portal.start_worker()
    portal.wake(SWEEPER)
    portal.wait(lambda: int(str(portal.rows(MADE)[0][0])) >= KILLED_AFTER)
    kill(first)
    assert int(str(portal.rows(MADE)[0][0])) < FILES, "it was killed in the middle"

    portal.run(LATER)
    portal.start_worker()
    portal.start_worker()
    portal.wake(SWEEPER, SWEEPER, SWEEPER, SWEEPER)
    portal.wait(lambda: portal.rows(MADE) == [(FILES,)])
    assert portal.rows("SELECT count(*), count(DISTINCT title) FROM processes_process") == [(FILES, FILES)]
    assert portal.rows("SELECT count(*) FROM processes_revision") == [(FILES,)]
    assert portal.rows("SELECT count(DISTINCT process_id) FROM processes_pendingimport") == [(FILES,)]
    assert portal.rows("SELECT count(*) FROM processes_originalfile") == [(FILES,)]
