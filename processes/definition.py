"""The content of a revision: one JSON document with a versioned schema, as frozen dataclasses, and its canonical form.

Everything here is pure. A *key* is a short random text that an item keeps across revisions; chart ids, comments and
BPMN ids derive from it. A step without outgoing flows goes on to the step below it (`goes_on`), so that typing a list
already draws a chart; `explicit_flows` spells this out.
"""

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Self, cast

SCHEMA: Final = 2
SCHEMAS: Final = (1, 2)
"""Schema 2 (details per step) added fields. Content of schema 1 stays what it was, byte for byte, until somebody edits it."""
KEY_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
KINDS: Final = ("start", "end", "activity", "decision", "parallel", "subprocess", "wait", "document", "event")
TEXT_LIMIT: Final = 20_000
NAME_LIMIT: Final = 300
ITEM_LIMIT: Final = 5_000
MINUTES_LIMIT: Final = 10_000_000


class InvalidDefinition(ValueError):
    """The document is not a definition; the message says where and why."""


def new_key() -> str:
    """Eight random letters and digits, beginning with a letter (an NCName, so that BPMN ids can be made of it)."""
    return "k" + "".join(secrets.choice(KEY_ALPHABET) for _ in range(8))


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where the process begins and what it ends with."""

    trigger: str = ""
    first_step: str = ""
    last_step: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class SipocRow:
    """Supplier, input, process, output, customer: one row of the table."""

    key: str
    supplier: str = ""
    input: str = ""
    process: str = ""
    output: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class RoleRef:
    """A lane. `title` is copied as text from the role catalogue; `external` marks a party outside the company."""

    key: str
    title: str = ""
    external: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow out of a step. `to` is a step's key, or "" for the step below; a `message` is a dashed hand-off."""

    key: str
    to: str = ""
    label: str = ""
    default: bool = False
    message: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """What can go wrong at a step, and what is done against it ("" while nothing is)."""

    key: str
    risk: str = ""
    control: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    `role` (who does it), `accountable`, `consulted` and `informed` are keys of roles; `link` is the number of a called process,
    `instruction` the number or address of the document that says how; `records` are names, explained in the definition's own.
    `duration` is free text; `work_time` and `waiting_time` are whole minutes of working time (a day has eight hours).
    """

    key: str
    kind: str = "activity"
    name: str = ""
    role: str = ""
    description: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    flows: tuple[Flow, ...] = ()
    goes_on: bool = True
    trigger: str = ""
    task_type: str = ""
    link: str = ""
    system: str = ""
    duration: str = ""
    form: str = ""
    form_address: str = ""
    instruction: str = ""
    work_time: int = 0
    waiting_time: int = 0
    accountable: str = ""
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A record that the process leaves behind, who keeps it and for how long."""

    key: str
    name: str = ""
    kept_by: str = ""
    retention: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document or address. `target` is a process number or an http(s) address."""

    key: str
    label: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """The whole content of one revision. Number, title, type and language are inside the hash; dates and people are not."""

    schema: int = SCHEMA
    number: str = ""
    title: str = ""
    document_type: str = "process"
    language: str = "en"
    purpose: str = ""
    scope: str = ""
    boundary: Boundary = field(default_factory=Boundary)
    sipoc: tuple[SipocRow, ...] = ()
    roles: tuple[RoleRef, ...] = ()
    steps: tuple[Step, ...] = ()
    records: tuple[Record, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: str = ""

    def step(self, key: str) -> Step | None:
        """The step with this key, or None."""
        return next((step for step in self.steps if step.key == key), None)

    def role_title(self, key: str) -> str:
        """The title of the role with this key, or "" where there is none."""
        return next((role.title for role in self.roles if role.key == key), "")

    def numbers(self) -> Mapping[str, int]:
        """Step key → the number that people see (1, 2, …, in text order)."""
        return MappingProxyType({step.key: n for n, step in enumerate(self.steps, 1)})

    def with_metadata(self, *, number: str, title: str, document_type: str, language: str) -> Self:
        """The same content under the process's present number, title, type and language (done at submission)."""
        return replace(self, number=number, title=title, document_type=document_type, language=language)


LISTS: Final[Mapping[str, type]] = MappingProxyType(
    {"sipoc": SipocRow, "roles": RoleRef, "steps": Step, "records": Record, "references": Reference}
)
NAMES: Final = frozenset({"inputs", "outputs", "records", "consulted", "informed"})
LATER: Final[Mapping[type, frozenset[str]]] = MappingProxyType(
    {
        Step: frozenset(
            {
                "form", "form_address", "instruction", "work_time", "waiting_time", "accountable", "consulted", "informed", "risks",
            }
        )
    }
)  # fmt: skip
"""What schema 2 added, by kind of item."""


@dataclass(frozen=True, slots=True)
class ExplicitFlow:
    """One arrow with both ends spelt out. `implied` arrows come from the order of the text."""

    key: str
    source: str
    target: str
    label: str = ""
    default: bool = False
    message: bool = False
    implied: bool = False


def explicit_flows(steps: Sequence[Step]) -> Iterator[ExplicitFlow]:
    """Every arrow of the chart in text order; arrows to keys that do not exist are yielded too (a finding names them)."""
    for position, step in enumerate(steps):
        below = steps[position + 1].key if position + 1 < len(steps) else ""
        for flow in step.flows:
            target = flow.to or below
            if target:
                yield ExplicitFlow(flow.key, step.key, target, flow.label, flow.default, flow.message)
        sequence = any(not flow.message for flow in step.flows)
        if not sequence and step.goes_on and step.kind != "end" and below:
            yield ExplicitFlow(f"{step.key}-on", step.key, below, implied=True)


def upgraded(definition: Definition) -> Definition:
    """The same content in the newest schema; whoever edits a document brings it there."""
    return definition if definition.schema == SCHEMA else replace(definition, schema=SCHEMA)


def to_json(value: Any, schema: int = SCHEMA) -> Any:
    """Dataclasses → plain dicts, tuples → lists; every field of the schema is written, so that the form does not depend on defaults.

    A definition is written in its own schema. Raises InvalidDefinition where that would lose something.
    """
    if is_dataclass(value):
        schema = value.schema if isinstance(value, Definition) else schema
        return {f.name: to_json(getattr(value, f.name), schema) for f in fields(value) if _is_written(f, value, schema)}
    if isinstance(value, tuple):
        return [to_json(item, schema) for item in value]
    return value


def _is_written(one: Field[Any], item: Any, schema: int) -> bool:
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
