"""Something is said while it is being approved: either the approval sees it, or the comment is refused as too late."""

import pytest

from approvals import answering, comments, workflow
from approvals.answering import Choice
from approvals.comments import Words
from approvals.models import ApprovalCase, Comment, CommentMove
from organization.models import Position
from tests import make
from tests.approvals.test_races import at_once, deciding, in_review
from tests.make import NOW
from worklist.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("blocking", [True, False], ids=["blocking", "open"])
def test_a_comment_while_it_is_being_approved_has_one_outcome(blocking: bool) -> None:
    cast, case, seat = in_review()

    def saying() -> object:
        return f"said {comments.say(case, Words('Wait!', blocking=blocking), by=cast.approver, now=NOW).comment.pk}"

    answers = at_once([deciding(case, seat, cast.approver, "approve"), saying] * 4)
    state, said = ApprovalCase.objects.get(pk=case.pk).state, Comment.objects.count()
    assert (state, said) in {("approved", 0), ("open", 1)}
    assert sum(answers[word] for word in answers if word not in {"Refused", "Stale"}) == 4


def test_settling_and_approving_have_one_outcome() -> None:
    cast, case, seat = in_review()
    said = comments.say(case, Words("Wait!", blocking=True), by=cast.approver, now=NOW).comment

    def reopening() -> object:
        return comments.reopen(said, by=cast.approver, now=NOW).is_open

    comments.resolve(said, by=cast.approver, now=NOW)
    at_once([deciding(case, seat, cast.approver, "approve"), reopening] * 3)
    state = ApprovalCase.objects.get(pk=case.pk).state
    assert (state, Comment.objects.get().is_open) in {("approved", False), ("open", True)}


def test_many_who_decide_about_one_comment_are_one_who_did() -> None:
    cast, case, _seat = in_review()
    said = comments.say(case, Words("Later"), by=cast.approver, now=NOW).comment
    office = Position.objects.get(title="Buyer")

    def disposing() -> object:
        return answering.dispose(case, [Choice(said.pk, "action", "", office, make.day(3))], by=cast.author, now=NOW)

    answers = at_once([disposing] * 6)
    assert answers == {"None": 1, "Stale": 5}
    assert CommentMove.objects.count() == 1
    workflow.decide(case.stages.get().seats.get(), by=cast.approver, now=NOW, verdict="approve", sha256=case.content.sha256)
    assert WorkItem.objects.filter(kind="act").count() == 1
