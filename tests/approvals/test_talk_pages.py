"""Conversations through the pages, for each who may see them, and what they cost."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import comments, corrections, workflow
from approvals.comments import Words
from approvals.models import ApprovalCase, Comment, Decision, Seat
from organization.models import Person, Position
from processes.access import participate
from processes.models import Revision
from tests import make
from tests.approvals.test_pages import page, send, words
from tests.conftest import SignedIn
from tests.make import Cast
from worklist.models import WorkItem


@pytest.fixture
def case(cast: Cast) -> ApprovalCase:
    process = make.process(cast.purchasing, number="PUR-001", created_by=cast.author)
    return workflow.submit(make.draft(process, by=cast.author), by=cast.author, now=make.now())


def say(case: ApprovalCase, by: Person, text: str = "Why?", **more: object) -> Comment:
    return comments.say(case, Words(text, **more), by=by, now=make.now()).comment  # type: ignore[arg-type]


def act(client: SignedIn, comment: Comment, what: str, text: str = "", **more: Any) -> Any:
    return client.post(reverse("approvals:comment_act", args=[comment.pk, what]), {"text": text}, **more)


def returned(case: ApprovalCase, cast: Cast, *named: Comment) -> Revision:
    seat = Seat.objects.get(stage__case=case)
    workflow.decide(
        seat, by=cast.approver, now=make.now(), verdict="return", sha256=case.content.sha256, reason="See.", correct=[c.pk for c in named]
    )
    return Revision.objects.get(pk=case.revision_id)


def test_a_paragraph_is_quoted_and_the_seat_may_stand_in_the_way(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    address = reverse("approvals:comment", args=[case.pk])
    assert "Stands in the way of approval" in words(client.as_(cast.approver).get(page(case)))
    for person in (cast.reader, cast.author):
        assert "Stands in the way of approval" not in words(client.as_(person).get(page(case)))
        refused = client.post(address, {"anchor": "", "text": "Kept words", "blocking": "on"})
        assert (refused.status_code, "Kept words" in refused.content.decode()) == (403, True)
    client.as_(cast.approver)
    answer = client.post(f"{address}?whole", {"anchor": "section:purpose", "quote": "we DO", "text": "Why? @nobody", "blocking": "on"})
    said = Comment.objects.get()
    assert answer["Location"] == f"/reviews/{case.pk}/?whole#comment-{said.pk}"
    assert (said.anchor, said.quote, said.quote_at, said.blocking) == ("section:purpose", "we DO", 1, True)
    shown = words(client.get(page(case)))
    for text in ("Not told, because they may not see the draft: nobody", "1 comment stands in the way.", "in the way of approval", "we DO"):
        assert text in shown


def test_approval_is_refused_with_the_way_to_what_is_open(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    blocking, plain = say(case, cast.approver, blocking=True), say(case, cast.approver, "And how?")
    answer = send(client.as_(cast.approver), case, reason="Kept reason")
    assert (answer.status_code, Decision.objects.count()) == (403, 0)
    shown = answer.content.decode()
    assert "1 comment stands in the way of approval" in words(answer)
    assert f'href="#comment-{blocking.pk}"' in shown
    assert "Kept reason" in shown
    act(client, blocking, "settle")
    answer = send(client, case)
    assert "1 comment is open. Say what becomes of it" in words(answer)
    assert reverse("approvals:open_comments", args=[case.pk]) in answer.content.decode()
    act(client, plain, "settle")
    assert send(client, case).status_code == 302


@pytest.mark.parametrize("what", ["answer", "overrule", "reword"])
def test_what_is_refused_in_a_thread_stands_there_again(cast: Cast, case: ApprovalCase, client: SignedIn, what: str) -> None:
    said = say(case, cast.approver, blocking=True)
    client.as_(cast.approver)
    answer = act(client, said, what, "x" * 4001 if what == "answer" else "Kept" if what == "overrule" else " ")
    assert answer.status_code == 403
    assert ("x" * 4001 in answer.content.decode()) is (what == "answer")
    assert not Comment.objects.exclude(pk=said.pk).exists()


def test_each_act_leads_back_to_its_thread(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    said = say(case, cast.approver)
    place = f"/reviews/{case.pk}/#comment-{said.pk}"
    client.as_(cast.author)
    assert act(client, said, "answer", "Because.", follow=False)["Location"] == place
    assert act(client, said, "settle")["Location"] == place
    assert act(client.as_(cast.approver), said, "reopen")["Location"] == place
    assert act(client, said, "shout").status_code == 404
    mine = say(case, cast.approver, "Oops")
    assert "Take it back" in words(client.get(page(case)))
    act(client, mine, "reword", "Hm")
    act(client, mine, "take-back")
    shown = words(client.get(page(case)))
    for text in ("Because.", "Settled by Author", "Opened again by Approver"):
        assert text in shown
    assert "Hm" not in shown
    moved = client.post(reverse("approvals:comment_act", args=[said.pk, "answer"]) + "?whole", {"text": "Again"})
    assert moved["Location"] == f"/reviews/{case.pk}/?whole#comment-{said.pk}"


def test_an_approver_overrules_an_adviser_on_the_page(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    participate(case.revision.process, revision=case.revision, person=cast.stranger, part="reader")
    assert "Stands in the way of approval" in words(client.as_(cast.stranger).get(page(case)))
    said = say(case, cast.stranger, blocking=True)
    assert "Overrule…" not in words(client.get(page(case)))
    assert "Overrule…" in words(client.as_(cast.approver).get(page(case)))
    act(client, said, "overrule", "The rule does not ask it.")
    assert "Overruled by Approver" in words(client.as_(cast.reader).get(page(case)))
    assert "The rule does not ask it." in words(client.get(page(case)))


def test_after_the_review_its_page_says_that_it_is_over(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    said = say(case, cast.approver)
    comments.resolve(said, by=cast.approver, now=make.now())
    send(client.as_(cast.approver), case)
    answer = act(client, said, "answer", "Late words")
    assert (answer.status_code, "can no longer be added" in words(answer)) == (409, True)
    assert "Open again" not in words(answer)


def test_who_may_see_it_is_suggested_by_login_and_by_name(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    address = reverse("approvals:people", args=["PUR-001"])
    client.as_(cast.author)
    found = {
        typed: [one["login"] for one in client.get(address, {"q": typed}).json()["people"]] for typed in ("re", "Ap", "stra", "", "zz")
    }
    assert found == {"re": ["reader"], "Ap": ["approver"], "stra": [], "": [], "zz": []}
    assert client.as_(cast.stranger).get(address, {"q": "re"}).status_code == 404


def test_what_becomes_of_open_comments(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    one, two, three = (say(case, cast.approver, text) for text in ("One", "Two", "Three"))
    address = reverse("approvals:open_comments", args=[case.pk])
    statuses = [client.as_(p).get(address).status_code for p in (cast.stranger, cast.reader, cast.author, cast.approver)]
    assert statuses == [404, 403, 200, 200]
    client.as_(cast.author)
    nothing = client.post(address, {})
    assert (nothing.status_code, "at least one comment" in words(nothing)) == (422, True)
    typed = {
        f"c{one.pk}-what": "action", f"c{one.pk}-position": "Nobody", f"c{one.pk}-due_on": "2001-01-01", f"c{one.pk}-reason": "Kept words",
        "rest-what": "declined", "rest-reason": "",
    }  # fmt: skip
    refused = client.post(address, typed)
    assert refused.status_code == 422
    for text in ("Choose a position from the list", "today or later", "Write the reason", "Kept words"):
        assert text in words(refused)
    day = make.now().date().replace(year=make.now().year + 1).isoformat()
    typed |= {f"c{one.pk}-position": "Buyer (PUR)", f"c{one.pk}-due_on": day, f"c{two.pk}-what": "settled", "rest-reason": "Out of scope."}
    assert client.post(address, typed).status_code == 302
    outcomes = {c.pk: (c.outcome, c.action_position_id is not None) for c in Comment.objects.all()}
    assert outcomes == {one.pk: ("", True), two.pk: ("settled", False), three.pk: ("declined", False)}
    shown = words(client.get(page(case)))
    for text in ("action: Buyer", "Made an action for “Buyer” by Author", "Declined by Author", "Out of scope."):
        assert text in shown
    assert "No comment is left to decide" in words(client.get(address))
    send(client.as_(cast.approver), case)
    assert client.get(address)["Location"] == page(case)
    assert act(client, one, "settle").status_code == 409


def test_a_comment_that_others_settle_meanwhile_keeps_the_rest_as_typed(
    cast: Cast, case: ApprovalCase, client: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = say(case, cast.reader, "One")
    shown = client.as_(cast.approver).get(reverse("approvals:open_comments", args=[case.pk]))
    assert "Settled" not in words(shown)
    refused = client.post(shown.request["PATH_INFO"], {"rest-what": "settled"})
    assert (refused.status_code, "marks it as settled" in words(refused)) == (403, True)
    assert Comment.objects.get(pk=said.pk).is_open


def test_an_action_is_done_by_whoever_owes_it(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    said = say(case, cast.approver, "Write the list.", anchor="s1", quote="Check offer")
    address = reverse("approvals:comment_action", args=[said.pk])
    assert client.as_(cast.reader).get(address).status_code == 404
    storeman = Position.objects.get(title="Storeman")
    day = make.now().date().replace(year=make.now().year + 1)
    Comment.objects.filter(pk=said.pk).update(action_position=storeman, action_due_on=day)
    send(client.as_(cast.approver), case)
    assert WorkItem.objects.get(kind="act").position == storeman
    assert "What was done" not in words(client.get(address))
    assert client.post(address, {"word": "Me"}).status_code == 403
    assert client.as_(cast.admin).get(address).status_code == 404
    client.as_(cast.stranger)
    assert f'href="{address}"' in client.get("/work/").content.decode()
    assert "What was done" in words(client.get(address))
    assert client.post(address, {"word": ""}).status_code == 403
    assert "This action is done." in words(client.post(address, {"word": "Written."}, follow=True))
    assert WorkItem.objects.get(kind="act").outcome == "done"


def test_a_return_names_comments_and_the_author_answers_them_in_the_discussion(cast: Cast, case: ApprovalCase, client: SignedIn) -> None:
    one, two = say(case, cast.approver, "One"), say(case, cast.approver, "Two")
    assert "To be corrected before it is submitted again" in words(client.as_(cast.approver).get(page(case)))
    kept = send(client, case, verdict="return", reason="", correct=str(one.pk))
    assert f'value="{one.pk}" id="correct-{one.pk}" checked' in kept.content.decode()
    seat = Seat.objects.get(stage__case=case)
    data = {
        "sha256": case.content.sha256,
        "verdict": "return",
        "reason": "See.",
        "password": make.PASSWORD,
        "correct": [one.pk, two.pk, "x"],
    }
    client.post(reverse("approvals:decide", args=[case.pk, seat.pk]), data)
    rows = list(corrections.asked(case.revision))
    discussion, answer = (reverse(f"approvals:{name}", args=["PUR-001"]) for name in ("discussion", "answer_corrections"))
    assert client.as_(cast.stranger).post(answer, {}).status_code == 404
    shown = words(client.as_(cast.author).get(discussion))
    for text in ("What it was returned for", "To be corrected before it is submitted again."):
        assert text in shown
    submit = client.post(
        reverse("approvals:submit", args=["PUR-001"]), {"version": 1, "summary": "Typed", "when": "at_once", "password": make.PASSWORD}
    )
    assert (submit.status_code, "2 comments that the draft was returned for" in words(submit)) == (403, True)
    refused = client.post(answer, {f"c{rows[0].pk}-answer": "not_done", f"c{rows[1].pk}-word": "Kept word"})
    assert (refused.status_code, "why it is not corrected" in words(refused), "Kept word" in refused.content.decode()) == (422, True, True)
    assert client.as_(cast.reader).post(answer, {f"c{rows[0].pk}-answer": "done"}).status_code == 403
    typed = {f"c{rows[0].pk}-answer": "done", f"c{rows[1].pk}-answer": "not_done", f"c{rows[1].pk}-word": "Too early."}
    assert client.as_(cast.author).post(answer, typed)["Location"] == discussion
    draft = Revision.objects.get(pk=case.revision_id)
    content = draft.content | {"purpose": "Why we buy."}
    Revision.objects.filter(pk=draft.pk).update(content=content)
    client.post(
        reverse("approvals:submit", args=["PUR-001"]),
        {"version": draft.version, "summary": "Better.", "when": "at_once", "password": make.PASSWORD},
    )
    again = ApprovalCase.objects.get(state="open")
    shown = words(client.as_(cast.approver).get(page(again)))
    for text in ("What moved since you last looked", "corrected", "Too early.", "not corrected", "Purpose changed"):
        assert text in shown
    assert "What moved since you last looked" not in words(client.as_(cast.reader).get(page(again)))


def test_answers_are_given_in_the_discussion_of_a_draft(cast: Cast, client: SignedIn) -> None:
    draft = make.draft(make.process(cast.purchasing, number="PUR-001", created_by=cast.author), by=cast.author)
    said = comments.keep(draft, None, Words("Why?", "s1"), None, by=cast.reader, now=make.now()).comment
    client.as_(cast.author)
    place = f"/processes/PUR-001/draft/discussion/#comment-{said.pk}"
    assert act(client, said, "answer", "Because.")["Location"] == place
    refused = act(client, said, "answer", "x" * 4001)
    assert (refused.status_code, "x" * 4001 in refused.content.decode()) == (403, True)
    draft.state = "discarded"
    draft.save()
    assert act(client, said, "answer", "Late").status_code == 404


@pytest.mark.parametrize("where", ["case", "open"])
def test_pages_cost_the_same_for_one_and_five_comments(cast: Cast, case: ApprovalCase, client: SignedIn, where: str) -> None:
    client.as_(cast.approver)
    address = page(case) if where == "case" else reverse("approvals:open_comments", args=[case.pk])
    counts = []
    for n in range(5):
        said = say(case, (cast.approver, cast.reader)[n % 2], f"Comment {n}", anchor="s1")
        comments.reply(said, by=cast.author, now=make.now(), text="Because.")
        comments.resolve(said, by=cast.author, now=make.now())
        comments.reopen(said, by=cast.author, now=make.now())
        if n in {0, 4}:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert counts[0] == counts[1]
