"""Gathers what the review page shows, as plain facts: the change, the seat of the person who looks, and where the case stands."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from approvals import changes, policy
from approvals.models import ApprovalCase, Decision, Seat
from approvals.remarks import Remark, remarks_on
from approvals.timeline import Entry, timeline, whose_turn
from organization.models import Person
from organization.scope import Scope
from processes.charts import Chart, chart
from processes.compare import Comparison, marks
from processes.definition import Definition
from processes.models import Revision
from processes.procedure import RoleView, StepView, roles_of, steps_of
from worklist.turns import Turn as Waiting

State = ApprovalCase.State
TONES: Mapping[str, str] = {
    State.OPEN: "in_review", State.WAITING: "approved", State.APPROVED: "approved", State.RETURNED: "warn", State.REJECTED: "bad",
    State.RECALLED: "neutral",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Review:
    """The whole page for one person. `mine` is the seat in which he or she may decide now; else `why_not` says why none."""

    case: ApprovalCase
    change: "Change"
    mine: policy.Turn | None
    why_not: str
    to_name: Seat | None
    may_recall: bool
    may_reroute: bool
    timeline: Sequence[Entry]
    remarks: Sequence[Remark]
    warnings: Sequence[changes.Found]
    tone: str

    @property
    def short_hash(self) -> str:
        """The content hash as people compare it: its first and last characters."""
        return f"{self.case.content.sha256[:4]}…{self.case.content.sha256[-4:]}"

    @property
    def open_remarks(self) -> int:
        """How many comments nobody has settled yet."""
        return sum(remark.comment.resolved_at is None for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Change:
    """What the reader compares: old and new content with their charts. Without `base` the document is new."""

    definition: Definition
    base: Revision | None
    comparison: Comparison | None
    touched: changes.Touched | None
    old_chart: Chart | None
    new_chart: Chart
    steps: Sequence[StepView]
    roles: Sequence[RoleView]


def of_case(case: ApprovalCase, person: Person, scope: Scope, now: dt.datetime) -> Review:
    """The review as this person sees it."""
    seats = seats_of(case)
    turns = turns_of(case, seats, person, scope)
    change = change_of(case, now)
    vacant = seat_without_anybody(turns)
    return Review(
        case=case,
        change=change,
        mine=my_turn(turns),
        why_not=why_not(turns),
        to_name=vacant if vacant and policy.may_name(person, vacant, case, scope) else None,
        may_recall=case.state == State.OPEN and bool(policy.may_recall(person, case)),
        may_reroute=scope.office and case.state == State.OPEN and bool(policy.may_reroute(person, case, scope)),
        timeline=timeline(case, seats, turns, person, scope.today),
        remarks=remarks_on(case.revision, change.definition, person),
        warnings=changes.warnings_told(change.definition) if case.warnings_word else (),
        tone=TONES[case.state],
    )


def change_of(case: ApprovalCase, now: dt.datetime) -> Change:
    """The frozen content against what is in force now or, for a closed case, what was in force when it was closed."""
    process = case.revision.process
    definition = changes.frozen_definition(case.content)
    withdrawn = case.kind == ApprovalCase.Kind.WITHDRAW  # the whole document ends: there is nothing to compare
    base = None if withdrawn else changes.base_of(process, case.closed_at or now, besides=case.revision)
    if base is None:
        new_chart = chart(definition, label=process.title)
        return Change(definition, None, None, None, None, new_chart, steps_of(definition), roles_of(definition))
    old = changes.approved_definition(base)
    comparison = changes.between(base, definition)
    coloured = marks(comparison)
    return Change(
        definition=definition,
        base=base,
        comparison=comparison,
        touched=changes.touched(comparison, old, definition),
        old_chart=chart(old, marks=coloured, label=_("Before: %(title)s") % {"title": process.title}),
        new_chart=chart(definition, marks=coloured, label=_("Now: %(title)s") % {"title": process.title}),
        steps=steps_of(definition),
        roles=roles_of(definition),
    )


def seats_of(case: ApprovalCase) -> list[Seat]:
    """Every seat in the order of the route, with what the page shows of it."""
    seats = Seat.objects.filter(stage__case=case).select_related("stage", "position__department", "work_item", "named")
    decisions = Prefetch("decisions", Decision.objects.select_related("signature", "decided_by"))
    return list(seats.prefetch_related(decisions).order_by("stage__order", "pk"))


def waiting_for(revision: Revision, person: Person, scope: Scope) -> list[Waiting]:
    """Whose turn it is on a revision in review, for those who may see its case; nothing for others."""
    case = ApprovalCase.objects.visible_to(scope).open().filter(revision=revision).first()
    if case is None:
        return []
    turns = turns_of(case, seats_of(case), person, scope)
    return list(whose_turn(turns, scope.today).values())


def turns_of(case: ApprovalCase, seats: Sequence[Seat], person: Person, scope: Scope) -> list[policy.Turn]:
    """How this person stands to the seats that wait now or come later; none once the case is closed."""
    if case.state != State.OPEN:
        return []
    waiting = [seat for seat in seats if not seat.decisions.all() and not policy.is_over(seat.stage)]
    return policy.turns(person, waiting, case, scope)


def my_turn(turns: Sequence[policy.Turn]) -> policy.Turn | None:
    """The first seat whose stage is open in which this person may decide."""
    return next((turn for turn in turns if turn.answer and turn.seat.stage.opened_at), None)


def why_not(turns: Sequence[policy.Turn]) -> str:
    """Why this person cannot decide now; the first reason of those that hold for a seat that is open."""
    return next((turn.answer.reason for turn in turns if turn.seat.stage.opened_at), "")


def seat_without_anybody(turns: Sequence[policy.Turn]) -> Seat | None:
    """A seat that waits for top management to name a second approver."""
    return next((turn.seat for turn in turns if turn.who is None and turn.seat.stage.opened_at), None)
