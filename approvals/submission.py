"""Gathers what submitting a draft will do: findings, what changes, who decides in which order, and by when."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from approvals import changes, routes
from approvals.changes import Found
from approvals.routes import PlannedStage
from organization.calendar import add_working_days, today
from organization.gate import Answer
from organization.models import Person, Position
from organization.refusals import Refused
from organization.resolution import Assignee, Question, resolve_each
from organization.scope import Scope
from processes import policy
from processes.compare import Comparison
from processes.content import working_definition
from processes.models import Revision


@dataclass(frozen=True, slots=True)
class ExpectedSeat:
    """A position that will decide and who would do so today; `who` is None where top management will have to name somebody."""

    position: Position
    who: Assignee | None


@dataclass(frozen=True, slots=True)
class ExpectedStage:
    """A stage to come, and the day by which it should be through if each takes the days it is given."""

    plan: PlannedStage
    seats: Sequence[ExpectedSeat]
    by: dt.date

    @property
    def title(self) -> str:
        """The stage's title in the active language."""
        return gettext(self.plan.title)


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything above the form. `dead_end` says why nobody could decide at all."""

    draft: Revision
    findings: Sequence[Found]
    base: Revision | None
    comparison: Comparison | None
    stages: Sequence[ExpectedStage]
    dead_end: str
    may: Answer

    @property
    def errors(self) -> Sequence[Found]:
        """Findings that stand in the way."""
        return [found for found in self.findings if found.level == "error"]

    @property
    def warnings(self) -> Sequence[Found]:
        """Findings that need a word."""
        return [found for found in self.findings if found.level == "warning"]

    @property
    def hints(self) -> Sequence[Found]:
        """Findings that need nothing."""
        return [found for found in self.findings if found.level == "hint"]

    @property
    def unchanged(self) -> bool:
        """Whether the draft says the same as what it is compared with."""
        return self.comparison is not None and not self.comparison

    @property
    def ready(self) -> bool:
        """Whether the form is offered."""
        return bool(self.may) and not self.errors and not self.dead_end


def authors_of(draft: Revision, submitter: Person) -> frozenset[int]:
    """Ids of those who will not decide: whoever began the draft, edited it, or submits it."""
    return frozenset(draft.edits.values_list("by", flat=True)) | {draft.created_by_id, submitter.pk}


def of_draft(draft: Revision, by: Person, scope: Scope, now: dt.datetime) -> Submission:
    """What happens when `by` submits this draft now."""
    definition, base = working_definition(draft), changes.base_of(draft.process, now)
    stages, dead_end = _expected(draft, by, now)
    return Submission(
        draft=draft,
        findings=changes.told(changes.findings(draft), definition),
        base=base,
        comparison=changes.between(base, definition) if base else None,
        stages=stages,
        dead_end=dead_end,
        may=policy.may_submit(by, draft.process, scope),
    )


def _expected(draft: Revision, by: Person, now: dt.datetime) -> tuple[list[ExpectedStage], str]:
    day = today(now)
    try:
        plan = routes.plan_for(draft.process, day)
    except Refused as refused:
        return [], str(refused)
    wrote = authors_of(draft, by)
    asked = [Question(position, wrote, frozenset(), stage.required_level) for stage in plan for position in stage.positions]
    answers = iter(resolve_each(asked, day))
    stages = []
    for stage in plan:
        day = add_working_days(day, stage.working_days)
        stages.append(ExpectedStage(stage, [ExpectedSeat(position, next(answers)) for position in stage.positions], day))
    return stages, ""
