"""What hangs on what, where everything hangs on one thing at most: an order with what is hung on first, and the circles. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def ordered(above: Mapping[Node, Node | None]) -> tuple[list[Node], set[Node]]:
    """Every node after the one above it, and the nodes that stand in a circle (which come in no particular order)."""
    order: list[Node] = []
    done: set[Node] = set()
    circles: set[Node] = set()
    for start in above:
        path: list[Node] = []
        on_path: set[Node] = set()
        node: Node | None = start
        while node is not None and node in above and node not in done and node not in on_path:
            path.append(node)
            on_path.add(node)
            node = above[node]
        if node is not None and node in on_path:
            circles.update(path[path.index(node) :])
        order += reversed(path)
        done |= on_path
    return order, circles
