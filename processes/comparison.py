"""What a comparison consists of: changes, each with its place in words, its pieces of text and its proposed mark. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.wording import PICTURE, Mark, Segment

Kind = Literal["added", "removed", "changed", "moved"]
SHOWN_AROUND: Final = 80
PICTURES: Final = re.compile(PICTURE)

FIELDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "title": gettext_lazy("Title"),
        "language": gettext_lazy("Authoritative language"),
        "purpose": gettext_lazy("Purpose"),
        "scope": gettext_lazy("Scope"),
        "notes": gettext_lazy("Notes"),
        "trigger": gettext_lazy("Trigger"),
        "first_step": gettext_lazy("First step"),
        "last_step": gettext_lazy("Last step"),
        "result": gettext_lazy("End result"),
        "supplier": gettext_lazy("Supplier"),
        "input": gettext_lazy("Input"),
        "process": gettext_lazy("Process"),
        "output": gettext_lazy("Output"),
        "customer": gettext_lazy("Customer"),
        "external": gettext_lazy("Outside the company"),
        "kind": gettext_lazy("Kind"),
        "name": gettext_lazy("Name"),
        "role": gettext_lazy("Role"),
        "description": gettext_lazy("Description"),
        "inputs": gettext_lazy("Inputs"),
        "outputs": gettext_lazy("Outputs"),
        "records": gettext_lazy("Records"),
        "flows": gettext_lazy("Ways on"),
        "task_type": gettext_lazy("Task type"),
        "link": gettext_lazy("Called process"),
        "system": gettext_lazy("System"),
        "duration": gettext_lazy("Duration"),
        "form": gettext_lazy("Form"),
        "form_address": gettext_lazy("Address of the form"),
        "shared": gettext_lazy("Shared step"),
        "instruction": gettext_lazy("Work instruction"),
        "work_time": gettext_lazy("Work time"),
        "waiting_time": gettext_lazy("Waiting time"),
        "accountable": gettext_lazy("Accountable"),
        "consulted": gettext_lazy("Consulted"),
        "informed": gettext_lazy("Informed"),
        "risks": gettext_lazy("Risks and controls"),
        "kept_by": gettext_lazy("Kept by"),
        "retention": gettext_lazy("Retention"),
        "label": gettext_lazy("Label"),
        "target": gettext_lazy("Target"),
    }
)
AREAS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "sipoc": gettext_lazy("Supplier, input, output, customer"),
        "roles": gettext_lazy("Role"),
        "steps": gettext_lazy("Step"),
        "records": gettext_lazy("Record"),
        "references": gettext_lazy("Reference"),
    }
)
MARKS: Final[Mapping[Mark, Promise]] = MappingProxyType(
    {Mark.COSMETIC: gettext_lazy("cosmetic"), Mark.CLARIFYING: gettext_lazy("clarifying"), Mark.SUBSTANTIVE: gettext_lazy("substantive")}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    `area` is "text", "boundary" or the name of a list; `key` the item's key now (or then, when it was removed) and `old_key`
    its key then; `number` the step's number now (or then), else 0; `name` what the item is called; `field` what of it changed,
    "" for the whole item. `segments` join to the old and to the new text.
    """

    area: str
    kind: Kind
    mark: Mark
    key: str = ""
    old_key: str = ""
    number: int = 0
    name: str = ""
    field: str = ""
    segments: tuple[Segment, ...] = ()

    @property
    def place(self) -> str:
        """What it is about, the same in every language: "steps/k1/role", or "steps/k1/moved" for a whole item. Once in a comparison."""
        return "/".join((self.area, self.key, self.field or self.kind))

    @property
    def old(self) -> str:
        """The text before."""
        return "".join(text for op, text in self.segments if op != "added")

    @property
    def new(self) -> str:
        """The text now."""
        return "".join(text for op, text in self.segments if op != "removed")

    @property
    def label(self) -> str:
        """Where it is, for a reader: "Step 4 “Sign order”: Role"."""
        what = str(FIELDS.get(self.field, self.field))
        if self.area not in AREAS:
            return what
        words = {"area": AREAS[self.area], "number": self.number, "name": self.name, "field": what}
        if self.number:
            return _("Step %(number)d “%(name)s”: %(field)s") % words if self.field else _("Step %(number)d “%(name)s”") % words
        return _("%(area)s “%(name)s”: %(field)s") % words if self.field else _("%(area)s “%(name)s”") % words

    @property
    def mark_label(self) -> str:
        """The mark in words."""
        return str(MARKS[self.mark])

    @property
    def shown(self) -> tuple[Segment, ...]:
        """The pieces with long unchanged ones shortened to what stands beside a change."""
        last = len(self.segments) - 1
        return tuple(
            (op, _shortened(_readable(text), head=n > 0, tail=n < last) if op == "equal" else _readable(text))
            for n, (op, text) in enumerate(self.segments)
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes in reading order; falsy when both sides say the same. `flows` marks arrows that changed, by their key."""

    changes: tuple[Change, ...] = ()
    flows: Mapping[str, Kind] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.changes)

    @property
    def mark(self) -> Mark:
        """The highest mark; cosmetic where nothing changed."""
        return max((change.mark for change in self.changes), default=Mark.COSMETIC)

    @property
    def is_substantive(self) -> bool:
        """Whether it proposes a new major version."""
        return self.mark == Mark.SUBSTANTIVE


def marks(comparison: Comparison) -> Mapping[str, Kind]:
    """Step or arrow key → how the chart shows it. A step that changed and moved is shown as changed."""
    shown: dict[str, Kind] = dict(comparison.flows)
    for change in comparison.changes:
        if change.area != "steps":
            continue
        kind: Kind = "changed" if change.field else change.kind
        for key in {change.key, change.old_key} - {""}:
            if shown.get(key) != "changed":
                shown[key] = kind
    return shown


def _readable(text: str) -> str:
    """Pictures by their words; nobody reads a hash."""
    return PICTURES.sub(lambda found: _("[picture: %(words)s]") % {"words": found[0][2:].partition("](picture:")[0]}, text)


def field_label(name: str) -> str:
    """A field of an item in words; whether a step goes on is one of its ways on."""
    return str(FIELDS.get(name, FIELDS["flows"]))


def _shortened(text: str, *, head: bool, tail: bool) -> str:
    """Keeps the end beside the change before (`head`) and after (`tail`)."""
    if len(text) <= SHOWN_AROUND * (head + tail) + 1:
        return text
    return f"{text[: SHOWN_AROUND * head]} … {text[len(text) - SHOWN_AROUND * tail :]}".strip()
