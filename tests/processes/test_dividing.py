"""A long draft is divided: a new process with the chosen steps, one step in their place, all or nothing."""

from typing import Any

import pytest
from django.urls import reverse

from organization.models import Position
from organization.refusals import Refused, Stale
from processes import dividing
from processes.canonical import from_json
from processes.models import Process, Revision
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> Revision:
    process = make.process(
        cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"), confidentiality="departments"
    )
    process.participating.set([cast.stores])
    return make.draft(process, make.definition("Check", "Compare", "Decide?", "Order"), by=cast.author)


def names(revision: Revision) -> list[str]:
    revision.refresh_from_db()
    return [step.name for step in from_json(revision.content).steps]


def test_chosen_steps_become_a_process_of_their_own(cast: Cast, draft: Revision) -> None:
    child = dividing.divide(draft, ["s2", "s3", "gone"], "  Choose  supplier ", by=cast.author, now=NOW, seen=draft.version)
    parent = draft.process
    assert (child.title, child.department, child.owner, child.confidentiality) == (
        "Choose supplier", parent.department, parent.owner, "departments",
    )  # fmt: skip
    assert list(child.participating.all()) == [cast.stores]
    before = names(draft)
    assert "Choose supplier" in before
    stand_in = next(step for step in from_json(draft.content).steps if step.name == "Choose supplier")
    assert (stand_in.kind, stand_in.link) == ("subprocess", child.number)
    part = from_json(child.revisions.get().content)
    assert {"s2", "s3"} <= {step.key for step in part.steps}
    assert not {"s2", "s3"} & {step.key for step in from_json(draft.content).steps}
    assert {edit.by for edit in draft.edits.all()} == {cast.author}


def test_what_cannot_be_divided_changes_nothing(cast: Cast, draft: Revision) -> None:
    before, every = names(draft), [step.key for step in from_json(draft.content).steps]
    for keys, title, seen, kind, says in (
        (["s2"], " ", draft.version, Refused, "title"),
        ([], "T", draft.version, Refused, "some of the steps"),
        (every, "T", draft.version, Refused, "not all of them"),
        (["s2"], "T", draft.version + 1, Stale, "changed meanwhile"),
    ):
        with pytest.raises(kind, match=says):
            dividing.divide(draft, keys, title, by=cast.author, now=NOW, seen=seen)
    with pytest.raises(Refused):
        dividing.divide(draft, ["s2"], "T", by=cast.stranger, now=NOW, seen=draft.version)
    assert (names(draft), Process.objects.count()) == (before, 1)


def test_what_the_draft_refuses_is_all_undone(cast: Cast, draft: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.dividing.new_key", lambda: "x" * 60)
    with pytest.raises(Stale):
        dividing.divide(draft, ["s2"], "T", by=cast.author, now=NOW, seen=draft.version)
    assert Process.objects.count() == 1


def ask(client: SignedIn, **body: Any) -> Any:
    return client.post(reverse("processes:divide", args=("PUR-001",)), body, content_type="application/json")


def test_the_address_tells_what_changed(client: SignedIn, cast: Cast, draft: Revision) -> None:
    wanted = {"version": draft.version, "steps": ["s2"], "title": "Checking"}
    assert {who: ask(client.as_(getattr(cast, who)), **wanted).status_code for who in ("stranger", "reader")} == {
        "stranger": 404, "reader": 403,
    }  # fmt: skip
    assert ask(client.as_(cast.author), **wanted | {"steps": [1]}).status_code == 400
    answer = ask(client, **wanted).json()
    assert (answer["title"], answer["url"]) == ("Checking", f"/processes/{answer['number']}/draft/")
    assert next(row["op"] for row in answer["operations"]) == "add"
    draft.refresh_from_db()
    assert answer["version"] == draft.version
    assert ask(client.as_(cast.approver), **wanted).status_code == 409


def test_a_long_draft_says_where_it_divides(client: SignedIn, cast: Cast) -> None:
    make.draft(make.process(cast.purchasing, number="PUR-009"), make.definition(*(f"Do {n}" for n in range(65))), by=cast.author)
    html = client.as_(cast.author).get(reverse("processes:chart", args=("PUR-009",))).content.decode()
    assert "could be a sub-process" in html
    assert html.count("data-choose") > 2
