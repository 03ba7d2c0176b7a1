"""Which role of the catalogue a lane of a drawing means: the same, spelt otherwise, nearly the same, or none. Pure."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from processes.definition import Definition, RoleRef
from processes.folding import WORD, fold

NEAR: Final = 0.78
"""How like two titles are (difflib's ratio) that may mean the same role."""
SUGGESTED: Final = 3
LANE: Final = re.compile(r"[:：]| / ")
"""What stands between a pool, its lanes and the lanes in them."""


@dataclass(frozen=True, slots=True)
class Match:
    """A lane's title and what the catalogue has for it, best first. `likeness`: "exact", "folded" (spelt otherwise), "near" or "new"."""

    title: str
    likeness: str
    options: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The lane's own name without its pool and the lanes around it."""
        return LANE.split(self.title)[-1].strip()

    @property
    def taken(self) -> str:
        """What is taken where nobody says otherwise: an existing role only where it is surely the same."""
        return self.options[0] if self.likeness in {"exact", "folded"} else self.title


def match(titles: Sequence[str], catalogue: Iterable[str]) -> list[Match]:
    """Each title with its match; "Pool: Lane" may also mean a role called like the lane."""
    known: dict[str, list[str]] = {}
    for title in catalogue:
        known.setdefault(_folded(title), []).append(title)
    exact = {title for some in known.values() for title in some}
    return [_match(title, exact, known) for title in titles]


def _match(title: str, exact: set[str], known: Mapping[str, list[str]]) -> Match:
    folded = _folded(title)
    near = dict.fromkeys(option for written in _near(title, known) for option in known[written])
    if title in exact:
        return Match(title, "exact", tuple(dict.fromkeys((title, *near)))[:SUGGESTED])
    if folded in known:
        return Match(title, "folded", tuple(dict.fromkeys((*known[folded], *near)))[:SUGGESTED])
    return Match(title, "near" if near else "new", tuple(near)[:SUGGESTED])


def _near(title: str, known: Mapping[str, list[str]]) -> list[str]:
    """The folded titles that are like this one: in letters, or called like the lane alone."""
    lane = _folded(LANE.split(title)[-1])
    found = [lane] if lane in known else []
    return [*found, *difflib.get_close_matches(_folded(title), known, SUGGESTED, NEAR)]


def _folded(title: str) -> str:
    """Lower case without accents, signs and double spaces."""
    return " ".join(WORD.findall(fold(title)))


def renamed(definition: Definition, titles: Mapping[str, str]) -> Definition:
    """The definition with other titles for its roles; roles that were given one title become one lane."""
    roles: dict[str, RoleRef] = {}
    moved: dict[str, str] = {}
    for role in definition.roles:
        title = titles.get(role.title, role.title)
        same = roles.setdefault(title.casefold() if title else role.key, replace(role, title=title))
        moved[role.key] = same.key
    steps = tuple(replace(step, role=moved.get(step.role, step.role)) for step in definition.steps)
    return replace(definition, roles=tuple(roles.values()), steps=steps)
