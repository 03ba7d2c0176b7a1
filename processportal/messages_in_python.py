"""Finds the texts that Python source hands to gettext. Pure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop", "ugettext"}
PLURAL = {"ngettext", "ngettext_lazy"}


@dataclass(frozen=True, slots=True)
class Message:
    """A text and, where it counts something, its plural."""

    text: str
    plural: str = ""


def messages(source: str) -> Iterator[Message]:
    """Every constant text in a call of gettext or ngettext."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
        if name in SINGULAR and texts and texts[0]:
            yield Message(texts[0])
        elif name in PLURAL and len(texts) > 1:
            yield Message(texts[0], texts[1])
