"""Finds the texts that Python source hands to gettext. Pure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop", "ugettext"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}


@dataclass(frozen=True, slots=True)
class Message:
    """A text and, where it counts something, its plural; the context tells two meanings of one text apart."""

    text: str
    plural: str = ""
    context: str = ""


def messages(source: str) -> Iterator[Message]:
    """Every constant text in a call of gettext, ngettext or pgettext, also under the name it was imported as."""
    tree = ast.parse(source)
    known_as = _imported_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
        yield from _message(known_as.get(name, name), texts)


def _message(name: str, texts: list[str]) -> Iterator[Message]:
    if name in SINGULAR and texts and texts[0]:
        yield Message(texts[0])
    elif name in PLURAL and len(texts) > 1:
        yield Message(texts[0], texts[1])
    elif name in WITH_CONTEXT and len(texts) > 1:
        yield Message(texts[1], context=texts[0])


def _imported_names(tree: ast.AST) -> dict[str, str]:
    """Name in this file → name in django.utils.translation."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"]
    return {alias.asname: alias.name for node in imports for alias in node.names if alias.asname}
