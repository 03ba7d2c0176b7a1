"""What the nightly proof found, in words: stored as codes, said in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from worklist.models import WorkItem

# Why it is an exception, and what to do about it.
SENTENCES = {
    "nobody": (
        gettext_lazy("Nobody along the chain may act on it and has the level."),
        gettext_lazy("Appoint somebody independent, or name a deputy position."),
    ),
    "away": (
        gettext_lazy("Everybody along the chain is away."),
        gettext_lazy("Name a substitute for the absence, or a deputy position."),
    ),
    "level": (
        gettext_lazy("Who acts does not hold the level that the position asks for."),
        gettext_lazy("Assign the level, or name a deputy who holds it."),
    ),
    "closed": (gettext_lazy("The position is closed."), gettext_lazy("Give it to another position.")),
    "left": (gettext_lazy("It is owed in person by somebody who has left."), gettext_lazy("Hand it over or have it withdrawn.")),
    "guest": (gettext_lazy("The access of this guest ends soon."), gettext_lazy("Extend the access, or hand over in time.")),
    "alone": (
        gettext_lazy("Nobody could be the second person who confirms process managers and level 5: they take effect without one."),
        gettext_lazy("Fill top management and the company process manager, or make another administrator."),
    ),
    "carried": (
        gettext_lazy("Only the process office or top management is left to act."),
        gettext_lazy("Appoint somebody, or name a deputy position."),
    ),
}
KINDS = {
    "item": gettext_lazy("Work"),
    "process": gettext_lazy("Process"),
    "indicator": gettext_lazy("Indicator"),
    "person": gettext_lazy("Person"),
    "guest": gettext_lazy("Guest"),
    "carried": gettext_lazy("Position"),
    "second": gettext_lazy("Second person"),
}
CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Finding:
    """One exception as it is stored. `what` is a kind of work item or a process's number, `why` a key of SENTENCES."""

    kind: str
    what: str
    where: str
    why: str
    url: str
    count: int = 1
    department: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One exception as it is read."""

    kind: str
    what: str
    where: str
    why: str
    url: str
    do: str


def said(stored: Mapping[str, Any]) -> Said:
    """In the language that is on."""
    why, do = SENTENCES[stored["why"]]
    return Said(str(KINDS[stored["kind"]]), _what(stored), stored["where"], str(why), stored["url"], str(do))


def as_json(stored: Mapping[str, Any]) -> dict[str, str]:
    """As `check_continuity --json` gives it: the kind stays a code."""
    one = said(stored)
    return {"kind": stored["kind"], "what": one.what, "where": one.where, "why": one.why, "url": one.url, "do": one.do}


def _what(stored: Mapping[str, Any]) -> str:
    if stored["kind"] in {"item", "person"} and stored["what"] in WorkItem.Kind:
        label = WorkItem.Kind(stored["what"]).label
        return f"{stored['count']} × {label}" if stored["count"] > 1 else str(label)
    if stored["kind"] == CARRIED:
        return ngettext("%(count)d thing", "%(count)d things", stored["count"]) % {"count": stored["count"]}
    if stored["kind"] == "indicator":
        return _("Indicator of %(number)s") % {"number": stored["what"]}
    return str(stored["what"])
