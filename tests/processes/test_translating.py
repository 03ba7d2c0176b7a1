"""Texts of a definition as units, and the definition said in another language."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from processes import languages
from processes.canonical import canonical, from_json, to_json
from processes.definition import Boundary, Definition, Flow, Record, Reference, Risk, RoleRef, SipocRow, Step
from processes.translating import apply, changed, done, key_of, numbers_lost, taken_over, units

word = st.sampled_from(["", "Order", "order", "Check offer", "10 days", "10", "采购", "–", "yes", "Order "])
words = st.lists(word, max_size=3).map(tuple)


def items(item: type, **values: st.SearchStrategy) -> st.SearchStrategy:
    """Some items of one kind, with keys of their own."""
    row = st.builds(dict, **values)
    return st.lists(row, max_size=3).map(lambda rows: tuple(item(key=f"k{n}", **given) for n, given in enumerate(rows)))


steps = items(
    Step, name=word, description=word, inputs=words, outputs=words, records=words, duration=word, system=word, form=word, link=word,
    role=st.sampled_from(["", "k0", "k1"]), kind=st.sampled_from(["activity", "decision", "end"]),
    flows=items(Flow, label=word, to=st.sampled_from(["", "k0"])), risks=items(Risk, risk=word, control=word),
)  # fmt: skip
definitions = st.builds(
    Definition, title=word, purpose=word, scope=word, notes=word, steps=steps, roles=items(RoleRef, title=word),
    boundary=st.builds(Boundary, trigger=word, first_step=word, last_step=word, result=word),
    sipoc=items(SipocRow, supplier=word, input=word, process=word, output=word, customer=word),
    records=items(Record, name=word, kept_by=word, retention=word), references=items(Reference, label=word, target=word),
)  # fmt: skip


@given(definitions)
def test_its_own_texts_applied_give_the_same(definition: Definition) -> None:
    assert apply(definition, {unit.key: unit.text for unit in units(definition)}, definition.language) == definition


@given(definitions)
def test_a_translation_changes_texts_and_nothing_else(definition: Definition) -> None:
    """Everything with a letter is said anew, everything else stands; it can be kept, and translated back."""
    there = {unit.key: f"«{unit.text}»" for unit in units(definition)}
    said = apply(definition, there, "fr")
    assert all(text.startswith("«") and text.endswith("»") for text in (unit.text for unit in units(said)))
    assert [unit.places for unit in units(said)] == [unit.places for unit in units(definition)]
    assert from_json(to_json(said)) == said
    assert canonical(said) != canonical(definition)
    back = {key_of(unit.kind, f"«{unit.text}»"): unit.text for unit in units(definition)}
    assert apply(said, back, definition.language) == definition


@given(definitions, definitions)
def test_nothing_is_taken_over_whose_source_changed(old: Definition, new: Definition) -> None:
    texts = {unit.key: f"«{unit.text}»" for unit in units(old)}
    taken = taken_over(texts, units(new))
    before = {(unit.kind, unit.text) for unit in units(old)}
    for unit in units(new):
        assert (unit.key in taken) == ((unit.kind, unit.text) in before)
        assert taken.get(unit.key, f"«{unit.text}»") == f"«{unit.text}»"


@given(definitions, definitions)
def test_what_changed_is_listed_with_what_stood_there(old: Definition, new: Definition) -> None:
    texts = taken_over({unit.key: "x" for unit in units(old)}, units(new))
    now = {unit.key: unit for unit in units(new)}
    for key, was in changed(old, new).items():
        assert key not in texts
        assert was.text != now[key].text or was.kind != now[key].kind
        assert set(was.places) & set(now[key].places)


@given(definitions)
def test_against_itself_nothing_changed_and_all_is_taken_over(definition: Definition) -> None:
    wanted = units(definition)
    assert changed(definition, definition) == {}
    assert done(wanted, taken_over({unit.key: "x" for unit in wanted}, wanted)) == len(wanted)


def small() -> Definition:
    return Definition(
        title="Buy", steps=(Step(key="a", name="Check the offer", inputs=("Offer", "SAP")), Step(key="b", name="Sign", inputs=("Offer",))),
        records=(Record(key="r", name="Offer", retention="10 years"),),
    )  # fmt: skip


def test_equal_texts_of_a_kind_are_one_unit_with_all_its_places() -> None:
    offer = next(unit for unit in units(small()) if unit.text == "Offer")
    assert offer.places == (("steps", "a", "inputs", "0"), ("steps", "b", "inputs", "0"), ("records", "r", "name"))
    assert [unit.text for unit in units(small())] == ["Buy", "Check the offer", "Offer", "SAP", "Sign", "10 years"]
    assert (offer.long, offer.limit) == (False, 300)


def test_a_changed_text_says_what_it_was_and_a_new_one_does_not() -> None:
    new = replace(small(), steps=(replace(small().steps[0], name="Check both offers"), small().steps[1], Step(key="c", name="File it")))
    assert {key: was.text for key, was in changed(small(), new).items()} == {key_of("step", "Check both offers"): "Check the offer"}


def test_progress_counts_what_has_a_text() -> None:
    wanted = units(small())
    assert done(wanted, {wanted[0].key: "买", wanted[1].key: "", "gone": "x"}) == 1


def test_what_is_pasted_is_kept_as_one_line_or_as_markdown() -> None:
    name, purpose = units(Definition(title="Buy", purpose="Why"))
    assert name.tidy(" 采\r\n购\x00\t 流程 ") == "采 购 流程"
    assert purpose.tidy(" one\r\n\r\n* two\x07 ") == "one\n\n* two"
    assert (purpose.long, purpose.limit) == (True, 20_000)


def test_numbers_that_a_translation_does_not_say_are_hinted_at() -> None:
    assert numbers_lost("Above 10,000 EUR within 3 days", "超过 10.000 欧元，3 天内") == []
    assert numbers_lost("2 of 2 offers in 10 days", "10 天内 2 份报价") == ["2"]


def test_languages_have_the_names_that_their_readers_know() -> None:
    found = languages.language("zh-hans")
    assert (found.name, found.direction, found.translated_name) == ("简体中文", "ltr", "Simplified Chinese")
    assert languages.language("ar").direction == "rtl"
    assert languages.language("x-klingon").name == "x-klingon"
    assert (languages.is_known("de"), languages.is_known("zh-cn"), languages.is_known("nope")) == (True, False, False)


def test_languages_of_the_portal_come_first_then_those_in_use() -> None:
    near, far = languages.offered(["pl", "nope"], without=["en"])
    assert [one.code for one in near] == ["zh-hans", "pl"]
    codes = {one.code for one in far}
    assert ("de" in codes, "en" in codes, "pl" in codes, "zh-cn" in codes) == (True, False, False, False)
