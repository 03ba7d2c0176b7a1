"""Search: what is in force and may be seen, in any writing, and nothing else."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from organization.scope import Scope, scope
from processes import lifecycle, search
from processes.definition import Definition, Record, Reference, SipocRow, Step
from processes.folding import CHARACTERS_STORED, asked_words, fold, stored_words
from processes.models import Process, SearchDocument
from processes.search_index import install_search
from tests import make

NOW = make.NOW
pytestmark = pytest.mark.django_db


def valid(
    cast: make.Cast, title: str, *names: str, purpose: str = "Why.", since: dt.timedelta = dt.timedelta(days=-9), **fields: object
) -> Process:
    process = make.process(cast.purchasing, title=title, created_by=cast.author, **fields)
    revision = make.effective(process, replace(make.definition(*names), purpose=purpose), since=NOW + since)
    search.index(revision)
    return process


def found(text: str, person: make.Person, now: dt.datetime = NOW) -> list[str]:
    return [hit.process.title for hit in search.search(text, scope(person, make.TODAY), now)]


def test_titles_come_first_and_every_word_must_be_there(cast: make.Cast) -> None:
    valid(cast, "Pay invoices", "Compare with the purchase order")
    valid(cast, "Purchase order", "Write it")
    valid(cast, "Order handling", "Confirm")
    assert found("purchase order", cast.reader) == ["Purchase order", "Pay invoices"]
    assert set(found("order", cast.reader)) == {"Purchase order", "Order handling", "Pay invoices"}
    assert found("order unicorn", cast.reader) == []


@pytest.mark.parametrize(
    "asked",
    [
        "检验",
        "来料检验",
        "料",
        "SUPPLIERS",
        "supplier",
        "suppl",
        "Zurich",
        "zürich",
        "ＳＵＰＰＬＩＥＲ",
        "deliveries",
        "delivery note",
        "pur-077",
        "077",
    ],
)
def test_words_are_found_however_they_are_written(cast: make.Cast, asked: str) -> None:
    valid(
        cast,
        "Receive goods",
        "采购部收到货物后进行来料检验并记录",
        "Tell the supplier in Zürich",
        "File the delivery notes",
        number="PUR-077",
    )
    valid(cast, "Other", "检查 验收", "Nothing")
    assert found(asked, cast.reader) == ["Receive goods"]


def test_a_hidden_title_never_appears(cast: make.Cast) -> None:
    hidden = valid(cast, "Secret merger", "Secret step", confidentiality="departments")
    named = valid(cast, "Secret salaries", confidentiality="positions", owner=make.position(of=cast.purchasing))
    valid(cast, "Secret-free canteen", "Eat")
    assert set(found("secret", cast.reader)) == {"Secret merger", "Secret-free canteen"}
    assert found("secret", cast.stranger) == ["Secret-free canteen"]
    for typed in ("Secret", hidden.number, named.number):
        seen = search.find_by_title_or_number(typed, scope(cast.stranger, make.TODAY))
        assert {hidden, named}.isdisjoint(seen)
    assert hidden in search.find_by_title_or_number("secret MER", scope(cast.reader, make.TODAY))


def test_only_what_is_in_force_is_found(cast: make.Cast) -> None:
    process = valid(cast, "Order handling", "Use the typewriter")
    second = make.draft(process, make.definition("Use the computer"))
    lifecycle.submit(second, by=cast.author, now=NOW)
    assert found("computer", cast.reader) == []
    lifecycle.approve(second, by=cast.manager, now=NOW, effective_on=make.day(2))
    assert (found("computer", cast.reader), found("typewriter", cast.reader)) == ([], ["Order handling"])
    later = NOW + dt.timedelta(days=3)
    assert (found("computer", cast.reader, later), found("typewriter", cast.reader, later)) == (["Order handling"], [])
    lifecycle.cancel(second, by=cast.manager, now=NOW, reason="so")
    assert found("computer", cast.reader, later) == []


def test_everything_that_people_read_is_found(cast: make.Cast) -> None:
    content = Definition(
        sipoc=(SipocRow("a", supplier="Forwarder"),), records=(Record("b", retention="Decade"),), references=(Reference("c", "Handbook"),)
    )
    search.index(make.effective(make.process(cast.purchasing, title="Tables"), content))
    for asked in ("forwarder", "decade", "handbook"):
        assert found(asked, cast.reader) == ["Tables"]


@pytest.mark.parametrize("asked", ["", "   ", "!!!", '"', "*", "()", "'; DROP TABLE x; --", "title:", "a\x00b", "\ud800", "^", "-", "__"])
def test_a_query_of_signs_breaks_nothing(cast: make.Cast, asked: str) -> None:
    valid(cast, "Order handling")
    assert found(asked, cast.reader) == []


class Anything(TestCase):
    """Whatever is typed."""

    @settings(max_examples=60, deadline=None)
    @given(st.text(st.sampled_from("abc\"'*():^-+&|!<>%_{}[]~\\/@.,;?=$# AND OR NOT NEAR检验é1٣²ß\u0e01\u0e31"), max_size=24))
    def test_no_query_breaks_the_index(self, text: str) -> None:
        person = make.person("anybody")
        assert search.search(text, Scope(person.pk, make.TODAY, frozenset(), frozenset(), frozenset()), NOW) == []


def test_the_snippet_shows_the_words_in_their_place(cast: make.Cast) -> None:
    long = "word " * 100
    valid(cast, "Order handling", purpose=f"{long} the Zürich office {long}")
    hit = search.search("zurich", scope(cast.reader, make.TODAY), NOW)[0]
    assert "Zürich office" in hit.snippet
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert len(hit.snippet) <= search.SNIPPET + 2
    by_title = search.search("handling", scope(cast.reader, make.TODAY), NOW)[0]
    assert by_title.snippet.startswith("word word")


def test_numbers_come_first_while_typing(cast: make.Cast) -> None:
    valid(cast, "About PUR-0 numbers", number="STO-001")
    valid(cast, "Zebra", number="PUR-011")
    valid(cast, "Pur et simple", number="ZZZ-002")
    titles = [process.title for process in search.find_by_title_or_number("pur", scope(cast.reader, make.TODAY))]
    assert titles == ["Zebra", "Pur et simple", "About PUR-0 numbers"]


def test_the_installer_can_run_again_and_the_rows_stay_found(cast: make.Cast) -> None:
    process = valid(cast, "Order handling", "Confirm")
    install_search(connection)
    assert found("confirm", cast.reader) == ["Order handling"]
    SearchDocument.objects.filter(revision__process=process).update(body="replaced")
    assert (found("confirm", cast.reader), found("replaced", cast.reader)) == ([], ["Order handling"])
    SearchDocument.objects.all().delete()
    assert found("order", cast.reader) == []


def test_without_the_table_there_is_nothing_to_install(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with CaptureQueriesContext(connection) as asked:
        install_search(connection)
    assert [query["sql"] for query in asked if "CREATE" in query["sql"]] == []


def test_a_huge_document_is_indexed_as_far_as_it_goes(cast: make.Cast) -> None:
    steps = tuple(Step(key=f"s{n}", description=" ".join(f"w{n}x{m}" for m in range(1500))) for n in range(60))
    process = make.process(cast.purchasing, title="Huge")
    search.index(make.effective(process, Definition(steps=steps)))
    assert len(SearchDocument.objects.get().body) <= CHARACTERS_STORED
    assert found("w0x7", cast.reader) == ["Huge"]


@given(st.text(max_size=60))
def test_whatever_is_stored_is_found_by_itself(text: str) -> None:
    stored = set(stored_words([text]).split())
    assert set(asked_words(text)) <= stored


def test_folding() -> None:
    assert fold("Ärger ＡＢＣ ﬁn STRASSE ß") == "arger abc fin strasse ss"
    assert stored_words(["来料检验 Suppliers, supplier's boss; a a"]) == "来 料 检 验 来料 料检 检验 supplier s boss a"
    assert asked_words("来料检验 验 " + " ".join(f"w{n}" for n in range(20))) == [
        "来料",
        "料检",
        "检验",
        "验",
        *(f"w{n}" for n in range(8)),
    ]
