"""The texts of a definition as units to be translated, and a definition said in another language. Pure.

A unit is one text in one kind of place: names of things and roles, what happens, branch labels … Equal texts of one kind are one
unit, so that a record has one name wherever it is mentioned. Its key is made of kind and text: a text that changes gets another
key, and what was translated for one key holds for no other text.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from processes.canonical import NAME_LIMIT, TEXT_LIMIT, clean
from processes.definition import Boundary, Definition, Flow, Record, Reference, Risk, RoleRef, SipocRow, Step

LONG: Final = "text"
KINDS: Final[Mapping[tuple[type, str], str]] = MappingProxyType(
    {
        (Definition, "title"): "title", (Definition, "purpose"): LONG, (Definition, "scope"): LONG, (Definition, "notes"): LONG,
        (Boundary, "trigger"): "step", (Boundary, "first_step"): "step", (Boundary, "last_step"): "step", (Boundary, "result"): "step",
        (SipocRow, "supplier"): "name", (SipocRow, "input"): "name", (SipocRow, "process"): "step", (SipocRow, "output"): "name",
        (SipocRow, "customer"): "name",
        (RoleRef, "title"): "name",
        (Step, "name"): "step", (Step, "description"): LONG, (Step, "inputs"): "name", (Step, "outputs"): "name",
        (Step, "records"): "name", (Step, "system"): "name", (Step, "form"): "name", (Step, "duration"): "time",
        (Flow, "label"): "label",
        (Risk, "risk"): "risk", (Risk, "control"): "risk",
        (Record, "name"): "name", (Record, "kept_by"): "name", (Record, "retention"): "time",
        (Reference, "label"): "title",
    }
)  # fmt: skip
"""Class and field → kind of text. What stands here is translated; numbers, addresses, keys and types are not."""
NUMBER: Final = re.compile(r"\d+")

Place = tuple[str, ...]
Say = Callable[[str, str, Place], str]


@dataclass(frozen=True, slots=True)
class Unit:
    """A text and the places where it stands, such as ("steps", "k3ab…", "name") or ("steps", "k3ab…", "inputs", "0")."""

    key: str
    kind: str
    text: str
    places: tuple[Place, ...]

    @property
    def long(self) -> bool:
        """Whether it is Markdown of several lines; everything else is one line."""
        return self.kind == LONG

    @property
    def limit(self) -> int:
        """Characters that its translation may have."""
        return TEXT_LIMIT if self.long else NAME_LIMIT

    def tidy(self, typed: str) -> str:
        """What was typed or pasted, as it is kept: without control characters, and in one line where the text is one line."""
        text = clean(typed)
        return text.strip() if self.long else " ".join(text.split())


def key_of(kind: str, text: str) -> str:
    """The key of a unit."""
    return hashlib.sha256(f"{kind}\n{text}".encode(errors="surrogatepass")).hexdigest()[:20]


def units(definition: Definition) -> list[Unit]:
    """Every text to be translated, in the order in which it is read first. Texts without a letter are the same in all languages."""
    found: dict[tuple[str, str], list[Place]] = {}

    def collect(kind: str, text: str, place: Place) -> str:
        if any(c.isalpha() for c in text):
            found.setdefault((kind, text), []).append(place)
        return text

    _said(definition, collect)
    return [Unit(key_of(kind, text), kind, text, tuple(places)) for (kind, text), places in found.items()]


def apply(definition: Definition, texts: Mapping[str, str], language: str) -> Definition:
    """The definition in the other language, with the same keys; what has no translation (yet) stays as it is."""
    said: Definition = _said(definition, lambda kind, text, _place: texts.get(key_of(kind, text)) or text)
    return replace(said, language=language)


def taken_over(texts: Mapping[str, str], wanted: Iterable[Unit]) -> dict[str, str]:
    """Those of an older translation's texts whose source still says the same."""
    return {unit.key: texts[unit.key] for unit in wanted if texts.get(unit.key)}


def changed(old: Definition, new: Definition) -> dict[str, Unit]:
    """Key of a unit of the new definition whose text is new → the unit that stood at its place before."""
    before, now = units(old), units(new)
    still = {unit.key for unit in now}
    at = {place: unit for unit in before for place in unit.places if unit.key not in still}
    known = {unit.key for unit in before}
    was = {unit.key: next((at[place] for place in unit.places if place in at), None) for unit in now if unit.key not in known}
    return {key: unit for key, unit in was.items() if unit}


def done(wanted: Sequence[Unit], texts: Mapping[str, str]) -> int:
    """How many of the units have a translation."""
    return sum(bool(texts.get(unit.key)) for unit in wanted)


def numbers_lost(source: str, text: str) -> list[str]:
    """Numbers of the source that the translation does not say (as often): a limit value that got lost. A hint, no proof."""
    return sorted((Counter(NUMBER.findall(source)) - Counter(NUMBER.findall(text))).elements())


def _said(item: Any, say: Say, place: Place = ()) -> Any:
    """The item with every text of it said anew, in reading order."""
    changes: dict[str, Any] = {}
    for one in fields(item):
        value, kind, here = getattr(item, one.name), KINDS.get((type(item), one.name)), (*place, one.name)
        if kind and isinstance(value, tuple):
            changes[one.name] = tuple(say(kind, text, (*here, str(n))) for n, text in enumerate(value))
        elif kind:
            changes[one.name] = say(kind, value, here)
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            changes[one.name] = tuple(_said(each, say, (*here, each.key)) for each in value)
        elif is_dataclass(value):
            changes[one.name] = _said(value, say, here)
    return replace(item, **changes)
