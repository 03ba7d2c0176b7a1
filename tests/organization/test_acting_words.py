"""For whom somebody signs: kept in one language, told in the reader's; old rows keep their words and their hash."""

import pytest
from django.utils import translation
from django.utils.formats import date_format

from organization.acting_words import ALSO, FOR, LENT, LONGEST, NAMED, SENTENCES, joined, kept, told
from organization.chain import Cause
from organization.models import Position, Signature
from organization.signing import sign, verify_chain
from tests import make

WORDS = {"position": "Head of Purchasing, Asia", "office": "Deputy", "name": "Anna Berg"}
LANGUAGES = ("en", "zh-hans")


def said(language: str, sentence: str) -> str:
    with translation.override(language):
        inner = translation.gettext(LENT) % WORDS
        return translation.gettext(sentence) % (WORDS | {"day": date_format(make.day(2), "MONTH_DAY_FORMAT"), "for_whom": inner})


@pytest.mark.parametrize(
    "sentence", [FOR, NAMED, LENT, ALSO, *(one for (cause, _standing), one in SENTENCES.items() if cause != Cause.HOLDS)]
)
def test_each_sentence_is_kept_in_one_language_and_told_in_the_readers(sentence: str) -> None:
    english, chinese = said("en", sentence), said("zh-hans", sentence)
    assert english != chinese
    assert kept(english) == english
    with translation.override("zh-hans"):
        assert kept(chinese) == english
        assert (told(english), told(chinese)) == (chinese, chinese)
    assert told(chinese) == english  # as an old row has it


def test_several_seats_are_told_one_by_one_and_unknown_words_stay() -> None:
    both = {}
    for language in LANGUAGES:
        with translation.override(language):
            both[language] = joined([said(language, FOR), said(language, ALSO)])
    with translation.override("zh-hans"):
        assert kept(both["zh-hans"]) == both["en"]
        assert told(both["en"]) == both["zh-hans"]
        assert told("instead of the king; for Head of Purchasing") == "instead of the king; for Head of Purchasing"
        assert (kept(""), told("")) == ("", "")
    with translation.override(None):
        assert told(both["zh-hans"]) == both["en"]
    assert len(kept("x" * 400)) == LONGEST
    assert kept("for Head, away until one day") == "for Head, away until one day"


@pytest.mark.django_db
def test_old_and_new_signatures_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    office = make.position("Head of Purchasing")

    def signed() -> Signature:
        with translation.override("zh-hans"):
            words = said("zh-hans", FOR)
            return sign(make.person("anna"), position=office, acting_for=words, meaning="approved", subject="PUR-001", now=make.NOW)

    with monkeypatch.context() as before:
        before.setattr("organization.signing.kept", str)
        old = signed()
    new = signed()
    assert (old.acting_for, new.acting_for) == (said("zh-hans", FOR), said("en", FOR))
    assert [told(one.acting_for) for one in (old, new)] == [said("en", FOR)] * 2
    assert list(verify_chain()) == []
    assert Position.objects.get().pk == new.position_id
