"""Operations on a draft: whatever is sent, the document stays valid, and nothing is lost."""

import string
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.canonical import ITEM_LIMIT, from_json, to_json
from processes.definition import Definition, Record
from processes.operations import OperationRefused, apply
from tests import make

KEYS = st.sampled_from(["s1", "s2", "start", "end", "r1", "new1", "new2", "gone"])
LISTS = st.sampled_from(["steps", "roles", "sipoc", "records", "references", "flowers"])
FIELDS = st.sampled_from(
    [
        "name",
        "role",
        "description",
        "title",
        "kind",
        "flows",
        "goes_on",
        "inputs",
        "external",
        "key",
        "colour",
        "work_time",
        "risks",
        "consulted",
    ]
)
VALUES = st.one_of(
    st.text(max_size=20), st.booleans(), st.integers(), st.none(),
    st.lists(st.text(max_size=5), max_size=3),
    st.just([{"key": "f1", "to": "s2", "label": "yes"}]),
    st.just("decision"),
    st.fixed_dictionaries({"key": KEYS, "name": st.text(max_size=9)}),
)  # fmt: skip
TARGETS = st.one_of(
    st.sampled_from(["purpose", "scope", "notes", "boundary/trigger", "boundary/end", "title", "schema", "", "/", "steps"]),
    LISTS,
    st.builds("{}/{}".format, LISTS, KEYS),
    st.builds("{}/{}/{}".format, LISTS, KEYS, FIELDS),
)
OPERATIONS = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["set", "add", "remove", "move", "burn"]),
        "target": TARGETS,
        "value": VALUES,
        "after": st.none() | KEYS | st.just(""),
    }
)


def set_to(target: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "target": target, "value": value}


@given(st.lists(OPERATIONS, max_size=25))
def test_whatever_is_sent_the_document_stays_valid(operations: list[dict[str, Any]]) -> None:
    document = make.definition("Check offer", "Good?")
    for operation in operations:
        with suppress(OperationRefused):
            document = apply(document, operation).definition
        assert from_json(to_json(document)) == document


@given(
    st.sampled_from(["purpose", "notes", "boundary/result", "steps/s1/name", "steps/s1/description", "roles/r1/title"]),
    st.text(max_size=200),
)
def test_setting_and_setting_back_restores(target: str, value: str) -> None:
    document = make.definition()
    done = apply(document, set_to(target, value))
    assert apply(done.definition, set_to(target, done.before)).definition == document


@given(
    st.permutations([("purpose", "a"), ("steps/s1/name", "b"), ("steps/s2/name", "c"), ("steps/s1/role", ""), ("boundary/trigger", "d")])
)
def test_independent_edits_commute(edits: list[tuple[str, str]]) -> None:
    document, expected = make.definition(), make.definition()
    for target, value in sorted(edits):
        expected = apply(expected, set_to(target, value)).definition
    for target, value in edits:
        document = apply(document, set_to(target, value)).definition
    assert document == expected


def names(document: Definition) -> list[str]:
    return [step.key for step in document.steps]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("", ["n", "start", "s1", "s2", "end"]),
        ("s1", ["start", "s1", "n", "s2", "end"]),
        (None, ["start", "s1", "s2", "end", "n"]),
        ("removed-meanwhile", ["start", "s1", "s2", "end", "n"]),
    ],
)
def test_a_new_step_stands_where_it_was_put(after: str | None, expected: list[str]) -> None:
    done = apply(make.definition(), {"op": "add", "target": "steps", "after": after, "value": {"key": "n", "name": "New"}})
    assert names(done.definition) == expected
    assert (done.target, done.before) == ("steps/n", None)
    assert done.after["value"]["name"] == "New"


def test_moving_and_removing_tell_where_it_stood() -> None:
    moved = apply(make.definition(), {"op": "move", "target": "steps/s2", "after": ""})
    assert names(moved.definition) == ["s2", "start", "s1", "end"]
    assert (moved.before, moved.after) == ({"after": "s1"}, {"after": ""})
    removed = apply(moved.definition, {"op": "remove", "target": "steps/start"})
    assert names(removed.definition) == ["s2", "s1", "end"]
    assert (removed.before["after"], removed.before["value"]["name"], removed.after) == ("s2", "Need arises", None)


def test_flows_are_set_as_a_whole_list() -> None:
    flows = [{"key": "f9", "to": "end", "label": "otherwise", "default": True}]
    done = apply(make.definition("Good?"), set_to("steps/s1/flows", flows))
    step = done.definition.step("s1")
    assert step is not None
    assert [(flow.label, flow.to, flow.default) for flow in step.flows] == [("otherwise", "end", True)]
    assert [flow["label"] for flow in done.before] == ["yes", "no"]


ADD_S1 = {"op": "add", "target": "steps", "after": None, "value": {"key": "s1", "name": "Twice"}}


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        (ADD_S1, "already there"),
        ({"op": "burn", "target": "steps/s1"}, "Reload"),
        ({"op": "set", "target": 7}, "Reload"),
        ({"op": "set", "target": "steps/" + "k" * 200}, "Reload"),
        (set_to("title", "Mine"), "no field “title”"),
        (set_to("boundary/colour", "red"), "no field"),
        (set_to("steps/s1/colour", "red"), "no field"),
        (set_to("steps/s1/key", "other"), "no field"),
        (set_to("steps/gone/name", "x"), "removed it"),
        (set_to("purpose", 7), "expected text"),
        (set_to("steps/s1/goes_on", "yes"), "true or false"),
        (set_to("steps/s1/kind", "magic"), "not one of"),
        (set_to("steps/s1/work_time", "2 h"), "expected whole minutes"),
        (set_to("steps/s1/waiting_time", -5), "expected whole minutes"),
        (set_to("steps/s1/risks", [{"risk": "Late"}]), "a key is"),
        (set_to("steps/s1/risks", [{"key": "x", "risk": "n" * 301}]), "301 characters"),
        (set_to("steps/s1/name", "n" * 301), "301 characters; at most 300"),
        (set_to("steps/s1/description", "d" * 10_000_000), "10000000 characters; at most 20000"),
        ({"op": "add", "target": "flowers", "value": {"key": "n"}}, "no field"),
        ({"op": "add", "target": "steps/s1", "value": {"key": "n"}}, "no field"),
        ({"op": "add", "target": "steps", "value": "n"}, "expected an object"),
        ({"op": "add", "target": "steps", "value": {"name": "no key"}}, "a key is"),
        ({"op": "add", "target": "steps", "value": {"key": "n", "name": "n" * 500}}, "500 characters"),
        ({"op": "add", "target": "steps", "after": 3, "value": {"key": "n"}}, "place “3”"),
        ({"op": "move", "target": "steps/s1", "after": "s1"}, "cannot follow itself"),
        ({"op": "move", "target": "steps", "after": ""}, "no field"),
        ({"op": "remove", "target": "steps/gone"}, "removed it"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(operation: dict[str, Any], sentence: str) -> None:
    with pytest.raises(OperationRefused) as refusal:
        apply(make.definition(), operation)
    assert sentence in str(refusal.value)


def test_a_list_has_an_end() -> None:
    full = Definition(records=tuple(Record(key=f"r{n}") for n in range(ITEM_LIMIT)))
    with pytest.raises(OperationRefused, match="more are not kept"):
        apply(full, {"op": "add", "target": "records", "after": None, "value": {"key": "one-more"}})


def test_text_is_cleaned_like_the_document_itself() -> None:
    done = apply(make.definition(), set_to("purpose", "a\r\nb\x00" + string.ascii_lowercase))
    assert done.after == "a\nb" + string.ascii_lowercase


def test_details_are_set_one_field_at_a_time_and_bring_the_document_to_the_newest_schema() -> None:
    document = replace(make.definition(), schema=1)
    assert "work_time" not in to_json(document)["steps"][1]
    done = apply(document, set_to("steps/s1/work_time", 90))
    assert (done.before, done.after, done.definition.schema) == (0, 90, 2)
    risks = [{"key": "x", "risk": "Too expensive", "control": "Second signature"}]
    again = apply(done.definition, set_to("steps/s1/risks", risks))
    step = again.definition.step("s1")
    assert step is not None
    assert (step.work_time, [risk.control for risk in step.risks], again.after) == (90, ["Second signature"], risks)
