"""What the pages show about change requests, as plain facts: the step as it was read, what has changed at it since, how many wait."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db.models import Count

from processes.compare import Change, compare
from processes.content import definition_of
from processes.models import ChangeRequest, Process, Revision
from processes.procedure import StepView, steps_of

State = ChangeRequest.State
TONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        State.OPEN.value: "warn",
        State.ACCEPTED.value: "approved",
        State.DONE.value: "ok",
        State.MERGED.value: "neutral",
        State.DECLINED.value: "bad",
        State.WITHDRAWN.value: "neutral",
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """`then` is the step as it was read (None for the whole document); `now` is what is in force, None where that is what was read.

    `gone`: the step is not in it any more. `changes` are those at the step, or all of them for the whole document.
    """

    then: StepView | None
    now: Revision | None = None
    gone: bool = False
    changes: Sequence[Change] = ()


def place(request: ChangeRequest, now: dt.datetime) -> Place:
    """Where the request points: then, and now."""
    read, process = definition_of(request.revision), request.process
    then = next((view for view in steps_of(read) if view.step.key == request.anchor), None)
    current = process.revisions.in_force(now).select_related("frozen").first()
    if current is None or current.pk == request.revision_id:
        return Place(then)
    current.process = process
    content = definition_of(current)
    changes = compare(read, content).changes
    if then is not None:
        changes = tuple(change for change in changes if change.area == "steps" and request.anchor in {change.key, change.old_key})
    return Place(then, current, then is not None and content.step(request.anchor) is None, changes)


def waiting_at(process: Process) -> dict[str, int]:
    """Key of a step ("" for the whole) → how many requests wait there, in one query."""
    counted = process.change_requests.waiting().values_list("anchor").annotate(n=Count("pk")).order_by()
    return dict(counted)
