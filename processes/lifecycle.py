"""The lifecycle of revisions and processes.

Every verb locks the process, then the revision, asks the policy and the written table of `moving.py`, and swaps state and version
in one UPDATE that names what the caller saw: whoever comes second gets Stale and nothing happens.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from django.db import transaction
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from organization.scope import scope
from organization.workdays import add_months
from processes import (
    change_requests,
    derived,
    events,
    hanging,
    holding,
    interfaces,
    pictures,
    policy,
    references,
    review,
    search,
    translation_work,
    translations,
)  # fmt: skip
from processes.canonical import canonical, from_json, sha256, to_json
from processes.content import frozen_definition
from processes.models import FrozenContent, Process, Revision
from processes.moving import (
    DISCARDED,
    DRAFT,
    IN_REVIEW,
    NOT_APPROVED,
    NOT_FROZEN,
    end_predecessors,
    insist_active,
    insist_on_none_held,
    lay_over,
    lock,
    move,
    move_process,
    next_version,
    reopen_predecessor,
    start_of,
    take_off,
    versions,
)

REVIEW_MONTHS: Final = 12


@transaction.atomic
def submit(revision: Revision, *, by: Person, now: dt.datetime) -> FrozenContent:
    """Freezes the draft under the process's present metadata, for review. Raises Refused or Stale."""
    process = lock(revision)
    answer = policy.may_submit(by, process, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    definition = from_json(revision.content).with_metadata(
        number=process.number, title=process.title, document_type=process.document_type, language=process.language
    )
    raw = canonical(definition)
    frozen, _created = FrozenContent.objects.get_or_create(sha256=sha256(raw), defaults={"content": raw, "created_at": now})
    changes = {"frozen": frozen, "content": to_json(definition), "submitted_at": now, "submitted_by": by}
    move(revision, "submit", changes, by=by, now=now)
    derived.rewrite(revision, definition)
    references.insist_targets_stay(Process.objects.in_bulk(references.named_by(revision)), now)
    events.submitted.send(sender=Revision, revision=revision)
    return frozen


@transaction.atomic
def return_to_draft(
    revision: Revision, *, by: Person, now: dt.datetime, name: Literal["return", "reject", "recall"], reason: str = ""
) -> Revision:
    """Out of review, back to the author. Who may do it is decided by the approval case. An emergency release of it ends."""
    process = lock(revision)
    ended = take_off(process, now)
    move(revision, name, NOT_FROZEN, by=by, now=now, reason=reason)
    events.returned.send(sender=Revision, revision=revision)
    if ended:
        events.in_force_changed.send(sender=Revision, revision=revision)
    return revision


@transaction.atomic
def release(revision: Revision, until: dt.datetime, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """What is in review holds at once and until this instant, as a version of its own. Who may do it is decided by the approval case."""
    targets = references.lock_with_named(revision)
    lock(revision, targets[revision.process_id])
    if revision.state != IN_REVIEW:
        raise Stale(_("It is no longer in review. Nothing was done; look at it again."))
    references.insist_targets_stay(targets, revision.submitted_at or now)
    made = lay_over(revision, until, by=by, now=now, reason=reason)
    derived.rewrite(made, frozen_definition(cast("FrozenContent", made.frozen)))  # what is in review is frozen
    pictures.carry_over(revision, made)
    search.index(made)
    events.approved.send(sender=Revision, revision=made)
    events.in_force_changed.send(sender=Revision, revision=made)
    return made


def approve_within(
    revision: Revision,
    *,
    by: Person,
    now: dt.datetime,
    effective_on: dt.date | None = None,
    minor: bool = False,
    marks: Mapping[str, Any] | None = None,
    hold: holding.Hold | None = None,
) -> Revision:
    """Gives version number and validity: at once, or from the company's midnight of a day; the predecessor ends there.

    Part of the caller's transaction, which ends where it is refused; `approve` is the same as a story of its own.

    With a `hold` there is a planned day only, and what is in force stays so until the hold is released or waived. `marks` is what
    `marking.kept` says about its changes. Raises Refused where a later revision is already waiting for its day, or to be released,
    the day has passed, or a process that it names is going.
    """
    targets = references.lock_with_named(revision)
    process = revision.process = targets[revision.process_id]
    insist_active(process)
    references.insist_targets_stay(targets, revision.submitted_at or now)
    before = versions(process)
    if any(one.pk == revision.pk for one in before):  # else it is not read again: its move fails where it is not as it was seen
        raise Stale(_("Somebody was faster. Nothing was done; look at it again."))
    insist_on_none_held(before)
    start = None if hold else start_of(effective_on, now)
    major, small = next_version(before, minor=minor)
    if start is not None:
        start = end_predecessors(before, start)
    changes = {
        "major": major, "minor": small, "planned_on": hold.planned_on if hold else effective_on, "effective_from": start,
        "approved_at": now, "told_at": now if start == now else None, "marks": dict(marks or {}),
    }  # fmt: skip
    move(revision, "approve", changes, by=by, now=now)
    if hold is not None:
        holding.begin(revision, hold, by=by, now=now)
    if process.next_review_on is None:
        process.next_review_on = add_months(hold.planned_on if hold else calendar.today(start), REVIEW_MONTHS)
        with remembered(process, by=by, now=now):
            process.save(update_fields=["next_review_on"])
    search.index(revision, fresh=True)
    _follow_up(revision, process, by=by, now=now)
    events.approved.send(sender=Revision, revision=revision)
    if start == now:
        events.in_force_changed.send(sender=Revision, revision=revision)
    return revision


approve = transaction.atomic(approve_within)


def _follow_up(revision: Revision, process: Process, *, by: Person, now: dt.datetime) -> None:
    """What hangs on the approval goes on: who asked for it has it, who has to answer or to translate anew is asked."""
    hangs = hanging.on(revision)
    if hangs.revision_asked:
        review.revised(process, now)
    if hangs.interfaces:
        interfaces.revised(revision, now)
    if hangs.translations:
        translation_work.ask(revision, now)
    if hangs.requests:
        change_requests.approved(revision, by=by, now=now)


@transaction.atomic
def cancel(revision: Revision, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """Takes an approval back before it takes effect: a draft again; what is in force before it stays so."""
    process = lock(revision)
    start, end = revision.effective_from, revision.effective_until
    if start is not None and start <= now:
        raise Refused(
            _("Version %(version)s is already in force. Begin a new draft, or withdraw the process.") % {"version": revision.label}
        )
    if process.revisions.open().exists():
        raise Refused(_("There is a newer draft of this process. Finish or discard it first."))
    holding.drop(revision, by=by, now=now)
    move(revision, "cancel", {**NOT_FROZEN, **NOT_APPROVED}, by=by, now=now, reason=reason)
    reopen_predecessor(process, start, end)
    search.forget(revision)
    translations.cancelled(revision, by=by, now=now)
    change_requests.taken_back(revision, by=by, now=now)
    events.in_force_changed.send(sender=Revision, revision=revision)
    return revision


@transaction.atomic
def discard_draft(revision: Revision, *, by: Person, now: dt.datetime, reason: str = "") -> Revision:
    """Gives a draft up; its row stays."""
    process = lock(revision)
    answer = policy.may_contribute(by, process, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    move(revision, "discard", {}, by=by, now=now, reason=reason)
    change_requests.given_up(revision, by=by, now=now)
    return revision


@transaction.atomic
def discard_process(process: Process, *, by: Person, now: dt.datetime, reason: str = "") -> Process:
    """Gives up a process that was never approved: number and row stay, and the number is never drawn again."""
    locked = Process.objects.select_for_update().get(pk=process.pk)
    answer = policy.may_contribute(by, locked, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    if locked.revisions.exclude(state__in=(DRAFT, DISCARDED)).exists() or locked.moves.filter(name="approve").exists():
        raise Refused(_("%(number)s was approved or is in review; it can only be withdrawn.") % {"number": locked.number})
    for draft in locked.revisions.open():
        discard_draft(draft, by=by, now=now, reason=reason)
    move_process(locked, "discard", by=by, now=now, reason=reason)
    process.refresh_from_db()
    return process
