"""Who does what, and who hands over to whom."""

from processes.definition import Definition, Flow, RoleRef, Step
from processes.matrices import hand_offs, raci

ROLES = (RoleRef("b", "Buyer"), RoleRef("h", "Head"), RoleRef("s", "Stores"))
STEPS = (
    Step("start", kind="start", role="b"),
    Step("order", name="Order", role="b", accountable="b", consulted=("h",), informed=("s", "h")),
    Step("sign", kind="decision", name="Signed?", role="h", accountable="h", flows=(Flow("y", "take"), Flow("n", "order"))),
    Step("take", name="Take in", role="s"),
    Step("nobody", name="Lost", role=""),
    Step("end", kind="end", role="s"),
)


def test_raci_has_a_row_for_each_step_with_work() -> None:
    rows = raci(Definition(roles=ROLES, steps=STEPS))
    assert [(row.number, row.step.name, row.letters) for row in rows] == [
        (2, "Order", ("RA", "CI", "I")),
        (3, "Signed?", ("", "RA", "")),
        (4, "Take in", ("", "", "R")),
        (5, "Lost", ("", "", "")),
    ]


def test_hand_offs_count_arrows_between_roles() -> None:
    square = hand_offs(Definition(roles=ROLES, steps=STEPS))
    assert [[cell.count for cell in row] for row in square] == [[0, 1, 0], [1, 0, 1], [0, 0, 0]]
    assert square[1][0].steps == ((3, 2),)


def test_without_roles_there_is_nothing() -> None:
    assert hand_offs(Definition(steps=STEPS)) == []
    assert raci(Definition()) == []
