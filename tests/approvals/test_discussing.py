"""Talking about a draft: remarks, people named with @, people asked from elsewhere."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import discussing
from approvals.comments import Words
from approvals.models import Comment
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import lifecycle
from processes.access import may_see, participate
from processes.models import Participation, Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, Cast
from worklist.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> Revision:
    process = make.process(cast.purchasing, number="PUR-001", confidentiality="departments")
    return make.draft(process, make.definition("Check offer"), by=cast.author)


def told() -> set[tuple[str, str]]:
    return {(notice.person.login, str(notice.subject)) for notice in Notice.objects.all()}


def test_whoever_is_named_and_may_see_it_is_told_once(cast: Cast, draft: Revision) -> None:
    text = "@Approver and @reader, please (@stranger, @nobody) look. @approver. a@b.example @author"
    said = discussing.say(draft, by=cast.author, now=NOW, words=Words(text, "s1"))
    assert said.not_told == ["stranger", "nobody"]
    assert told() == {("approver", "PUR-001: Author names you in a comment"), ("reader", "PUR-001: Author names you in a comment")}
    again = discussing.say(draft, by=cast.author, now=NOW, words=Words(text, "s1"))
    assert (again.comment, again.not_told, Notice.objects.count()) == (said.comment, (), 2)


def test_whoever_is_asked_may_read_the_draft_and_speak(cast: Cast, draft: Revision) -> None:
    with pytest.raises(Refused, match="do not take part"):
        discussing.say(draft, by=cast.stranger, now=NOW, words=Words("Me too"))
    discussing.ask(draft, cast.stranger, by=cast.author, now=NOW)
    discussing.ask(draft, cast.stranger, by=cast.author, now=NOW)
    assert told() == {("stranger", "PUR-001: your opinion is wanted")}
    assert discussing.asked(draft) == [cast.stranger]
    assert discussing.say(draft, by=cast.stranger, now=NOW, words=Words("Me too")).comment.author == cast.stranger
    with pytest.raises(Refused):
        discussing.ask(draft, cast.reader, by=cast.stranger, now=NOW)
    Person.objects.filter(pk=cast.reader.pk).update(is_active=False)
    with pytest.raises(Refused, match="no access"):
        discussing.ask(draft, Person.objects.get(pk=cast.reader.pk), by=cast.author, now=NOW)


def test_what_is_refused(cast: Cast, draft: Revision) -> None:
    for text, anchor, says in ((" ", "", "Write the comment"), ("x" * 4001, "", "4001 characters"), ("x", "gone", "not in this revision")):
        with pytest.raises(Refused, match=says):
            discussing.say(draft, by=cast.author, now=NOW, words=Words(text, anchor))
    lifecycle.submit(draft, by=cast.author, now=NOW)
    with pytest.raises(Stale, match="belongs into the review"):
        discussing.say(draft, by=cast.author, now=NOW, words=Words("Late"))
    with pytest.raises(Stale):
        discussing.ask(draft, cast.stranger, by=cast.author, now=NOW)


def test_the_page_for_each_of_them(client: SignedIn, cast: Cast, draft: Revision) -> None:
    page, ask = (reverse(f"approvals:{name}", args=["PUR-001"]) for name in ("discussion", "ask_opinion"))
    seen = {who: client.as_(getattr(cast, who)).get(page).status_code for who in ("stranger", "reader", "author", "approver")}
    assert seen == {"stranger": 404, "reader": 200, "author": 200, "approver": 200}
    client.as_(cast.author)
    assert page in client.get(reverse("processes:draft", args=["PUR-001"])).content.decode()
    answer = client.post(page, {"anchor": "s1", "text": "<b>Why</b> @stranger?"}, follow=True).content.decode()
    assert "&lt;b&gt;Why&lt;/b&gt;" in answer
    assert "Not told, because they may not see the draft: stranger" in answer
    assert client.post(page, {"anchor": "", "text": ""}).status_code == 422
    assert "Stranger was asked." in client.post(ask, {"person": cast.stranger.pk}, follow=True).content.decode()
    assert client.post(ask, {"person": ""}).status_code == 422
    assert client.as_(cast.stranger).post(page, {"anchor": "", "text": "Fine"}).status_code == 302
    refused = client.post(ask, {"person": cast.reader.pk})
    assert (refused.status_code, "reader" in {person.login for person in discussing.asked(draft)}) == (422, False)


def test_remarks_are_settled_by_their_author_or_a_writer(client: SignedIn, cast: Cast, draft: Revision) -> None:
    comment = discussing.say(draft, by=cast.reader, now=NOW, words=Words("Why?")).comment
    settle = reverse("approvals:comment_act", args=[comment.pk, "settle"])
    assert client.as_(cast.stranger).post(settle).status_code == 404
    client.as_(cast.approver).post(settle)
    assert Comment.objects.get().resolved_at is None
    client.as_(cast.author).post(settle)
    assert Comment.objects.get().resolved_by == cast.author
    assert "Settled by Author" in client.get(reverse("approvals:discussion", args=["PUR-001"])).content.decode()
    assert client.post(reverse("approvals:comment_act", args=[999, "settle"])).status_code == 404


def test_a_refusal_while_the_form_was_open_is_shown(client: SignedIn, cast: Cast, draft: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise Refused("Not now.")

    monkeypatch.setattr(discussing, "say", refuse)
    answer = client.as_(cast.author).post(reverse("approvals:discussion", args=["PUR-001"]), {"anchor": "", "text": "Kept words"})
    assert (answer.status_code, "Not now." in answer.content.decode(), "Kept words" in answer.content.decode()) == (422, True, True)


def test_the_page_costs_the_same_for_one_and_for_five(client: SignedIn, cast: Cast, draft: Revision) -> None:
    client.as_(cast.author)
    counts = []
    for n in range(5):
        discussing.say(draft, by=cast.author, now=NOW, words=Words(f"Remark {n}", "s1"))
        discussing.ask(draft, make.person(f"helper{n}"), by=cast.author, now=NOW)
        if n in {0, 4}:
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("approvals:discussion", args=["PUR-001"]))
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_contributor_opens_no_confidential_process(cast: Cast, draft: Revision) -> None:
    writer = make.staff(cast.stores, "writer", level=2)
    participate(draft.process, revision=draft, person=writer, part=Participation.Part.CONTRIBUTOR)
    Process.objects.update(confidentiality="positions")
    with pytest.raises(Refused, match="Only whoever answers for PUR-001 opens it"):
        discussing.ask(draft, cast.stranger, by=writer, now=NOW)
    assert not may_see(Process.objects.get(), scope(cast.stranger, TODAY))
    discussing.ask(draft, cast.stranger, by=cast.author, now=NOW)
    discussing.ask(draft, cast.stranger, by=writer, now=NOW)
    assert may_see(Process.objects.get(), scope(cast.stranger, TODAY))
