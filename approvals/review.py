"""Gathers what the review page shows, as plain facts: the change, the seat of the person who looks, and where the case stands."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from approvals import changes, policy
from approvals.expecting import how_many
from approvals.models import ApprovalCase, Comment, Decision, Mode, Rerouting, Seat
from organization.calendar import company_zone
from organization.models import Person
from organization.scope import Scope
from processes.charts import Chart, chart
from processes.compare import Comparison, marks
from processes.content import frozen_definition
from processes.definition import Definition
from processes.models import Revision
from processes.procedure import RoleView, StepView, roles_of, steps_of
from worklist.turns import Turn as Waiting
from worklist.turns import turns as worklist_turns

State = ApprovalCase.State
TONES: Mapping[str, str] = {
    State.OPEN: "in_review", State.APPROVED: "approved", State.RETURNED: "warn", State.REJECTED: "bad", State.RECALLED: "neutral",
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
    timeline: Sequence["Entry"]
    remarks: Sequence["Remark"]
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
class Entry:
    """One line of "Where it stands"; `state` is done, now, refused or coming."""

    title: str
    detail: str
    state: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with the number and name of its step ("" is the whole document), and whether this reader may settle it."""

    comment: Comment
    place: str
    written: str
    may_resolve: bool


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
    definition = frozen_definition(case.content)
    base = changes.base_of(process, case.closed_at or now, besides=case.revision)
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


def timeline(case: ApprovalCase, seats: Sequence[Seat], turns: Sequence[policy.Turn], person: Person, day: dt.date) -> list[Entry]:
    """Submission, each decision, whose turn it is and since when, what comes next, and the end."""
    by_seat = {turn.seat.pk: turn for turn in turns}
    waiting = whose_turn(turns, day)
    submitted = _("Submitted by %(person)s") % {"person": case.submitted_by.name}
    entries = [Entry(submitted, moment(case.submitted_at), "done")]
    reroutings = list(case.reroutings.select_related("by", "route"))
    for seat in seats:
        while reroutings and reroutings[0].first_order <= seat.stage.order:
            entries.append(_rerouted(reroutings.pop(0)))
        decided = next(iter(seat.decisions.all()), None)
        if decided is not None:
            entries.append(_decided(seat, decided))
        elif seat.pk in by_seat:
            entries.append(_awaited(by_seat[seat.pk], person, waiting.get(seat.pk)))
    return [*entries, *_end(case)]


def _rerouted(made: Rerouting) -> Entry:
    title = _("Re-routed by %(person)s") % {"person": made.by.name}
    return Entry(title, " · ".join([made.route.name if made.route else _("Built-in route"), moment(made.at), made.reason]), "done")


def _decided(seat: Seat, decision: Decision) -> Entry:
    signed = decision.signature
    words = {"position": (signed and signed.position_title) or seat.position.title, "verdict": decision.get_verdict_display()}
    name = signed.person_name if signed else decision.decided_by.name
    who = [name, "" if signed else _("without signature"), decision.acting_for, moment(decision.decided_at), decision.reason]
    state = "done" if decision.verdict == Decision.Verdict.APPROVE else "refused"
    return Entry(_("%(position)s: %(verdict)s") % words, " · ".join(filter(None, who)), state)


def whose_turn(turns: Sequence[policy.Turn], day: dt.date) -> dict[int, Waiting]:
    """Seat id → whose turn it is, of the seats whose stage is open; in a fixed number of queries."""
    asked = {turn.seat.pk: turn for turn in turns if turn.seat.stage.opened_at and turn.seat.work_item}
    items = {pk: turn.seat.work_item for pk, turn in asked.items() if turn.seat.work_item}
    found = worklist_turns(list(items.values()), day, {items[pk].pk: turn.who for pk, turn in asked.items()})
    return {pk: found[item.pk] for pk, item in items.items()}


def _awaited(turn: policy.Turn, person: Person, waiting: Waiting | None) -> Entry:
    seat, who = turn.seat, turn.who
    said = [_("a second approver has to be named")]
    if who is not None:
        said = [_("you") if who.person.pk == person.pk else who.person.name, who.acting_for]
    if seat.stage.mode != Mode.ALL:
        said.append(how_many(seat.stage.mode, seat.stage.quorum, None))
    if waiting is None:
        return Entry(seat.position.title, " · ".join(filter(None, said)), "now" if seat.stage.opened_at else "coming")
    due = _("due %(day)s") % {"day": date_format(waiting.item.due_on, "MONTH_DAY_FORMAT")}
    said += [waiting.since, waiting.usually, due, waiting.escalates]
    return Entry(seat.position.title, " · ".join(filter(None, said)), "now")


def _end(case: ApprovalCase) -> Iterator[Entry]:
    revision = case.revision
    if case.state == State.RECALLED:
        yield Entry(_("Recalled by %(person)s") % {"person": case.submitted_by.name}, moment(case.closed_at), "refused")
    elif case.state == State.APPROVED and revision.effective_from:
        yield Entry(_("Version %(version)s takes effect") % {"version": revision.label}, moment(revision.effective_from), "done")
    elif case.state == State.OPEN and case.planned_on:
        yield Entry(_("Takes effect"), date_format(case.planned_on, "DATE_FORMAT"), "coming")
    elif case.state == State.OPEN:
        yield Entry(_("Takes effect as soon as it is approved"), "", "coming")


def moment(at: dt.datetime | None) -> str:
    """Day and time in the company's zone."""
    return date_format(localtime(at, company_zone()), "DATETIME_FORMAT") if at else ""


def remarks_on(revision: Revision, definition: Definition, person: Person) -> list[Remark]:
    """The comments of a revision, open ones first, in the order of the document and then of time."""
    places = {step.key: (number, step.name) for number, step in enumerate(definition.steps, start=1)}
    mine = policy.wrote_revision(person, revision)
    comments = Comment.objects.filter(revision=revision).select_related("author", "resolved_by")
    ordered = sorted(comments, key=lambda c: (c.resolved_at is not None, places.get(c.anchor, (0, ""))[0], c.pk))
    return [
        Remark(
            comment,
            _place(comment.anchor, places),
            moment(comment.created_at),
            comment.resolved_at is None and (mine or comment.author_id == person.pk),
        )
        for comment in ordered
    ]


def _place(anchor: str, places: Mapping[str, tuple[int, str]]) -> str:
    if not anchor:
        return _("The whole document")
    if anchor not in places:
        return _("A step that is no longer there")
    return _("Step %(number)s: %(name)s") % {"number": places[anchor][0], "name": places[anchor][1]}
