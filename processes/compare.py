"""Comparison of two definitions: texts by words, items by their keys, steps also by their order and ways on. Pure.

Proposed marks follow the product's rule that role, decision condition, limit value, deadline, input, output, record,
retention, risk control, and steps added, removed or re-ordered are always substantive.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from processes.comparison import Change, Comparison, Kind, field_label, marks
from processes.definition import Definition, Flow, Risk, Step
from processes.durations import in_words
from processes.wording import Mark, Segment, mark_of, segments, whole

__all__ = ["Change", "Comparison", "Mark", "compare", "marks", "paired"]

CHARACTERS_COMPARED: Final = 200_000
"""Beyond this much changed text in one document, changed texts are shown as a whole."""

# (area, field) that is always substantive, unless only its spelling changed
ALWAYS: Final = {
    ("text", "language"), ("boundary", "trigger"), ("boundary", "result"),
    ("sipoc", "supplier"), ("sipoc", "input"), ("sipoc", "output"), ("sipoc", "customer"),
    ("roles", "title"), ("roles", "external"),
    ("steps", "kind"), ("steps", "role"), ("steps", "inputs"), ("steps", "outputs"), ("steps", "records"), ("steps", "flows"),
    ("steps", "trigger"), ("steps", "duration"), ("steps", "link"), ("steps", "work_time"), ("steps", "waiting_time"),
    ("steps", "accountable"), ("steps", "consulted"), ("steps", "informed"), ("steps", "risks"),
    ("records", "name"), ("records", "kept_by"), ("records", "retention"),
}  # fmt: skip
NAMES: Final[Mapping[str, Callable[[Any], str]]] = {
    "sipoc": lambda row: row.input or row.output or row.process,
    "roles": lambda role: role.title,
    "steps": lambda step: step.name,
    "records": lambda record: record.name,
    "references": lambda reference: reference.label or reference.target,
}
COMPARED: Final[Mapping[str, Sequence[str]]] = {
    "sipoc": ("supplier", "input", "process", "output", "customer"),
    "roles": ("title", "external"),
    "steps": (
        "kind", "name", "role", "accountable", "consulted", "informed", "description", "inputs", "outputs", "records", "risks", "trigger",
        "task_type", "link", "instruction", "system", "form", "form_address", "duration", "work_time", "waiting_time",
        "shared",
    ),
    "records": ("name", "kept_by", "retention"),
    "references": ("label", "target"),
}  # fmt: skip
ROLES: Final = frozenset({"role", "accountable", "consulted", "informed"})
"""Fields of a step that hold keys of roles."""
Pair = tuple[Any, Any]


def compare(old: Definition | None, new: Definition) -> Comparison:
    """What changed from old to new; everything is added where there is no old one."""
    run = _Run(old or Definition(language=new.language), new)
    changes = [*run.texts(), *run.items("sipoc"), *run.items("roles"), *run.items("steps"), *run.items("records"), *run.items("references")]
    return Comparison(tuple(changes), run.flow_marks)


@dataclass
class _Run:
    old: Definition
    new: Definition
    left: int = CHARACTERS_COMPARED
    flow_marks: dict[str, Kind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pairs = {area: paired(getattr(self.old, area), getattr(self.new, area), area) for area in NAMES}
        self.key_now = {area: {a.key: b.key for a, b in self.pairs[area] if a and b} for area in NAMES}

    def texts(self) -> Iterator[Change]:
        for name in ("title", "language", "purpose", "scope", "notes"):
            yield from self._text(Change("text", "changed", Mark.CLARIFYING, field=name), getattr(self.old, name), getattr(self.new, name))
        for name in ("trigger", "first_step", "last_step", "result"):
            one = Change("boundary", "changed", Mark.CLARIFYING, field=name)
            yield from self._text(one, getattr(self.old.boundary, name), getattr(self.new.boundary, name))

    def items(self, area: str) -> Iterator[Change]:
        moved = _moved(getattr(self.old, area), self.pairs[area])
        numbers = {"old": self.old.numbers(), "new": self.new.numbers()} if area == "steps" else {"old": {}, "new": {}}
        for before, after in self.pairs[area]:
            item, side = (after, "new") if after else (before, "old")
            place = Change(
                area, "changed", Mark.CLARIFYING, key=item.key, old_key=before.key if before else "",
                number=numbers[side].get(item.key, 0), name=NAMES[area](item),
            )  # fmt: skip
            if before is None or after is None:
                yield self._whole_item(place, before, after)
                continue
            if after.key in moved:
                yield replace(place, kind="moved", mark=Mark.SUBSTANTIVE if area == "steps" else Mark.COSMETIC)
            yield from self._fields(place, before, after)

    def _whole_item(self, place: Change, before: Any, after: Any) -> Change:
        kind: Kind = "removed" if after is None else "added"
        mark = Mark.CLARIFYING if place.area == "references" else Mark.SUBSTANTIVE
        text = self._summary(place.area, before or after, self.old if after is None else self.new)
        return replace(place, kind=kind, mark=mark, segments=whole(text, "") if after is None else whole("", text))

    def _summary(self, area: str, item: Any, document: Definition) -> str:
        """The whole of an item, each field by its name; what the item is called stands alone, since that is what one looks for."""
        said = ((name, _text_of(document, area, item, name)) for name in COMPARED[area] if name not in {"kind", "external", "shared"})
        called = NAMES[area](item)
        lines = (
            value if value == called else _("%(field)s: %(text)s") % {"field": field_label(name), "text": value}
            for name, value in said
            if value
        )
        return "\n".join(lines)

    def _fields(self, place: Change, before: Any, after: Any) -> Iterator[Change]:
        for name in COMPARED[place.area]:
            if name in ROLES and self._same_roles(getattr(before, name), getattr(after, name)):
                continue  # a renamed lane is one change of the lane, not one of each step
            texts = _text_of(self.old, place.area, before, name), _text_of(self.new, place.area, after, name)
            condition = name in {"name", "description"} and "decision" in {getattr(before, "kind", ""), getattr(after, "kind", "")}
            yield from self._text(replace(place, field=name), *texts, always=condition)
        if place.area == "steps":
            yield from self._ways(place, before, after)

    def _same_roles(self, before: str | Sequence[str], after: str | Sequence[str]) -> bool:
        then, now = (sorted([keys] if isinstance(keys, str) else keys) for keys in (before, after))
        return sorted(self.key_now["roles"].get(key, key) for key in then) == now

    def _ways(self, place: Change, before: Step, after: Step) -> Iterator[Change]:
        ways_then = [_way(flow, self.key_now["steps"].get(flow.to, flow.to)) for flow in before.flows]
        ways_now = [_way(flow, flow.to) for flow in after.flows]
        if (ways_then, before.goes_on) == (ways_now, after.goes_on):
            return
        self._mark_flows(before, ways_then, after, ways_now)
        same_targets = [_without_label(way) for way in ways_then] == [_without_label(way) for way in ways_now]
        spelling = mark_of(_labels(before), _labels(after)) == Mark.COSMETIC
        mark = Mark.COSMETIC if same_targets and spelling and before.goes_on == after.goes_on else Mark.SUBSTANTIVE
        then, now = _ways_text(before, self.old), _ways_text(after, self.new)
        if then == now:  # steps of one name: their numbers tell them apart
            then, now = _ways_text(before, self.old, numbered=True), _ways_text(after, self.new, numbered=True)
        text = self._segments(then, now)
        yield replace(place, field="flows", mark=mark, segments=text)

    def _mark_flows(self, before: Step, ways_then: Sequence[Any], after: Step, ways_now: Sequence[Any]) -> None:
        then = {flow.key for flow in before.flows}
        now = {flow.key for flow in after.flows}
        for flow, way in zip(before.flows, ways_then, strict=True):
            if way not in ways_now and flow.key not in now:
                self.flow_marks[flow.key] = "removed"
        for flow, way in zip(after.flows, ways_now, strict=True):
            if way not in ways_then:
                self.flow_marks[flow.key] = "changed" if flow.key in then else "added"

    def _text(self, place: Change, old: str, new: str, *, always: bool = False) -> Iterator[Change]:
        if old == new:
            return
        mark = mark_of(old, new)
        if mark == Mark.CLARIFYING and (always or (place.area, place.field) in ALWAYS):
            mark = Mark.SUBSTANTIVE
        kind: Kind = "changed" if old and new else "added" if new else "removed"
        yield replace(place, kind=kind, mark=mark, segments=self._segments(old, new))

    def _segments(self, old: str, new: str) -> tuple[Segment, ...]:
        self.left -= len(old) + len(new)
        return segments(old, new) if self.left >= 0 else whole(old, new)


def paired(old: Sequence[Any], new: Sequence[Any], area: str) -> list[Pair]:
    """(before, after) in the order of the new side, removed items after the item that they followed.

    Items belong together by key or, where not one key is known (the document was imported again), by name.
    """
    before = {item.key: item for item in old}
    if before.keys().isdisjoint(item.key for item in new):
        partner = _by_name(old, new, NAMES[area])
    else:
        partner = {item.key: before[item.key] for item in new if item.key in before}
    kept = {item.key for item in partner.values()}
    gone: dict[str, list[Pair]] = {}
    anchor = ""
    for item in old:
        if item.key in kept:
            anchor = item.key
        else:
            gone.setdefault(anchor, []).append((item, None))
    found = gone.get("", [])
    for item in new:
        match = partner.get(item.key)
        found += [(match, item), *(gone.get(match.key, []) if match else [])]
    return found


def _by_name(old: Sequence[Any], new: Sequence[Any], name_of: Callable[[Any], str]) -> dict[str, Any]:
    waiting: dict[str, list[Any]] = {}
    for item in reversed(old):
        waiting.setdefault(" ".join(name_of(item).casefold().split()), []).append(item)
    named = ((item, waiting.get(" ".join(name_of(item).casefold().split()), [])) for item in new)
    return {item.key: same.pop() for item, same in named if same and name_of(item).strip()}


def _moved(old: Sequence[Any], pairs: Sequence[Pair]) -> set[str]:
    """Keys (now) of the fewest items whose moving explains the new order: those outside a longest increasing run."""
    place = {item.key: n for n, item in enumerate(old)}
    kept = [(place[before.key], after.key) for before, after in pairs if before and after]
    ends: list[int] = []
    rows: list[int] = []
    for at, _key in kept:
        row = bisect_left(ends, at)
        ends[row : row + 1] = [at]
        rows.append(row)
    wanted, stays = len(ends) - 1, set()
    for (_at, key), row in zip(reversed(kept), reversed(rows), strict=True):
        if row == wanted:
            stays.add(key)
            wanted -= 1
    return {key for _at, key in kept} - stays


Way = tuple[str, str, bool, bool]


def _way(flow: Flow, to: str) -> Way:
    return to, flow.label, flow.default, flow.message


def _without_label(way: Way) -> tuple[str, bool, bool]:
    return way[0], way[2], way[3]


def _labels(step: Step) -> str:
    return "\n".join(flow.label for flow in step.flows)


def _ways_text(step: Step, document: Definition, *, numbered: bool = False) -> str:
    names = {one.key: f"{n} {one.name}" if numbered else one.name or str(n) for n, one in enumerate(document.steps, 1)}
    ways = [_way_text(flow, names) for flow in step.flows]
    return "\n".join(ways if step.goes_on else [*ways, _("does not go on")])


def _way_text(flow: Flow, names: Mapping[str, str]) -> str:
    missing = _("a step that does not exist (%(key)s)") % {"key": flow.to}
    words = {"label": flow.label, "step": names.get(flow.to, missing) if flow.to else _("the step below")}
    text = (_("%(label)s → %(step)s") % words).strip()
    text = _("%(way)s, by default") % {"way": text} if flow.default else text
    return _("%(way)s, as a message") % {"way": text} if flow.message else text


def _text_of(document: Definition, area: str, item: Any, name: str) -> str:
    """A field as the reader sees it."""
    value = getattr(item, name)
    if name == "shared":
        return _("linked to a shared step") if value else ""
    if area == "steps" and name in ROLES:
        return document.role_title(value) if isinstance(value, str) else "\n".join(map(document.role_title, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return in_words(value)
    return "\n".join(map(_line, value)) if isinstance(value, tuple) else str(value)


def _line(item: str | Risk) -> str:
    if isinstance(item, str):
        return item
    return _("%(risk)s: %(control)s") % {"risk": item.risk, "control": item.control or _("no control")}
