"""What one approval asks of the database: no more than it did, and the same however long the history behind it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import workflow
from approvals.models import Seat
from tests import make

pytestmark = pytest.mark.django_db
MOST = 25
"""Statements, those that begin and end the transaction included. It may become smaller, and not larger."""


def approved(cast: make.Cast, *, first: bool = False) -> int:
    """The first version of a document is approved, or a further one."""
    process = make.process(cast.purchasing, created_by=cast.author, next_review_on=None if first else make.TODAY)
    if not first:
        make.effective(process, by=cast.author)
    case = workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now(), summary="Clearer.")
    seat = Seat.objects.get(stage__case=case)
    with CaptureQueriesContext(connection) as seen:
        workflow.decide(seat, by=cast.approver, now=make.now(), verdict="approve", sha256=case.content.sha256)
    return len(seen)


def test_an_approval_costs_no_more_than_it_did_and_not_more_each_time(cast: make.Cast) -> None:
    approved(cast)  # what the first one asks once and others find in the cache
    assert approved(cast) <= MOST
    assert approved(cast, first=True) <= MOST
    assert [approved(cast) for _time in range(3)] == [approved(cast)] * 3
