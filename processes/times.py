"""How long a process takes: the sum of its work and waiting, and the critical path. Pure.

The lead time is the length of the longest way from a beginning to an end: of several branches the longest counts, a join waits for
the last one (critical path method, Kelley and Walker 1959). A way back is gone once, so that a loop makes nothing endless.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from processes.definition import Step, explicit_flows


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes of working time: all work, all waiting, the longest way with its steps (keys in order); `loops`: ways back are there."""

    work: int
    waiting: int
    lead: int
    critical: tuple[str, ...]
    loops: bool

    def __bool__(self) -> bool:
        """Whether any step says how long it takes."""
        return bool(self.work or self.waiting)


def times_of(steps: Sequence[Step]) -> Times:
    """The times of a process, from what its steps say."""
    takes = {step.key: step.work_time + step.waiting_time for step in steps}
    onward, loops = _without_ways_back(steps)
    lead: dict[str, int] = {}
    best: dict[str, str] = {}
    for key in _backwards(onward):
        after = max(onward[key], key=lambda to: lead[to], default="")
        best[key] = after
        lead[key] = takes[key] + (lead[after] if after else 0)
    entered = {to for ways in onward.values() for to in ways}
    first = max((key for key in takes if key not in entered), key=lambda key: lead[key], default="")
    critical = []
    at = first
    while at:
        critical.append(at)
        at = best[at]
    work, waiting = sum(step.work_time for step in steps), sum(step.waiting_time for step in steps)
    return Times(work, waiting, lead.get(first, 0), tuple(critical), loops)


def _without_ways_back(steps: Sequence[Step]) -> tuple[dict[str, list[str]], bool]:
    """Step → the steps it leads on to, without those arrows that close a circle (found from the top in the order of the text)."""
    ways: dict[str, list[str]] = defaultdict(list)
    known = {step.key for step in steps}
    for flow in explicit_flows(steps):
        if not flow.message and flow.target in known and flow.target not in ways[flow.source]:
            ways[flow.source].append(flow.target)
    onward: dict[str, list[str]] = {step.key: [] for step in steps}
    state: dict[str, int] = {}
    loops = False
    for step in steps:
        stack = [] if step.key in state else [(step.key, iter(ways[step.key]))]
        state.setdefault(step.key, 1)
        while stack:
            key, rest = stack[-1]
            to = next(rest, "")
            if not to:
                state[key] = 2
                stack.pop()
            elif state.get(to) == 1:
                loops = True
            else:
                onward[key].append(to)
                if to not in state:
                    state[to] = 1
                    stack.append((to, iter(ways[to])))
    return onward, loops


def _backwards(onward: Mapping[str, Sequence[str]]) -> list[str]:
    """Every step after all that it leads on to."""
    waiting = {key: len(ways) for key, ways in onward.items()}
    before: dict[str, list[str]] = defaultdict(list)
    for key, ways in onward.items():
        for to in ways:
            before[to].append(key)
    ready = [key for key, count in waiting.items() if not count]
    for key in ready:
        for earlier in before[key]:
            waiting[earlier] -= 1
            if not waiting[earlier]:
                ready.append(earlier)
    return ready
