"""From one definition to another by the operations of the editor: `apply` them to the first and the second comes out. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from processes.canonical import to_json
from processes.definition import LISTS, Boundary, Definition

TEXTS: Final = ("purpose", "scope", "notes")
Operation = Mapping[str, Any]


def operations_between(old: Definition, new: Definition) -> Iterator[Operation]:
    """What a person would have to do, as operations without ids. Number, title, type and language are settings and stay."""
    for name in TEXTS:
        if getattr(old, name) != getattr(new, name):
            yield {"op": "set", "target": name, "value": getattr(new, name)}
    for one in fields(Boundary):
        if getattr(old.boundary, one.name) != getattr(new.boundary, one.name):
            yield {"op": "set", "target": f"boundary/{one.name}", "value": getattr(new.boundary, one.name)}
    for name in LISTS:
        yield from _items(name, getattr(old, name), getattr(new, name))


def _items(name: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[Operation]:
    """Removes, then adds and moves from the top, then sets fields: after each item the list begins like the new one."""
    wanted = {item.key for item in new}
    order = [item.key for item in old if item.key in wanted]
    before = {item.key: item for item in old}
    for item in old:
        if item.key not in wanted:
            yield {"op": "remove", "target": f"{name}/{item.key}"}
    above = ""
    for place, item in enumerate(new):
        if item.key not in before:
            yield {"op": "add", "target": name, "value": to_json(item), "after": above}
            order.insert(place, item.key)
        elif order[place] != item.key:
            yield {"op": "move", "target": f"{name}/{item.key}", "after": above}
            order.remove(item.key)
            order.insert(place, item.key)
        above = item.key
    for item in new:
        if item.key in before:
            yield from _fields(name, before[item.key], item)


def _fields(name: str, old: Any, new: Any) -> Iterator[Operation]:
    for one in fields(new):
        value = getattr(new, one.name)
        if value != getattr(old, one.name):
            yield {"op": "set", "target": f"{name}/{new.key}/{one.name}", "value": to_json(value)}
