"""A definition walked step by step: where one stands, from where one came, where it goes on. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from processes.definition import Definition, explicit_flows
from processes.procedure import StepView, WayOn, steps_of


@dataclass(frozen=True, slots=True)
class Stand:
    """One step of `total`. `back` is the number of the step before (0 at the beginning of the way).

    `ways` are all arrows out of it, hand-offs last: none at an end, one where it simply goes on, several where somebody chooses.
    """

    view: StepView
    total: int
    back: int
    ways: tuple[WayOn, ...]
    handed_off: tuple[WayOn, ...]

    @property
    def chooses(self) -> bool:
        """Whether one of several ways is taken: after a decision, or wherever several arrows are not all gone."""
        return len(self.ways) > 1 and self.view.step.kind != "parallel"

    @property
    def together(self) -> bool:
        """Whether all of several ways are gone."""
        return len(self.ways) > 1 and self.view.step.kind == "parallel"


def stand(definition: Definition, number: int, came_from: int = 0, my_roles: Collection[str] = ()) -> Stand | None:
    """At the step with this number, coming from another one; None where there is no such step.

    A `came_from` that leads not here counts as not said: then the first arrow that leads here, else the step above in the text.
    """
    steps = steps_of(definition, my_roles)
    if not 0 < number <= len(steps):
        return None
    numbers, names = definition.numbers(), {step.key: step.name for step in definition.steps}
    view = steps[number - 1]
    flows = [flow for flow in explicit_flows(definition.steps) if flow.target in numbers]
    into = [numbers[flow.source] for flow in flows if flow.target == view.step.key and flow.source != view.step.key]
    out = [
        (flow.message, WayOn(flow.label, numbers[flow.target], flow.target, names[flow.target], flow.message))
        for flow in flows
        if flow.source == view.step.key
    ]
    back = came_from if came_from in into else next((n for n in into if n < number), number - 1)
    return Stand(view, len(steps), back, tuple(way for message, way in out if not message), tuple(way for message, way in out if message))
