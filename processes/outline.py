"""Steps typed as text: one line per step, and back again. Pure.

    start: Need arises
    Requester: Fill in the request [out: Purchase request] [in: ERP, Purchasing] …
    Line manager: Approved?
      yes -> 4
      no -> end "Request rejected"
    Procurement: wait 30 days for delivery
    | Markdown of the step above.
    end: Supplier paid

A role is kept until another is named, and a line that begins with ":" has none; a line that ends in "?" is a decision; numbers are
those of the lines, from 1; an arrow alone says that nothing follows. A start or end stands in the lane of its neighbour, unless a role
is named: "Line manager: end: Request rejected".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from processes.definition import Definition, Flow, RoleRef, Step, new_key

EVENT: Final = re.compile(r"^(start|end|开始|结束)\s*[:：]\s*(.*)$", re.IGNORECASE)
# Not the colon of an address or of a time of day.
ROLE: Final = re.compile(r"^([^:：\[\]?？|]{0,80}?)\s*[:：](?!//)(?!(?<=\d.)\d)\s*(\S.*)$")
BRANCH: Final = re.compile(r"^(?:(\S.*?)\s*)?(?:->|→)\s*(?:(\d{1,9})|(next|下一步)|(?:end|结束)\s*[\"“](.+?)[\"”])\s*$", re.IGNORECASE)
WAIT: Final = re.compile(r"^(?:wait\b|等待)\s*(\d+\s*\S+)?", re.IGNORECASE)
CHIP: Final = re.compile(r"\s*\[(in|out|doc|record|see|form|time|输入|输出|记录|参见|表单|时长)\s*[:：]?\s*([^\]]*)\]", re.IGNORECASE)
CHIPS: Final = {
    "in": "inputs", "输入": "inputs", "out": "outputs", "doc": "outputs", "输出": "outputs", "record": "records", "记录": "records",
    "see": "link", "参见": "link", "form": "system", "表单": "system", "time": "duration", "时长": "duration",
}  # fmt: skip
EVENTS: Final = frozenset({"start", "end"})
NOTHING_FOLLOWS: Final = frozenset({"->", "→"})
MISSING: Final = "missing-"
LISTS: Final = frozenset({"inputs", "outputs", "records"})


@dataclass(frozen=True, slots=True)
class Outline:
    """What was typed: the lanes, in the order of their first step, and the steps."""

    roles: tuple[RoleRef, ...]
    steps: tuple[Step, ...]


@dataclass
class _Reader:
    key: Callable[[], str]
    roles: list[RoleRef]
    steps: list[Step] = field(default_factory=list)
    ways: list[tuple[int, str, str, str]] = field(default_factory=list)
    role: str = ""

    def line(self, raw: str) -> None:
        text = raw.strip()
        branch = BRANCH.match(text)
        if not text:
            return
        if text.startswith("|") and self.steps:
            self._describe(text[1:].removeprefix(" "))
        elif text in NOTHING_FOLLOWS and self.steps:
            self.steps[-1] = replace(self.steps[-1], goes_on=False)
        elif branch and self.steps:
            label, number, below, end = branch.groups()
            self.ways.append((len(self.steps) - 1, label or "", number or ("next" if below else ""), end or ""))
        else:
            self.steps.append(self._step(text))

    def _describe(self, text: str) -> None:
        last = self.steps[-1]
        self.steps[-1] = replace(last, description=f"{last.description}\n{text}" if last.description else text)

    def _step(self, text: str) -> Step:
        role = None if EVENT.match(text) else ROLE.match(text)
        if role:
            self.role = self._role(role.group(1).strip()) if role.group(1).strip() else ""
            text = role.group(2)
        event = EVENT.match(text)
        if event:
            kind = "start" if event.group(1).lower() in {"start", "开始"} else "end"
            return Step(key=self.key(), kind=kind, name=event.group(2).strip(), role=self.role if role else "")
        step = _with_chips(Step(key=self.key(), role=self.role), text)
        wait = WAIT.match(step.name)
        if wait and not step.link:
            return replace(step, kind="wait", duration=step.duration or (wait.group(1) or "").strip())
        if step.name.endswith(("?", "？")):
            return replace(step, kind="decision")
        return replace(step, kind="subprocess") if step.link else step

    def _role(self, title: str) -> str:
        known = next((role for role in self.roles if role.title.lower() == title.lower()), None)
        if known is None:
            known = RoleRef(key=self.key(), title=title)
            self.roles.append(known)
        return known.key

    def finish(self) -> Outline:
        """Branches need all numbers; starts and ends take the role of their neighbour."""
        typed = list(self.steps)
        for index, label, where, end in self.ways:
            self._add_way(index, label, where, end, typed)
        if len(self.steps) > len(typed) and typed[-1].kind != "end":  # below it now stands an end that only a branch leads to
            self.steps[len(typed) - 1] = replace(self.steps[len(typed) - 1], goes_on=False)
        for index, step in enumerate(self.steps):
            if step.kind in EVENTS and not step.role:
                self.steps[index] = replace(step, role=_neighbour(self.steps, index))
        used = {step.role for step in self.steps}
        return Outline(tuple(role for role in self.roles if role.key in used), tuple(self.steps))

    def _add_way(self, index: int, label: str, where: str, end: str, typed: Sequence[Step]) -> None:
        if end:
            to = self._end(end, self.steps[index].role)
        elif where == "next":
            to = ""
        else:
            number = int(where)
            to = typed[number - 1].key if 1 <= number <= len(typed) else f"{MISSING}{number}"
        step = self.steps[index]
        self.steps[index] = replace(step, flows=(*step.flows, Flow(key=self.key(), to=to, label=label)))

    def _end(self, name: str, role: str) -> str:
        known = next((step for step in self.steps if step.kind == "end" and step.name == name), None)
        if known is None:
            known = Step(key=self.key(), kind="end", name=name, role=role)
            self.steps.append(known)
        return known.key


def _neighbour(steps: Sequence[Step], index: int) -> str:
    """The role of the nearest working step: below a start, above an end."""
    near = steps[index + 1 :] if steps[index].kind == "start" else steps[:index][::-1]
    return next((step.role for step in near if step.role and step.kind not in EVENTS), "")


def read_outline(text: str, *, roles: Sequence[RoleRef] = (), key: Callable[[], str] = new_key) -> Outline:
    """The steps of a typed text. Nothing is refused: what is not understood is the name of a step."""
    reader = _Reader(key, list(roles))
    for raw in text.splitlines():
        reader.line(raw)
    return reader.finish()


def _with_chips(step: Step, text: str) -> Step:
    """Takes "[in: Invoice]" and its like out of the name."""
    values: dict[str, str | tuple[str, ...]] = {}
    for word, value in CHIP.findall(text):
        name = CHIPS[word.lower()]
        if name in LISTS:
            before = values.get(name, ())
            values[name] = (*before, *(part.strip() for part in re.split(r"[;；]", value) if part.strip()))
        else:
            values[name] = value.strip()
    return replace(step, name=CHIP.sub("", text).strip(), **values)  # type: ignore[arg-type]


def write_outline(definition: Definition) -> str:
    """The text that `read_outline` reads back to the same kinds, names, roles and ways, of whatever can be typed."""
    numbers = definition.numbers()
    lines, role = [], ""
    for index, step in enumerate(definition.steps):
        title = definition.role_title(step.role)
        if step.kind in EVENTS:
            text = f"{step.kind}: {step.name}"
            named = step.role not in {"", _neighbour(definition.steps, index)}
        else:
            text = step.name + _chips(step)
            named = title != role or _looks_different(text)
        lines.append(f"{title}: {text}" if named else text)
        role = title if named else role
        lines += [f"| {line}" for line in step.description.splitlines()]
        lines += [f"  {f'{flow.label} ->'.strip()} {_where(flow, numbers)}" for flow in step.flows]
        lines += [] if step.goes_on else ["  ->"]
    return "\n".join(lines) + "\n"


def _looks_different(text: str) -> bool:
    """Whether a step without its role in front would be read as something else."""
    return text.startswith("|") or bool(EVENT.match(text) or ROLE.match(text))


def _where(flow: Flow, numbers: Mapping[str, int]) -> str:
    """The number that is typed, also of a line that is not there yet."""
    return str(numbers.get(flow.to) or flow.to.removeprefix(MISSING) or "next")


def _chips(step: Step) -> str:
    named = (("in", step.inputs), ("out", step.outputs), ("record", step.records))
    lists = [f" [{word}: {'; '.join(values)}]" for word, values in named if values]
    single = [f" [{word}: {value}]" for word, value in (("see", step.link), ("form", step.system), ("time", step.duration)) if value]
    return "".join(lists + single)
