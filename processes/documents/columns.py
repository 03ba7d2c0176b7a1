"""Headings of a table of steps in English and Chinese → fields of a step; a row → a step with its role. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils import translation

from processes.canonical import NAME_LIMIT, TEXT_LIMIT, clean
from processes.definition import Flow, Risk, Step, new_key
from processes.durations import minutes_of
from processes.exporting.columns import COLUMNS
from processes.step_words import kinds

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("#", "no", "no.", "nr", "nr.", "number", "step no", "step no.", "step number", "序号", "编号", "步骤号"),
    "role": (
        "role", "roles", "responsible", "responsibility", "responsible role", "who", "position", "department", "actor", "owner",
        "负责人", "责任人", "职责", "岗位", "角色", "部门", "责任部门", "责任岗位", "执行人",
    ),
    "name": (
        "step", "steps", "activity", "activities", "task", "action", "process step", "what", "description of activity",
        "description of step",
        "步骤", "活动", "作业", "作业内容", "工作内容", "流程步骤", "任务", "内容",
    ),
    "description": (
        "description", "details", "detail", "how", "note", "notes", "remark", "remarks", "comment", "comments", "instruction",
        "说明", "描述", "备注", "要求", "作业要求", "工作要求",
    ),
    "inputs": ("input", "inputs", "needs", "输入", "输入文件"),
    "outputs": ("output", "outputs", "result", "results", "deliverable", "deliverables", "document", "documents",
        "输出", "输出文件", "结果", "成果"),
    "records": ("record", "records", "form and record", "forms and records", "记录", "质量记录", "表单记录", "相关记录"),
    "system": ("system", "application", "tool", "it system", "系统", "工具", "应用"),
    "form": ("form", "forms", "表单"),
    "duration": ("time", "duration", "deadline", "time limit", "时间", "时限", "时长", "期限"),
}  # fmt: skip
TIMES: Final = frozenset({"work_time", "waiting_time"})
ROLES: Final = frozenset({"consulted", "informed"})
SEVERAL: Final = ROLES | {"inputs", "outputs", "records", "risks"}
ELSEWHERE: Final = frozenset({"number", "next"})
"""Columns that say something only together with the other rows (see `ways`)."""
ARROWS: Final = ("→", "⇢", "->", "=>")
TO: Final = re.compile(r"\s*(\d{1,4})[.)]?\s*")
ENDS: Final = re.compile(r"[\n;；]")
"""Where one name of a list ends."""


def fields_of(head: Sequence[str]) -> list[str]:
    """The field of each column, "" for an unknown one; a field is taken once."""
    known: dict[str, str] = {word: field for field, words in WORDS.items() for word in words}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            known |= {_folded(str(heading)): field for field, heading in COLUMNS.items()}
    found: list[str] = []
    for cell in head:
        field = known.get(_folded(cell), "")
        found.append("" if field in found else field)
    if "name" not in found and "description" in found:  # "Responsible | Description": what is done is described
        found[found.index("description")] = "name"
    return found


def _folded(text: str) -> str:
    return " ".join(text.split()).strip(" :：").casefold()


def step_of(cells: Sequence[str], fields: Sequence[str], key: str, role: Callable[[str], str]) -> tuple[Step | None, list[str]]:
    """The step of a row and the texts that it does not hold; None and all of them where the row names no step."""
    texts = [(fields[n] if n < len(fields) else "", clean(cell).strip()) for n, cell in enumerate(cells)]
    texts = [(field, text) for field, text in texts if text and field not in ELSEWHERE]
    if not any(field == "name" for field, _text in texts):
        return None, [text for _field, text in texts]
    values: dict[str, Any] = {"key": key}
    more: list[str] = []
    left: list[str] = []
    for field, text in texts:
        taken = _value(field, text, role)
        if taken is None or (field not in {"name", "description"} and max(map(len, _parts(text))) > NAME_LIMIT):
            left.append(text)  # too long for its field: the beginning is kept, the whole is listed
        if taken is None:
            continue
        if field == "description":
            more.append(text)
        else:
            values |= taken
            more = [part for part in (values.pop("more", ""), *more) if part]
    step = Step(**values, description="\n".join(more)[:TEXT_LIMIT])
    asks = step.kind == "activity" and step.name.endswith(("?", "？"))
    return replace(step, kind="decision") if asks else step, left


def _value(field: str, text: str, role: Callable[[str], str]) -> dict[str, Any] | None:
    """What a cell gives a step, or None where no field takes it. "more": the rest of a name that is longer than a name."""
    line = " ".join(text.split())
    if field == "name":
        first, _, rest = text.partition("\n")
        return {"name": first.strip()[:NAME_LIMIT], "more": text if len(first.strip()) > NAME_LIMIT else rest.strip()}
    if field in {"role", "accountable"}:
        return {field: role(line)}
    if field == "kind":
        return _kind(text)
    if field in SEVERAL:
        parts = [part for part in _parts(text) if part]
        return {field: tuple(dict.fromkeys(map(role, parts)) if field in ROLES else map(_risk if field == "risks" else _short, parts))}
    if field in TIMES:
        minutes = minutes_of(text)
        return None if minutes is None else {field: minutes}
    return {field: line[:NAME_LIMIT]} if field else None


def _short(text: str) -> str:
    return text[:NAME_LIMIT]


def _risk(text: str) -> Risk:
    risk, _arrow, control = text.partition(" → ")
    return Risk(new_key(), risk.strip()[:NAME_LIMIT], control.strip()[:NAME_LIMIT])


def _way(line: str) -> tuple[str, str, str]:
    """Label, arrow and number of “yes → 5”; "" for the number where it is none."""
    for arrow in ARROWS:
        label, found, rest = line.rpartition(arrow)
        number = TO.fullmatch(rest) if found else None
        if number:
            return label.strip(), arrow, number[1]
    return "", "", ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A step of the table with what its row says about where it stands and where it leads."""

    step: Step
    number: str
    next: str


def placed(step: Step, cells: Sequence[str], fields: Sequence[str], position: int) -> Placed:
    """`position` counts the steps; it is the number of one whose row has none."""
    said = {field: clean(cell).strip() for field, cell in zip(fields, cells, strict=False) if field in ELSEWHERE}
    return Placed(step, said.get("number", "").rstrip(".)、") or str(position), said.get("next", ""))


def ways(rows: Sequence[Placed]) -> tuple[dict[str, tuple[Flow, ...]], list[tuple[int, str]]]:
    """Key of a step → its arrows, as in “yes → 5” or “→ 7”; and the lines that lead nowhere, each with the place of its row."""
    known = {row.number: row.step.key for row in reversed(rows)}
    found: dict[str, tuple[Flow, ...]] = {}
    left: list[tuple[int, str]] = []
    for place, row in enumerate(rows):
        for line in filter(None, _parts(row.next)):
            label, arrow, to = _way(line)
            if to not in known:
                left.append((place, line))
                continue
            flow = Flow(new_key(), known[to], label[:NAME_LIMIT], message=arrow == "⇢")
            found[row.step.key] = (*found.get(row.step.key, ()), flow)
    return found, left


def _parts(text: str) -> list[str]:
    return [part.strip() for part in ENDS.split(text)]


def _kind(text: str) -> dict[str, str] | None:
    """A kind by its name in either language."""
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found = next((kind for kind, word in kinds().items() if _folded(word) == _folded(text)), "")
        if found:
            return {"kind": found}
    return None
