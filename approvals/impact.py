"""What a change touches, as plain rows: shown before anything is sent, kept with the case, shown to those who decide.

Rows come from gatherers that apps above register when they are ready, since they need several neighbours. A row names kinds and
numbers and no sentences, so that it is read later in another language; a process in it is kept by its number, and its title is
shown to whoever may see it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.expecting import Expected
from organization.scope import Scope
from processes.compare import Comparison
from processes.definition import Definition
from processes.models import Process

SHOWN: Final = 12
"""Items of a row that are kept; `count` is of all."""
MINUTES: Final = frozenset({"minutes_each", "minutes_all"})
"""Kinds whose count is a number of minutes."""
DAYS: Final = frozenset({"days", "usual_days"})
"""Kinds whose count is an estimate in working days."""
KINDS: dict[str, str | Promise] = {
    "steps": gettext_lazy("Steps touched"),
    "roles": gettext_lazy("Roles touched, and the positions that fill them"),
    "names": gettext_lazy("Processes that this one names"),
    "named_by": gettext_lazy("Processes that name this one"),
    "interfaces": gettext_lazy("Interfaces that have to be agreed again"),
    "indicators": gettext_lazy("Indicators measured on this process"),
    "people": gettext_lazy("People who will be asked to read it"),
    "concerned": gettext_lazy("of them, in a role that changes substantively"),
    "minutes_each": gettext_lazy("Reading time of each"),
    "minutes_all": gettext_lazy("Reading time of the company"),
    "days": gettext_lazy("Working days until it is approved"),
    "usual_days": gettext_lazy("Working days, as decisions usually go"),
}
NOTES: Final[Mapping[str, Promise]] = {
    "added": gettext_lazy("new"),
    "removed": gettext_lazy("no longer named"),
    "unfilled": gettext_lazy("no position fills it"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is touched: what it is called, the number where it is a process, and what about it (a key of `NOTES`, or words)."""

    text: str = ""
    number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Touched:
    """So many things of one kind, the first of them named."""

    kind: str
    count: int
    items: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: a draft against the version before (none before the first approval), its changes as they are marked."""

    process: Process
    old: Definition | None
    new: Definition
    comparison: Comparison
    route: Expected | None
    scope: Scope
    now: dt.datetime


Gatherer = Callable[[Subject], Iterable[Touched]]
_gatherers: list[Gatherer] = []


def register(gatherer: Gatherer, kinds: Mapping[str, str | Promise] | None = None) -> None:
    """Called by an app above when it is ready; `kinds` are the labels of further kinds of rows."""
    KINDS.update(kinds or {})
    if gatherer not in _gatherers:
        _gatherers.append(gatherer)


def gather(subject: Subject) -> list[Touched]:
    """Every row, in the order of the gatherers."""
    return [row for gatherer in _gatherers for row in gatherer(subject)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row for a page: `items` are (text, number, note); `more` were not kept."""

    label: str
    value: str
    items: Sequence[Item]
    more: int


def shown(rows: Iterable[Touched], scope: Scope) -> list[Shown]:
    """The rows for this person. One query (none where no process is named)."""
    rows = list(rows)
    numbers = {item.number for row in rows for item in row.items if item.number}
    titles: dict[str, str] = {}
    if numbers:
        titles = dict(Process.objects.visible_to(scope).filter(number__in=numbers).values_list("number", "title"))
    return [_shown(row, titles) for row in rows]


def _shown(row: Touched, titles: Mapping[str, str]) -> Shown:
    items = [
        Item(titles.get(item.number, "") if item.number else item.text, item.number, str(NOTES.get(item.note, item.note)))
        for item in row.items
    ]
    return Shown(str(KINDS.get(row.kind, row.kind)), _value(row), items, max(row.count - len(items), 0) if items else 0)


def _value(row: Touched) -> str:
    if row.kind in DAYS:
        return _("about %(count)d") % {"count": row.count}
    if row.kind not in MINUTES:
        return str(row.count)
    hours, minutes = divmod(row.count, 60)
    parts = [_("%(count)d h") % {"count": hours} if hours else "", _("%(count)d min") % {"count": minutes} if minutes or not hours else ""]
    return " ".join(filter(None, parts))


def stored(rows: Iterable[Touched]) -> list[dict[str, Any]]:
    """As a case keeps them."""
    return [asdict(row) for row in rows]


def read(kept: Iterable[Mapping[str, Any]]) -> list[Touched]:
    """As a case kept them."""
    return [Touched(row["kind"], row["count"], tuple(Item(**item) for item in row["items"])) for row in kept]
