"""Which steps lead to which: reachability over the arrows of a definition."""

from collections.abc import Iterable, Iterator, Mapping

from processes.definition import Definition, ExplicitFlow, explicit_flows


class Net:
    """The sequence arrows that leave each step (`after`), and what follows from them. Arrows to nowhere are left out."""

    def __init__(self, definition: Definition) -> None:
        self._steps = definition.steps
        self.after: dict[str, list[ExplicitFlow]] = {step.key: [] for step in definition.steps}
        self._linked: set[str] = set()  # steps with any arrow to or from another one, messages included
        self._onward: dict[str, list[str]] = {key: [] for key in self.after}
        self._backward: dict[str, list[str]] = {key: [] for key in self.after}
        for flow in explicit_flows(definition.steps):
            if flow.target in self.after:
                self._know(flow)

    def _know(self, flow: ExplicitFlow) -> None:
        self._onward[flow.source].append(flow.target)
        if flow.source != flow.target:
            self._linked |= {flow.source, flow.target}
        if not flow.message:
            self.after[flow.source].append(flow)
            self._backward[flow.target].append(flow.source)

    def isolated(self, key: str) -> bool:
        """Whether no arrow joins the step to another one."""
        return key not in self._linked

    def heads_of_unreached(self) -> Iterator[str]:
        """One step of each part that no start leads to. Without a start the first step counts as one."""
        starts = [step.key for step in self._steps if step.kind == "start"] or [self._steps[0].key]
        reached = _closure(self._onward, starts)
        yield from self._heads([key for key in self.after if key not in reached and not self.isolated(key)])

    def heads_of_trapped(self) -> Iterator[str]:
        """One step of each part from which neither an end nor any other last step can be reached."""
        last = [step.key for step in self._steps if step.kind == "end" or not self.after[step.key]]
        leaving = _closure(self._backward, last)
        yield from self._heads([key for key in self.after if key not in leaving])

    def joined(self, split: str) -> bool:
        """Whether some parallel step with several arrows in can be reached on every branch of a split."""
        joins = {step.key for step in self._steps if step.kind == "parallel" and len(self._backward[step.key]) > 1}
        sequence = {key: [flow.target for flow in flows] for key, flows in self.after.items()}
        for flow in self.after[split]:
            joins &= _closure(sequence, [flow.target])
        return bool(joins)

    def _heads(self, keys: list[str]) -> Iterator[str]:
        """Steps from which all of `keys` can be reached: those without an arrow in, then what is left, in text order."""
        covered: set[str] = set()
        for key in [*(key for key in keys if not self._backward[key]), *keys]:
            if key not in covered:
                covered |= _closure(self._onward, [key])
                yield key


def _closure(arrows: Mapping[str, list[str]], begin: Iterable[str]) -> set[str]:
    reached = set(begin)
    todo = list(reached)
    while todo:
        for target in arrows[todo.pop()]:
            if target not in reached:
                reached.add(target)
                todo.append(target)
    return reached
