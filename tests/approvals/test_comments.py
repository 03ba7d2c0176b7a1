"""Remarks on a revision in review."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from approvals import comments, workflow
from approvals.models import ApprovalCase, Comment
from organization.refusals import Refused, Stale
from processes.models import DraftEdit, Revision
from tests import make
from tests.make import NOW

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def case(cast: make.Cast) -> ApprovalCase:
    draft = make.draft(make.process(cast.purchasing, created_by=cast.author), by=cast.author)
    return workflow.submit(draft, by=cast.author, now=NOW)


def test_an_approver_remarks_at_a_step_and_the_author_finds_it_in_the_returned_draft(cast: make.Cast, case: ApprovalCase) -> None:
    said = comments.add(case, by=cast.approver, now=NOW, text="  Who signs?\r\nAnd when? ", anchor="s2")
    seat = case.stages.get().seats.get()
    workflow.decide(seat, by=cast.approver, now=NOW, verdict="return", reason="See step 2.", sha256=case.content.sha256)
    revision = Revision.objects.get(pk=case.revision_id)
    assert revision.state == "draft"
    assert [(c.anchor, c.text, c.author) for c in comments.open_for(revision)] == [("s2", "Who signs?\nAnd when?", cast.approver)]
    comments.resolve(said, by=cast.author, now=LATER)
    assert list(comments.open_for(revision)) == []


def test_a_colleague_who_sees_the_draft_may_remark_and_a_stranger_may_not(cast: make.Cast, case: ApprovalCase) -> None:
    assert comments.add(case, by=cast.reader, now=NOW, text="Typo.").anchor == ""
    with pytest.raises(Refused, match="do not take part"):
        comments.add(case, by=cast.stranger, now=NOW, text="Let me in.")


def test_the_same_words_sent_twice_are_one_remark(cast: make.Cast, case: ApprovalCase) -> None:
    first = comments.add(case, by=cast.approver, now=NOW, text="Why?")
    assert comments.add(case, by=cast.approver, now=LATER, text="Why?") == first
    assert comments.add(case, by=cast.approver, now=LATER, text="Why?", anchor="s1") != first


@pytest.mark.parametrize(
    ("text", "anchor", "why"),
    [(" \n", "", "Write the comment"), ("x" * 4001, "", "4001 characters"), ("Why?", "nowhere", "not in this revision")],
)
def test_what_is_no_remark_is_refused(cast: make.Cast, case: ApprovalCase, text: str, anchor: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        comments.add(case, by=cast.approver, now=NOW, text=text, anchor=anchor)
    assert not Comment.objects.exists()


def test_a_closed_case_takes_no_remarks(cast: make.Cast, case: ApprovalCase) -> None:
    workflow.recall(case, by=cast.author, now=NOW)
    with pytest.raises(Stale, match="closed"):
        comments.add(case, by=cast.approver, now=NOW, text="Too late.")


def test_who_raised_it_and_who_wrote_the_content_settle_it_once(cast: make.Cast, case: ApprovalCase) -> None:
    co_author = make.staff(cast.purchasing, "co.author", level=1)
    DraftEdit.objects.create(
        revision=case.revision, version=9, client_key="co", operation="set", target="scope", before="", after="x", by=co_author, at=NOW
    )
    for settles in (cast.approver, cast.author, co_author):
        said = comments.add(case, by=cast.approver, now=NOW, text=f"For {settles}")
        for nobody in (cast.reader, cast.manager, cast.admin):
            with pytest.raises(Refused, match=r"marks it as settled|do not take part"):
                comments.resolve(said, by=nobody, now=LATER)
        comments.resolve(said, by=settles, now=LATER)
        comments.resolve(said, by=cast.author, now=LATER + dt.timedelta(hours=1))
        said.refresh_from_db()
        assert (said.resolved_by, said.resolved_at) == (settles, LATER)


def test_the_database_wants_to_know_who_settled_it(cast: make.Cast, case: ApprovalCase) -> None:
    said = comments.add(case, by=cast.approver, now=NOW, text="Why?")
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=said.pk).update(resolved_at=LATER)
