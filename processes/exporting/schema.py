"""The schema of the exported JSON (JSON Schema 2020-12), made from the dataclasses that are the content. Pure."""

from dataclasses import MISSING, Field, fields
from typing import Any, Final

from processes.canonical import ITEM_LIMIT, MINUTES_LIMIT, NAME_LIMIT, TEXT_LIMIT
from processes.definition import KINDS, LISTS, NAMES, SCHEMA, SCHEMAS, Boundary, Definition, Flow, Risk, Step

KEY: Final = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,63}$"}
LONG: Final = frozenset({"purpose", "scope", "description", "notes"})
ITEMS: Final[dict[tuple[type, str], type]] = {
    **{(Definition, name): kind for name, kind in LISTS.items()}, (Step, "flows"): Flow, (Step, "risks"): Risk,
}  # fmt: skip

FIXED: Final[dict[str, dict[str, Any]]] = {
    "boundary": {"$ref": "#/$defs/Boundary"}, "schema": {"enum": list(SCHEMAS)}, "key": KEY,
    "kind": {"enum": list(KINDS), "default": "activity"},
}  # fmt: skip


def json_schema() -> dict[str, Any]:
    """Of one whole document. What a definition of schema 1 does not know is not required."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://process-portal.org/definition/{SCHEMA}",
        "title": "Process Portal definition",
        "description": "The content of one revision of a process. Times are whole minutes of working time; a day has eight hours.",
        **_object(Definition),
        "$defs": {kind.__name__: _object(kind) for kind in sorted({*ITEMS.values(), Boundary}, key=lambda kind: kind.__name__)},
    }


def _object(kind: type) -> dict[str, Any]:
    return {
        "type": "object",
        "description": (kind.__doc__ or "").split("\n")[0],
        "properties": {one.name: _field(kind, one) for one in fields(kind)},
        "required": [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING],
        "additionalProperties": False,
    }


def _field(kind: type, one: Field[Any]) -> dict[str, Any]:
    if (kind, one.name) in ITEMS:
        return {"type": "array", "maxItems": ITEM_LIMIT, "items": {"$ref": f"#/$defs/{ITEMS[kind, one.name].__name__}"}}
    if one.name in NAMES:
        return {"type": "array", "maxItems": ITEM_LIMIT, "items": {"type": "string", "maxLength": NAME_LIMIT}}
    if one.name in FIXED:
        return FIXED[one.name]
    if isinstance(one.default, bool):
        return {"type": "boolean", "default": one.default}
    if isinstance(one.default, int):
        return {"type": "integer", "minimum": 0, "maximum": MINUTES_LIMIT, "default": one.default}
    return {"type": "string", "maxLength": TEXT_LIMIT if one.name in LONG else NAME_LIMIT, "default": one.default}
