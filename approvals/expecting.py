"""The stages to come for people to read: who would decide today in which seat, and by which day each stage should be through."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _

from approvals.models import Mode, Route
from approvals.routes import Plan, PlannedStage
from organization.calendar import add_working_days
from organization.models import Position
from organization.resolution import Assignee, Question, resolve_each


@dataclass(frozen=True, slots=True)
class ExpectedSeat:
    """A position that will decide and who would do so today; `who` is None where top management will have to name somebody."""

    position: Position
    who: Assignee | None


@dataclass(frozen=True, slots=True)
class ExpectedStage:
    """A stage to come, and the day by which it should be through if each takes the days it is given. A skipped one has no seats."""

    plan: PlannedStage
    seats: Sequence[ExpectedSeat]
    by: dt.date

    @property
    def title(self) -> str:
        """The stage's title in the active language."""
        return gettext(self.plan.title)

    @property
    def how(self) -> str:
        """How many of several positions have to approve; nothing to say where there is only one."""
        return how_many(self.plan.mode, self.plan.quorum, len(self.seats)) if len(self.seats) > 1 else ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A plan with people and days. `left_out` are titles of stages that would ask nobody."""

    route: Route | None
    stages: Sequence[ExpectedStage]
    left_out: Sequence[str]


def expected(plan: Plan, wrote: frozenset[int], day: dt.date) -> Expected:
    """The plan as it would be walked from this day on; whoever wrote the content decides nowhere. In a fixed number of queries."""
    walked = [stage for stage in plan.stages if stage.waiver is None]
    asked = [Question(position, wrote, frozenset(), stage.required_level) for stage in walked for position in stage.positions]
    answers, stages, by = iter(resolve_each(asked, day)), [], day
    for stage in plan.stages:
        if stage.waiver is not None:
            stages.append(ExpectedStage(stage, (), by))
            continue
        by = add_working_days(by, stage.working_days)
        stages.append(ExpectedStage(stage, [ExpectedSeat(position, next(answers)) for position in stage.positions], by))
    return Expected(plan.route, stages, plan.left_out)


def how_many(mode: str, quorum: int | None, seats: int | None) -> str:
    """How many of the seats of a stage have to approve, as a sentence; without `seats` as a rule."""
    if mode == Mode.ANY:
        return _("In parallel; one of them is enough.")
    if mode == Mode.QUORUM and quorum is not None and (seats is None or quorum < seats):
        return ngettext("In parallel; %(count)d approval is enough.", "In parallel; %(count)d approvals are enough.", quorum) % {
            "count": quorum
        }
    return _("In parallel; all of them must approve.")
