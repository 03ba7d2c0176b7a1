"""Named versions of a draft, and the operations that lead from one text to another."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given

from organization.refusals import Refused, Stale
from processes import drafting, lifecycle, versions
from processes.canonical import from_json, to_json
from processes.definition import Boundary, Definition, upgraded
from processes.models import DraftVersion, Revision
from processes.operations import apply
from processes.steering import operations_between
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, Cast
from tests.processes.flowchart.made import definitions

# --- operations


@given(definitions(), definitions())
def test_the_operations_lead_to_the_other_text(one: Definition, other: Definition) -> None:
    old = from_json(to_json(one))
    new = replace(
        from_json(to_json(other)), purpose="Why", boundary=Boundary(trigger="Need"), **{f: getattr(old, f) for f in ("title", "number")}
    )
    done = old
    for operation in operations_between(old, new):
        done = apply(done, operation).definition
    assert done == new
    assert list(operations_between(new, new)) == []


def test_a_change_of_one_field_is_one_operation() -> None:
    old = make.definition("Check", "Order")
    new = replace(old, steps=(old.steps[0], replace(old.steps[1], name="Check twice"), *old.steps[2:]))
    assert list(operations_between(old, new)) == [{"op": "set", "target": f"steps/{old.steps[1].key}/name", "value": "Check twice"}]
    moved = replace(old, steps=(old.steps[0], old.steps[2], old.steps[1], old.steps[3]))
    assert [operation["op"] for operation in operations_between(old, moved)] == ["move"]


# --- the story

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> Revision:
    return make.draft(
        make.process(cast.purchasing, number="PUR-001", confidentiality="departments"), make.definition("Check"), by=cast.author
    )


def rename(draft: Revision, cast: Cast, name: str) -> None:
    draft.refresh_from_db()
    operation = {"id": f"id-{name}", "op": "set", "target": "steps/s1/name", "value": name}
    drafting.edit(draft, [operation], by=cast.author, now=NOW, seen=draft.version)
    draft.refresh_from_db()


def test_going_back_keeps_the_text_of_now_first(cast: Cast, draft: Revision) -> None:
    kept = versions.keep(draft, "  First   try ", by=cast.author, now=NOW)
    assert (kept.name, kept.version) == ("First try", draft.version)
    rename(draft, cast, "Check twice")
    assert versions.go_back(kept, by=cast.author, now=NOW) == 1
    draft.refresh_from_db()
    assert upgraded(from_json(draft.content)) == from_json(kept.content)
    before = draft.named_versions.get(name="Before going back to “First try”")
    assert from_json(before.content).steps[1].name == "Check twice"
    assert versions.go_back(kept, by=cast.author, now=NOW) == 0
    assert [edit.target for edit in draft.edits.all()][-2:] == ["steps/s1/name", "steps/s1/name"]


def test_a_whole_new_text_goes_back_in_batches(cast: Cast, draft: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = versions.keep(draft, "Before", by=cast.author, now=NOW)
    content = to_json(make.definition(*(f"Do {n}" for n in range(30))))
    Revision.objects.filter(pk=draft.pk).update(content=content, version=draft.version + 1)
    monkeypatch.setattr(drafting, "BATCH_LIMIT", 10)
    assert versions.go_back(kept, by=cast.author, now=NOW) > 20
    draft.refresh_from_db()
    assert from_json(draft.content).steps == from_json(kept.content).steps


def test_what_is_refused(cast: Cast, draft: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, says in (("  ", "Give this version a name"), ("x" * 121, "121 characters")):
        with pytest.raises(Refused, match=says):
            versions.keep(draft, name, by=cast.author, now=NOW)
    with pytest.raises(Refused):
        versions.keep(draft, "x", by=cast.stranger, now=NOW)
    kept = versions.keep(draft, "x", by=cast.author, now=NOW)
    with pytest.raises(Refused):
        versions.go_back(kept, by=cast.stranger, now=NOW)
    monkeypatch.setattr(versions, "MOST", 1)
    with pytest.raises(Refused, match="1 versions already"):
        versions.keep(draft, "y", by=cast.author, now=NOW)
    monkeypatch.undo()
    rename(draft, cast, "Other")
    monkeypatch.setattr("processes.versions.new_key", lambda: "k" * 60)
    with pytest.raises(Stale):
        versions.go_back(kept, by=cast.author, now=NOW)
    assert DraftVersion.objects.count() == 1


# --- pages


def test_the_pages_follow_the_right_to_write(client: SignedIn, cast: Cast, draft: Revision) -> None:
    kept = versions.keep(draft, "First", by=cast.author, now=NOW)
    rename(draft, cast, "Check twice")
    page, keep = (reverse(f"processes:{name}", args=["PUR-001"]) for name in ("draft_versions", "keep_version"))
    back, forget = (reverse(f"processes:{name}", args=["PUR-001", kept.pk]) for name in ("go_back", "forget_version"))
    statuses = {}
    for who in ("stranger", "reader"):
        client.as_(getattr(cast, who))
        statuses[who] = (client.get(page).status_code, *(client.post(one, {"name": "x"}).status_code for one in (keep, back, forget)))
    assert statuses == {"stranger": (404, 404, 404, 404), "reader": (200, 422, 422, 422)}
    assert b"<form" not in client.get(page).content.partition(b"<main")[2].partition(b"</main")[0]
    client.as_(cast.author)
    assert client.post(keep, {"name": ""}).status_code == 422
    assert "Kept as “Second”." in client.post(keep, {"name": "Second"}, follow=True).content.decode()
    assert "back at “First” (1 change)" in client.post(back, follow=True).content.decode()
    assert "says this already" in client.post(back, follow=True).content.decode()
    client.as_(cast.approver).post(forget)
    assert not DraftVersion.objects.filter(pk=kept.pk).exists()
    assert client.post(back).status_code == 404
    draft.refresh_from_db()
    lifecycle.submit(draft, by=cast.author, now=NOW)
    assert client.post(keep, {"name": "Late"}).status_code == 409


def test_the_list_costs_the_same_for_one_and_for_five(client: SignedIn, cast: Cast, draft: Revision) -> None:
    client.as_(cast.author)
    counts = []
    for n in range(5):
        versions.keep(draft, f"Version {n}", by=cast.author, now=NOW + dt.timedelta(minutes=n))
        if n in {0, 4}:
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("processes:draft_versions", args=["PUR-001"]))
            counts.append(len(queries))
    assert counts[0] == counts[1]
