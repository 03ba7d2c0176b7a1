"""What follows when a case ends: the revision is approved, withdrawn or goes back to its author, and whoever submitted it is told."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from approvals import answering, effects, joint, marks, taking_part
from approvals.models import ApprovalCase, Decision
from approvals.moving import end
from organization.calendar import today
from organization.models import Person
from processes import holding, lifecycle, withdrawal
from worklist.models import WorkItem
from worklist.notices import Message, tell, tell_many

State, Verdict = ApprovalCase.State, Decision.Verdict
Name = Literal["return", "reject", "recall"]
BACK: dict[Name, Any] = {
    "return": gettext_lazy("{document} was returned to you for changes"),
    "reject": gettext_lazy("{document} was rejected"),
}
BACK_WITH_ALL: dict[Name, Any] = {
    "return": gettext_lazy("The change package “{package}” came back: {document} was returned for changes"),
    "reject": gettext_lazy("The change package “{package}” came back: {document} was rejected"),
}
ENDS: dict[Name, str] = {"return": State.RETURNED, "reject": State.REJECTED, "recall": State.RECALLED}


@dataclass(frozen=True, slots=True)
class Given:
    """What an approval found out of its case under the lock: what its marks come to, and whether comments became actions.

    `done` are ids of the work items that it settles.
    """

    outcome: marks.Outcome
    actions: bool
    done: Collection[int]


def turned_down(case: ApprovalCase, decision: Decision, *, now: dt.datetime) -> None:
    """Back to draft with the reason; what was to be withdrawn stays in force."""
    name: Name = "return" if decision.verdict == Verdict.RETURN else "reject"
    others = taking_part.people(case, today(now))
    given_back(case, name, by=decision.decided_by, reason=decision.reason, now=now)
    words = BACK_WITH_ALL if case.package else BACK
    _tell_submitter(case, format_lazy(words[name], document=case.subject, package=str(case.package)), decision.reason, now=now)
    _tell_others(case, decision, others, now=now)


def given_back(case: ApprovalCase, name: Name, *, by: Person, now: dt.datetime, reason: str = "") -> None:
    """The case ends without effect, and with it the others of its package."""
    together = joint.pending(case) if case.package_id else [case]
    for one in together:
        end(one, ENDS[name], now=now)
        if one.kind == ApprovalCase.Kind.REVISE:
            said = reason if one == case else joint.because_of(case, reason)
            lifecycle.return_to_draft(one.revision, by=by, now=now, name=name, reason=said)
    if case.package_id:
        joint.gather_again(case, now=now)
        case.refresh_from_db(fields=("state", "version", "closed_at"))


def approved(case: ApprovalCase, decision: Decision, given: Given, *, now: dt.datetime) -> None:
    """It takes effect; in a package with the others, once the last of them is through. `given` is what this case comes to."""
    together = joint.completed(case, now=now) if case.package_id else [case]
    for one in together:
        with joint.naming(one, decision.decided_by, now):
            if one == case:
                _takes_effect(case, decision, given, now=now)
            else:
                _takes_effect(one, joint.last_decision(one), None, now=now)
    if together:
        words = gettext_lazy("The change package “{package}” was approved") if case.package else gettext_lazy("{document} was approved")
        _tell_submitter(case, format_lazy(words, document=case.subject, package=str(case.package)), decision.reason, now=now)


def _takes_effect(case: ApprovalCase, decision: Decision, given: Given | None, *, now: dt.datetime) -> None:
    """From the day asked for, or at once; or held back until people are trained, where no waiver says that nobody waits for it."""
    end(case, State.APPROVED, now=now, done=given.done if given else ())
    by, day = decision.decided_by, effects.day_of(case, now)
    if case.kind == ApprovalCase.Kind.WITHDRAW:
        withdrawal.withdraw(case.revision, by=by, now=now, on=day, reason=case.summary, replacement=case.replacement)
        return
    found, hold = given.outcome if given else marks.final(case, now), effects.hold_of(case, now)
    lifecycle.approve_within(case.revision, by=by, now=now, effective_on=day, minor=found.minor, marks=found.kept, hold=hold)
    waiver = effects.training_waiver(case, now) if hold else None
    if waiver is not None:
        holding.waive(case.revision, waiver.signature, by=waiver.given_by, now=now, reason=waiver.reason)
    if given is None or given.actions:
        answering.raise_actions(case, now=now)


def _tell_submitter(case: ApprovalCase, subject: str | Promise, body: str, *, now: dt.datetime) -> None:
    # What came back waits for its author; that it was approved is news.
    back = case.state != State.APPROVED
    tell(
        case.submitted_by, key=f"case:{case.pk}:{case.state}", subject=subject, body=body,
        url=_page_of(case), now=now, kind=WorkItem.Kind.REVISE if back else "", due=back,
    )  # fmt: skip


def _tell_others(case: ApprovalCase, decision: Decision, people: Mapping[int, Person], *, now: dt.datetime) -> None:
    """Earlier stages, those whose turn it was, and whoever was drawn in: nobody is left waiting for what will not come."""
    returned = (
        gettext_lazy("{document} was returned for changes") if case.state == State.RETURNED else gettext_lazy("{document} was rejected")
    )
    subject = format_lazy(returned, document=case.subject)
    body = format_lazy(gettext_lazy("{person}: {reason}"), person=decision.decided_by.name, reason=decision.reason)
    address, known = reverse("approvals:case", args=[case.pk]), {case.submitted_by_id, decision.decided_by_id}
    messages = [Message(one, f"case:{case.pk}:{case.state}:{pk}", subject, body, address) for pk, one in people.items() if pk not in known]
    tell_many(messages, now=now)


def _page_of(case: ApprovalCase) -> str:
    return reverse("approvals:package", args=[case.package_id]) if case.package_id else reverse("approvals:case", args=[case.pk])
