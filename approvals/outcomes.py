"""What follows when a case ends: the revision is approved or goes back to its author, and whoever submitted it is told."""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from approvals import answering, effects, marks, taking_part
from approvals.models import ApprovalCase, Decision
from approvals.moving import end
from organization.calendar import today
from organization.models import Person
from processes import holding, lifecycle
from worklist.models import WorkItem
from worklist.notices import Message, tell, tell_many

State, Verdict = ApprovalCase.State, Decision.Verdict


def turned_down(case: ApprovalCase, decision: Decision, *, now: dt.datetime) -> None:
    """Back to draft with the reason."""
    returned = decision.verdict == Verdict.RETURN
    others = taking_part.people(case, today(now))
    end(case, State.RETURNED if returned else State.REJECTED, now=now)
    name: Literal["return", "reject"] = "return" if returned else "reject"
    lifecycle.return_to_draft(case.revision, by=decision.decided_by, now=now, name=name, reason=decision.reason)
    words = gettext_lazy("{document} was returned to you for changes") if returned else gettext_lazy("{document} was rejected")
    _tell_submitter(case, format_lazy(words, document=subject_of(case)), decision.reason, now=now)
    _tell_others(case, decision, others, now=now)


def approved(case: ApprovalCase, decision: Decision, *, now: dt.datetime) -> None:
    """From the day asked for, or at once; or held back until people are trained, where no waiver says that nobody waits for it."""
    end(case, State.APPROVED, now=now)
    found, hold = marks.final(case, now), effects.hold_of(case, now)
    lifecycle.approve(
        case.revision, by=decision.decided_by, now=now, effective_on=effects.day_of(case, now), minor=found.minor, marks=found.kept,
        hold=hold,
    )  # fmt: skip
    waiver = effects.training_waiver(case, now) if hold else None
    if waiver is not None:
        holding.waive(case.revision, waiver.signature, by=waiver.given_by, now=now, reason=waiver.reason)
    answering.raise_actions(case, now=now)
    subject = format_lazy(gettext_lazy("{document} was approved"), document=subject_of(case))
    _tell_submitter(case, subject, decision.reason, now=now)


def _tell_submitter(case: ApprovalCase, subject: str | Promise, body: str, *, now: dt.datetime) -> None:
    # What came back waits for its author; that it was approved is news.
    back = case.state != State.APPROVED
    tell(
        case.submitted_by, key=f"case:{case.pk}:{case.state}", subject=subject, body=body,
        url=reverse("approvals:case", args=[case.pk]), now=now, kind=WorkItem.Kind.REVISE if back else "", due=back,
    )  # fmt: skip


def _tell_others(case: ApprovalCase, decision: Decision, people: Mapping[int, Person], *, now: dt.datetime) -> None:
    """Earlier stages, those whose turn it was, and whoever was drawn in: nobody is left waiting for what will not come."""
    returned = (
        gettext_lazy("{document} was returned for changes") if case.state == State.RETURNED else gettext_lazy("{document} was rejected")
    )
    subject = format_lazy(returned, document=subject_of(case))
    body = format_lazy(gettext_lazy("{person}: {reason}"), person=decision.decided_by.name, reason=decision.reason)
    address, known = reverse("approvals:case", args=[case.pk]), {case.submitted_by_id, decision.decided_by_id}
    messages = [Message(one, f"case:{case.pk}:{case.state}:{pk}", subject, body, address) for pk, one in people.items() if pk not in known]
    tell_many(messages, now=now)


def subject_of(case: ApprovalCase) -> str:
    """What is signed and told about, as people call it."""
    process = case.revision.process
    return f"{process.number} {process.title}"
