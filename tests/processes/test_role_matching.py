"""Lanes find their roles: the same, spelt otherwise, nearly; and several lanes may be one role."""

import pytest

from processes.definition import Definition, RoleRef, Step
from processes.role_matching import Match, match, renamed

CATALOGUE = ["Buyer", "buyer", "Goods receiver", "Head of Purchasing", "Qualitätsprüfer", "检验员", "Picker"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Goods receiver", Match("Goods receiver", "exact", ("Goods receiver",))),
        ("GOODS  Receiver", Match("GOODS  Receiver", "folded", ("Goods receiver",))),
        ("qualitatsprufer", Match("qualitatsprufer", "folded", ("Qualitätsprüfer",))),
        ("buyer", Match("buyer", "exact", ("buyer", "Buyer"))),
        ("BUYER", Match("BUYER", "folded", ("Buyer", "buyer"))),
        ("Buyers", Match("Buyers", "near", ("Buyer", "buyer"))),
        ("Goods receivers", Match("Goods receivers", "near", ("Goods receiver",))),
        ("Amazon: Picker", Match("Amazon: Picker", "near", ("Picker",))),
        ("检验员", Match("检验员", "exact", ("检验员",))),
        ("Pilot", Match("Pilot", "new")),
        ("!?", Match("!?", "new")),
    ],
)
def test_a_lane_finds_its_role(title: str, expected: Match) -> None:
    assert match([title], CATALOGUE) == [expected]


def test_only_what_is_surely_the_same_is_taken_by_itself() -> None:
    found = match(["Goods receiver", "GOODS RECEIVER", "Goods receivers", "Pilot"], CATALOGUE)
    assert [one.taken for one in found] == ["Goods receiver", "Goods receiver", "Goods receivers", "Pilot"]


def test_lanes_that_are_one_role_become_one_lane() -> None:
    steps = (Step(key="s1", role="a"), Step(key="s2", role="b"), Step(key="s3", role="c"), Step(key="s4", role="gone"), Step(key="s5"))
    roles = (RoleRef("a", "Purchaser"), RoleRef("b", "Buying"), RoleRef("c", "Store"), RoleRef("d", ""), RoleRef("e", ""))
    made = renamed(Definition(roles=roles, steps=steps), {"Purchaser": "Buyer", "Buying": "buyer"})
    assert [(role.key, role.title) for role in made.roles] == [("a", "Buyer"), ("c", "Store"), ("d", ""), ("e", "")]
    assert [step.role for step in made.steps] == ["a", "a", "c", "gone", ""]


def test_without_other_titles_nothing_changes() -> None:
    definition = Definition(roles=(RoleRef("a", "Buyer"),), steps=(Step(key="s", role="a"),))
    assert renamed(definition, {}) == definition
