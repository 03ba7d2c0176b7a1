"""Mends for what the live checks find: each is a few operations on the draft, so that it can be undone like typing. Pure.

A fix never guesses what a process does; it does what the sentence of the finding proposes, and a person chooses it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from processes.canonical import NAME_LIMIT, to_json
from processes.definition import Definition, Flow, Step, new_key
from processes.flowchart.findings import LABEL_AT_MOST, Finding

Operation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """What a fix writes, in the language of the document."""

    start: str = "Start"
    end: str = "End"
    yes: str = "yes"
    no: str = "no"
    question: str = "Which case is it?"
    all_of_them: str = "Do all of these"


class _Draft:
    """The definition that is mended, and the step of the finding."""

    def __init__(self, definition: Definition, finding: Finding, words: Words) -> None:
        self.definition, self.finding, self.words = definition, finding, words
        self.steps = definition.steps
        self.place = next((n for n, step in enumerate(self.steps) if step.key == finding.step), -1)

    @property
    def step(self) -> Step:
        return self.steps[self.place]

    @property
    def above(self) -> Step | None:
        return self.steps[self.place - 1] if self.place > 0 else None

    @property
    def below(self) -> Step | None:
        return self.steps[self.place + 1] if 0 <= self.place < len(self.steps) - 1 else None

    def set(self, field: str, value: Any, step: Step | None = None) -> Operation:
        return {"op": "set", "target": f"steps/{(step or self.step).key}/{field}", "value": to_json(value)}

    def add(self, step: Step, after: str | None) -> Operation:
        return {"op": "add", "target": "steps", "value": to_json(step), "after": after}


def _add_start(draft: _Draft) -> Iterator[Operation]:
    first = draft.steps[0] if draft.steps else None
    name = draft.definition.boundary.trigger or draft.words.start
    yield draft.add(Step(new_key(), "start", name, first.role if first else ""), "")


def _add_end(draft: _Draft) -> Iterator[Operation]:
    last = draft.steps[-1] if draft.steps else None
    yield draft.add(Step(new_key(), "end", draft.definition.boundary.result or draft.words.end, last.role if last else ""), None)


def _drop_role(draft: _Draft) -> Iterator[Operation]:
    title = draft.finding.values.get("role")
    used = {role for step in draft.steps for role in (step.role, step.accountable, *step.consulted, *step.informed)}
    idle = next((role.key for role in draft.definition.roles if role.title == title and role.key not in used), "")
    if idle:
        yield {"op": "remove", "target": f"roles/{idle}"}


def _end_here(draft: _Draft) -> Iterator[Operation]:
    """An end right below the step, to which it goes on."""
    if draft.step.flows:
        return
    yield draft.add(Step(new_key(), "end", draft.words.end, draft.step.role), draft.step.key)
    if not draft.step.goes_on:
        yield draft.set("goes_on", value=True)


def _go_on(draft: _Draft) -> Iterator[Operation]:
    if draft.below and not draft.step.flows and not draft.step.goes_on:
        yield draft.set("goes_on", value=True)


def _from_above(draft: _Draft) -> Iterator[Operation]:
    """The step above goes on with this one where it led nowhere else on purpose."""
    above = draft.above
    if above and above.kind != "end" and not above.flows and not above.goes_on:
        yield draft.set("goes_on", value=True, step=above)


def _remove(draft: _Draft) -> Iterator[Operation]:
    if not any(flow.to == draft.step.key for step in draft.steps for flow in step.flows):
        yield {"op": "remove", "target": f"steps/{draft.step.key}"}


def _role_above(draft: _Draft) -> Iterator[Operation]:
    known = {role.key for role in draft.definition.roles}
    near = [*draft.steps[: draft.place][::-1], *draft.steps[draft.place + 1 :]]
    role = next((step.role for step in near if step.role in known), "")
    if role:
        yield draft.set("role", role)


def _shorten(draft: _Draft) -> Iterator[Operation]:
    """The whole name goes to the description, its beginning stays; cut between words where there are any."""
    name = " ".join(draft.step.name.split())
    head = name[: LABEL_AT_MOST - 1]
    cut = head.rfind(" ")
    kept = head[:cut] if cut > LABEL_AT_MOST // 2 else head
    yield draft.set("name", f"{kept.rstrip(' ,;:.')}…")
    yield draft.set("description", f"{name}\n\n{draft.step.description}".strip())


def _missing(draft: _Draft, flow: Flow) -> bool:
    keys = {step.key for step in draft.steps}
    return (flow.to or (draft.below.key if draft.below else "")) not in keys


def _to_below(draft: _Draft) -> Iterator[Operation]:
    if draft.below:
        yield draft.set("flows", tuple(replace(flow, to="") if _missing(draft, flow) else flow for flow in draft.step.flows))


def _drop_arrow(draft: _Draft) -> Iterator[Operation]:
    yield draft.set("flows", tuple(flow for flow in draft.step.flows if not _missing(draft, flow)))


def _one_arrow(draft: _Draft) -> Iterator[Operation]:
    """Of arrows to one step the first stays, with the labels of all that say something."""
    below = draft.below.key if draft.below else ""
    kept: dict[tuple[str, bool], Flow] = {}
    for flow in draft.step.flows:
        place = flow.to or below, flow.message
        first = kept.get(place)
        labels = [one.label for one in (first, flow) if one and one.label]
        label = " / ".join(dict.fromkeys(labels))[:NAME_LIMIT]
        kept[place] = replace(first or flow, label=label)
    yield draft.set("flows", tuple(kept.values()))


def _arrows(draft: _Draft) -> tuple[Flow, ...]:
    """The arrows of the step, with the one that its place in the text implies."""
    if any(not flow.message for flow in draft.step.flows) or not draft.step.goes_on or not draft.below:
        return draft.step.flows
    return (*draft.step.flows, Flow(new_key()))


def _other_case(draft: _Draft) -> Iterator[Operation]:
    """The other case leads to an end of its own, to be changed by whoever knows better."""
    words, last = draft.words, draft.steps[-1]
    first, *rest = _arrows(draft)
    end = Step(new_key(), "end", words.end, draft.step.role)
    taken = first.label.strip().casefold()
    label = words.yes if taken == words.no.casefold() else words.no
    yield draft.add(end, last.key)
    yield draft.set("flows", (replace(first, label=first.label or words.yes), *rest, Flow(new_key(), end.key, label)))


def _make_activity(draft: _Draft) -> Iterator[Operation]:
    yield draft.set("kind", "activity")


def _yes_no(draft: _Draft) -> Iterator[Operation]:
    """Where there are two branches: what is not said becomes the other word."""
    flows = [flow for flow in draft.step.flows if not flow.message]
    if len(flows) != 2 or any(flow.message for flow in draft.step.flows):
        return
    words = [draft.words.yes, draft.words.no]
    said = [flow.label.strip() for flow in flows]
    free = [word for word in words if word.casefold() not in {one.casefold() for one in said}]
    yield draft.set("flows", tuple(flow if flow.label.strip() else replace(flow, label=free.pop(0)) for flow in flows))


def _after(draft: _Draft, kind: str, name: str) -> Iterator[Operation]:
    """The ways on start at a new step below."""
    onward = tuple(flow for flow in draft.step.flows if not flow.message)
    messages = tuple(flow for flow in draft.step.flows if flow.message)
    below = draft.below.key if draft.below else ""
    moved = tuple(flow if flow.to else replace(flow, to=below) for flow in onward)
    yield draft.add(Step(new_key(), kind, name, draft.step.role, flows=moved), draft.step.key)
    yield draft.set("flows", messages)
    if not draft.step.goes_on:
        yield draft.set("goes_on", value=True)


def _ask_after(draft: _Draft) -> Iterator[Operation]:
    return _after(draft, "decision", draft.words.question)


def _split_after(draft: _Draft) -> Iterator[Operation]:
    return _after(draft, "parallel", draft.words.all_of_them)


Fix = Callable[[_Draft], Iterator[Operation]]
FIXES: Final[Mapping[str, Mapping[str, Fix]]] = {
    "no-start": {"add-start": _add_start},
    "no-end": {"add-end": _add_end},
    "unused-role": {"drop-role": _drop_role},
    "isolated": {"remove-step": _remove},
    "dead-end": {"go-on": _go_on, "end-here": _end_here},
    "unreachable": {"from-above": _from_above},
    "unnamed-step": {"remove-step": _remove},
    "long-name": {"shorten": _shorten},
    "missing-role": {"role-above": _role_above},
    "missing-target": {"to-below": _to_below, "drop-arrow": _drop_arrow},
    "identical-arrows": {"one-arrow": _one_arrow},
    "decision-with-one-branch": {"other-case": _other_case, "make-activity": _make_activity},
    "branch-without-label": {"yes-no": _yes_no},
    "implicit-split": {"ask-after": _ask_after, "split-after": _split_after},
}
"""Finding → the names of its fixes, the likeliest first."""


def operations(definition: Definition, finding: Finding, name: str, words: Words | None = None) -> Sequence[Operation]:
    """What this fix does, as operations without ids; nothing where it does not fit."""
    fix = FIXES.get(finding.code, {}).get(name)
    return list(fix(_Draft(definition, finding, words or Words()))) if fix else []


def offered(definition: Definition, finding: Finding) -> Sequence[str]:
    """The fixes that do something here."""
    return [name for name in FIXES.get(finding.code, {}) if operations(definition, finding, name)]
