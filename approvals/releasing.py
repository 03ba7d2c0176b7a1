"""Emergency release: one independent person signs, and what is in review holds at once, for as long as its stages still have to sign.

It becomes a version of its own that is laid over what is in force (`processes.moving.lay_over`); approving the case takes over from
it without a gap, a return ends it. The portal only tells of the end: what holds is computed from the instants.
"""

import datetime as dt
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import policy
from approvals.models import ApprovalCase, EmergencyRelease, Seat
from approvals.moving import lock, swap
from approvals.release_policy import may_release, seat_to_release
from approvals.workflow import typed
from organization.calendar import add_working_days, midnight, today
from organization.models import Person, Signature
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import Scope, scope
from organization.signing import sign
from processes import emergencies, events, lifecycle, review
from processes.content import intact
from processes.models import Revision
from worklist.items import reschedule
from worklist.models import WorkItem
from worklist.notices import Message, tell_many

WORKING_DAYS: Final = 10
"""In which the stages sign what was released; it holds to the end of the last of them."""
BATCH: Final = 200
State = ApprovalCase.State


def last_day(now: dt.datetime) -> dt.date:
    """The last day on which something released now holds, and by which it is to be signed."""
    return add_working_days(today(now), WORKING_DAYS)


def turns_of(case: ApprovalCase, person: Person, view: Scope) -> list[policy.Turn]:
    """How this person stands to the seats of the case's last stage in which nobody has decided."""
    seats = Seat.objects.filter(stage__case=case, stage__is_last=True, stage__replaced_at=None, stage__closed_at=None, decisions=None)
    return policy.turns(person, list(seats.select_related(*Seat.NEEDED).order_by("pk")), case, view)


@transaction.atomic
def release(case: ApprovalCase, *, by: Person, now: dt.datetime, reason: str) -> EmergencyRelease:
    """Signs for the position of the last stage; what its stages owe is due while it holds. The same click again gives what stands.

    Raises Stale where the case is closed, Refused where the person may not, no reason is given, or nothing is in force.
    """
    case, by, reason = lock(case.pk), Person.objects.get(pk=by.pk), typed(reason)
    earlier = EmergencyRelease.objects.filter(case=case, released_by=by).first()
    if earlier is not None:
        return earlier
    intact(case.content)
    if case.state != State.OPEN:
        raise Stale(_("This review is closed: %(state)s. Nothing was recorded.") % {"state": case.get_state_display()})
    turns = turns_of(case, by, scope(by, today(now)))
    insist(may_release(case, turns))
    if not reason:
        raise Refused(_("Write why it cannot wait for its approval: every reader sees it."))
    case.sign_by = last_day(now)
    made = _sign(case, seat_to_release(turns), by=by, now=now, reason=reason)
    swap(case, to=State.OPEN, now=now)
    case.save(update_fields=["sign_by"])
    _hurry(case, case.sign_by, now)
    _tell_begun(made, case.sign_by, now)
    return made


def tell_ended(now: dt.datetime) -> int:
    """Tells owner, authors and readers, once, which releases hold no more without having been approved; says how many ended."""
    over = EmergencyRelease.objects.filter(told_at=None, revision__effective_until__lte=now)
    return sum(_tell_ended(pk, now) for pk in list(over.order_by("pk").values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _tell_ended(pk: int, now: dt.datetime) -> bool:
    """Claims the release by an UPDATE, so that of two workers one tells."""
    if not EmergencyRelease.objects.filter(pk=pk, told_at=None).update(told_at=now):
        return False
    made = EmergencyRelease.objects.select_related("case__revision__process", "revision__process", "released_by").get(pk=pk)
    if _was_taken_over(made):
        return True
    events.in_force_changed.send(sender=Revision, revision=made.revision)
    events.emergency_ended.send(sender=Revision, revision=made.revision)
    people = {*review.concerned(made.case.revision, today(now)), made.released_by}
    _tell(made, people, "ended", emergencies.words_of_end(made.revision, now), emergencies.WHAT_TO_DO, now=now)
    return True


def _was_taken_over(made: EmergencyRelease) -> bool:
    """Whether the approval came in time, so that the same content holds on."""
    closed, ended = made.case.closed_at, made.revision.effective_until
    return made.case.state == State.APPROVED and closed is not None and ended is not None and closed <= ended


def _sign(case: ApprovalCase, turn: policy.Turn | None, *, by: Person, now: dt.datetime, reason: str) -> EmergencyRelease:
    signature = sign(
        by, position=turn.position if turn else None, acting_for=turn.acting_for if turn else "", meaning=Signature.Meaning.RELEASED,
        subject=case.subject, content_sha256=case.content.sha256, reason=reason, now=now,
    )  # fmt: skip
    until = midnight(last_day(now) + dt.timedelta(days=1))
    revision = lifecycle.release(case.revision, until, by=by, now=now, reason=reason)
    return EmergencyRelease.objects.create(
        case=case, revision=revision, reason=reason, released_by=by, released_at=now, signature=signature
    )


def _hurry(case: ApprovalCase, day: dt.date, now: dt.datetime) -> None:
    """What was due later is due while it holds; `seating` follows for the stages to come."""
    for item in WorkItem.objects.open().filter(seat__stage__case=case, due_on__gt=day):
        reschedule(item, due_on=day, now=now)


def _tell_begun(made: EmergencyRelease, day: dt.date, now: dt.datetime) -> None:
    process = made.revision.process
    subject = format_lazy(
        gettext_lazy("{person} released {document} in an emergency; it is to be approved by {day}"),
        person=made.released_by.name, document=f"{process.number} {process.title}", day=lazy(date_format, str)(day),
    )  # fmt: skip
    _tell(made, set(review.concerned(made.case.revision, today(now))) - {made.released_by}, "begun", subject, made.reason, now=now)


def _tell(made: EmergencyRelease, people: set[Person], what: str, subject: Promise, body: str | Promise, *, now: dt.datetime) -> None:
    url = reverse("process", args=[made.revision.process.number])
    told = sorted(people, key=lambda person: person.pk)
    tell_many([Message(person, f"release:{made.pk}:{what}:{person.pk}", subject, body, url) for person in told], now=now)
