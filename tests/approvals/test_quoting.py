"""Places in a document, and quoted words that are found again."""

from dataclasses import replace

import pytest

from approvals import quoting
from processes.definition import Boundary, Definition, Record
from tests import make

DOCUMENT = replace(
    make.definition("Check offer"),
    scope="All **offers** above 5 000 €.\n\nSee [the list](https://example.com/long/address) of suppliers.",
    boundary=Boundary(trigger="An offer comes", result="An order is sent"),
    records=(Record("rec", "Offer file", "Purchasing", "10 years"),),
)


def with_description(text: str) -> Definition:
    steps = tuple(replace(step, description=text) if step.key == "s1" else step for step in DOCUMENT.steps)
    return replace(DOCUMENT, steps=steps)


@pytest.mark.parametrize(
    ("quote", "at", "text", "found"),
    [
        ("offers above", 0, "All **offers** above 5 000 €", 1),
        ("OFFERS, above", 0, "All **offers** above 5 000 €", 1),
        ("the list of", 0, "See [the list](https://example.com/a) of suppliers", 1),
        ("check", 0, "check, wait, check, send", 0),
        ("check", 3, "check, wait, check, send", 2),
        ("offers below", 0, "All offers above", None),
        ("five", 0, "All offers", None),
        ("…", 0, "All offers", None),
        ("检查报价", 0, "由采购员检查报价。", 4),
        ("ne", 0, "one", None),
    ],
)
def test_words_are_found_where_they_stand(quote: str, at: int, text: str, found: int | None) -> None:
    assert quoting.find(quote, at, text) == found


def test_places_are_the_whole_sections_steps_and_each_of_several_paragraphs() -> None:
    found = {place.value: place for place in quoting.places(with_description("One paragraph."))}
    assert list(found)[:6] == ["", "section:purpose", "section:scope", "section:scope#1", "section:scope#2", "section:boundary"]
    assert found["s1"].label == "2. Check offer"
    assert found["section:scope#1"].label == "Scope, paragraph 1: All **offers** above 5 000 €."
    assert found["section:scope#2"].quote.startswith("See [the list]")
    assert "s1#1" not in found
    assert {"s1#1", "s1#2"} <= {place.value for place in quoting.places(with_description("One.\n \nTwo."))}


def test_what_is_said_at_a_place_leaves_out_keys_and_codes() -> None:
    assert quoting.text_at(DOCUMENT, "section:boundary") == "An offer comes\nAn order is sent"
    assert quoting.text_at(DOCUMENT, "section:records") == "Offer file\nPurchasing\n10 years"
    assert quoting.text_at(with_description("By hand."), "s1") == "Check offer\nBy hand."
    whole = quoting.text_at(DOCUMENT, "")
    assert "Check offer" in whole
    assert "activity" not in whole


def test_labels_and_order() -> None:
    anchors = ["gone", "section:notes", "s1", "section:purpose", "", "start"]
    ordered = sorted(anchors, key=lambda anchor: quoting.order(DOCUMENT, anchor))
    assert ordered == ["", "section:purpose", "start", "s1", "section:notes", "gone"]
    labels = [quoting.label(DOCUMENT, anchor) for anchor in ("", "section:notes", "section:odd", "s1", "gone")]
    assert labels == ["The whole document", "Notes", "section:odd", "Step 2: Check offer", "A step that is no longer there"]
    assert [quoting.exists(DOCUMENT, anchor) for anchor in ("", "section:notes", "section:odd", "s1", "gone")] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_a_long_paragraph_is_shown_by_its_beginning() -> None:
    assert quoting.beginning("word " * 20) == f"{'word ' * 9}wor…"
    assert quoting.beginning("Short\nlines") == "Short lines"
