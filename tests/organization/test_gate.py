"""Levels and what they open, and the password that confirms a signature."""

import pytest

from organization import gate
from organization.ladder import GATES, HIGHEST, RUNGS, Action
from organization.models import Ability, GateRule, Level
from tests import make
from tests.make import TODAY, day

pytestmark = pytest.mark.django_db


def test_the_ladder_has_five_rungs_and_thirteen_abilities() -> None:
    assert [(r.number, len(r.abilities)) for r in RUNGS] == [(1, 2), (2, 3), (3, 2), (4, 3), (5, 3)]
    assert RUNGS[-1].number == HIGHEST
    assert [(a.value, g.level) for a, g in GATES.items()] == [
        ("contribute", 1), ("submit", 2), ("agree_interface", 3), ("audit", 3), ("edit_architecture", 4),
        ("approve_department", 3), ("approve_company", 5), ("set_indicators", 5), ("assess", 5), ("assign_levels", 5), ("set_routes", 5),
    ]  # fmt: skip


def test_installing_the_ladder_mends_words_and_keeps_modes() -> None:
    Level.objects.filter(number=2).update(name="old")
    Ability.objects.filter(level=2, order=1).update(text="old")
    GateRule.objects.filter(pk="audit").update(mode="off")
    GateRule.objects.filter(pk="submit").delete()
    Level.objects.filter(number=3).update(renewal_months=24)
    gate.install_ladder()
    assert dict(Level.objects.values_list("number", "renewal_months")) == {1: None, 2: 36, 3: 24, 4: 36, 5: 36}
    assert all(Ability.objects.values_list("criterion", flat=True))
    assert list(Level.objects.values_list("number", "name")) == [(r.number, r.name) for r in RUNGS]
    assert list(Ability.objects.values_list("text", flat=True)) == [one.text for r in RUNGS for one in r.abilities]
    assert dict(GateRule.objects.values_list("action", "mode")) == {a.value: "off" if a == Action.AUDIT else "enforce" for a in Action}


def test_a_level_counts_on_its_days() -> None:
    anna, bert = make.person("anna"), make.person("bert", level=1)
    make.hold(anna, 2, since=day(-10))
    anna.held_levels.update(held_until=day(0))
    make.hold(anna, 3, since=day(0))
    assert [gate.level_of(anna, on) for on in (day(-11), day(-10), day(-1), day(0))] == [0, 2, 2, 3]
    assert gate.levels_of((anna, bert.pk, make.person("carl")), TODAY) == {anna.pk: 3, bert.pk: 1}


def test_a_refusal_says_which_level_is_missing_and_how_to_get_it() -> None:
    answer = gate.check(Action.SUBMIT, make.person(level=1), TODAY)
    assert not answer
    assert answer.reason == (
        "“Own and submit a draft” needs Level 2 · process descriptor; held today: Level 1 · process student. "
        "A level is given by a competence assessment: open one under “My competence”."
    )
    assert answer.missing == 2
    assert gate.check(Action.SUBMIT, make.person(level=2), TODAY) == gate.Answer(True)


def test_a_gate_may_warn_or_be_off_or_be_missing() -> None:
    nobody = make.person()
    GateRule.objects.filter(pk="submit").update(mode="warn")
    answer = gate.check(Action.SUBMIT, nobody, TODAY)
    assert answer
    assert answer.warning == "“Own and submit a draft” should have Level 2 · process descriptor; held today: No level."
    GateRule.objects.filter(pk="submit").update(mode="off")
    assert gate.check(Action.SUBMIT, nobody, TODAY) == gate.Answer(True)
    GateRule.objects.filter(pk="submit").delete()
    assert not gate.check(Action.SUBMIT, nobody, TODAY)
