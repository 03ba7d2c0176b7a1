"""Sentences one after another."""

from django.utils import translation

from organization.sentences import in_a_row, listed


def test_each_language_puts_its_own_between_sentences() -> None:
    assert in_a_row(["It is late.", "", "Ask why."]) == "It is late. Ask why."
    with translation.override("zh-hans"):
        assert in_a_row(["已逾期。", "请询问。", "谢谢。"]) == "已逾期。请询问。谢谢。"
    assert in_a_row([]) == ""


def test_each_language_puts_its_own_between_words_of_a_list() -> None:
    assert (listed(["Buyer", "Foreman"]), listed(["Buyer"]), listed([])) == ("Buyer, Foreman", "Buyer", "")
    with translation.override("zh-hans"):
        assert listed(["采购员", "工长"]) == "采购员、工长"
