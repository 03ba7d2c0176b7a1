"""What the faults need: committed rows, and a version in review."""

import pytest

from approvals import workflow
from approvals.models import ApprovalCase, Seat
from tests import make
from tests.lifting import _denials_lifted_for_the_flush

__all__ = ["_denials_lifted_for_the_flush"]


@pytest.fixture
def case(cast: make.Cast) -> ApprovalCase:
    """The first version of PUR-001; the department's process manager decides."""
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    draft = make.draft(process, by=cast.author)
    return workflow.submit(draft, by=cast.author, now=make.now(), summary="The first version.")


@pytest.fixture
def seat(case: ApprovalCase) -> Seat:
    """Where the approver decides."""
    return Seat.objects.get(stage__case=case)
