"""What the review page shows of the acts on a case: which are offered to whom, and what was advised."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals import act_policy, policy
from approvals.act_lines import Kind, term, whom
from approvals.models import ApprovalCase, CaseAct, Seat
from approvals.release_policy import may_release
from organization.models import Person
from organization.scope import Scope


@dataclass(frozen=True, slots=True)
class Bar:
    """The menu of one person: (label, address) of each act that opens a form, the seats to take back, and the nudge.

    `nudge_again`: from which day on it is possible again; None where it is now, or where nobody else is asked.
    """

    offers: Sequence[tuple[str, str]]
    lent: Sequence[Seat]
    may_nudge: bool
    nudge_again: dt.date | None
    may_release: bool = False

    def __bool__(self) -> bool:
        return bool(self.offers or self.lent or self.may_nudge or self.nudge_again or self.may_release)


@dataclass(frozen=True, slots=True)
class Advice:
    """A question, and what was answered. `dropped`: it is not wanted any more."""

    asked: CaseAct
    whom: str
    term: str
    answer: CaseAct | None
    dropped: bool
    may_answer: bool
    may_drop: bool


def bar(
    case: ApprovalCase, person: Person, turns: Sequence[policy.Turn], acts: Sequence[CaseAct], day: dt.date, *, office: bool
) -> Bar | None:
    """What this person may do on the open case; `office`: as the process office. At most one query."""
    if case.state != ApprovalCase.State.OPEN:
        return None
    here = [turn for turn in turns if turn.seat.stage.opened_at]
    mine = [turn for turn in here if turn.answer]
    own = [turn for turn in mine if not turn.lent and not _as_delegate(turn, person)]
    names = [
        *([("transfer", _("Transfer…"))] if own or office else ()),
        *([("delegate", _("Delegate this decision…"))] if own else ()),
        *([("add", _("Add an approver…")), ("advice", _("Ask for advice…"))] if mine or office else ()),
        *([("copy", _("Copy for information…"))] if mine or office or person.pk in policy.authors(case) else ()),
    ]
    offers = [(label, reverse("approvals:act", args=[case.pk, name])) for name, label in names]
    lent = [turn.seat for turn in here if turn.seat.lent and (turn.answer or office) and not _as_delegate(turn, person)]
    others = {turn.who.person.pk for turn in here if turn.who and turn.who.person.pk != person.pk}
    last = {act.person_id: act.day for act in acts if act.kind == Kind.NUDGE and act.day}
    again = [act_policy.next_nudge(last[pk]) if pk in last else day for pk in others]
    first = min(again, default=None)
    later = first if first is not None and first > day else None
    return Bar(offers, lent, first is not None and first <= day, later, bool(may_release(case, turns)))


def advices(case: ApprovalCase, acts: Sequence[CaseAct], person: Person, scope: Scope, *, office: bool) -> list[Advice]:
    """Every question of the case in order, with its answer."""
    answers = {act.of_id: act for act in acts if act.of_id}
    is_open = case.state == ApprovalCase.State.OPEN
    found = []
    for asked in (act for act in acts if act.kind == Kind.ASK):
        answer = answers.get(asked.pk)
        wanted = is_open and answer is None
        found.append(
            Advice(
                asked,
                whom(asked),
                term(asked),
                answer if answer and answer.kind == Kind.ADVISE else None,
                dropped=answer is not None and answer.kind == Kind.DROP,
                may_answer=wanted and bool(act_policy.may_advise(person, asked, scope)),
                may_drop=wanted and (office or asked.by_id == person.pk),
            )
        )
    return found


def _as_delegate(turn: policy.Turn, person: Person) -> bool:
    """Whether the person is asked here only because it was lent to him or her."""
    return turn.seat.lent is not None and turn.seat.lent.person_id == person.pk and bool(turn.acting_for)
