"""Where a case stands, line by line: submission, decisions, whose turn it is and since when, what comes next, and the end."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from approvals import policy
from approvals.expecting import how_many
from approvals.models import ApprovalCase, Decision, Mode, Rerouting, Seat
from organization.calendar import company_zone
from organization.models import Person
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
    elif case.state == State.OPEN and case.planned_on:
        yield Entry(_("Takes effect"), date_format(case.planned_on, "DATE_FORMAT"), "coming")
    elif case.state == State.OPEN:
        yield Entry(_("Takes effect as soon as it is approved"), "", "coming")


def moment(at: dt.datetime | None) -> str:
    """Day and time in the company's zone."""
    return date_format(localtime(at, company_zone()), "DATETIME_FORMAT") if at else ""
