"""The JSON doors of the editor and its page: who may, what is kept, and what a broken or hostile sender gets."""

import datetime as dt
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from processes import lifecycle
from processes.canonical import from_json
from processes.models import DraftEdit, DraftPresence, Participation, Process, Revision
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db
NUMBER = "PUR-001"
HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture
def draft(cast: make.Cast) -> Revision:
    """A draft of purchasing, in which the reader (level 1) may write as well."""
    make.hold(cast.reader, 1)
    head = cast.purchasing.positions.get(kind="head")
    return make.draft(make.process(cast.purchasing, number=NUMBER, created_by=cast.author, owner=head), by=cast.author)


def send(client: Client, body: Any, name: str = "operations") -> HttpResponse:
    """Posts JSON (or raw bytes) to one of the doors."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(reverse(f"processes:{name}", args=(NUMBER,)), raw, content_type="application/json")  # type: ignore[return-value]


def rename(value: str, *, key: str = "one", seen: int = 1, target: str = "steps/s1/name") -> dict[str, Any]:
    """One operation in one sending."""
    return {"seen": seen, "operations": [{"id": key, "op": "set", "target": target, "value": value}]}


def step_name(draft: Revision, key: str = "s1") -> str:
    """What the server has."""
    draft.refresh_from_db()
    step = from_json(draft.content).step(key)
    assert step is not None
    return step.name


def test_an_operation_is_saved_and_told(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    answer = send(client.as_(cast.author), rename("Compare offers"))
    assert answer.status_code == 200
    body = json.loads(answer.content)
    assert (body["version"], body["applied"], body["conflicts"], body["refused"]) == (2, ["one"], [], [])
    assert [(row["id"], row["version"], row["value"]) for row in body["operations"]] == [("one", 2, "Compare offers")]
    assert step_name(draft) == "Compare offers"


def test_sending_again_changes_nothing_and_tells_the_same(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    client.as_(cast.author)
    first = json.loads(send(client, rename("Compare offers")).content)
    again = send(client, rename("Compare offers"))
    assert (again.status_code, json.loads(again.content)) == (200, first)
    assert DraftEdit.objects.filter(revision=draft).count() == 2


def test_the_same_field_changed_twice_is_a_conflict_with_both_texts(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    send(client.as_(cast.author), rename("Compare offers"))
    sent = rename("Rate offers", key="two")
    sent["operations"].append({"id": "three", "op": "set", "target": "purpose", "value": "To buy well."})
    answer = send(client.as_(cast.reader), sent)
    assert answer.status_code == 409
    body = json.loads(answer.content)
    (conflict,) = body["conflicts"]
    assert (conflict["id"], conflict["mine"], conflict["theirs"], conflict["by"]) == ("two", "Rate offers", "Compare offers", "Author")
    assert body["applied"] == ["three"]
    assert step_name(draft) == "Compare offers"
    assert from_json(draft.content).purpose == "To buy well."
    assert send(client, rename("Rate offers", key="four", seen=body["version"])).status_code == 200


def test_after_submission_nothing_is_written(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    lifecycle.submit(draft, by=cast.author, now=make.now())
    for body, name in ((rename("Too late"), "operations"), ({"step": "s1", "version": 1}, "presence")):
        answer = send(client.as_(cast.author), body, name)
        assert (answer.status_code, "error" in json.loads(answer.content)) == (409, True)
    assert step_name(draft) == "Check offer"
    page = client.get(reverse("processes:draft", args=(NUMBER,)))
    assert b"<process-outline>" not in page.content
    assert b"Check offer" in page.content


def test_who_only_reads_a_draft_reads_it_as_it_will_be_printed(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    sha256 = "0" * 64
    said = {"steps/s1/description": f"**Two** ![Seal](picture:{sha256})", "purpose": "*Cheaper*", "scope": "- all"}
    client.as_(cast.author)
    for target, value in said.items():
        assert send(client, rename(value, key=target, target=target)).status_code == 200
    draft.refresh_from_db()
    lifecycle.submit(draft, by=cast.author, now=make.now())
    page = client.get(reverse("processes:draft", args=(NUMBER,))).content.decode()
    for shown in ("<strong>Two</strong>", reverse("processes:picture", args=(NUMBER, sha256)), "<em>Cheaper</em>", "<li>all</li>"):
        assert shown in page
    assert "picture:" not in page


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe", b"{", b"[]", b"[" * 100_000, {}, {"seen": "1", "operations": []}, {"seen": True, "operations": []},
        {"seen": -1, "operations": []}, {"seen": 10**12, "operations": []}, {"seen": 1, "operations": {}}, {"seen": 1, "operations": [1]},
        {"seen": 1, "operations": [{"id": "x", "target": "purpose"}]}, {"seen": 1, "operations": [{"id": "x", "op": "set"}]},
    ],
)  # fmt: skip
def test_what_is_no_sending_gets_a_sentence(client: SignedIn, cast: make.Cast, draft: Revision, body: Any) -> None:
    answer = send(client.as_(cast.author), body)
    assert answer.status_code == 400
    assert json.loads(answer.content)["error"].endswith(".")
    assert DraftEdit.objects.filter(revision=draft).count() == 1


@pytest.mark.parametrize(
    "operation",
    [
        {"id": 5, "op": "set", "target": "purpose"}, {"id": "x", "op": "drop", "target": "steps/s1"},
        {"id": "x", "op": "set", "target": "state", "value": "approved"}, {"id": "x", "op": "set", "target": "number", "value": "X-1"},
        {"id": "x", "op": "set", "target": "steps/no/name", "value": "?"}, {"id": "x", "op": "set", "target": "steps/s1/name", "value": 5},
        {"id": "x", "op": "set", "target": "steps/s1/name", "value": "y" * 301}, {"id": "x", "op": "add", "target": "steps", "value": []},
        {"id": "x", "op": "move", "target": "steps/s1", "after": 7}, {"id": "x" * 65, "op": "remove", "target": "steps/s1"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_alone_and_with_a_reason(
    client: SignedIn, cast: make.Cast, draft: Revision, operation: dict[str, Any]
) -> None:
    good = {"id": "good", "op": "set", "target": "steps/s2/name", "value": "Sign"}
    answer = send(client.as_(cast.author), {"seen": 1, "operations": [operation, good]})
    assert answer.status_code == 200
    body = json.loads(answer.content)
    assert body["applied"] == ["good"]
    assert [bool(one["reason"]) for one in body["refused"]] == [True]
    assert (step_name(draft), step_name(draft, "s2")) == ("Check offer", "Sign")
    assert draft.process.number == NUMBER


def test_ten_megabytes_are_refused_with_a_sentence(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    answer = send(client.as_(cast.author), rename("x" * 10_000_000))
    assert answer.status_code == 413
    assert "too much text" in json.loads(answer.content)["error"]
    assert step_name(draft) == "Check offer"


def test_a_presence_tells_who_else_is_here_and_what_was_written(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    send(client.as_(cast.author), rename("Compare offers"))
    assert json.loads(send(client, {"step": "s1", "version": 2}, "presence").content)["people"] == []
    seen = json.loads(send(client.as_(cast.reader), {"step": "", "version": 1}, "presence").content)
    assert seen["people"] == [{"name": "Author", "initials": "AU", "step": "s1"}]
    assert [row["value"] for row in seen["operations"]] == ["Compare offers"]
    DraftPresence.objects.filter(person=cast.author).update(seen_at=make.now() - dt.timedelta(minutes=2))
    assert json.loads(send(client, {"step": "", "version": 2}, "presence").content)["people"] == []


def test_a_preview_is_markdown_and_never_a_script(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    answer = send(client.as_(cast.author), {"text": f"**bold** {HOSTILE} [x](javascript:alert(1))"}, "preview")
    html = json.loads(answer.content)["html"]
    assert "<strong>bold</strong>" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert send(client, {"text": "x" * 20_001}, "preview").status_code == 400


def test_hostile_text_is_inert_in_page_and_chart(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    client.as_(cast.author)
    for key, target in (("a", "steps/s1/name"), ("b", "purpose"), ("c", "roles/r1/title"), ("d", "steps/s1/description")):
        assert send(client, rename(HOSTILE, key=key, target=target)).status_code == 200
    for name in ("draft", "chart"):
        page = client.get(reverse(f"processes:{name}", args=(NUMBER,))).content.decode()
        assert "<script>alert" not in page
        assert "alert(1)" in page


DOORS = (
    ("get", "draft", None), ("get", "chart", None), ("post", "operations", {"seen": 1, "operations": []}),
    ("post", "presence", {"step": "", "version": 1}), ("post", "preview", {"text": "x"}),
    ("post", "start_draft", None), ("post", "discard", None),
)  # fmt: skip
# Nobody signed in; somebody who may not see the draft; a colleague without any level; a contributor; the author.
MATRIX = {
    "draft": (302, 404, 200, 200, 200),
    "chart": (302, 404, 200, 200, 200),
    "operations": (401, 404, 403, 200, 200),
    "presence": (401, 404, 200, 200, 200),
    "preview": (401, 404, 200, 200, 200),
    "start_draft": (302, 403, 403, 302, 302),
    "discard": (302, 404, 403, 302, 302),
}


@pytest.mark.parametrize(("method", "name", "body"), DOORS)
def test_every_door_asks_who_comes(client: SignedIn, cast: make.Cast, method: str, name: str, body: Any) -> None:
    head = cast.purchasing.positions.get(kind="head")
    found = []
    for n, person in enumerate((None, cast.stranger, cast.reader, make.staff(cast.purchasing, "colleague", level=1), cast.author)):
        process = make.process(cast.purchasing, number=f"PUR-10{n}", owner=head, created_by=cast.author)
        make.draft(process, by=cast.author)
        client.logout()
        if person:
            client.as_(person)
        address = reverse(f"processes:{name}", args=(process.number,))
        raw = json.dumps(body) if body else None
        answer = client.generic(method.upper(), address, raw or "", content_type="application/json")
        found.append(answer.status_code)
    assert tuple(found) == MATRIX[name]


def test_an_invited_stranger_writes(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    make.hold(cast.stranger, 1)
    assert send(client.as_(cast.stranger), rename("Mine")).status_code == 404
    Participation.objects.create(process=draft.process, revision=draft, person=cast.stranger, part="contributor")
    assert send(client, rename("Mine")).status_code == 200


def test_reading_a_door_writes_nothing(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    client.as_(cast.author)
    for name in ("operations", "presence", "preview"):
        assert client.get(reverse(f"processes:{name}", args=(NUMBER,))).status_code == 405
    for name in ("start_draft", "discard"):
        assert client.get(reverse(f"processes:{name}", args=(NUMBER,))).status_code == 405


def test_the_doors_want_a_token(cast: make.Cast, draft: Revision) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.author, backend="django.contrib.auth.backends.ModelBackend")
    assert send(client, rename("Forged")).status_code == 403
    assert step_name(draft) == "Check offer"


def test_a_draft_is_begun_from_what_is_in_force_and_given_up_again(client: SignedIn, cast: make.Cast) -> None:
    process = make.process(cast.purchasing, number=NUMBER)
    make.effective(process)
    address = reverse("processes:draft", args=(NUMBER,))
    client.as_(cast.author)
    assert b"There is no open draft" in client.get(address).content
    assert client.post(reverse("processes:start_draft", args=(NUMBER,)))["Location"] == address
    assert b"Check offer" in client.get(address).content
    client.post(reverse("processes:discard", args=(NUMBER,)))
    process.refresh_from_db()
    assert (process.state, sorted(process.revisions.values_list("state", flat=True))) == ("active", ["approved", "discarded"])


def test_a_process_that_was_never_approved_goes_with_its_draft(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    client.as_(cast.author).post(reverse("processes:discard", args=(NUMBER,)))
    assert Process.objects.get().state == "discarded"
    assert client.get(reverse("processes:draft", args=(NUMBER,))).status_code == 404


def test_the_chart_follows_the_text_and_counts_what_is_wrong(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    client.as_(cast.author)
    page = client.get(reverse("processes:chart", args=(NUMBER,)))
    assert (page.context["drawn"].errors, b"Check offer" in page.content) == (0, True)
    send(client, {"seen": 1, "operations": [{"id": "x", "op": "remove", "target": "steps/end"}]})
    worse = client.get(reverse("processes:chart", args=(NUMBER,)))
    assert worse.context["drawn"].errors > 0
    assert b'data-fix="add-end"' in worse.content
    assert worse.context["drawn"].findings[0].level == "error"
    assert b'data-version="2"' in worse.content
    assert client.get(reverse("processes:chart", args=(NUMBER,)), {"orientation": "LR"}).content != worse.content


def test_a_fix_is_told_as_operations_and_only_of_what_was_looked_at(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    client.as_(cast.author)
    send(client, {"seen": 1, "operations": [{"id": "x", "op": "remove", "target": "steps/end"}]})
    said = {one.code: one for one in client.get(reverse("processes:chart", args=(NUMBER,))).context["drawn"].findings}
    asked = {"version": 2, "finding": said["no-end"].place, "code": "no-end", "fix": "add-end"}
    (end,) = fix(client, asked).json()["operations"]
    assert (end["op"], end["target"], end["value"]["kind"], end["value"]["name"]) == ("add", "steps", "end", "End")
    for stale in ({"version": 1}, {"finding": 99}, {"code": "no-start"}):
        assert fix(client, asked | stale).status_code == 409
    assert fix(client, asked | {"finding": "0"}).status_code == 400
    assert fix(client, asked | {"fix": ["?"]}).json() == {"operations": []}
    assert {who: fix(client.as_(getattr(cast, who)), asked).status_code for who in ("stranger", "reader", "author", "approver")} == {
        "stranger": 404, "reader": 200, "author": 200, "approver": 200,
    }  # fmt: skip


def test_what_a_fix_writes_is_in_the_language_of_the_document(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    type(draft.process).objects.update(language="zh-hans")
    send(client.as_(cast.author), {"seen": 1, "operations": [{"id": "x", "op": "remove", "target": "steps/end"}]})
    said = {one.code: one for one in client.get(reverse("processes:chart", args=(NUMBER,))).context["drawn"].findings}
    (end,) = fix(client, {"version": 2, "finding": said["no-end"].place, "code": "no-end", "fix": "add-end"}).json()["operations"]
    assert end["value"]["name"] == "结束"


def fix(client: Client, asked: dict[str, object]) -> Any:
    return send(client, asked, "fix")


@pytest.mark.parametrize("broken", ["\ud800", "\0"])
def test_letters_that_no_database_takes_end_nothing(client: SignedIn, cast: make.Cast, draft: Revision, broken: str) -> None:
    client.as_(cast.author)
    assert json.loads(send(client, rename("Compare", key=f"a{broken}")).content)["refused"][0]["id"] == f"a{broken}"
    assert send(client, rename(f"Compare{broken}")).status_code == 200
    assert step_name(draft) == "Compare"
    assert send(client, {"step": f"s1{broken}", "version": 1}, "presence").status_code == 200
    assert send(client, {"text": f"a{broken}"}, "preview").status_code == 200
    assert send(client, {"version": 2, "steps": ["s1"], "title": f"Part{broken}"}, "divide").status_code == 200
    assert Process.objects.latest("pk").title == "Part"
