"""What was said in a review stays among those who worked on it, also when the document is approved and everybody reads it."""

import pytest

from approvals import comments, policy, workflow
from approvals.models import ApprovalCase
from organization.scope import scope
from processes.models import Revision
from tests import make
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db


def test_readers_of_an_approved_document_do_not_see_what_was_said_about_it(cast: make.Cast) -> None:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW)
    comments.add(case, by=cast.approver, now=NOW, text="This is not how the boss wants it.")
    Revision.objects.filter(pk=draft.pk).update(state="approved")
    seen = {
        who: (
            Revision.objects.visible_to(scope(getattr(cast, who), TODAY)).exists(),
            ApprovalCase.objects.visible_to(scope(getattr(cast, who), TODAY)).exists(),
        )
        for who in ("author", "approver", "stranger")
    }
    assert seen == {"author": (True, True), "approver": (True, True), "stranger": (True, False)}


def test_a_guest_whose_access_ended_is_not_named_to_decide(cast: make.Cast) -> None:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    case = workflow.submit(draft, by=cast.author, now=NOW)
    seat = case.stages.get(order=1).seats.get()
    guest = make.person("guest", level=5, access_until=make.day(-1))
    assert not policy.may_be_named(guest, seat, case, TODAY)
    seat.named = guest
    who = policy.assignee(seat, case, TODAY)
    assert who is not None
    assert who.person == cast.approver
