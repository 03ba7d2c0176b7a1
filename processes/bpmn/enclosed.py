"""The whole definition inside a BPMN file of our own: what BPMN has no place for survives the way out and back in.

Beside it stands a fingerprint of what the drawing itself says. Where another tool changed the drawing, the drawing holds, and the
enclosed definition only adds what the drawing cannot say.
"""

import json
from dataclasses import dataclass, fields, replace
from typing import Any, Final, cast

from django.utils import translation
from lxml import etree

from processes.bpmn.document import MODEL
from processes.canonical import canonical, from_json, sha256, to_json
from processes.definition import Definition, InvalidDefinition, Step

OWN: Final = "https://process-portal.org/bpmn/1"
TAG: Final = f"{{{OWN}}}definition"
EXTENSIONS: Final = f"{{{MODEL}}}extensionElements"
# What the drawing says of a step; everything else is added from the enclosed definition.
DRAWN: Final = frozenset({"key", "kind", "name", "role", "flows", "goes_on", "trigger", "task_type", "description", "inputs", "outputs"})
SAID: Final = frozenset({"steps", "roles"})


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A definition and the fingerprint of the drawing that was made of it."""

    definition: Definition
    fingerprint: str


def fingerprint(read: Definition) -> str:
    """Of what a drawing says, read without what is enclosed. Read it with `in_one_language` on both sides."""
    return sha256(canonical(read))


def in_one_language() -> Any:
    """The reader fills gaps with words; for fingerprints always the same ones."""
    return translation.override("en")


def enclose(parent: etree._Element, definition: Definition, mark: str) -> None:
    """Writes the definition into the extension elements of a process."""
    element = etree.SubElement(parent, TAG, {"fingerprint": mark}, nsmap={"portal": OWN})
    element.text = json.dumps(to_json(definition), sort_keys=True, separators=(",", ":"))


def take_out(root: etree._Element) -> Enclosed | None:
    """Removes what is enclosed, so that the reader does not meet it; None where nothing (readable) is."""
    found = None
    for element in list(root.iterdescendants(TAG)):
        found = found or _read(element)
        holder = cast("etree._Element", element.getparent())
        holder.remove(element)
        if holder.tag == EXTENSIONS and len(holder) == 0 and holder is not root:
            cast("etree._Element", holder.getparent()).remove(holder)
    return found


def _read(element: etree._Element) -> Enclosed | None:
    try:
        return Enclosed(from_json(json.loads(element.text or "")), element.get("fingerprint") or "")
    except (ValueError, RecursionError, TypeError, AttributeError, InvalidDefinition):
        return None


def added(drawn: Definition, enclosed: Definition) -> Definition:
    """The drawing as another tool left it, with what it cannot say from the enclosed definition."""
    known = {step.key: step for step in enclosed.steps}
    steps = tuple(_added(step, known[step.key]) if step.key in known else step for step in drawn.steps)
    external = {role.key for role in enclosed.roles if role.external}
    roles = tuple(replace(role, external=role.key in external) for role in drawn.roles)
    kept: dict[str, Any] = {f.name: getattr(enclosed, f.name) for f in fields(Definition) if f.name not in SAID}
    return replace(drawn, **{**kept, "title": drawn.title or enclosed.title, "roles": roles, "steps": steps})


def _added(step: Step, known: Step) -> Step:
    kept: dict[str, Any] = {f.name: getattr(known, f.name) for f in fields(Step) if f.name not in DRAWN}
    return replace(step, **kept)
