"""Whom a change concerns: the roles in which something substantive is done differently. Pure."""

from collections.abc import Iterator

from processes.comparison import Change, Comparison
from processes.definition import Definition
from processes.wording import Mark

Roles = frozenset[str]
"""Titles of roles, as the documents write them."""


def roles_concerned(comparison: Comparison, old: Definition, new: Definition) -> Roles | None:
    """The roles that do, or did, what changes substantively; nobody where nothing does.

    None concerns everybody: the change is of no role (a purpose, a limit in the scope, a record), or of a step that nobody does.
    """
    found: set[str] = set()
    for change in comparison.changes:
        if change.mark == Mark.SUBSTANTIVE:
            titles = set(_titles(change, old, new))
            if not titles or "" in titles:
                return None
            found |= titles
    return frozenset(found)


def _titles(change: Change, old: Definition, new: Definition) -> Iterator[str]:
    keys = {change.key, change.old_key} - {""}
    for document in (old, new):
        if change.area == "steps":
            yield from (document.role_title(step.role) for step in document.steps if step.key in keys)
        elif change.area == "roles":
            yield from (role.title for role in document.roles if role.key in keys)
