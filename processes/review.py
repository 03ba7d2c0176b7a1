"""Periodic review: who owes it and when, the verdict that alone moves its date; and telling what has come into force."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import calendar
from organization.models import Appointment, Person
from organization.refusals import Refused
from organization.remembering import remembered
from organization.scope import scope
from processes import change_requests, events, policy
from processes.agenda import Point, insist_on_answers, keep
from processes.change_requests import Answered
from processes.models import Move, Process, Revision
from worklist.items import NewItem, raise_item, raise_items, settle
from worklist.models import WorkItem
from worklist.notices import Message, tell_many

Verdict = Literal["keep", "revise", "withdraw"]
VERDICTS: Final = ("keep", "revise", "withdraw")
ASKED: Final = {"revise": (WorkItem.Kind.REVISE, "processes:draft"), "withdraw": (WorkItem.Kind.ACT, "approvals:withdraw")}
"""Verdict → kind and address of what it asks of the owner."""
DAYS_BEFORE: Final = 30
TOLD_WITHIN: Final = dt.timedelta(days=30)
"""What came into force longer ago (a system that stood still, imported history) is news to nobody."""
BATCH: Final = 500


@transaction.atomic
def verdict(
    process: Process,
    *,
    by: Person,
    now: dt.datetime,
    verdict: Verdict,
    reason: str,
    next_on: dt.date,
    answers: Mapping[int, Answered] = MappingProxyType({}),
    agenda: Sequence[Point] = (),
    points: Mapping[str, Answered] = MappingProxyType({}),
) -> Process:
    """Keep, revise or withdraw what is in force; moves the date of the next review. Raises Refused or Stale.

    `answers` say of every change request that waits, by its id, what becomes of it; `points` the same of what else is on the agenda,
    by its key. All are kept with the move. *Revise* and *withdraw* raise an item for the owner, due on the next date; the next
    approval, or the submission of the withdrawal, settles it. The verdict withdraws nothing.
    """
    locked = Process.objects.select_for_update().get(pk=process.pk)
    answer = policy.may_review(by, locked, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    revision = locked.revisions.in_force(now).select_related("frozen").first()
    if locked.state != Process.State.ACTIVE or revision is None:
        raise Refused(_("%(number)s is not in force; there is nothing to review.") % {"number": locked.number})
    _refuse_unless_complete(verdict, reason, next_on, calendar.today(now))
    insist_on_answers(agenda, points, verdict)
    waiting = list(locked.change_requests.waiting())
    change_requests.answer_each(locked, answers, by=by, now=now)
    locked.next_review_on = next_on
    with remembered(locked, by=by, now=now, reason=reason):
        locked.save(update_fields=["next_review_on"])
    move = Move.objects.create(
        process=locked, revision=revision, name=f"review_{verdict}", from_state=locked.state, to_state=locked.state, by=by, at=now,
        reason=reason, sha256=revision.frozen.sha256,
    )  # fmt: skip
    keep(move, agenda, points, waiting, answers)
    _settle(locked, "review", now)
    if verdict in ASKED:
        _ask_for(locked, verdict, next_on, now)
    process.refresh_from_db()
    return process


def revised(process: Process, now: dt.datetime) -> None:
    """Settles the items that asked for a new revision; called when one is approved."""
    _settle(process, "revise", now)


def withdrawal_asked(process: Process, now: dt.datetime) -> None:
    """Settles the items that asked for its withdrawal; called when a case for it is opened."""
    _settle(process, "withdraw", now)


def raise_reviews(now: dt.datetime) -> int:
    """Raises an item for each review that is due within 30 days, in batches by key; says how many are owed. Safe to run twice."""
    until = calendar.today(now) + dt.timedelta(days=DAYS_BEFORE)
    last, owed = 0, 0
    while True:
        batch = list(Process.objects.due_for_review(until).filter(pk__gt=last).order_by("pk")[:BATCH])
        raise_items([_review_item(process, process.next_review_on) for process in batch], now=now)
        owed += len(batch)
        if len(batch) < BATCH:
            return owed
        last = batch[-1].pk


def tell_in_force(now: dt.datetime) -> int:
    """Tells authors and owners, once, what has come into force since the last run; says how many revisions."""
    waiting = Revision.objects.to_tell(now).order_by("effective_from", "pk").values_list("pk", flat=True)[:BATCH]
    return sum(_tell(pk, now) for pk in list(waiting))


@transaction.atomic
def _tell(pk: int, now: dt.datetime) -> bool:
    """Claims the revision by an UPDATE, so that of two workers one tells."""
    if not Revision.objects.to_tell(now).filter(pk=pk).update(told_at=now):
        return False
    revision = Revision.objects.select_related("process").get(pk=pk)
    events.in_force_changed.send(sender=Revision, revision=revision)
    if revision.effective_from > now - TOLD_WITHIN:
        tell_many([_message(revision, person) for person in concerned(revision, calendar.today(now))], now=now)
    return True


def concerned(revision: Revision, today: dt.date) -> list[Person]:
    """Whoever wrote in a revision, and who holds the owner position of its process: they hear of what becomes of it."""
    owners = Appointment.objects.on(today).filter(position=revision.process.owner_id).values_list("person", flat=True)
    people = {revision.created_by_id, revision.submitted_by_id, *owners, *revision.edits.values_list("by", flat=True)}
    return list(Person.objects.filter(pk__in=people - {None}).order_by("pk"))


def _message(revision: Revision, person: Person) -> Message:
    process = revision.process
    subject: Promise = format_lazy(gettext_lazy("{number} {title}: version {version} is in force"), **_words(revision))
    return Message(
        person, key=f"in-force:{revision.pk}:{person.pk}", subject=subject, url=reverse("process", args=[process.number]),
        body=gettext_lazy("From now on everybody reads and follows this version."),
    )  # fmt: skip


def _words(revision: Revision) -> dict[str, str]:
    return {"number": revision.process.number, "title": revision.process.title, "version": revision.label}


def _refuse_unless_complete(verdict: str, reason: str, next_on: dt.date, today: dt.date) -> None:
    if verdict not in VERDICTS:
        raise Refused(_("Choose whether to keep, revise or withdraw it."))
    if not reason.strip():
        raise Refused(_("Give the reasons of the verdict."))
    if next_on <= today:
        raise Refused(_("The next review must lie in the future."))


def _settle(process: Process, what: str, now: dt.datetime) -> None:
    for item in WorkItem.objects.open().filter(source_key__startswith=f"{what}:{process.pk}:"):
        settle(item, outcome=WorkItem.Outcome.DONE, now=now)


def _ask_for(process: Process, verdict: str, due_on: dt.date, now: dt.datetime) -> None:
    kind, url_name = ASKED[verdict]
    raise_item(
        kind=kind, subject=_subject(process), url_name=url_name, url_args=[process.number],
        position=process.owner, due_on=due_on, source_key=f"{verdict}:{process.pk}:{due_on}", now=now,
    )  # fmt: skip


def _review_item(process: Process, due_on: dt.date) -> NewItem:
    return NewItem(
        kind=WorkItem.Kind.REVIEW, subject=_subject(process), url_name="process", url_args=[process.number],
        position_id=process.owner_id, due_on=due_on, source_key=f"review:{process.pk}:{due_on}",
    )  # fmt: skip


def _subject(process: Process) -> str:
    return f"{process.number} {process.title}"
