"""A kept sentence is read in each one's own language."""

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from organization.gate import level_name, level_phrase
from organization.phrases import Phrase, PhraseField
from tests import make
from worklist.items import raise_item
from worklist.models import WorkItem

COLUMN = PhraseField(max_length=300)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=400)


def kept_and_read(phrase: Phrase) -> Phrase:
    """As a database gives it back."""
    read = COLUMN.from_db_value(COLUMN.get_prep_value(phrase), None, None)
    assert isinstance(read, Phrase)
    return read


def test_each_language_reads_its_own() -> None:
    read = kept_and_read(
        Phrase("Name assessors: %(subject)s", subject=Phrase("%(name)s · %(level)s", name="王芳 100%", level=level_phrase(2)))
    )
    told = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            told[language] = str(read)
            assert level_name(2) in told[language]
            assert told[language] == f"{read}" == read
    assert told["en"] == "Name assessors: 王芳 100% · Level 2 · process descriptor"
    assert told["zh-hans"] != told["en"]


@given(TEXTS, TEXTS)
def test_it_fits_its_column_and_the_longest_is_cut(name: str, what: str) -> None:
    phrase = Phrase("%(name)s · %(what)s", name=name, what=Phrase("Name assessors: %(subject)s", subject=what))
    kept = COLUMN.get_prep_value(phrase)
    assert len(kept) <= 300
    if len(phrase.kept()) <= 300:
        assert str(kept_and_read(phrase)) == str(phrase)


@pytest.mark.django_db
def test_a_work_item_keeps_it_and_is_found_by_what_stands_in_it(cast: make.Cast) -> None:
    raise_item(
        kind=WorkItem.Kind.ACT, subject=Phrase("Name assessors: %(subject)s", subject="王芳"), url_name="processes", url_args=[],
        due_on=dt.date(2026, 3, 2), source_key="phrase", person=cast.reader, now=make.now(),
    )  # fmt: skip
    item = WorkItem.objects.get(subject__icontains="王芳")
    with translation.override("en"):
        assert str(item) == "Name assessors: 王芳"
    with translation.override("zh-hans"):
        assert str(item) == "指定评定人：王芳"
    plain = WorkItem(subject="A text as typed")
    assert plain.subject == "A text as typed"
