"""Conversations in a review: threads, what stands in the way, what becomes of open comments, and what a return names."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from approvals import answering, comments, corrections, since, talk_policy, workflow
from approvals.answering import Choice
from approvals.comments import Words
from approvals.corrections import Given
from approvals.models import ApprovalCase, Comment, CommentMove, Seat
from approvals.remarks import talk_about
from organization.models import Person, Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes.access import participate
from processes.canonical import to_json
from processes.content import frozen_definition
from processes.models import DraftEdit, Process, Revision
from tests import make
from tests.make import NOW, TODAY, Cast
from worklist.models import Notice, WorkItem

SOON = NOW + dt.timedelta(minutes=5)
LATER = NOW + dt.timedelta(hours=1)
TEXT = "Offers are compared.\n\nThe buyer decides alone."


@pytest.fixture
def case(cast: Cast) -> ApprovalCase:
    head = Position.objects.get(title="Head of Purchasing")
    process = make.process(cast.purchasing, number="PUR-001", owner=head, created_by=cast.author, confidentiality="departments")
    return workflow.submit(make.draft(process, document(TEXT), by=cast.author), by=cast.author, now=NOW)


def document(description: str):  # type: ignore[no-untyped-def]
    content = make.definition("Check offer", "Sign order")
    return replace(content, steps=tuple(replace(s, description=description) if s.key == "s1" else s for s in content.steps))


def say(case: ApprovalCase, by: Person, text: str = "Why?", **more: object) -> Comment:
    return comments.say(case, Words(text, **more), by=by, now=NOW).comment  # type: ignore[arg-type]


def seat_of(case: ApprovalCase) -> Seat:
    return Seat.objects.get(stage__case=case)


def decide(case: ApprovalCase, by: Person, verdict: str = "approve", **more: object) -> object:
    return workflow.decide(seat_of(case), by=by, now=LATER, verdict=verdict, sha256=case.content.sha256, **more)  # type: ignore[arg-type]


def returned(case: ApprovalCase, cast: Cast, *named: Comment) -> Revision:
    decide(case, cast.approver, "return", reason="See the comments.", correct=[comment.pk for comment in named])
    return Revision.objects.select_related("process").get(pk=case.revision_id)


def again(revision: Revision, by: Person, description: str) -> ApprovalCase:
    Revision.objects.filter(pk=revision.pk).update(content=to_json(document(description)))
    return workflow.submit(Revision.objects.get(pk=revision.pk), by=by, now=LATER)


def fresh(comment: Comment) -> Comment:
    return Comment.objects.get(pk=comment.pk)


# Places and words


def test_a_comment_keeps_the_words_it_is_about_and_finds_them_in_the_next_draft(cast: Cast, case: ApprovalCase) -> None:
    stays = say(case, cast.approver, "Who?", anchor="s1", quote="The buyer decides")
    goes = say(case, cast.approver, "How?", anchor="s1", quote="Offers are compared.")
    assert (stays.quote, stays.quote_at) == ("The buyer decides", 5)
    revision = returned(case, cast)
    next_case = again(revision, cast.author, "Three offers are weighed.\n\nThe  buyer decides, alone.")
    talk = talk_about(revision, frozen_definition(next_case.content), cast.approver, scope(cast.approver, TODAY), LATER, live=True)
    assert {remark.comment.pk: (remark.place, remark.moved) for remark in talk.threads} == {
        stays.pk: ("Step 2: Check offer", False), goes.pk: ("Step 2: Check offer", True),
    }  # fmt: skip


def test_words_that_are_not_there_are_not_quoted(cast: Cast, case: ApprovalCase) -> None:
    assert say(case, cast.approver, anchor="s1", quote="Something else").quote == ""
    with pytest.raises(Refused, match="no such section"):
        say(case, cast.approver, anchor="section:appendix")


# Threads


def test_answers_stand_below_and_named_people_are_told_in_reviews_too(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.approver, anchor="s1")
    said = comments.reply(comment, by=cast.author, now=NOW, text="Ask @reader and @stranger.")
    assert (said.comment.parent, said.comment.anchor, said.not_told) == (comment, "s1", ["stranger"])
    assert comments.reply(said.comment, by=cast.author, now=NOW, text="Ask @reader and @stranger.").comment == said.comment
    assert comments.reply(said.comment, by=cast.reader, now=NOW, text="Here.").comment.parent == comment
    assert [notice.url for notice in Notice.objects.filter(person=cast.reader)] == [f"/reviews/{case.pk}/#comment-{said.comment.pk}"]
    with pytest.raises(Refused, match="do not take part"):
        comments.reply(comment, by=cast.stranger, now=NOW, text="Me too")


def test_threads_are_opened_again_by_those_concerned(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.approver)
    comments.resolve(comment, by=cast.author, now=NOW, word="Done.")
    with pytest.raises(Refused, match="opens it again"):
        comments.reopen(comment, by=cast.reader, now=LATER)
    comments.reopen(comment, by=cast.approver, now=LATER, reason="Not quite.")
    comments.reopen(comment, by=cast.approver, now=LATER)
    assert [(move.what, move.reason) for move in comment.moves.all()] == [("settled", "Done."), ("reopened", "Not quite.")]
    assert fresh(comment).is_open


def test_own_words_change_for_ten_minutes_and_until_somebody_answers(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.approver)
    assert comments.reword(comment, by=cast.approver, now=SOON, text="Why, @reader?").comment.edited_at == SOON
    assert Notice.objects.filter(person=cast.reader).exists()
    with pytest.raises(Refused, match="Only whoever wrote"):
        comments.reword(comment, by=cast.author, now=SOON, text="Well")
    with pytest.raises(Refused, match="ten minutes"):
        comments.take_back(comment, by=cast.approver, now=LATER)
    comments.reply(comment, by=cast.author, now=SOON, text="Because.")
    with pytest.raises(Refused, match="answered this comment already"):
        comments.take_back(comment, by=cast.approver, now=SOON)
    other = say(case, cast.approver, "Oops")
    comments.take_back(other, by=cast.approver, now=SOON)
    with pytest.raises(Stale, match="taken back meanwhile"):
        comments.reply(other, by=cast.author, now=SOON, text="What?")
    assert list(Comment.objects.filter(parent=None)) == [comment]


def test_nothing_is_said_where_the_review_is_over(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.approver)
    comments.resolve(comment, by=cast.approver, now=NOW)
    decide(case, cast.approver)
    for act in (comments.reopen, comments.resolve):
        with pytest.raises(Stale, match="closed"):
            act(comment, by=cast.approver, now=LATER)
    with pytest.raises(Stale, match="closed"):
        comments.reply(comment, by=cast.author, now=LATER, text="Late")
    with pytest.raises(Stale, match="closed"):
        answering.dispose(case, [], by=cast.author, now=LATER)


# What stands in the way


def test_only_seats_and_those_who_were_asked_stand_in_the_way(cast: Cast, case: ApprovalCase) -> None:
    for person, why in ((cast.reader, "Only those who decide"), (cast.author, "You wrote or submitted")):
        with pytest.raises(Refused, match=why):
            say(case, person, blocking=True)
    assert say(case, cast.approver, blocking=True).position == seat_of(case).position
    participate(case.revision.process, revision=case.revision, person=cast.reader, part="reader")
    assert say(case, cast.reader, blocking=True).position is None


def test_nobody_approves_while_something_stands_in_the_way(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.approver, blocking=True)
    with pytest.raises(Refused, match="1 comment stands in the way"):
        decide(case, cast.approver)
    with pytest.raises(Refused, match="Only Approver settles this"):
        comments.resolve(comment, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="You raised this yourself"):
        answering.overrule(comment, by=cast.approver, now=NOW, reason="So be it.")
    comments.resolve(comment, by=cast.approver, now=NOW)
    decide(case, cast.approver)
    assert Revision.objects.get(pk=case.revision_id).state == "approved"


def test_an_approver_overrules_with_a_reason_that_is_kept(cast: Cast, case: ApprovalCase) -> None:
    participate(case.revision.process, revision=case.revision, person=cast.reader, part="reader")
    comment = say(case, cast.reader, blocking=True)
    with pytest.raises(Refused, match="approver whose turn"):
        answering.overrule(comment, by=cast.author, now=NOW, reason="No.")
    with pytest.raises(Refused, match="Write the reason"):
        answering.overrule(comment, by=cast.approver, now=NOW, reason=" ")
    answering.overrule(comment, by=cast.approver, now=NOW, reason="The rule does not ask it.")
    answering.overrule(comment, by=cast.approver, now=NOW, reason="Twice")
    assert [(move.what, move.by, move.reason) for move in comment.moves.all()] == [
        ("overruled", cast.approver, "The rule does not ask it.")
    ]
    decide(case, cast.approver)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommentMove.objects.create(comment=comment, what="overruled", by=cast.approver, at=NOW)
    plain = make.draft(make.process(cast.purchasing, number="PUR-900", created_by=cast.author), by=cast.author)
    said = Comment.objects.create(revision=plain, text="x", author=cast.author, created_at=NOW)
    with pytest.raises(Stale, match="Nothing is to be overruled"):
        answering.overrule(said, by=cast.author, now=NOW, reason="x")


def test_it_stays_in_the_way_of_the_next_case_and_the_holder_of_the_seat_settles_it_when_its_writer_has_left(
    cast: Cast, case: ApprovalCase
) -> None:
    comment = say(case, cast.approver, blocking=True)
    revision = returned(case, cast)
    next_case = again(revision, cast.author, TEXT)
    second = make.person("second", level=3)
    make.appoint(second, seat_of(case).position)
    with pytest.raises(Refused, match="stands in the way"):
        decide(next_case, second)
    Person.objects.filter(pk=cast.approver.pk).update(is_active=False)
    with pytest.raises(Refused, match="has no access any more"):
        comments.resolve(comment, by=cast.author, now=LATER)
    comments.resolve(comment, by=second, now=LATER)
    decide(next_case, second)


# What becomes of open comments


def test_the_last_approval_waits_until_it_is_said_what_becomes_of_open_comments(cast: Cast, case: ApprovalCase) -> None:
    done, refused, later = (say(case, cast.approver, text) for text in ("One", "Two", "Three"))
    with pytest.raises(Refused, match="3 comments are open"):
        decide(case, cast.approver)
    office = Position.objects.get(title="Head of Purchasing")
    choices = [
        Choice(done.pk, "settled"), Choice(refused.pk, "declined", "Out of scope."), Choice(later.pk, "action", "", office, make.day(9)),
    ]  # fmt: skip
    with pytest.raises(Refused, match="says what becomes"):
        answering.dispose(case, choices, by=cast.reader, now=NOW)
    answering.dispose(case, choices, by=cast.author, now=NOW)
    assert (fresh(done).outcome, fresh(refused).outcome, fresh(later).is_open) == ("settled", "declined", True)
    assert not WorkItem.objects.filter(kind="act").exists()
    decide(case, cast.approver)
    item = WorkItem.objects.get(kind="act")
    assert (item.position, item.due_on, item.url_args, fresh(later).action) == (office, make.day(9), [later.pk], item)


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        ({"what": "declined"}, "Write the reason"),
        ({"what": "action"}, "needs a position"),
        ({"what": "action", "due_on": make.day(-1)}, "needs a position"),
    ],
)
def test_choices_that_say_too_little_change_nothing(cast: Cast, case: ApprovalCase, choice: dict[str, object], why: str) -> None:
    first, second = say(case, cast.approver, "One"), say(case, cast.approver, "Two")
    office = Position.objects.get(title="Head of Purchasing")
    if "due_on" in choice:
        choice = choice | {"position": office}
    with pytest.raises(Refused, match=why):
        answering.dispose(case, [Choice(first.pk, "settled"), Choice(second.pk, **choice)], by=cast.author, now=NOW)  # type: ignore[arg-type]
    assert fresh(first).is_open


def test_a_comment_that_was_settled_meanwhile_is_not_decided_again(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.reader)
    with pytest.raises(Refused, match="marks it as settled"):
        answering.dispose(case, [Choice(comment.pk, "settled")], by=cast.approver, now=NOW)
    comments.resolve(comment, by=cast.author, now=NOW)
    with pytest.raises(Stale, match="settled one of these"):
        answering.dispose(case, [Choice(comment.pk, "declined", "No.")], by=cast.author, now=NOW)


def test_an_action_opens_a_confidential_process_only_by_who_answers_for_it(cast: Cast, case: ApprovalCase) -> None:
    stores = Position.objects.get(title="Storeman")
    buyer = Position.objects.get(title="Buyer")
    DraftEdit.objects.create(
        revision=case.revision, version=9, client_key="co", operation="set", target="scope", before="", after="x", by=cast.reader, at=NOW
    )
    action = Choice(say(case, cast.approver).pk, "action", "", stores, make.day(3))
    with pytest.raises(Refused, match="Only whoever answers for PUR-001"):
        answering.dispose(case, [action], by=cast.reader, now=NOW)
    answering.dispose(case, [replace(action, position=buyer)], by=cast.reader, now=NOW)
    Process.objects.update(confidentiality="positions")
    other = Choice(say(case, cast.approver, "Two").pk, "action", "", case.revision.process.owner, make.day(3))
    answering.dispose(case, [other], by=cast.reader, now=NOW)
    third = Choice(say(case, cast.approver, "Three").pk, "action", "", stores, make.day(3))
    answering.dispose(case, [third], by=cast.author, now=NOW)
    Process.objects.update(confidentiality="company")
    fourth = Choice(say(case, cast.approver, "Four").pk, "action", "", stores, make.day(3))
    answering.dispose(case, [fourth], by=cast.reader, now=NOW)


def test_whoever_owes_an_action_says_that_it_is_done(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.approver)
    with pytest.raises(Stale, match="no action"):
        answering.finish(comment, by=cast.reader, now=LATER, word="x")
    buyer = Position.objects.get(title="Buyer")
    answering.dispose(case, [Choice(comment.pk, "action", "", buyer, make.day(3))], by=cast.author, now=NOW)
    decide(case, cast.approver)
    with pytest.raises(Refused, match="Whoever is to do it"):
        answering.finish(comment, by=cast.approver, now=LATER, word="Did it")
    with pytest.raises(Refused, match="in a word"):
        answering.finish(comment, by=cast.reader, now=LATER, word=" ")
    for word in ("List written.", "Twice"):
        answering.finish(comment, by=cast.reader, now=LATER, word=word)
    assert fresh(comment).action.outcome == "done"  # type: ignore[union-attr]
    assert [move.reason for move in comment.moves.filter(what="done")] == ["List written."]
    WorkItem.objects.update(closed_at=None, outcome="", assigned_to=cast.author)
    assert talk_policy.may_finish(fresh(comment), scope(cast.author, TODAY))


# What a return names


def test_a_return_names_what_to_correct_and_the_author_answers_each(cast: Cast, case: ApprovalCase) -> None:
    plain, blocking, kept = (
        say(case, cast.approver, "One"),
        say(case, cast.approver, "Two", blocking=True),
        say(case, cast.approver, "Three"),
    )
    settled = say(case, cast.approver, "Settled")
    comments.resolve(settled, by=cast.approver, now=NOW)
    revision = returned(case, cast, plain, blocking, kept, settled)
    rows = list(corrections.asked(revision))
    assert [row.comment for row in rows] == [plain, blocking, kept]
    with pytest.raises(Refused, match="3 comments that the draft was returned for"):
        workflow.submit(revision, by=cast.author, now=LATER)
    with pytest.raises(Refused, match="Whoever writes the draft"):
        corrections.answer(revision, {rows[0].pk: Given("done")}, by=cast.reader, now=LATER)
    with pytest.raises(Refused, match="why it is not corrected"):
        corrections.answer(revision, {rows[0].pk: Given("not_done", " ")}, by=cast.author, now=LATER)
    corrections.answer(revision, {rows[0].pk: Given("done", "Named."), rows[1].pk: Given("done")}, by=cast.author, now=LATER)
    assert (fresh(plain).is_open, fresh(blocking).is_open) == (False, True)
    corrections.answer(
        revision, {rows[0].pk: Given("not_done", "Too early."), rows[2].pk: Given("not_done", "No.")}, by=cast.author, now=LATER
    )
    assert (fresh(plain).is_open, fresh(kept).is_open) == (True, True)
    next_case = again(revision, cast.author, TEXT)
    found = since.since(next_case, frozen_definition(next_case.content), cast.approver)
    assert found is not None
    assert [(row.answer, row.word) for row in found.answers] == [("not_done", "Too early."), ("done", ""), ("not_done", "No.")]
    with pytest.raises(Stale, match="submitted already"):
        corrections.answer(revision, {rows[0].pk: Given("done")}, by=cast.author, now=LATER)


def test_a_returned_case_disposes_of_nothing(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.approver)
    returned(case, cast)
    with pytest.raises(Stale, match="nothing is to be decided about its comments"):
        answering.dispose(case, [Choice(comment.pk, "settled")], by=cast.author, now=LATER)


def test_only_a_return_names_corrections(cast: Cast, case: ApprovalCase) -> None:
    comment = say(case, cast.approver)
    decide(case, cast.approver, "reject", reason="No.", correct=[comment.pk])
    assert not corrections.asked(case.revision).exists()


# What moved since


def test_whoever_decided_or_commented_before_sees_what_moved_since(cast: Cast, case: ApprovalCase) -> None:
    say(case, cast.reader)
    revision = returned(case, cast)
    next_case = again(revision, cast.author, "Offers are compared.\n\nTwo people decide.")
    definition = frozen_definition(next_case.content)
    for person in (cast.approver, cast.reader):
        found = since.since(next_case, definition, person)
        assert found is not None
        assert (found.case, [change.field for change in found.comparison.changes], len(found.charts)) == (case, ["description"], 2)
    assert since.since(next_case, definition, cast.manager) is None
    ending = ApprovalCase(pk=next_case.pk, kind=ApprovalCase.Kind.WITHDRAW, revision=next_case.revision, content=next_case.content)
    assert since.since(ending, definition, cast.approver) is None  # the whole document ends: nothing moves
    ApprovalCase.objects.filter(pk=next_case.pk).update(state="recalled", closed_at=LATER)
    assert since.since(ApprovalCase.objects.get(pk=next_case.pk), definition, cast.approver) is None


def test_the_same_words_again_say_that_nothing_moved(cast: Cast, case: ApprovalCase) -> None:
    revision = returned(case, cast)
    next_case = again(revision, cast.author, TEXT)
    found = since.since(next_case, frozen_definition(next_case.content), cast.approver)
    assert found is not None
    assert (bool(found.comparison), found.charts) == (False, ())
