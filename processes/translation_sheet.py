"""A translation as rows for a page: each text with its place in words, what it was before, and what is offered for it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.comparison import AREAS, FIELDS
from processes.definition import Definition
from processes.translating import Place, Unit, changed, numbers_lost, units
from processes.wording import Segment, segments, whole

OWN_FIELDS: Final[Mapping[str, Promise]] = {
    "flows": gettext_lazy("Branch"), "risk": gettext_lazy("Risk"), "control": gettext_lazy("Control"), "name": gettext_lazy("Name"),
}  # fmt: skip
GROUPS: Final[Mapping[str, Promise]] = {
    "boundary": gettext_lazy("Boundary"), "sipoc": AREAS["sipoc"], "roles": gettext_lazy("Roles"), "records": gettext_lazy("Records"),
    "references": gettext_lazy("References"),
}  # fmt: skip
TODO, FRESH, ALL = "todo", "fresh", "all"
SHOWS: Final = (TODO, FRESH, ALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One text and what helps to translate or check it.

    `fresh`: the earlier translation does not have it; `was` is the text that stood there before, `earlier` how that was translated.
    `same` is the translation of an equal text of another kind; `lost` are numbers that the translation does not say.
    """

    unit: Unit
    group: str
    label: str
    text: str
    elsewhere: int = 0
    fresh: bool = False
    was: str = ""
    earlier: str = ""
    same: str = ""
    lost: Sequence[str] = ()

    @property
    def pieces(self) -> Sequence[Segment]:
        """From what it was to what it is: word by word where the two have most words in common, else the old text and then the new one."""
        if not self.was:
            return (("equal", self.unit.text),)
        found = segments(self.was, self.unit.text)
        kept = sum(len(text) for op, text in found if op == "equal")
        return found if kept * 2 >= min(len(self.was), len(self.unit.text)) else whole(self.was, self.unit.text)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last translation of an older revision: its source and its texts."""

    definition: Definition
    texts: Mapping[str, str]


def rows(definition: Definition, texts: Mapping[str, str], earlier: Earlier | None = None) -> list[Row]:
    """Every text in reading order."""
    wanted, numbers = units(definition), definition.numbers()
    before = changed(earlier.definition, definition) if earlier else {}
    known = {unit.text: texts[unit.key] for unit in reversed(wanted) if texts.get(unit.key)}
    found = []
    for unit in wanted:
        text, was = texts.get(unit.key, ""), before.get(unit.key)
        group, label = _where(unit.places[0], numbers)
        fresh = earlier is not None and not earlier.texts.get(unit.key)
        row = Row(unit, group, label, text, elsewhere=len(unit.places) - 1, fresh=fresh)
        if was and earlier:
            row = replace(row, was=was.text, earlier=earlier.texts.get(was.key, ""))
        found.append(replace(row, lost=numbers_lost(unit.text, text)) if text else replace(row, same=known.get(unit.text, "")))
    return found


def shown(all_rows: Sequence[Row], show: str) -> list[Row]:
    """Those without a translation, those that the earlier translation does not have, or all."""
    if show == TODO:
        return [row for row in all_rows if not row.text]
    if show == FRESH:
        return [row for row in all_rows if row.fresh]
    return list(all_rows)


def _where(place: Place, numbers: Mapping[str, int]) -> tuple[str, str]:
    """Group and label: ("Step 4", "Branch"), ("Boundary", "Trigger"), ("Document", "Purpose")."""
    area, names = place[0], [part for part in place if not part.isdigit()]
    name = "flows" if "flows" in place else names[-1]
    label = str(OWN_FIELDS.get(name) or FIELDS[name])
    if area == "steps":
        return _("Step %(number)d") % {"number": numbers[place[1]]}, label
    return (str(GROUPS[area]) if area in GROUPS else _("Document")), label
