"""A definition as JSON and back, and the canonical bytes of it: what is hashed, signed and kept.

Everything here is pure, and nothing that could be read once may ever be refused or written differently later.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from types import MappingProxyType
from typing import Any, Final, cast

from processes.definition import (
    KINDS,
    LATER,
    LISTS,
    NAMES,
    OPTIONAL,
    SCHEMA,
    SCHEMAS,
    Boundary,
    Definition,
    Flow,
    InvalidDefinition,
    Risk,
    Step,
)  # fmt: skip

TEXT_LIMIT: Final = 20_000
NAME_LIMIT: Final = 300
ITEM_LIMIT: Final = 5_000
MINUTES_LIMIT: Final = 10_000_000


def to_json(value: Any, schema: int = SCHEMA) -> Any:
    """Dataclasses → plain dicts, tuples → lists; every field is written (the OPTIONAL apart), so that the form does not depend on defaults.

    A definition is written in its own schema. Raises InvalidDefinition where that would lose something.
    """
    if is_dataclass(value):
        schema = value.schema if isinstance(value, Definition) else schema
        return {f.name: to_json(getattr(value, f.name), schema) for f in fields(value) if _is_written(f, value, schema)}
    if isinstance(value, tuple):
        return [to_json(item, schema) for item in value]
    return value


def _is_written(one: Field[Any], item: Any, schema: int) -> bool:
    if one.name in OPTIONAL.get(type(item), ()) and getattr(item, one.name) == one.default:
        return False
    if schema >= 2 or one.name not in LATER.get(type(item), ()):
        return True
    if getattr(item, one.name) != one.default:
        raise InvalidDefinition(f"schema 1 cannot say “{one.name}”; write the document in schema {SCHEMA}")
    return False


def from_json(document: Mapping[str, Any]) -> Definition:
    """The definition that `to_json` wrote. Missing fields take their defaults; unknown ones and wrong types are refused.

    Raises InvalidDefinition with the path of the first fault.
    """
    schema = document.get("schema", SCHEMA)
    if type(schema) is not int or schema not in SCHEMAS:
        known = ", ".join(map(str, SCHEMAS))
        raise InvalidDefinition(f"schema: {schema!r} is not known; this portal reads schema {known}")
    definition = cast("Definition", _read(Definition, document, "definition", schema))
    for name in LISTS:
        keys = [item.key for item in getattr(definition, name)]
        if len(keys) != len(set(keys)):
            raise InvalidDefinition(f"{name}: two items have the same key")
    return definition


def read_item(list_name: str, value: Mapping[str, Any]) -> Any:
    """One item of one of the LISTS, checked like `from_json` does."""
    return _read(LISTS[list_name], value, list_name)


def _read(kind: type, value: Any, path: str, schema: int = SCHEMA) -> Any:
    if not isinstance(value, Mapping):
        raise InvalidDefinition(f"{path}: expected an object")
    known = {f.name for f in fields(kind)} - (LATER.get(kind, frozenset()) if schema == 1 else frozenset())
    unknown = sorted(set(value) - known)
    if unknown:
        raise InvalidDefinition(f"{path}.{unknown[0]}: there is no such field")
    if "key" in known and not _is_key(value.get("key")):
        raise InvalidDefinition(f"{path}.key: a key is 1 to 64 letters, digits, '-' or '_', beginning with a letter")
    item = kind(**{name: _read_field(kind, name, given, f"{path}.{name}", schema) for name, given in value.items()})
    if kind is Step and item.kind not in KINDS:
        raise InvalidDefinition(f"{path}.kind: {item.kind!r} is not one of {', '.join(KINDS)}")
    return item


_ITEMS: Final[Mapping[tuple[type, str], type]] = MappingProxyType(
    {(Definition, name): kind for name, kind in LISTS.items()} | {(Step, "flows"): Flow, (Step, "risks"): Risk}
)


def _read_field(kind: type, name: str, value: Any, path: str, schema: int) -> Any:
    if (kind, name) in _ITEMS:
        return tuple(_read(_ITEMS[kind, name], item, f"{path}[{n}]", schema) for n, item in enumerate(_list(value, path)))
    if kind is Definition and name == "boundary":
        return _read(Boundary, value, path)
    if name in NAMES:
        return tuple(_text(item, f"{path}[{n}]", NAME_LIMIT) for n, item in enumerate(_list(value, path)))
    if name in {"goes_on", "default", "message", "external"}:
        if not isinstance(value, bool):
            raise InvalidDefinition(f"{path}: expected true or false")
        return value
    if name in {"work_time", "waiting_time"}:
        return _minutes(value, path)
    if name == "schema":
        return value
    return _text(value, path, TEXT_LIMIT if name in {"purpose", "scope", "description", "notes"} else NAME_LIMIT)


def _minutes(value: Any, path: str) -> int:
    if type(value) is not int or not 0 <= value <= MINUTES_LIMIT:
        raise InvalidDefinition(f"{path}: expected whole minutes, at most {MINUTES_LIMIT}")
    return value


def _list(value: Any, path: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or len(value) > ITEM_LIMIT:
        raise InvalidDefinition(f"{path}: expected a list of at most {ITEM_LIMIT} items")
    return value


def _text(value: Any, path: str, limit: int) -> str:
    if not isinstance(value, str):
        raise InvalidDefinition(f"{path}: expected text")
    if len(value) > limit:
        raise InvalidDefinition(f"{path}: {len(value)} characters; at most {limit} are kept")
    return clean(value)


def clean(text: str) -> str:
    r"""NFC, without control characters (but for tab and line end), surrogates and non-characters; line ends are "\n"."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in unix if c in "\t\n" or (unicodedata.category(c) not in {"Cc", "Cs"} and ord(c) & 0xFFFE != 0xFFFE))
    return unicodedata.normalize("NFC", "".join(kept))


def _is_key(value: Any) -> bool:
    if not isinstance(value, str) or not 1 <= len(value) <= 64 or not value.isascii():
        return False
    return value[0].isalpha() and all(c.isalnum() or c in "-_" for c in value)


def canonical(definition: Definition) -> bytes:
    """The bytes that are hashed and kept: UTF-8, NFC, sorted keys, no spaces, no floats (RFC 8785 for what occurs here)."""
    return canonical_json(to_json(definition))


def canonical_json(document: Any) -> bytes:
    """Canonical bytes of any JSON value without floats. Raises InvalidDefinition where a float occurs."""
    return json.dumps(_nfc(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _nfc(value: Any) -> Any:
    if isinstance(value, float):
        raise InvalidDefinition("a float has no canonical form; write it as text")
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_nfc(key): _nfc(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_nfc(item) for item in value]
    return value


def sha256(content: bytes) -> str:
    """The content hash that decisions, acknowledgements and audits name: 64 lower-case hex digits."""
    return hashlib.sha256(content).hexdigest()


def parse(content: bytes) -> Definition:
    """The definition in frozen bytes."""
    return from_json(json.loads(content))
