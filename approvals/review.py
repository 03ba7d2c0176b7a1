"""Gathers what the review page shows, as plain facts: the change, the seat of the person who looks, and where the case stands."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from approvals import acts_shown, changes, impact, marks_shown, policy, talk_policy
from approvals.act_lines import acts_of
from approvals.impact import Shown
from approvals.mark_forms import NOTHING_TYPED, Typed
from approvals.marks_shown import NO_MARKS, Marks
from approvals.models import ApprovalCase, Decision, Seat
from approvals.remarks import Talk, talk_about
from approvals.timeline import Entry, timeline, whose_turn
from organization.models import Person
from organization.scope import Scope
from processes.charts import Chart, chart
from processes.compare import Comparison, marks
from processes.content import frozen_definition
from processes.definition import Definition
from processes.models import ChangeRequest, Revision
from processes.procedure import RoleView, StepView, roles_of, steps_of
from worklist.turns import Turn as Waiting

State = ApprovalCase.State
TONES: Mapping[str, str] = {
    State.OPEN: "in_review", State.WAITING: "approved", State.APPROVED: "approved", State.RETURNED: "warn", State.REJECTED: "bad",
    State.RECALLED: "neutral",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Review:
    """The whole page for one person. `mine` is the seat in which he or she may decide now; else `why_not` says why none.

    `together` are the seats that are decided with it, itself included.
    """

    case: ApprovalCase
    change: "Change"
    marks: Marks
    impact: Sequence[Shown]
    mine: policy.Turn | None
    together: Sequence[policy.Turn]
    why_not: str
    bar: acts_shown.Bar | None
    advices: Sequence[acts_shown.Advice]
    to_name: Seat | None
    may_recall: bool
    may_reroute: bool
    timeline: Sequence[Entry]
    talk: Talk
    warnings: Sequence[changes.Found]
    closes: Sequence["Closes"]
    tone: str

    @property
    def short_hash(self) -> str:
        """The content hash as people compare it: its first and last characters."""
        return f"{self.case.content.sha256[:4]}…{self.case.content.sha256[-4:]}"


@dataclass(frozen=True, slots=True)
class Closes:
    """A change request that this version closes when it is approved, and whether this reader may open it."""

    request: ChangeRequest
    may_open: bool


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


def of_case(case: ApprovalCase, person: Person, scope: Scope, now: dt.datetime, typed: Typed = NOTHING_TYPED) -> Review:
    """The review as this person sees it, with the marks that he or she has typed."""
    seats = seats_of(case)
    turns = turns_of(case, seats, person, scope)
    change = change_of(case, now)
    vacant = seat_without_anybody(turns)
    office = scope.office and case.state == State.OPEN and bool(policy.may_reroute(person, case, scope))
    acts = acts_of(case)
    return Review(
        case=case,
        change=change,
        marks=marks_shown.of_case(case, change.comparison, typed) if change.comparison else NO_MARKS,
        impact=impact.shown(impact.read(case.impact), scope),
        mine=my_turn(turns),
        together=seats_of_mine(turns),
        bar=acts_shown.bar(case, person, turns, acts, scope.today, office=office),
        advices=acts_shown.advices(case, acts, person, scope, office=office),
        why_not=why_not(turns),
        to_name=vacant if vacant and policy.may_name(person, vacant, case, scope) else None,
        may_recall=case.state == State.OPEN and bool(policy.may_recall(person, case)),
        may_reroute=office,
        timeline=timeline(case, seats, turns, person, scope.today, acts=acts),
        talk=talk_of(case, change.definition, person, scope, now, decides=my_turn(turns) is not None),
        warnings=changes.warnings_told(change.definition) if case.warnings_word else (),
        closes=closes(case, scope),
        tone=TONES[case.state],
    )


def closes(case: ApprovalCase, scope: Scope) -> list[Closes]:
    """What readers had asked for and the draft took up; of a case that ended without approval nothing."""
    if case.state not in (State.OPEN, State.APPROVED):
        return []
    found = list(case.revision.requests.shown())
    mine = ChangeRequest.objects.to_answer(scope).filter(draft=case.revision_id) if found else ChangeRequest.objects.none()
    opens = set(mine.values_list("pk", flat=True))
    return [Closes(one, one.pk in opens or one.asked_by_id == scope.person_id) for one in found]


def talk_of(case: ApprovalCase, definition: Definition, person: Person, scope: Scope, now: dt.datetime, *, decides: bool) -> Talk:
    """What was said, and whether this person may stand in the way of approval."""
    live = case.state == State.OPEN and (
        not scope.office or bool(policy.may_comment(case, scope))
    )  # an office may see without a part in it
    talk = talk_about(case.revision, definition, person, scope, now, live=live, decides=decides)
    return replace(talk, may_block=live and bool(talk_policy.may_block(talk_policy.Standing(person, scope, talk.wrote), case)))


def change_of(case: ApprovalCase, now: dt.datetime) -> Change:
    """The frozen content against what is in force now or, for a closed case, what was in force when it was closed."""
    process = case.revision.process
    definition = frozen_definition(case.content)
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
    seats = Seat.objects.filter(stage__case=case).select_related(*Seat.NEEDED, "stage__waiver__given_by")
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
    decided = frozenset(decision.decided_by_id for seat in seats for decision in seat.decisions.all())
    return policy.turns(person, waiting, case, scope, decided)


def my_turn(turns: Sequence[policy.Turn]) -> policy.Turn | None:
    """The first seat whose stage is open in which this person may decide."""
    return next((turn for turn in turns if turn.answer and turn.seat.stage.opened_at), None)


def seats_of_mine(turns: Sequence[policy.Turn]) -> Sequence[policy.Turn]:
    """The seats of the stage whose turn it is that this person decides by one signature."""
    here = [turn for turn in turns if turn.seat.stage.opened_at]
    mine = my_turn(here)
    return policy.together([mine, *(turn for turn in here if turn is not mine)]) if mine else ()


def why_not(turns: Sequence[policy.Turn]) -> str:
    """Why this person cannot decide now; the first reason of those that hold for a seat that is open."""
    return next((turn.answer.reason for turn in turns if turn.seat.stage.opened_at), "")


def seat_without_anybody(turns: Sequence[policy.Turn]) -> Seat | None:
    """A seat that waits for top management to name a second approver."""
    return next((turn.seat for turn in turns if turn.who is None and turn.seat.stage.opened_at), None)
