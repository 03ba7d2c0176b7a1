"""The exercise of level 1: a described process is drawn by typing its steps, and graded by the portal's own lint and comparison.

What was typed is laid over the solution: steps and roles that mean the same, told by their words, take its keys and names. Then both are
compared as two revisions are. Pure but for the words of the feedback.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from processes.compare import compare
from processes.definition import Definition, Flow, RoleRef, Step, explicit_flows
from processes.finding_texts import sentence
from processes.flowchart.findings import find
from training.typed_steps import definition_of

PASSES_FROM: Final = 80
EVENTS: Final = frozenset({"start", "end"})


@dataclass(frozen=True, slots=True)
class Exercise:
    """A described process: `words` are those by which each step of the solution is known, in its order; `roles` the same of its lanes."""

    title: str
    story: tuple[str, ...]
    solution: str
    words: tuple[tuple[str, ...], ...]
    roles: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is looked at: whether it is there, and the sentence about it."""

    good: bool
    text: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """All points in the order of the solution; errors of the lint keep from passing whatever else is right."""

    points: tuple[Point, ...]
    errors: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Rounded down."""
        return 100 * sum(point.good for point in self.points) // len(self.points) if self.points else 0

    @property
    def passed(self) -> bool:
        """Enough is right, and the lint finds no error."""
        return not self.errors and self.percent >= PASSES_FROM


def graded(exercise: Exercise, typed: str) -> Feedback:
    """What is there, what is missing, who does it and where it leads."""
    given, solution = definition_of(typed), definition_of(exercise.solution)
    numbers = given.numbers()
    errors = tuple(sentence(one, numbers) for one in find(given) if one.level == "error")
    return Feedback(tuple(_points(plain(solution), plain(laid_over(given, solution, exercise)))), errors)


def laid_over(given: Definition, solution: Definition, exercise: Exercise) -> Definition:
    """What was typed under the keys and names of the solution, as far as it means the same."""
    steps = _same(given.steps, solution.steps, exercise.words)
    lanes = {
        role.key: wanted
        for wanted, words in zip(solution.roles, exercise.roles, strict=True)
        for role in given.roles
        if _says(role.title, (wanted.title, *words))
    }
    roles = {role.key: lanes.get(role.key, RoleRef(f"own-{role.key}", role.title)) for role in given.roles}

    def key(old: str) -> str:
        return steps[old].key if old in steps else f"own-{old}"

    def over(one: Step) -> Step:
        flows = tuple(replace(flow, to=key(flow.to) if flow.to else "") for flow in one.flows)
        name = steps[one.key].name if one.key in steps else one.name
        role = roles[one.role].key if one.role in roles else ""
        return Step(key=key(one.key), kind=one.kind, name=name, role=role, flows=flows, goes_on=one.goes_on)

    return Definition(roles=tuple(dict.fromkeys(roles.values())), steps=tuple(map(over, given.steps)))


def _same(given: Sequence[Step], wanted: Sequence[Step], words: Sequence[Sequence[str]]) -> dict[str, Step]:
    """Key of a typed step → the step of the solution that it is. The start is the start; the only end is the end."""
    found: dict[str, Step] = {}
    for step, known in zip(wanted, words, strict=True):
        alike = [one for one in given if one.key not in found and _class(one) == _class(step)]
        said = [one for one in alike if _says(one.name, known)]
        if step.kind in EVENTS and not said and len(alike) == 1:
            said = alike
        if said:
            found[said[0].key] = step
    return found


def _class(step: Step) -> str:
    return step.kind if step.kind in EVENTS or step.kind == "decision" else "work"


def _says(text: str, words: Sequence[str]) -> bool:
    return any(word.casefold() in text.casefold() for word in words)


def plain(definition: Definition) -> Definition:
    """Without what does not matter here: the order of the lines, labels, and whether an arrow was typed or follows from the order."""
    ways: dict[str, set[str]] = {}
    for flow in explicit_flows(definition.steps):
        ways.setdefault(flow.source, set()).add(flow.target)
    steps = [
        replace(
            one, goes_on=False, kind="activity" if _class(one) == "work" else one.kind,
            flows=tuple(Flow(key=f"{one.key}-{to}", to=to) for to in sorted(ways.get(one.key, ()))),
        )
        for one in definition.steps
    ]  # fmt: skip
    return replace(definition, steps=tuple(steps))


def _points(wanted: Definition, given: Definition) -> list[Point]:
    changes = compare(wanted, given).changes
    missing = {one.key for one in changes if (one.area, one.kind) == ("steps", "removed")}
    fields: dict[str, set[str]] = {}
    for one in changes:
        if one.area == "steps" and one.kind == "changed":
            fields.setdefault(one.old_key or one.key, set()).add(one.field)
    found = [point for step in wanted.steps for point in _of_step(step, missing, fields, wanted)]
    own = [one.name for one in changes if (one.area, one.kind) == ("steps", "added")]
    return [*found, *(Point(False, _("“%(name)s” is not in the description, or stands there twice.") % {"name": name}) for name in own)]


def _of_step(step: Step, missing: set[str], fields: Mapping[str, set[str]], wanted: Definition) -> list[Point]:
    words = {"name": step.name, "role": wanted.role_title(step.role)}
    if step.key in missing:
        return [Point(False, _missing(step) % words)]
    points = [Point(True, _("“%(name)s” is there.") % words)]
    changed = fields.get(step.key, set())
    if step.kind not in EVENTS:
        good = "role" not in changed
        points.append(Point(good, (_("%(role)s does “%(name)s”.") if good else _("Who does “%(name)s”? Read again.")) % words))
    if step.kind != "end":
        good = "flows" not in changed
        points.append(Point(good, (_("After “%(name)s” it goes on rightly.") if good else _where(step)) % words))
    return points


def _missing(step: Step) -> str:
    return {
        "start": _("The start is missing: “start: %(name)s”."),
        "end": _("The end is missing: what is reached at last?"),
        "decision": _("A decision is missing: a line that ends in a question mark, with its two ways below."),
    }.get(step.kind, _("A step is missing that the description tells of. Read it again, sentence by sentence."))


def _where(step: Step) -> str:
    if step.kind == "decision":
        return _("Where do the ways out of “%(name)s” lead? Each case of the description has its own.")
    return _("What follows after “%(name)s”? The arrow leads elsewhere than the description says.")
