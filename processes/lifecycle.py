"""The lifecycle of revisions and processes: the only module that writes `Revision.state`, validity and `Process.state`.

Every move locks the process, then the revision, asks the written table, and swaps state and version in one UPDATE that
names what the caller saw: whoever comes second gets Stale and nothing happens. Effective and superseded are never
written; they follow from the dates.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from organization.scope import scope
from processes import change_requests, derived, events, interfaces, policy, review, search, translation_work, translations
from processes.canonical import canonical, from_json, sha256, to_json
from processes.models import FrozenContent, Move, Process, Revision

DRAFT, IN_REVIEW, APPROVED, DISCARDED = Revision.State.values
MOVES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        (DRAFT, "submit"): IN_REVIEW,
        (DRAFT, "discard"): DISCARDED,
        (IN_REVIEW, "return"): DRAFT,
        (IN_REVIEW, "reject"): DRAFT,
        (IN_REVIEW, "recall"): DRAFT,
        (IN_REVIEW, "approve"): APPROVED,
        (APPROVED, "cancel"): DRAFT,
    }
)
PROCESS_MOVES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {(Process.State.ACTIVE.value, "discard"): Process.State.DISCARDED.value}
)
REVIEW_MONTHS: Final = 12
NOT_FROZEN: Final[Mapping[str, Any]] = MappingProxyType({"frozen": None, "submitted_at": None, "submitted_by": None})
NOT_APPROVED: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "major": None,
        "minor": None,
        "planned_on": None,
        "effective_from": None,
        "effective_until": None,
        "approved_at": None,
        "told_at": None,
    }
)


@transaction.atomic
def submit(revision: Revision, *, by: Person, now: dt.datetime) -> FrozenContent:
    """Freezes the draft under the process's present metadata, for review. Raises Refused or Stale."""
    process = _lock(revision)
    answer = policy.may_submit(by, process, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    definition = from_json(revision.content).with_metadata(
        number=process.number, title=process.title, document_type=process.document_type, language=process.language
    )
    raw = canonical(definition)
    frozen, _created = FrozenContent.objects.get_or_create(sha256=sha256(raw), defaults={"content": raw, "created_at": now})
    changes = {"frozen": frozen, "content": to_json(definition), "submitted_at": now, "submitted_by": by}
    _move(revision, "submit", changes, by=by, now=now)
    derived.rewrite(revision, definition)
    events.submitted.send(sender=Revision, revision=revision)
    return frozen


@transaction.atomic
def return_to_draft(
    revision: Revision, *, by: Person, now: dt.datetime, name: Literal["return", "reject", "recall"], reason: str = ""
) -> Revision:
    """Out of review, back to the author. Who may do it is decided by the approval case."""
    _lock(revision)
    _move(revision, name, NOT_FROZEN, by=by, now=now, reason=reason)
    events.returned.send(sender=Revision, revision=revision)
    return revision


@transaction.atomic
def approve(revision: Revision, *, by: Person, now: dt.datetime, effective_on: dt.date | None = None, minor: bool = False) -> Revision:
    """Gives version number and validity: at once, or from the company's midnight of a day; the predecessor ends there.

    Raises Refused where a later revision is already waiting for its day, or the day has passed.
    """
    process = _lock(revision)
    start = _start(effective_on, now)
    major, small = _next_version(process, minor=minor)
    _end_predecessors(process, start)
    changes = {
        "major": major, "minor": small, "planned_on": effective_on, "effective_from": start, "approved_at": now,
        "told_at": now if start == now else None,
    }  # fmt: skip
    _move(revision, "approve", changes, by=by, now=now)
    if process.next_review_on is None:
        process.next_review_on = add_months(calendar.today(start), REVIEW_MONTHS)
        with remembered(process, by=by, now=now):
            process.save(update_fields=["next_review_on"])
    search.index(revision)
    review.revised(process, now)
    interfaces.revised(revision, now)
    translation_work.ask(revision, now)
    change_requests.approved(revision, by=by, now=now)
    events.approved.send(sender=Revision, revision=revision)
    if start == now:
        events.in_force_changed.send(sender=Revision, revision=revision)
    return revision


@transaction.atomic
def cancel(revision: Revision, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """Takes an approval back before it takes effect: a draft again; what is in force before it stays so."""
    process = _lock(revision)
    start, end = revision.effective_from, revision.effective_until
    if start is not None and start <= now:
        raise Refused(
            _("Version %(version)s is already in force. Begin a new draft, or withdraw the process.") % {"version": revision.label}
        )
    if process.revisions.open().exists():
        raise Refused(_("There is a newer draft of this process. Finish or discard it first."))
    _move(revision, "cancel", {**NOT_FROZEN, **NOT_APPROVED}, by=by, now=now, reason=reason)
    process.revisions.filter(effective_until=start, effective_until__isnull=False).update(effective_until=end)
    search.forget(revision)
    translations.cancelled(revision, by=by, now=now)
    change_requests.taken_back(revision, by=by, now=now)
    events.in_force_changed.send(sender=Revision, revision=revision)
    return revision


@transaction.atomic
def discard_draft(revision: Revision, *, by: Person, now: dt.datetime, reason: str = "") -> Revision:
    """Gives a draft up; its row stays."""
    process = _lock(revision)
    answer = policy.may_contribute(by, process, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    _move(revision, "discard", {}, by=by, now=now, reason=reason)
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
    before = locked.state
    locked.state = _target(PROCESS_MOVES, before, "discard")
    with remembered(locked, by=by, now=now, reason=reason):
        locked.save(update_fields=["state"])
    Move.objects.create(process=locked, name="discard", from_state=before, to_state=locked.state, by=by, at=now, reason=reason)
    process.refresh_from_db()
    return process


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of the month where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))


def _lock(revision: Revision) -> Process:
    """Locks the process, then the revision, always in this order. Raises Stale when the caller saw another state or version."""
    process: Process = Process.objects.select_for_update().get(pk=revision.process_id)
    if process.state != Process.State.ACTIVE:
        raise Refused(_("%(number)s is no longer active.") % {"number": process.number})
    locked = Revision.objects.select_for_update().get(pk=revision.pk)
    if (locked.state, locked.version) != (revision.state, revision.version):
        raise Stale(_("Somebody changed this revision in the meantime. Nothing was done; look at it again."))
    revision.content = locked.content
    revision.process = process
    return process


def _move(revision: Revision, name: str, changes: Mapping[str, Any], *, by: Person, now: dt.datetime, reason: str = "") -> None:
    before, frozen = revision.state, revision.frozen
    to = _target(MOVES, before, name)
    seen = Revision.objects.filter(pk=revision.pk, state=before, version=revision.version)
    if not seen.update(state=to, version=F("version") + 1, **changes):
        raise Stale(_("Somebody was faster. Nothing was done; look at it again."))
    process = revision.process
    revision.refresh_from_db()
    revision.process, frozen = process, revision.frozen or frozen
    Move.objects.create(
        process=process, revision=revision, name=name, from_state=before, to_state=to, by=by, at=now, reason=reason,
        sha256=frozen.sha256 if frozen else "",
    )  # fmt: skip


def _target(table: Mapping[tuple[str, str], str], state: str, name: str) -> str:
    if (state, name) not in table:
        raise Refused(_("This cannot be done now: the document is in the state “%(state)s”.") % {"state": _label(state)})
    return table[state, name]


def _label(state: str) -> str:
    labels = {**dict(Process.State.choices), **dict(Revision.State.choices)}
    return str(labels[state])


def _start(effective_on: dt.date | None, now: dt.datetime) -> dt.datetime:
    today = calendar.today(now)
    if effective_on is None or effective_on == today:
        return now
    if effective_on < today:
        raise Refused(_("The effective date has passed. Choose today or a later day."))
    return calendar.midnight(effective_on)


def _next_version(process: Process, *, minor: bool) -> tuple[int, int]:
    last = process.revisions.filter(major__isnull=False).order_by("-major", "-minor").first()
    if last is None:
        return 1, 0
    return (last.major, last.minor + 1) if minor else (last.major + 1, 0)


def _end_predecessors(process: Process, start: dt.datetime) -> None:
    """Whatever is valid at `start` ends there. What begins later would take over from the newer revision: refused."""
    later = process.revisions.filter(effective_from__gte=start).order_by("effective_from").first()
    if later is not None:
        day = date_format(calendar.today(later.effective_from))
        raise Refused(
            _("Version %(version)s is already to take effect on %(day)s. Cancel it first, or choose a later day.")
            % {"version": later.label, "day": day}
        )
    valid = Q(effective_until__isnull=True) | Q(effective_until__gt=start)
    process.revisions.filter(valid, effective_from__lt=start).update(effective_until=start)
