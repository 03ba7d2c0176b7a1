"""Where a case stands, line by line: submission, decisions, whose turn it is and since when, what comes next, and the end."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from approvals import act_lines, policy
from approvals.expecting import how_many
from approvals.models import ApprovalCase, CaseAct, CaseStage, Decision, Mode, Rerouting, Seat, Waiver
from organization.acting_words import told
from organization.calendar import company_zone, month_day, today
from organization.models import Person
from processes.models import Revision
from worklist.turns import Turn as Waiting
from worklist.turns import turns as worklist_turns

State = ApprovalCase.State
CAME_BACK = {State.RETURNED, State.REJECTED}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of "Where it stands"; `state` is done, now, refused or coming."""

    title: str
    detail: str
    state: str


def timeline(
    case: ApprovalCase, seats: Sequence[Seat], turns: Sequence[policy.Turn], person: Person, day: dt.date, *, acts: Sequence[CaseAct] = ()
) -> list[Entry]:
    """Submission, each decision, whose turn it is and since when, what comes next, and the end.

    An act stands before its seat or stage; what belongs to none of them before the first seat that waits.
    """
    by_seat = {turn.seat.pk: turn for turn in turns}
    waiting = whose_turn(turns, day)
    submitted = _("Submitted by %(person)s") % {"person": case.submitted_by.name}
    entries = [Entry(submitted, moment(case.submitted_at), "done")]
    reroutings, acts, skipped = list(case.reroutings.select_related("by", "route")), list(acts), set[int]()
    signed = Counter(decision.signature_id for seat in seats for decision in seat.decisions.all())
    for seat in seats:
        ours = [act for act in acts if act.seat_id == seat.pk or act.stage_id == seat.stage_id]
        while reroutings and reroutings[0].first_order <= seat.stage.order:
            entries.append(_rerouted(reroutings.pop(0)))
        if seat.stage.waiver is not None and seat.stage_id not in skipped:
            entries.append(_skipped(seat.stage, seat.stage.waiver))
            skipped.add(seat.stage_id)
        decided = next(iter(seat.decisions.all()), None)
        if decided is None and seat.pk in by_seat:
            ours = [act for act in acts if act in ours or not (act.seat_id or act.stage_id)]
        entries += [_done(act) for act in ours]
        acts = [act for act in acts if act not in ours]
        if decided is not None:
            entries.append(_decided(seat, decided, with_others=signed[decided.signature_id] > 1))
        elif seat.pk in by_seat:
            entries.append(_awaited(by_seat[seat.pk], person, waiting.get(seat.pk)))
    return [*entries, *(_done(act) for act in acts), *_end(case)]


def _done(act: CaseAct) -> Entry:
    text = "" if act.kind in {CaseAct.Kind.ASK, CaseAct.Kind.ADVISE} else act.text  # what was advised has a place of its own
    return Entry(act_lines.title(act), " · ".join(filter(None, [act_lines.term(act), moment(act.at), text])), "done")


def _rerouted(made: Rerouting) -> Entry:
    title = _("Re-routed by %(person)s") % {"person": made.by.name}
    return Entry(title, " · ".join([made.route.name if made.route else _("Built-in route"), moment(made.at), made.reason]), "done")


def _skipped(stage: CaseStage, waiver: Waiver) -> Entry:
    words = {"person": waiver.given_by.name, "day": date_format(waiver.until)}
    by = _("skipped by waiver of %(person)s, until %(day)s") % words
    return Entry(gettext(stage.title), f"{by} · {waiver.reason}", "refused")


def _decided(seat: Seat, decision: Decision, *, with_others: bool) -> Entry:
    signed = decision.signature
    held = decision.position_title or (signed and signed.position_title) or seat.position.title
    words = {"position": held, "verdict": decision.get_verdict_display()}
    name = signed.person_name if signed else decision.decided_by.name
    how = (_("one signature for several seats") if with_others else "") if signed else _("without signature")
    who = [name, how, told(decision.acting_for), moment(decision.decided_at), decision.reason]
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
    due = _("due %(day)s") % {"day": month_day(waiting.item.due_on, today(waiting.item.raised_at))}
    said += [waiting.since, waiting.usually, due, waiting.escalates]
    return Entry(seat.position.title, " · ".join(filter(None, said)), "now")


def _end(case: ApprovalCase) -> Iterator[Entry]:
    if case.kind == ApprovalCase.Kind.WITHDRAW:
        yield from _end_of_withdrawal(case)
    elif case.state == State.WAITING:
        yield Entry(_("Approved; takes effect with its package"), moment(case.closed_at), "now")
    elif case.package_id and case.state in CAME_BACK and not _turned_down_here(case):
        yield Entry(_("Came back with its package"), moment(case.closed_at), "refused")
    else:
        yield from _end_of_revision(case)


def _turned_down_here(case: ApprovalCase) -> bool:
    return case.decisions.exclude(verdict=Decision.Verdict.APPROVE).exists()


def _end_of_withdrawal(case: ApprovalCase) -> Iterator[Entry]:
    if case.state == State.RECALLED:
        yield Entry(_("Recalled by %(person)s") % {"person": case.submitted_by.name}, moment(case.closed_at), "refused")
    elif case.state == State.APPROVED:
        yield Entry(_("Withdrawn"), moment(case.process.withdrawn_from), "done")
    elif case.state == State.OPEN:
        day = date_format(case.planned_on, "DATE_FORMAT") if case.planned_on else _("as soon as it is approved")
        yield Entry(_("Withdrawn"), day, "coming")


def _end_of_revision(case: ApprovalCase) -> Iterator[Entry]:
    revision = case.revision
    if case.state == State.RECALLED:
        yield Entry(_("Recalled by %(person)s") % {"person": case.submitted_by.name}, moment(case.closed_at), "refused")
    elif case.state == State.APPROVED and revision.effective_from:
        yield Entry(_("Version %(version)s takes effect") % {"version": revision.label}, moment(revision.effective_from), "done")
    elif case.state == State.APPROVED and revision.state == Revision.State.APPROVED and revision.planned_on:
        planned = _("planned for %(day)s") % {"day": date_format(revision.planned_on)}
        yield Entry(_("Takes effect when the owner has signed that people are ready"), planned, "coming")
    elif case.state == State.OPEN and case.training_days is not None:
        yield Entry(_("Takes effect when people have been trained"), date_format(case.planned_on) if case.planned_on else "", "coming")
    elif case.state == State.OPEN and case.planned_on:
        yield Entry(_("Takes effect"), date_format(case.planned_on, "DATE_FORMAT"), "coming")
    elif case.state == State.OPEN:
        yield Entry(_("Takes effect as soon as it is approved"), "", "coming")


def moment(at: dt.datetime | None) -> str:
    """Day and time in the company's zone."""
    return date_format(localtime(at, company_zone()), "DATETIME_FORMAT") if at else ""
