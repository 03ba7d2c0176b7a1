"""Gathers what submitting a draft will do: findings, what changes, who decides in which order, and by when."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from approvals import changes, impact, marks_shown, routes
from approvals.changes import Found
from approvals.expecting import Expected, expected
from approvals.impact import Touched
from approvals.mark_forms import NOTHING_TYPED, Typed
from approvals.marks_shown import Marks
from organization.calendar import today
from organization.gate import Answer
from organization.models import Person
from organization.refusals import Refused
from organization.scope import Scope
from processes import policy
from processes.canonical import canonical, sha256
from processes.compare import Comparison, compare
from processes.content import working_definition
from processes.marking import as_marked
from processes.models import Revision


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything above the form. `dead_end` says why nobody could decide at all, `unchanged` that there would be nothing to decide."""

    draft: Revision
    findings: Sequence[Found]
    base: Revision | None
    comparison: Comparison | None
    marks: Marks
    impact: Sequence[Touched]
    route: Expected | None
    dead_end: str
    may: Answer
    unchanged: bool

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
    def ready(self) -> bool:
        """Whether the form is offered."""
        return bool(self.may) and not self.errors and not self.dead_end and not self.unchanged


def authors_of(draft: Revision, submitter: Person) -> frozenset[int]:
    """Ids of those who will not decide: whoever began the draft, edited it, or submits it."""
    return writers_of(draft) | {submitter.pk}


def writers_of(draft: Revision) -> frozenset[int]:
    """Ids of whoever began the draft or edited it, and of who submitted it where it is in review."""
    wrote = {draft.created_by_id, draft.submitted_by_id, *draft.edits.values_list("by", flat=True)}
    return frozenset(person for person in wrote if person is not None)


def of_draft(draft: Revision, by: Person, scope: Scope, now: dt.datetime, typed: Typed = NOTHING_TYPED) -> Submission:
    """What happens when `by` submits this draft now, with the marks that are `typed` so far."""
    definition, base = working_definition(draft), changes.base_of(draft.process, now)
    route, dead_end = _expected(draft, by, now)
    comparison = changes.between(base, definition) if base else None
    return Submission(
        draft=draft,
        findings=changes.told(changes.findings(draft), definition),
        base=base,
        comparison=comparison,
        marks=marks_shown.of_draft(comparison or Comparison(), typed, marks_shown.said_before(draft)),
        impact=impact.gather(
            impact.Subject(
                process=draft.process,
                old=changes.approved_definition(base) if base else None,
                new=definition,
                comparison=as_marked(comparison, typed.marks) if comparison is not None else compare(None, definition),
                route=route,
                scope=scope,
                now=now,
            )
        ),
        route=route,
        dead_end=dead_end,
        may=policy.may_submit(by, draft.process, scope),
        unchanged=changes.says_the_same(draft.process, sha256(canonical(definition))),
    )


def _expected(draft: Revision, by: Person, now: dt.datetime) -> tuple[Expected | None, str]:
    wrote = authors_of(draft, by)
    try:
        return expected(routes.plan_for(draft.process, today(now), besides=wrote, revision=draft.pk), wrote, today(now)), ""
    except Refused as refused:
        return None, str(refused)
