"""Orders and circles, against a slow reference."""

from hypothesis import given
from hypothesis import strategies as st

from organization.tables.chains import ordered

GRAPHS = st.dictionaries(st.integers(0, 8), st.none() | st.integers(0, 8), max_size=9)


def in_circle(above: dict[int, int | None], node: int) -> bool:
    """Whether somebody who goes up from the node comes back to it."""
    at = above.get(node)
    for _step in above:
        if at == node:
            return True
        at = above.get(at) if at is not None else None
    return False


@given(GRAPHS)
def test_circles_are_those_who_come_back_to_themselves_and_all_others_stand_after_what_is_above(above: dict[int, int | None]) -> None:
    order, circles = ordered(above)
    assert sorted(order) == sorted(above)
    assert circles == {node for node in above if in_circle(above, node)}
    place = {node: n for n, node in enumerate(order)}
    wrong = [n for n, up in above.items() if up in place and n not in circles and place[up] > place[n]]
    assert wrong == []
