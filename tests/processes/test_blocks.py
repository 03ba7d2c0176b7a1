"""Step blocks: saved from a draft, said anew, offered to whom they are for, kept by whom the policy says."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization.models import Position
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import blocks
from processes.blocks import COMPANY, Reach
from processes.canonical import to_json
from processes.copying import UNSAID, alike, excerpt
from processes.definition import Flow
from processes.models import Process, Revision, StepBlock, StepBlockVersion
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> Revision:
    process = make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"))
    return make.draft(process, make.definition("Check", "Good?", "Order"), by=cast.author)


def save(draft: Revision, by: Any, *keys: str, name: str = "Credit check", reach: Reach | None = None) -> StepBlock:
    draft.refresh_from_db()
    return blocks.save(draft, keys or ("s1", "s2"), name, reach or Reach(person=by.pk), by=by, now=NOW, seen=draft.version)


def rewrite(draft: Revision, **changes: str) -> None:
    """Another name for the first step."""
    content = make.definition(*changes.values())
    Revision.objects.filter(pk=draft.pk).update(content=to_json(content))


def names(block: StepBlock) -> list[str]:
    return [step.name for step in blocks.content_of(block).steps]


def offered(person: Any, text: str = "") -> list[str]:
    return [one.name for one in blocks.offered(scope(person, TODAY), text, 20)]


# --- the text of a block


def test_inner_arrows_stay_and_arrows_out_ask_where_to() -> None:
    whole = make.definition("Check", "Good?", "Order")
    loop = replace(whole.steps[3], flows=(Flow("x1", "s1", "again"),))
    whole = replace(whole, steps=(*whole.steps[:3], loop, whole.steps[4]))
    part = excerpt(whole, {"s1", "s2", "s3"}, {"s2": "known"})
    first, decision, last = part.steps
    assert decision.key == "known"
    assert not {first.key, last.key, part.roles[0].key} & {"s1", "s3", "r1"}
    assert [(flow.to, flow.label) for flow in decision.flows] == [("", "yes"), (UNSAID, "no")]
    assert [flow.to for flow in last.flows] == [first.key]
    assert [part.role_title(step.role) for step in part.steps] == ["Buyer"] * 3
    assert alike(whole, {"s1", "s3"}, part) == {"s1": first.key, "s3": last.key}
    assert alike(make.definition("Check ", "check"), {"s1", "s2"}, part) == {"s1": first.key}


# --- saving


def test_chosen_steps_are_kept_with_their_roles(cast: Cast, draft: Revision) -> None:
    block = save(draft, cast.author, "s1", "s2", "gone", name="  Credit   check ")
    assert (block.name, block.latest, names(block)) == ("Credit check", 1, ["Check", "Good?"])
    version = block.versions.get()
    assert (version.made_by, version.made_at) == (cast.author, NOW)
    assert str(version) == f"{block.pk}/1"


def test_what_makes_no_block_is_said(cast: Cast, draft: Revision) -> None:
    mine = Reach(person=cast.author.pk)
    for keys, name, seen, kind, says in (
        (["s1"], " ", draft.version, Refused, "name"),
        (["s1"], "x" * 121, draft.version, Refused, "121 characters"),
        (["gone"], "N", draft.version, Refused, "Choose some steps"),
        (["s1"], "N", draft.version + 1, Stale, "changed meanwhile"),
    ):
        with pytest.raises(kind, match=says):
            blocks.save(draft, keys, name, mine, by=cast.author, now=NOW, seen=seen)
    with pytest.raises(Refused):
        save(draft, cast.stranger)
    assert not StepBlock.objects.exists()


def test_who_saves_for_whom(cast: Cast, draft: Revision) -> None:
    ours = Reach(department=cast.purchasing.pk)
    assert save(draft, cast.author, reach=ours).department == cast.purchasing
    assert save(draft, cast.approver, reach=ours).department == cast.purchasing
    assert save(draft, cast.manager, reach=COMPANY).department is None
    for by, reach in (
        (cast.author, COMPANY),
        (cast.author, Reach(department=cast.stores.pk)),
        (cast.author, Reach(person=cast.boss.pk)),
    ):
        with pytest.raises(Refused):
            save(draft, by, reach=reach)
    assert [(reach.person is not None, department) for reach, department in blocks.reaches(scope(cast.author, TODAY))] == [
        (True, None), (False, cast.purchasing),
    ]  # fmt: skip
    assert blocks.reaches(scope(cast.manager, TODAY))[-1] == (COMPANY, None)


def test_steps_that_not_everybody_may_see_stay_ones_own(cast: Cast, draft: Revision) -> None:
    Process.objects.update(confidentiality="departments")
    ours = Reach(department=cast.purchasing.pk)
    with pytest.raises(Refused, match="Not everybody may see PUR-001"):
        save(draft, cast.author, reach=ours)
    mine = save(draft, cast.author)
    with pytest.raises(Refused, match="stays yours"):
        blocks.rename(mine, "N", ours, by=cast.author, now=NOW)
    Process.objects.update(confidentiality="company")
    shared = save(draft, cast.author, reach=ours)
    Process.objects.update(confidentiality="positions")
    with pytest.raises(Refused, match="Not everybody"):
        blocks.renew(shared, draft, ["s1"], by=cast.author, now=NOW, seen=draft.version)
    assert blocks.renew(mine, draft, ["s1"], by=cast.author, now=NOW, seen=draft.version).latest == 2


# --- later


def test_a_new_version_knows_its_steps_again(cast: Cast, draft: Revision) -> None:
    block = save(draft, cast.author, "s1", "s2")
    before = {step.name: step.key for step in blocks.content_of(block).steps}
    rewrite(draft, one="Good?", two="Ask twice")
    draft.refresh_from_db()
    again = blocks.renew(block, draft, ["s1", "s2"], by=cast.author, now=NOW, seen=draft.version)
    after = {step.name: step.key for step in blocks.content_of(again).steps}
    assert (again.latest, block.versions.count()) == (2, 2)
    assert after["Good?"] == before["Good?"]
    assert after["Ask twice"] not in before.values()
    assert offered(cast.author, "twic") == ["Credit check"]
    assert offered(cast.author, "order") == []


def test_retired_blocks_are_not_offered_and_come_back(cast: Cast, draft: Revision) -> None:
    block = save(draft, cast.author)
    blocks.retire(block, by=cast.author, now=NOW)
    assert offered(cast.author) == []
    with pytest.raises(Refused, match="retired"):
        blocks.renew(block, draft, ["s1"], by=cast.author, now=NOW, seen=draft.version)
    with pytest.raises(Refused, match="somebody else"):
        blocks.retire(block, by=cast.manager, now=NOW)
    blocks.retire(block, by=cast.author, now=NOW, back=True)
    assert offered(cast.author) == ["Credit check"]


def test_another_name_and_other_people(cast: Cast, draft: Revision) -> None:
    block = save(draft, cast.author, reach=Reach(department=cast.purchasing.pk))
    same = blocks.rename(block, "Check of credit", Reach(department=cast.purchasing.pk), by=cast.approver, now=NOW)
    assert (same.name, offered(cast.reader, "cred")) == ("Check of credit", ["Check of credit"])
    with pytest.raises(Refused):
        blocks.rename(block, "N", COMPANY, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="Others use"):
        blocks.rename(block, "N", Reach(person=cast.author.pk), by=cast.author, now=NOW)
    wide = blocks.rename(block, "N", COMPANY, by=cast.manager, now=NOW)
    assert blocks.reach_of(wide) == COMPANY


def test_blocks_are_offered_to_whom_they_are_for_the_nearest_first(cast: Cast, draft: Revision) -> None:
    save(draft, cast.manager, name="All", reach=COMPANY)
    save(draft, cast.author, name="Ours", reach=Reach(department=cast.purchasing.pk))
    save(draft, cast.author, name="Zmine")
    assert offered(cast.author) == ["Zmine", "Ours", "All"]
    assert offered(cast.reader) == ["Ours", "All"]
    assert offered(cast.stranger) == ["All"]
    assert {str(one) for one in StepBlock.objects.visible_to(scope(cast.stranger, TODAY))} == {"All"}


def test_versions_are_never_changed(cast: Cast, draft: Revision) -> None:
    save(draft, cast.author)
    with pytest.raises(Exception, match=r"(?i)processes_stepblockversion|append|not allowed|never"):
        StepBlockVersion.objects.update(ordinal=7)


# --- the editor's doors and the page


def send(client: SignedIn, name: str, body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(reverse(f"processes:{name}", args=["PUR-001"]), json.dumps(body), content_type="application/json")
    return answer.status_code, json.loads(answer.content)


def test_the_editor_saves_finds_and_renews(client: SignedIn, cast: Cast, draft: Revision) -> None:
    client.as_(cast.author)
    asked = {"version": draft.version, "steps": ["s1", "s2"], "name": "Credit check", "reach": str(cast.purchasing.pk)}
    status, body = send(client, "save_block", asked)
    assert (status, body["name"], body["version"]) == (200, "Credit check", 1)
    assert send(client, "save_block", {"version": draft.version, "steps": ["s1"], "block": body["key"]})[1]["version"] == 2
    assert send(client, "save_block", asked | {"reach": "company"})[0] == 403
    assert send(client, "save_block", asked | {"reach": "mine", "name": "Own"})[0] == 200
    assert send(client, "save_block", {"version": draft.version, "steps": ["s1"], "block": "nothing"})[0] == 404
    for wrong in ({"steps": "s1"}, {"steps": [1]}, {"version": "1"}, {"name": 5}):
        assert send(client, "save_block", asked | wrong)[0] == 400
    _status, found = send(client, "offered_blocks", {"q": "check"})
    assert [(one["name"], one["reach"], one["version"]) for one in found["blocks"]] == [
        ("Own", "mine", 1), ("Credit check", "Purchasing", 2),
    ]  # fmt: skip
    assert [step["name"] for step in found["blocks"][1]["steps"]] == ["Check"]
    assert send(client, "offered_blocks", {"q": 5})[0] == 400
    data = client.get(reverse("processes:draft", args=["PUR-001"])).context["editor_data"]["blocks"]
    assert [one["value"] for one in data["reaches"]] == ["mine", str(cast.purchasing.pk)]
    assert [one["label"] for one in data["known"]] == ["Credit check", "Own"]


def test_the_page_lists_changes_and_retires(client: SignedIn, cast: Cast, draft: Revision) -> None:
    assert "No step blocks yet" in client.as_(cast.reader).get(reverse("processes:step_blocks")).content.decode()
    ours = save(draft, cast.author, "start", "s1", "s2", "s3", "end", reach=Reach(department=cast.purchasing.pk))
    page = client.get(reverse("processes:step_blocks")).content.decode()
    assert "Credit check" in page
    assert "changed by the head and the process manager of Purchasing" in page
    change, retire = (reverse(f"processes:{name}_block", args=[ours.pk]) for name in ("change", "retire"))
    assert change not in page
    assert client.get(change).status_code == 403
    assert client.post(retire).status_code == 403
    client.as_(cast.author)
    assert client.get(change).context["form"]["reach"].value() == str(cast.purchasing.pk)
    assert client.post(change, {"name": "Creditworthy", "reach": str(cast.purchasing.pk)}).status_code == 302
    assert client.post(change, {"name": "N", "reach": "company"}).status_code == 422
    client.post(retire)
    assert "No step blocks yet" in client.get(reverse("processes:step_blocks")).content.decode()
    assert "Creditworthy" in client.get(reverse("processes:step_blocks"), {"retired": "1"}).content.decode()
    client.post(retire, {"back": "1"})
    assert "Creditworthy" in client.get(reverse("processes:step_blocks"), {"q": "credit"}).content.decode()
    assert "Creditworthy" not in client.get(reverse("processes:step_blocks"), {"q": "steel"}).content.decode()


def test_the_list_and_the_offer_ask_as_much_for_many_as_for_one(client: SignedIn, cast: Cast, draft: Revision) -> None:
    client.as_(cast.author)
    doors = (
        lambda: client.get(reverse("processes:step_blocks")),
        lambda: send(client, "offered_blocks", {"q": ""}),
        lambda: client.get(reverse("processes:draft", args=["PUR-001"])),
    )

    def counts() -> list[int]:
        found = []
        for door in doors:
            with CaptureQueriesContext(connection) as asked:
                door()
            found.append(len(asked))
        return found

    save(draft, cast.author, name="B0", reach=Reach(department=cast.purchasing.pk))
    one = counts()
    for n in range(1, 5):
        save(draft, cast.author, name=f"B{n}", reach=Reach(department=cast.purchasing.pk))
    assert counts() == one
