"""The order in which steps are told: along the flow from the starts, each branch to its end, and not as the file happens to list them."""

from collections.abc import Sequence

from processes.definition import Step


def reading_order(steps: Sequence[Step]) -> list[Step]:
    """All steps: from each start depth first, a step after all that lead to it where no loop forbids; the rest in file order."""
    by_key = {step.key: step for step in steps}
    back = _loops(steps, by_key)
    waiting = dict.fromkeys(by_key, 0)
    for step in steps:
        for flow in step.flows:
            if not flow.message and flow.to in by_key and (step.key, flow.to) not in back:
                waiting[flow.to] += 1
    ready = [step.key for step in reversed(steps) if not waiting[step.key]]
    ready.sort(key=lambda key: by_key[key].kind == "start")
    told: list[Step] = []
    while ready:
        step = by_key[ready.pop()]
        told.append(step)
        for flow in reversed(step.flows):
            if flow.message or flow.to not in by_key or (step.key, flow.to) in back:
                continue
            waiting[flow.to] -= 1
            if not waiting[flow.to]:
                ready.append(flow.to)
    return told


def _loops(steps: Sequence[Step], by_key: dict[str, Step]) -> set[tuple[str, str]]:
    """Arrows that lead back to a step that is still open on the way from a start; without them nothing is circular."""
    entered = {flow.to for step in steps for flow in step.flows if not flow.message}
    roots = [s for s in steps if s.kind == "start"] + [s for s in steps if s.key not in entered] + list(steps)
    state: dict[str, int] = {}
    back: set[tuple[str, str]] = set()
    for root in roots:
        if root.key in state:
            continue
        state[root.key] = 1
        path = [(root.key, iter(root.flows))]
        while path:
            key, flows = path[-1]
            flow = next((f for f in flows if not f.message and f.to in by_key), None)
            if flow is None:
                state[key] = 2
                path.pop()
            elif state.get(flow.to) == 1:
                back.add((key, flow.to))
            elif flow.to not in state:
                state[flow.to] = 1
                path.append((flow.to, iter(by_key[flow.to].flows)))
    return back
