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
from typing import Any, Final

from processes.definition import Definition, Flow, Risk, RoleRef, Step, new_key
from processes.durations import in_words, minutes_of

EVENT: Final = re.compile(r"^(start|end|开始|结束)\s*[:：]\s*(.*)$", re.IGNORECASE)
# Not the colon of an address or of a time of day.
ROLE: Final = re.compile(r"^([^:：\[\]?？|]{0,80}?)\s*[:：](?!//)(?!(?<=\d.)\d)\s*(\S.*)$")
BRANCH: Final = re.compile(r"^(?:(\S.*?)\s*)?(?:->|→)\s*(?:(\d{1,9})|(next|下一步)|(?:end|结束)\s*[\"“](.+?)[\"”])\s*$", re.IGNORECASE)
WAIT: Final = re.compile(r"^(?:wait\b|等待)\s*(\d+\s*\S+)?", re.IGNORECASE)
CHIPS: Final = {
    "in": "inputs", "输入": "inputs", "out": "outputs", "doc": "outputs", "输出": "outputs", "record": "records", "记录": "records",
    "see": "link", "参见": "link", "system": "system", "系统": "system", "form": "form", "表单": "form",
    "time": "duration", "时长": "duration", "work": "work_time", "作业": "work_time", "waiting": "waiting_time", "等待": "waiting_time",
    "how": "instruction", "指导书": "instruction", "accountable": "accountable", "负责": "accountable",
    "consulted": "consulted", "咨询": "consulted", "informed": "informed",
    "告知": "informed", "risk": "risks", "风险": "risks",
}  # fmt: skip
CHIP: Final = re.compile(rf"\s*\[({'|'.join(CHIPS)})(?![a-z])\s*[:：]?\s*([^\]]*)\]", re.IGNORECASE)
CONTROL: Final = re.compile(r"\s*=>\s*")
EVENTS: Final = frozenset({"start", "end"})
NOTHING_FOLLOWS: Final = frozenset({"->", "→"})
MISSING: Final = "missing-"
LISTS: Final = frozenset({"inputs", "outputs", "records", "consulted", "informed", "risks"})
TIMES: Final = frozenset({"work_time", "waiting_time"})


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
        step = self._with_chips(Step(key=self.key(), role=self.role), text)
        wait = WAIT.match(step.name)
        if wait and not step.link:
            return replace(step, kind="wait", duration=step.duration or (wait.group(1) or "").strip())
        if step.name.endswith(("?", "？")):
            return replace(step, kind="decision")
        return replace(step, kind="subprocess") if step.link else step

    def _with_chips(self, step: Step, text: str) -> Step:
        """Takes "[in: Invoice]" and its like out of the name; a time that is not understood stays where it was typed."""
        values: dict[str, Any] = {}
        for found in CHIP.finditer(text):
            name, value = CHIPS[found.group(1).lower()], found.group(2).strip()
            if name in LISTS:
                parts = [part.strip() for part in re.split(r"[;；]", value) if part.strip()]
                values[name] = (*values.get(name, ()), *(self._part(name, part) for part in parts))
            elif name == "accountable":
                values[name] = self._role(value) if value else ""
            elif name in TIMES:
                minutes = minutes_of(value)
                values |= {name: minutes} if minutes is not None else {}
            else:
                values[name] = value
        understood = CHIP.sub(lambda chip: chip.group() if self._not_a_time(chip) else "", text)
        return replace(step, name=understood.strip(), **values)

    def _not_a_time(self, chip: re.Match[str]) -> bool:
        return CHIPS[chip.group(1).lower()] in TIMES and minutes_of(chip.group(2)) is None

    def _part(self, name: str, text: str) -> str | Risk:
        if name == "risks":
            risk, *controls = CONTROL.split(text, maxsplit=1)
            return Risk(self.key(), risk, *controls)
        return self._role(text) if name in {"consulted", "informed"} else text

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
        used = {role for step in self.steps for role in (step.role, step.accountable, *step.consulted, *step.informed)}
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
            text = step.name + _chips(step, definition)
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


def _chips(step: Step, definition: Definition) -> str:
    titles = {field: "; ".join(map(definition.role_title, getattr(step, field))) for field in ("consulted", "informed")}
    risks = "; ".join(f"{one.risk} => {one.control}" if one.control else one.risk for one in step.risks)
    said = (
        ("in", "; ".join(step.inputs)), ("out", "; ".join(step.outputs)), ("record", "; ".join(step.records)), ("see", step.link),
        ("system", step.system), ("form", step.form), ("time", step.duration), ("work", in_words(step.work_time)),
        ("waiting", in_words(step.waiting_time)), ("how", step.instruction), ("accountable", definition.role_title(step.accountable)),
        ("consulted", titles["consulted"]), ("informed", titles["informed"]), ("risk", risks),
    )  # fmt: skip
    return "".join(f" [{word}: {value}]" for word, value in said if value)
