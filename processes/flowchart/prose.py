"""The chart as text that reads like prose, for screen readers and for people who rather read.

"Step 4, Buyer: Check offer. If yes, go to step 5; if no, go to step 3."
"""

from collections.abc import Mapping
from dataclasses import dataclass

from processes.definition import Definition, ExplicitFlow, Step, explicit_flows


@dataclass(frozen=True, slots=True)
class Phrases:
    """Templates for `str.format`. Placeholders: {number}, {role}, {name}, {kind}, {label}, {target}, {things}."""

    step: str = "Step {number}, {role}: {name}."
    step_without_role: str = "Step {number}: {name}."
    kinds: Mapping[str, str] | None = None
    unnamed: str = "{kind} without a name"
    go_on: str = "Go to step {target}."
    branch: str = "if {label}, go to step {target}"
    branch_without_label: str = "otherwise, go to step {target}"
    together: str = "At the same time, go on with steps {things}."
    message: str = "Send {label} to step {target}."
    message_without_label: str = "Send a message to step {target}."
    outputs: str = "Result: {things}."
    link: str = "See {name}."
    ends: str = "The process ends here."
    semicolon: str = "; "
    comma: str = ", "
    stop: str = "."

    def kind(self, kind: str) -> str:
        """What a step without a name is called."""
        return (self.kinds or _KINDS).get(kind, kind)


_KINDS = {
    "start": "Start",
    "end": "End",
    "activity": "Activity",
    "decision": "Decision",
    "parallel": "Parallel paths",
    "subprocess": "Sub-process",
    "wait": "Wait",
    "document": "Document",
    "event": "Event",
}


def as_text(definition: Definition, phrases: Phrases | None = None) -> list[str]:
    """One paragraph per step, in text order. Arrows to steps that do not exist are left out; a finding names them."""
    words = phrases or Phrases()
    numbers = definition.numbers()
    leaving: dict[str, list[ExplicitFlow]] = {step.key: [] for step in definition.steps}
    for flow in explicit_flows(definition.steps):
        if flow.target in numbers:
            leaving[flow.source].append(flow)
    return [_paragraph(definition, step, leaving[step.key], words, numbers) for step in definition.steps]


def _paragraph(definition: Definition, step: Step, flows: list[ExplicitFlow], words: Phrases, numbers: Mapping[str, int]) -> str:
    sentences = [_what(definition, step, words, numbers)]
    if step.link:
        sentences.append(words.link.format(name=step.link))
    if step.outputs:
        sentences.append(words.outputs.format(things=words.comma.join(step.outputs)))
    for flow in flows:
        if flow.message:
            template = words.message if flow.label else words.message_without_label
            sentences.append(template.format(label=flow.label, target=numbers[flow.target]))
    sentences += _onward(step, [flow for flow in flows if not flow.message], words, numbers)
    return " ".join(sentences)


def _what(definition: Definition, step: Step, words: Phrases, numbers: Mapping[str, int]) -> str:
    name = step.name.strip() or words.unnamed.format(kind=words.kind(step.kind))
    role = definition.role_title(step.role)
    # A name that brings its own mark ("Approved?") needs no full stop.
    sentence = (words.step if role else words.step_without_role).format(number=numbers[step.key], role=role, name=name)
    return sentence.removesuffix(words.stop) if name.endswith(("?", "!", ".", "？", "！", "。")) else sentence


def _onward(step: Step, flows: list[ExplicitFlow], words: Phrases, numbers: Mapping[str, int]) -> list[str]:
    """Where the sequence goes: nowhere, on, to several steps at once, or by case."""
    if not flows:
        return [words.ends] if step.kind == "end" else []
    if step.kind != "decision" and not any(flow.label for flow in flows):
        targets = words.comma.join(str(numbers[flow.target]) for flow in flows)
        return [words.go_on.format(target=targets) if len(flows) == 1 else words.together.format(things=targets)]
    cases = words.semicolon.join(_case(flow, words, numbers) for flow in flows)
    return [cases[0].upper() + cases[1:] + words.stop]


def _case(flow: ExplicitFlow, words: Phrases, numbers: Mapping[str, int]) -> str:
    template = words.branch if flow.label else words.branch_without_label
    return template.format(label=flow.label, target=numbers[flow.target])
