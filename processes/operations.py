"""Edits of a draft as small operations on one field or one item of a definition.

An operation is a dict as the editor sends it; what it is applied to is never changed, a new definition is returned:

    {"id": …, "op": "set", "target": "steps/<key>/name", "value": "Check offer"}     also "purpose", "boundary/trigger"
    {"id": …, "op": "add", "target": "steps", "after": "<key>", "value": {"key": …}}  after: "" first, None last
    {"id": …, "op": "remove", "target": "steps/<key>"}
    {"id": …, "op": "move", "target": "steps/<key>", "after": "<key>"}

The flows, inputs, outputs, records, risks and the consulted and informed roles of a step are set as whole lists; times are set
as whole minutes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from processes.canonical import ITEM_LIMIT, NAME_LIMIT, TEXT_LIMIT, from_json, read_item, to_json
from processes.definition import LISTS, Definition, InvalidDefinition, upgraded

TEXTS: Final = ("purpose", "scope", "notes")
LONG_FIELDS: Final = (*TEXTS, "description")
OPERATIONS: Final = ("set", "add", "remove", "move")
TARGET_LIMIT: Final = 160


class OperationRefused(ValueError):
    """The operation does not fit the document; the message is a sentence for the person who typed."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The definition after an operation, what was edited, and its value before and after (JSON).

    set: the values. add: None → {"value", "after"}. remove: the other way round. move: {"after"} → {"after"}.
    The target of an added item is the item: "steps/<key>".
    """

    definition: Definition
    target: str
    before: Any
    after: Any


def apply(definition: Definition, operation: Mapping[str, Any]) -> Applied:
    """The definition with this operation done, in the newest schema. Raises OperationRefused, and then nothing has changed."""
    definition = upgraded(definition)
    name, target = operation.get("op"), operation.get("target")
    if name not in OPERATIONS or not isinstance(target, str) or len(target) > TARGET_LIMIT:
        raise OperationRefused(_("The editor sent something that this portal does not know. Reload the page; what you typed is kept."))
    path = target.split("/")
    if name == "set":
        return _set(definition, path, operation.get("value"))
    anchor = operation.get("after")
    if anchor is not None and not isinstance(anchor, str):
        raise OperationRefused(_("The place “%(place)s” is not known.") % {"place": anchor})
    if name == "add":
        return _add(definition, path, operation.get("value"), anchor)
    if name == "remove":
        return _remove(definition, path)
    return _move(definition, path, anchor)


def _set(definition: Definition, path: Sequence[str], value: Any) -> Applied:
    target = "/".join(path)
    _refuse_too_long(path[-1], value)
    match path:
        case [field] if field in TEXTS:
            changed = _with(definition, field, getattr(_checked({field: value}, target), field))
            return Applied(changed, target, getattr(definition, field), getattr(changed, field))
        case ["boundary", field] if field in to_json(definition.boundary):
            document = {**to_json(definition.boundary), field: value}
            changed = _with(definition, "boundary", _checked({"boundary": document}, target).boundary)
            return Applied(changed, target, getattr(definition.boundary, field), getattr(changed.boundary, field))
        case [name, key, field] if name in LISTS and field != "key":
            return _set_in_item(definition, name, key, field, value)
    raise _unknown(target)


def _set_in_item(definition: Definition, name: str, key: str, field: str, value: Any) -> Applied:
    items, place = _find(definition, name, key)
    target = f"{name}/{key}/{field}"
    before = items[place]
    if field not in {one.name for one in fields(before)}:
        raise _unknown(target)
    items[place] = _item(name, {**to_json(before), field: value}, target)
    return Applied(_with(definition, name, tuple(items)), target, to_json(getattr(before, field)), to_json(getattr(items[place], field)))


def _add(definition: Definition, path: Sequence[str], value: Any, anchor: str | None) -> Applied:
    if len(path) != 1 or path[0] not in LISTS:
        raise _unknown("/".join(path))
    name = path[0]
    items = list(getattr(definition, name))
    if len(items) >= ITEM_LIMIT:
        raise OperationRefused(_("There are %(count)d rows already; more are not kept. Divide the document.") % {"count": len(items)})
    for field, text in value.items() if isinstance(value, Mapping) else ():
        _refuse_too_long(field, text)
    item = _item(name, value, name)
    if any(other.key == item.key for other in items):
        raise OperationRefused(_("This row is already there."))
    items.insert(_place_after(items, anchor), item)
    after = {"value": to_json(item), "after": _anchor_of(items, items.index(item))}
    return Applied(_with(definition, name, tuple(items)), f"{name}/{item.key}", None, after)


def _remove(definition: Definition, path: Sequence[str]) -> Applied:
    name, items, place = _item_at(definition, path)
    before = {"value": to_json(items[place]), "after": _anchor_of(items, place)}
    del items[place]
    return Applied(_with(definition, name, tuple(items)), "/".join(path), before, None)


def _move(definition: Definition, path: Sequence[str], anchor: str | None) -> Applied:
    name, items, place = _item_at(definition, path)
    before = {"after": _anchor_of(items, place)}
    item = items.pop(place)
    if anchor == item.key:
        raise OperationRefused(_("A row cannot follow itself."))
    items.insert(_place_after(items, anchor), item)
    after = {"after": _anchor_of(items, items.index(item))}
    return Applied(_with(definition, name, tuple(items)), "/".join(path), before, after)


def _with(definition: Definition, field: str, value: Any) -> Definition:
    changes: dict[str, Any] = {field: value}
    return replace(definition, **changes)


def _item_at(definition: Definition, path: Sequence[str]) -> tuple[str, list[Any], int]:
    if len(path) != 2 or path[0] not in LISTS:
        raise _unknown("/".join(path))
    return path[0], *_find(definition, path[0], path[1])


def _find(definition: Definition, name: str, key: str) -> tuple[list[Any], int]:
    items = list(getattr(definition, name))
    for place, item in enumerate(items):
        if item.key == key:
            return items, place
    raise OperationRefused(_("This row is no longer there: somebody removed it."))


def _place_after(items: Sequence[Any], anchor: str | None) -> int:
    """Where an item that follows `anchor` is put; last where the anchor was removed meanwhile, so that no text is lost."""
    if anchor == "":
        return 0
    return next((place + 1 for place, item in enumerate(items) if item.key == anchor), len(items))


def _anchor_of(items: Sequence[Any], place: int) -> str:
    return items[place - 1].key if place else ""


def _item(name: str, value: Any, target: str) -> Any:
    try:
        return read_item(name, value)
    except InvalidDefinition as fault:
        raise _does_not_fit(target, fault) from fault


def _checked(document: Mapping[str, Any], target: str) -> Definition:
    try:
        return from_json(document)
    except InvalidDefinition as fault:
        raise _does_not_fit(target, fault) from fault


def _refuse_too_long(field: str, value: Any) -> None:
    limit = TEXT_LIMIT if field in LONG_FIELDS else NAME_LIMIT
    if isinstance(value, str) and len(value) > limit:
        raise OperationRefused(
            _("This text has %(length)d characters; at most %(limit)d are kept here. Shorten it, or divide it among several steps.")
            % {"length": len(value), "limit": limit}
        )


def _unknown(target: str) -> OperationRefused:
    return OperationRefused(_("This document has no field “%(target)s”.") % {"target": target})


def _does_not_fit(target: str, fault: InvalidDefinition) -> OperationRefused:
    return OperationRefused(_("“%(target)s” was not saved: %(fault)s.") % {"target": target, "fault": fault})
