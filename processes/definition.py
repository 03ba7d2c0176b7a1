"""The content of a revision: one document with a versioned schema, as frozen dataclasses. Its bytes: see `canonical`.

Everything here is pure. A *key* is a short random text that an item keeps across revisions; chart ids, comments and
BPMN ids derive from it. A step without outgoing flows goes on to the step below it (`goes_on`), so that typing a list
already draws a chart; `explicit_flows` spells this out.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Self

SCHEMA: Final = 2
SCHEMAS: Final = (1, 2)
"""Schema 2 (details per step) added fields. Content of schema 1 stays what it was, byte for byte, until somebody edits it."""
KEY_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
KINDS: Final = ("start", "end", "activity", "decision", "parallel", "subprocess", "wait", "document", "event")


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
    `shared` says of which shared step it is a copy (see `sharing`).
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
    shared: str = ""


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
                "shared",
            }
        )
    }
)  # fmt: skip
"""What schema 2 added, by kind of item."""
OPTIONAL: Final[Mapping[type, frozenset[str]]] = MappingProxyType({Step: frozenset({"shared"})})
"""What is written only where it says something: it came later, and what was frozen before keeps its bytes and its hash."""


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
