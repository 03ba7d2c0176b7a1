"""Shared steps: what a step remembers of the one that it is a copy of, and what a change there would change here. Pure.

A *source* is a step block or the main process of a variant. A change there never alters a text that uses it: it becomes operations of
the editor, which somebody takes over into a draft. What differs here on purpose is left alone unless the same field changed there.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from processes.canonical import to_json
from processes.copying import UNSAID, fresh, fresh_step
from processes.definition import Definition, Flow, RoleRef, Step, new_key

BLOCK, PROCESS = "block", "process"
PLAIN: Final = (
    "kind", "name", "description", "inputs", "outputs", "records", "trigger", "task_type", "link", "system", "duration", "form",
    "form_address", "instruction", "work_time", "waiting_time", "goes_on",
)  # fmt: skip
ROLES: Final = ("role", "accountable", "consulted", "informed")
Operation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """A step block by its key, or a process by its number."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Share:
    """A step is a copy of this step of a source, as the source said in this version."""

    source: Source
    version: int
    step: str

    @property
    def text(self) -> str:
        """As a step remembers it."""
        return f"{self.source.kind} {self.step} {self.version} {self.source.name}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What `text` wrote; None for everything else."""
        kind, step, version, name = [*text.split(" ", 3), "", "", "", ""][:4]
        if kind not in {BLOCK, PROCESS} or not version.isdecimal() or len(version) > 9 or not step or not name:
            return None
        return cls(Source(kind, name), int(version), step)


def shares(definition: Definition, without: Collection[str] = ()) -> dict[str, Share]:
    """Step key → of what it is a copy, for those that are; `without` are keys of steps that were unlinked."""
    found = {step.key: Share.read(step.shared) for step in definition.steps if step.shared and step.key not in without}
    return {key: share for key, share in found.items() if share}


def copies_of(source: Source, definition: Definition) -> dict[str, str]:
    """Step key here → step of the source of which it is a copy; of several copies the first."""
    first: dict[str, str] = {}
    for key, share in shares(definition).items():
        if share.source == source:
            first.setdefault(share.step, key)
    return {key: step for step, key in first.items()}


def linked(definition: Definition, source: Source, version: int) -> Definition:
    """The source's text with steps that remember where they come from."""
    return replace(definition, steps=tuple(replace(one, shared=Share(source, version, one.key).text) for one in definition.steps))


def variant(definition: Definition, source: Source, version: int) -> Definition:
    """The same text for a process of its own: new keys throughout, every step linked to the one of the main process."""
    copy = fresh(definition)
    pairs = zip(copy.steps, linked(definition, source, version).steps, strict=True)
    return replace(copy, steps=tuple(replace(mine, shared=theirs.shared) for mine, theirs in pairs))


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a change at the source would do to one step here. `own`: fields that say something of their own here and would be replaced.

    `ways`: its ways on changed there too, and lead to what is not here; somebody looks at them.
    """

    kind: str
    step: str
    name: str
    operations: tuple[Operation, ...]
    own: tuple[str, ...] = ()
    ways: bool = False


def proposals(
    mine: Definition, source: Source, texts: Mapping[int, Definition], latest: int, without: Collection[str] = ()
) -> list[Proposed]:
    """What taking over the latest text of the source would do here, step by step; nothing where it says so already.

    `texts` are what the source said, by version. A link to a version or step that is not known there proposes nothing.
    """
    run = _Run(mine, source, texts, latest, without)
    return [*run.changed(), *run.added()]


def operations(some: Sequence[Proposed]) -> list[Operation]:
    """All of it in an order that works: roles first, then steps."""
    return [operation for one in some for operation in one.operations]


def marked(mine: Definition, source: Source, latest: int, without: Collection[str] = ()) -> Iterator[Operation]:
    """The links that say an older version: after taking over they say the latest."""
    for key, share in shares(mine, without).items():
        if share.source == source and share.version != latest:
            yield _set(key, "shared", replace(share, version=latest).text)


class _Run:
    def __init__(self, mine: Definition, source: Source, texts: Mapping[int, Definition], latest: int, without: Collection[str]) -> None:
        self.mine, self.source, self.texts, self.latest = mine, source, texts, latest
        self.new = texts[latest]
        known = {key: share for key, share in shares(mine, without).items() if share.source == source}
        self.links = {key: share for key, share in known.items() if share.version in texts and texts[share.version].step(share.step)}
        self.place = {step.key: n for n, step in enumerate(mine.steps)}
        self.roles = {_folded(role.title): role.key for role in mine.roles}
        self.here: dict[str, list[str]] = {}
        for key, share in self.links.items():
            self.here.setdefault(share.step, []).append(key)

    def changed(self) -> Iterator[Proposed]:
        for key, share in self.links.items():
            if share.version == self.latest:
                continue
            base, step, now = self.texts[share.version], self._step(key), self.new.step(share.step)
            if now is None:
                yield Proposed("removed", key, step.name, ({"op": "remove", "target": f"steps/{key}"},))
                continue
            before = self.said(base, _step_of(base, share.step))
            found = self._fields(step, before, self.said(self.new, now), now)
            if found.operations or found.ways:
                yield found

    def _fields(self, step: Step, before: Mapping[str, Any], after: Mapping[str, Any], now: Step) -> Proposed:
        here = self.said(self.mine, step)
        differing = [name for name in after if before[name] != after[name] and here[name] != after[name]]
        done: list[Operation] = []
        ways = False
        for name in differing:
            if name == "flows":
                flows, ways = self._flows(step, now)
                done += [] if ways else [_set(step.key, name, to_json(flows))]
            else:
                done += self._set(step.key, name, now)
        own = tuple(name for name in differing if here[name] != before[name])
        return Proposed("changed", step.key, step.name, tuple(done), own, ways)

    def _set(self, key: str, name: str, now: Step) -> Iterator[Operation]:
        value = getattr(now, name)
        if name in ROLES:
            keys = [value] if isinstance(value, str) else value
            for one in keys:
                yield from self._role(one)
            value = self._role_key(value) if isinstance(value, str) else [self._role_key(one) for one in value]
        yield _set(key, name, to_json(value))

    def _role(self, key: str) -> Iterator[Operation]:
        """The role of this title, added where it is not here yet."""
        role = next((one for one in self.new.roles if one.key == key), RoleRef(""))
        if role.title and _folded(role.title) not in self.roles:
            self.roles[_folded(role.title)] = fresh_key = new_key()
            yield {"op": "add", "target": "roles", "value": to_json(replace(role, key=fresh_key)), "after": None}

    def _role_key(self, key: str) -> str:
        title = _folded(self.new.role_title(key))
        return self.roles.get(title, "") if title else ""

    def _flows(self, step: Step, now: Step) -> tuple[tuple[Flow, ...], bool]:
        """The ways on as they are there, with the same arrows where they were here; whether one leads to what is not here."""
        found, open_ends = [], False
        for one in now.flows:
            same = next((flow for flow in step.flows if _folded(flow.label) == _folded(one.label)), None)
            to = self._target(step.key, one.to)
            if to == UNSAID and same and self._origin(same.to) == UNSAID:
                to = same.to
            open_ends |= to == UNSAID
            found.append(replace(one, key=same.key if same else new_key(), to=to))
        keys = [flow.key for flow in found]
        unique = [flow if keys.index(flow.key) == n else replace(flow, key=new_key()) for n, flow in enumerate(found)]
        return tuple(unique), open_ends and any(flow.to != UNSAID for flow in step.flows)

    def _target(self, key: str, to: str) -> str:
        """The nearest step here that is a copy of this step there."""
        if not to:
            return ""
        place = self.place[key]
        return min(self.here.get(to, [UNSAID]), key=lambda one: abs(self.place.get(one, place) - place))

    def _origin(self, to: str) -> str:
        """Of which step there a step here is a copy."""
        if not to:
            return ""
        return self.links[to].step if to in self.links else UNSAID

    def said(self, text: Definition, step: Step) -> dict[str, Any]:
        """What a step says, in words that can be compared between here and there: titles of roles, arrows by the steps of the source."""
        values: dict[str, Any] = {name: getattr(step, name) for name in PLAIN}
        values |= {"role": _folded(text.role_title(step.role)), "accountable": _folded(text.role_title(step.accountable))}
        values |= {name: sorted(_folded(text.role_title(key)) for key in getattr(step, name)) for name in ("consulted", "informed")}
        values["risks"] = [(one.risk, one.control) for one in step.risks]
        origin = self._origin if text is self.mine else self._known
        values["flows"] = [(origin(flow.to), flow.label, flow.default, flow.message) for flow in step.flows]
        return values

    def _known(self, to: str) -> str:
        return to if not to or to in self.here else UNSAID

    def added(self) -> Iterator[Proposed]:
        """Steps that came there since, each below the one that it follows there."""
        outdated = {share.version for share in self.links.values() if share.version != self.latest}
        old = {step.key for version in outdated for step in self.texts[version].steps}
        above: list[str] = []
        for step in self.new.steps:
            if step.key in self.here:
                above = self.here[step.key]
            elif outdated and step.key not in old:
                made = list(self._added(step, above or [self._before_all()]))
                yield from made
                above = [one.step for one in made]

    def _before_all(self) -> str:
        first = min(self.place[key] for keys in self.here.values() for key in keys)
        return self.mine.steps[first - 1].key if first else ""

    def _added(self, step: Step, above: Sequence[str]) -> Iterator[Proposed]:
        for after in above:
            key = new_key()
            roles = [operation for one in (step.role, step.accountable, *step.consulted, *step.informed) for operation in self._role(one)]
            keys = {role.key: self._role_key(role.key) for role in self.new.roles} | {step.key: key}
            self.place[key] = self.place.get(after, 0)
            keys |= {flow.to: self._target(key, flow.to) for flow in step.flows if flow.to and flow.to != step.key}
            copy = replace(fresh_step(step, keys), shared=Share(self.source, self.latest, step.key).text)
            add = {"op": "add", "target": "steps", "value": to_json(copy), "after": after}
            yield Proposed("added", key, step.name, (*roles, add), ways=any(flow.to == UNSAID for flow in copy.flows))

    def _step(self, key: str) -> Step:
        return _step_of(self.mine, key)


def _step_of(text: Definition, key: str) -> Step:
    return next(step for step in text.steps if step.key == key)


def _set(key: str, name: str, value: Any) -> Operation:
    return {"op": "set", "target": f"steps/{key}/{name}", "value": value}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Difference:
    """How a variant differs from its main process at one step: its `own` step, a step `left` out, or one `changed` in these fields."""

    kind: str
    name: str
    number: int = 0
    key: str = ""
    fields: tuple[str, ...] = ()


def differences(mine: Definition, main: Definition, source: Source, without: Collection[str] = ()) -> list[Difference]:
    """In the order of the variant, then what it leaves out. Starts and ends of its own count like other steps."""
    run = _Run(mine, source, {0: main}, 0, ())
    links = {key: share.step for key, share in shares(mine, without).items() if share.source == source and main.step(share.step)}
    run.links = {key: Share(source, 0, step) for key, step in links.items()}
    run.here = {step: [key] for key, step in links.items()}
    found = []
    for number, step in enumerate(mine.steps, 1):
        if step.key not in links:
            found.append(Difference("own", step.name, number, step.key))
            continue
        here, there = run.said(mine, step), run.said(main, _step_of(main, links[step.key]))
        fields = tuple(name for name in there if here[name] != there[name])
        if fields:
            found.append(Difference("changed", step.name, number, step.key, fields))
    used = set(links.values())
    return found + [Difference("left", step.name) for step in main.steps if step.key not in used]
