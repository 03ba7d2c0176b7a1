"""Two people in one draft: neither loses text, and sending again does nothing."""

import datetime as dt
from typing import Any

import pytest

from organization.refusals import Refused, Stale
from processes import drafting, lifecycle
from processes.canonical import from_json
from processes.models import DraftEdit, Participation, Process, Revision
from tests import make

NOW = make.NOW
pytestmark = pytest.mark.django_db


@pytest.fixture
def process(cast: make.Cast) -> Process:
    make.hold(cast.reader, 1)
    return make.process(cast.purchasing, created_by=cast.author)


@pytest.fixture
def draft(process: Process) -> Revision:
    return make.draft(process)


def put(key: str, target: str, value: Any) -> dict[str, Any]:
    return {"id": key, "op": "set", "target": target, "value": value}


def send(draft: Revision, by: make.Person, *operations: dict[str, Any], seen: int = 1) -> drafting.EditResult:
    return drafting.edit(draft, operations, by=by, now=NOW, seen=seen)


def now_in(draft: Revision, key: str) -> str:
    step = from_json(Revision.objects.get(pk=draft.pk).content).step(key)
    assert step is not None
    return step.name


# --- beginning


def test_an_empty_process_begins_with_a_start_and_an_end_in_its_language(cast: make.Cast, process: Process) -> None:
    draft = drafting.start_draft(process, by=cast.author, now=NOW)
    assert (draft.ordinal, draft.state, draft.based_on) == (1, "draft", None)
    document = from_json(draft.content)
    assert [(step.kind, step.name) for step in document.steps] == [("start", "Start"), ("end", "End")]
    assert (document.number, document.title) == (process.number, process.title)


def test_a_policy_has_no_steps(cast: make.Cast) -> None:
    policy = make.process(cast.purchasing, document_type="policy", created_by=cast.author)
    assert from_json(drafting.start_draft(policy, by=cast.author, now=NOW).content).steps == ()


def test_there_is_one_open_draft(cast: make.Cast, process: Process, draft: Revision) -> None:
    assert drafting.start_draft(process, by=cast.reader, now=NOW) == draft


def test_a_new_draft_begins_with_what_is_in_force(cast: make.Cast, process: Process) -> None:
    first = make.effective(process, make.definition("Ask three suppliers"))
    draft = drafting.start_draft(process, by=cast.author, now=NOW)
    assert (draft.based_on, draft.ordinal) == (first, 2)
    assert now_in(draft, "s1") == "Ask three suppliers"


def test_a_new_draft_keeps_what_is_approved_for_later(cast: make.Cast, process: Process) -> None:
    make.effective(process, make.definition("Ask three suppliers"))
    coming = make.draft(process, make.definition("Ask five suppliers"))
    lifecycle.submit(coming, by=cast.author, now=NOW)
    lifecycle.approve(coming, by=cast.author, now=NOW, effective_on=make.day(30))
    assert now_in(drafting.start_draft(process, by=cast.author, now=NOW), "s1") == "Ask five suppliers"


def test_a_stranger_and_a_discarded_process_get_no_draft(cast: make.Cast, process: Process) -> None:
    make.hold(cast.stranger, 3)
    with pytest.raises(Refused, match="invited contributors"):
        drafting.start_draft(process, by=cast.stranger, now=NOW)
    lifecycle.discard_process(process, by=cast.author, now=NOW)
    with pytest.raises(Refused, match="no longer active"):
        drafting.start_draft(process, by=cast.author, now=NOW)


# --- editing


def test_an_edit_is_applied_and_recorded(cast: make.Cast, draft: Revision) -> None:
    result = send(draft, cast.author, put("a1", "steps/s1/name", "Ask suppliers"), put("a2", "purpose", "Buy well."))
    assert result == drafting.EditResult(version=3, applied=("a1", "a2"))
    assert now_in(draft, "s1") == "Ask suppliers"
    rows = DraftEdit.objects.filter(version__gt=1).values_list("version", "client_key", "target", "before", "after", "by")
    assert list(rows) == [
        (2, "a1", "steps/s1/name", "Check offer", "Ask suppliers", cast.author.pk),
        (3, "a2", "purpose", "Why we do it.", "Buy well.", cast.author.pk),
    ]


def test_sending_again_does_nothing(cast: make.Cast, draft: Revision) -> None:
    operation = put("a1", "steps/s1/name", "Ask suppliers")
    send(draft, cast.author, operation)
    send(draft, cast.author, put("a2", "steps/s1/name", "Ask five suppliers"))
    assert send(draft, cast.author, operation, operation) == drafting.EditResult(version=3, applied=("a1", "a1"))
    assert now_in(draft, "s1") == "Ask five suppliers"


def test_two_people_in_different_fields_do_not_disturb_each_other(cast: make.Cast, draft: Revision) -> None:
    send(draft, cast.author, put("a1", "steps/s1/name", "Ask suppliers"))
    result = send(draft, cast.reader, put("b1", "steps/s1/description", "By **mail**."), put("b2", "steps/s2/name", "Sign"))
    assert (result.applied, result.conflicts) == (("b1", "b2"), ())
    assert [(entry["target"], entry["value"], entry["by"]) for entry in result.others] == [("steps/s1/name", "Ask suppliers", "Author")]


def test_two_people_in_one_field_get_both_texts(cast: make.Cast, draft: Revision) -> None:
    send(draft, cast.author, put("a1", "steps/s1/name", "Ask suppliers"), put("a2", "steps/s1/name", "Ask 3 suppliers"))
    result = send(draft, cast.reader, put("b1", "steps/s1/name", "Call suppliers"), put("b2", "purpose", "Buy well."))
    assert result.applied == ("b2",)
    assert result.conflicts == (
        {
            "id": "b1", "target": "steps/s1/name", "mine": "Call suppliers", "theirs": "Ask 3 suppliers", "by": "Author",
            "at": NOW.isoformat(),
        },
    )  # fmt: skip
    assert now_in(draft, "s1") == "Ask 3 suppliers"
    assert send(draft, cast.reader, put("b3", "steps/s1/name", "Call 3 suppliers"), seen=result.version).applied == ("b3",)


def test_the_same_text_twice_is_no_conflict(cast: make.Cast, draft: Revision) -> None:
    send(draft, cast.author, put("a1", "steps/s1/name", "Ask"))
    assert send(draft, cast.reader, put("b1", "steps/s1/name", "Ask")).applied == ("b1",)


def test_ones_own_later_edit_is_no_conflict(cast: make.Cast, draft: Revision) -> None:
    send(draft, cast.author, put("a1", "steps/s1/name", "Ask"))
    assert send(draft, cast.author, put("a2", "steps/s1/name", "Ask suppliers")).applied == ("a2",)


def test_what_somebody_removed_is_given_back_to_whoever_wrote_in_it(cast: make.Cast, draft: Revision) -> None:
    send(draft, cast.author, {"id": "a1", "op": "remove", "target": "steps/s1"})
    move = {"id": "b2", "op": "move", "target": "steps/s1", "after": ""}
    again = {"id": "b3", "op": "remove", "target": "steps/s1"}
    result = send(draft, cast.reader, put("b1", "steps/s1/description", "A long text."), move, again)
    assert [(c["id"], c["mine"], c["theirs"]) for c in result.conflicts] == [("b1", "A long text.", None), ("b2", None, None)]
    assert [(r["id"], r["reason"]) for r in result.refused] == [("b3", "This row is no longer there: somebody removed it.")]


def test_what_somebody_just_wrote_in_is_not_removed(cast: make.Cast, draft: Revision) -> None:
    send(draft, cast.author, put("a1", "steps/s1/description", "Much thought."))
    result = send(draft, cast.reader, {"id": "b1", "op": "remove", "target": "steps/s1"})
    assert [(c["target"], c["theirs"]) for c in result.conflicts] == [("steps/s1", None)]
    assert now_in(draft, "s1") == "Check offer"


def test_rows_are_added_and_moved_beside_others(cast: make.Cast, draft: Revision) -> None:
    add = {"op": "add", "target": "steps", "after": "s1"}
    send(draft, cast.author, {**add, "id": "a1", "value": {"key": "n1", "name": "First"}})
    second = {**add, "id": "b1", "value": {"key": "n2", "name": "Second"}}
    result = send(draft, cast.reader, second, {"id": "b2", "op": "move", "target": "steps/s2", "after": ""})
    assert result.applied == ("b1", "b2")
    steps = from_json(Revision.objects.get(pk=draft.pk).content).steps
    assert [step.key for step in steps] == ["s2", "start", "s1", "n2", "n1", "end"]
    since = drafting.operations_since(draft, 1)
    assert [(e["op"], e["target"], e["after"], e["by_id"]) for e in since] == [
        ("add", "steps/n1", "s1", cast.author.pk), ("add", "steps/n2", "s1", cast.reader.pk), ("move", "steps/s2", "", cast.reader.pk),
    ]  # fmt: skip
    assert since[0]["value"]["name"] == "First"


def test_ten_megabytes_are_refused_with_a_sentence_and_the_rest_is_kept(cast: make.Cast, draft: Revision) -> None:
    huge = put("a1", "steps/s1/description", "x" * 10_000_000)
    result = send(draft, cast.author, huge, put("a2", "steps/s2/name", "Sign"))
    assert result.applied == ("a2",)
    assert [(r["id"], r["target"]) for r in result.refused] == [("a1", "steps/s1/description")]
    assert "at most 20000 are kept" in result.refused[0]["reason"]


@pytest.mark.parametrize("key", [None, 7, "", "k" * 65])
def test_an_operation_without_identity_is_refused(cast: make.Cast, draft: Revision, key: Any) -> None:
    assert [r["reason"] for r in send(draft, cast.author, put(key, "purpose", "x")).refused] == [
        "The change has no identity; reload the page."
    ]


def test_a_target_that_is_no_text_is_refused(cast: make.Cast, draft: Revision) -> None:
    assert len(send(draft, cast.author, {"id": "a1", "op": "set", "target": ["purpose"]}).refused) == 1


def test_nonsense_that_somebody_overtook_is_still_refused(cast: make.Cast, draft: Revision) -> None:
    send(draft, cast.author, put("a1", "purpose", "Buy well."))
    assert [r["id"] for r in send(draft, cast.reader, {"id": "b1", "op": "burn", "target": "purpose"}).refused] == ["b1"]


def test_too_many_at_once_are_refused(cast: make.Cast, draft: Revision) -> None:
    with pytest.raises(Refused, match="at most 500"):
        send(draft, cast.author, *(put(f"a{n}", "purpose", "x") for n in range(501)))


def test_what_is_in_review_cannot_be_edited(cast: make.Cast, draft: Revision) -> None:
    lifecycle.submit(draft, by=cast.author, now=NOW)
    with pytest.raises(Stale, match="In review"):
        send(draft, cast.author, put("a1", "purpose", "x"))


def test_a_stranger_edits_only_when_invited(cast: make.Cast, process: Process, draft: Revision) -> None:
    make.hold(cast.stranger, 1)
    with pytest.raises(Refused, match="invited contributors"):
        send(draft, cast.stranger, put("c1", "purpose", "x"))
    Participation.objects.create(process=process, revision=draft, person=cast.stranger, part="contributor")
    assert send(draft, cast.stranger, put("c1", "purpose", "x")).applied == ("c1",)
    assert set(drafting.contributors(draft)) == {cast.author, cast.stranger}


def test_a_draft_that_moved_under_the_edit_is_stale(cast: make.Cast, draft: Revision) -> None:
    sending = drafting._Sending(draft, from_json(draft.content), cast.author, NOW, drafting._Overtaken([]))
    sending.take([put("a1", "purpose", "x")])
    Revision.objects.update(version=9)
    with pytest.raises(Stale, match="Send again"):
        sending.save()


# --- presence


def test_who_is_there(cast: make.Cast, draft: Revision) -> None:
    drafting.touch_presence(draft, cast.author, "s1", NOW)
    drafting.touch_presence(draft, cast.reader, "", NOW + dt.timedelta(seconds=30))
    drafting.touch_presence(draft, cast.author, "s2", NOW + dt.timedelta(seconds=1))
    at = NOW + dt.timedelta(seconds=35)
    assert [(p.person, p.step) for p in drafting.present(draft, at)] == [(cast.author, "s2"), (cast.reader, "")]
    assert [p.person for p in drafting.present(draft, at + dt.timedelta(seconds=10))] == [cast.reader]
