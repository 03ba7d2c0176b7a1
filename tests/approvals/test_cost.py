"""What one approval asks of the database: no more than it did, and the same however long the history behind it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import workflow
from approvals.models import Seat
from tests import make

pytestmark = pytest.mark.django_db
MOST = 38
"""Statements, those that begin and end savepoints included. It may become smaller, and not larger."""


def approved(cast: make.Cast) -> int:
    """A further version of a document is approved."""
    process = make.process(cast.purchasing, created_by=cast.author)
    make.effective(process, by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now(), summary="Clearer.")
    seat = Seat.objects.get(stage__case=case)
    with CaptureQueriesContext(connection) as seen:
        workflow.decide(seat, by=cast.approver, now=make.now(), verdict="approve", sha256=case.content.sha256)
    return len(seen)


def test_an_approval_costs_no_more_than_it_did_and_not_more_each_time(cast: make.Cast) -> None:
    first = approved(cast)
    assert first <= MOST
    assert [approved(cast) for _time in range(3)] == [approved(cast)] * 3
