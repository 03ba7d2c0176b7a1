"""The content document: reading, writing, canonical bytes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes import canonical as c
from processes import definition as d
from tests import make

texts = st.text(max_size=30).map(c.clean)
keys = st.integers(0, 10_000).map(lambda n: f"k{n}")
flows = st.builds(d.Flow, key=keys, to=st.one_of(st.just(""), keys), label=texts, default=st.booleans(), message=st.booleans())
minutes = st.integers(0, 100_000)
risks = st.builds(d.Risk, key=keys, risk=texts, control=texts)
steps = st.builds(
    d.Step, key=keys, kind=st.sampled_from(d.KINDS), name=texts, role=st.one_of(st.just(""), keys), description=texts,
    inputs=st.lists(texts, max_size=2).map(tuple), flows=st.lists(flows, max_size=3).map(tuple), goes_on=st.booleans(),
    form=texts, form_address=texts, instruction=texts, work_time=minutes, waiting_time=minutes, accountable=st.one_of(st.just(""), keys),
    consulted=st.lists(keys, max_size=2).map(tuple), risks=st.lists(risks, max_size=2).map(tuple),
)  # fmt: skip
definitions = st.builds(
    d.Definition, title=texts, purpose=texts,
    boundary=st.builds(d.Boundary, trigger=texts, result=texts),
    roles=st.lists(st.builds(d.RoleRef, key=keys, title=texts), max_size=3, unique_by=lambda r: r.key).map(tuple),
    steps=st.lists(steps, max_size=6, unique_by=lambda s: s.key).map(tuple),
)  # fmt: skip


@given(definitions)
def test_what_was_written_is_read_back(definition: d.Definition) -> None:
    raw = c.canonical(definition)
    assert c.parse(raw) == definition
    assert c.canonical(c.parse(raw)) == raw


@given(definitions)
def test_canonical_bytes_have_sorted_keys_and_no_spaces(definition: d.Definition) -> None:
    raw = c.canonical(definition).decode()
    assert raw == json.dumps(json.loads(raw), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_composed_and_decomposed_letters_hash_alike() -> None:
    one, two = d.Definition(title="Prüfung"), d.Definition(title="Pru\u0308fung")
    assert c.sha256(c.canonical(one)) == c.sha256(c.canonical(two))
    assert c.sha256(c.canonical(one)) != c.sha256(c.canonical(d.Definition(title="Prufung")))


FROZEN_IN_SCHEMA_1 = (
    b'{"boundary":{"first_step":"","last_step":"","result":"","trigger":""},"document_type":"process","language":"en","notes":"",'
    b'"number":"PUR-001","purpose":"","records":[],"references":[],"roles":[],"schema":1,"scope":"","sipoc":[],"steps":[{"description":"",'
    b'"duration":"","flows":[],"goes_on":true,"inputs":[],"key":"a","kind":"activity","link":"","name":"Check","outputs":[],"records":[],'
    b'"role":"","system":"","task_type":"","trigger":""}],"title":"\xe9\x87\x87\xe8\xb4\xad"}'
)


def test_content_that_was_frozen_in_schema_1_is_read_and_verified_for_ever() -> None:
    assert c.sha256(FROZEN_IN_SCHEMA_1) == "93303657db21f71dfd43a8b2460dfc2a8efcb3d539f6b21448dc7aa70ff8c060"
    definition = c.parse(FROZEN_IN_SCHEMA_1)
    assert (definition.schema, definition.steps[0].work_time, definition.steps[0].risks) == (1, 0, ())
    assert c.canonical(definition) == FROZEN_IN_SCHEMA_1
    assert c.to_json(definition)["steps"][0].keys() == json.loads(FROZEN_IN_SCHEMA_1)["steps"][0].keys()


def test_the_hash_of_this_content_of_schema_2_never_changes() -> None:
    step = d.Step(key="a", name="Check", work_time=30, consulted=("r1",), risks=(d.Risk("x", "Late", "Remind"),))
    definition = d.Definition(number="PUR-001", title="采购", steps=(step,))
    assert c.sha256(c.canonical(definition)) == "68125db2de214644f0373b0b0535fcf075a54a610aaa03972195e4ff042d49b5"


def test_a_document_of_schema_1_becomes_schema_2_by_being_edited_and_loses_nothing() -> None:
    old = c.parse(FROZEN_IN_SCHEMA_1)
    new = d.upgraded(old)
    assert (new.schema, new.steps, d.upgraded(new)) == (2, old.steps, new)
    assert c.parse(c.canonical(new)) == new
    with pytest.raises(d.InvalidDefinition, match="schema 1 cannot say “work_time”"):
        c.canonical(d.Definition(schema=1, steps=(d.Step(key="a", work_time=5),)))


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"schema": 3}, "schema: 3 is not known; this portal reads schema 1, 2"),
        ({"schema": True}, "schema: True is not known"),
        ({"schema": 1, "steps": [{"key": "a", "work_time": 5}]}, "definition.steps[0].work_time: there is no such field"),
        ({"steps": [{"key": "a", "work_time": "2 h"}]}, "definition.steps[0].work_time: expected whole minutes"),
        ({"steps": [{"key": "a", "work_time": 1.5}]}, "definition.steps[0].work_time: expected whole minutes"),
        ({"steps": [{"key": "a", "waiting_time": True}]}, "definition.steps[0].waiting_time: expected whole minutes"),
        ({"steps": [{"key": "a", "waiting_time": -1}]}, "definition.steps[0].waiting_time: expected whole minutes"),
        ({"steps": [{"key": "a", "waiting_time": 10**8}]}, "definition.steps[0].waiting_time: expected whole minutes, at most"),
        ({"steps": [{"key": "a", "informed": "r1"}]}, "definition.steps[0].informed: expected a list"),
        ({"steps": [{"key": "a", "risks": [{"risk": "x"}]}]}, "definition.steps[0].risks[0].key: a key is"),
        ({"steps": [{"key": "a", "risks": ["x"]}]}, "definition.steps[0].risks[0]: expected an object"),
        ({"colour": "red"}, "definition.colour: there is no such field"),
        ({"steps": [{"key": "a"}, {"key": "a"}]}, "steps: two items have the same key"),
        ({"steps": [{"name": "x"}]}, "definition.steps[0].key: a key is"),
        ({"steps": [{"key": "1a"}]}, "definition.steps[0].key: a key is"),
        ({"steps": [{"key": "a", "kind": "bomb"}]}, "definition.steps[0].kind: 'bomb' is not one of"),
        ({"steps": [{"key": "a", "goes_on": "yes"}]}, "definition.steps[0].goes_on: expected true or false"),
        ({"steps": [{"key": "a", "inputs": [3]}]}, "definition.steps[0].inputs[0]: expected text"),
        ({"steps": "none"}, "definition.steps: expected a list"),
        ({"boundary": []}, "definition.boundary: expected an object"),
        ({"title": "x" * 301}, "definition.title: 301 characters; at most 300 are kept"),
        ({"purpose": "x" * 20_001}, "definition.purpose: 20001 characters"),
    ],
)
def test_a_document_that_is_not_a_definition_is_refused_with_its_place(document: dict[str, object], says: str) -> None:
    with pytest.raises(d.InvalidDefinition) as refused:
        c.from_json(document)
    assert str(refused.value).startswith(says)


def test_a_float_has_no_canonical_form() -> None:
    with pytest.raises(d.InvalidDefinition, match="float"):
        c.canonical_json({"limit": [1.5]})


def test_text_is_cleaned_of_what_no_reader_can_see() -> None:
    assert c.clean("a\x00b\r\nc\rd\te\ud800f\ufffe") == "ab\nc\nd\tef"


def test_a_list_of_steps_draws_itself_and_an_end_stops() -> None:
    content = make.definition("Check", "Good?")
    drawn = [(f.source, f.target, f.label) for f in d.explicit_flows(content.steps)]
    assert drawn == [("start", "s1", ""), ("s1", "s2", ""), ("s2", "end", "yes"), ("s2", "end", "no")]


def test_a_step_that_does_not_go_on_and_the_last_step_draw_nothing() -> None:
    alone = (d.Step(key="a", goes_on=False), d.Step(key="b", flows=(d.Flow(key="f", to="a", message=True),)), d.Step(key="c"))
    assert [(f.source, f.target, f.implied) for f in d.explicit_flows(alone)] == [("b", "a", False), ("b", "c", True)]
    assert not list(d.explicit_flows((d.Step(key="z", flows=(d.Flow(key="f"),)),)))


def test_look_ups() -> None:
    content = make.definition("Check")
    assert content.step("s1") == content.steps[1]
    assert content.step("nowhere") is None
    assert (content.role_title("r1"), content.role_title("r9")) == ("Buyer", "")
    assert dict(content.numbers()) == {"start": 1, "s1": 2, "end": 3}
    assert c.read_item("roles", {"key": "r2", "title": "Clerk"}) == d.RoleRef(key="r2", title="Clerk")
    assert d.new_key() != d.new_key()
    assert content.with_metadata(number="N", title="T", document_type="sop", language="en").number == "N"
