"""How revisions and processes move, along the written tables: the only module that writes `Revision.state`, validity and `Process.state`.

Effective and superseded are never written; they follow from the dates. What is approved and held back has no dates yet.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from processes.models import Move, Process, Revision

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
        (APPROVED, "postpone"): APPROVED,
        (APPROVED, "remark"): APPROVED,
        (APPROVED, "take_effect"): APPROVED,
    }
)
PROCESS_MOVES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        (Process.State.ACTIVE.value, "discard"): Process.State.DISCARDED.value,
        (Process.State.ACTIVE.value, "plan_withdrawal"): Process.State.ACTIVE.value,
        (Process.State.ACTIVE.value, "withdraw"): Process.State.WITHDRAWN.value,
    }
)
SHORTEST: Final = dt.timedelta(microseconds=1)
"""No validity is shorter."""
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
        "marks": {},
    }
)


def lock(revision: Revision, process: Process | None = None) -> Process:
    """Locks the process, then the revision, always in this order. Raises Stale when the caller saw another state or version.

    Who needs several processes takes them with `lock_all` first, so that two callers never wait for each other, and gives its own one.
    The revision has from now on what its row has.
    """
    process = process or Process.objects.select_for_update().get(pk=revision.process_id)
    insist_active(process)
    locked = Revision.objects.select_for_update().get(pk=revision.pk)
    if (locked.state, locked.version) != (revision.state, revision.version):
        raise Stale(_("Somebody changed this revision in the meantime. Nothing was done; look at it again."))
    for column in Revision._meta.concrete_fields:
        setattr(revision, column.attname, getattr(locked, column.attname))
    revision.process = process
    return process


def lock_all(ids: Iterable[int]) -> dict[int, Process]:
    """These processes (ids, or the query that yields them) under their locks, by id, taken in the order of the ids."""
    return {process.pk: process for process in Process.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def insist_active(process: Process) -> None:
    """Raises Refused where the process was discarded, or its withdrawal is approved, be it for a later day."""
    if process.state != Process.State.ACTIVE:
        raise Refused(_("%(number)s is no longer active.") % {"number": process.number})
    if process.withdrawn_from is not None:
        day = date_format(calendar.today(process.withdrawn_from))
        raise Refused(_("%(number)s will be withdrawn on %(day)s; it gets no new version.") % {"number": process.number, "day": day})


def move(revision: Revision, name: str, changes: Mapping[str, Any], *, by: Person, now: dt.datetime, reason: str = "") -> None:
    """Swaps the state of a locked revision together with these fields, and writes the move down. Raises Refused or Stale."""
    before, frozen = revision.state, revision.frozen
    to = _target(MOVES, before, name)
    seen = Revision.objects.filter(pk=revision.pk, state=before, version=revision.version)
    written = {**changes, "state": to, "version": revision.version + 1}
    if not seen.update(**written):
        raise Stale(_("Somebody was faster. Nothing was done; look at it again."))
    for field, value in written.items():
        setattr(revision, field, value)
    frozen = revision.frozen or frozen
    Move.objects.create(
        process=revision.process, revision=revision, name=name, from_state=before, to_state=to, by=by, at=now, reason=reason,
        sha256=frozen.sha256 if frozen else "",
    )  # fmt: skip


def move_process(process: Process, name: str, *, by: Person, now: dt.datetime, reason: str = "", sha256: str = "") -> None:
    """The same for a locked process."""
    before = process.state
    process.state = _target(PROCESS_MOVES, before, name)
    with remembered(process, by=by, now=now, reason=reason):
        process.save(update_fields=["state"])
    Move.objects.create(process=process, name=name, from_state=before, to_state=process.state, by=by, at=now, reason=reason, sha256=sha256)


def start_of(effective_on: dt.date | None, now: dt.datetime) -> dt.datetime:
    """The instant from which something approved now holds. Raises Refused where the day has passed."""
    today = calendar.today(now)
    if effective_on is None or effective_on == today:
        return now
    if effective_on < today:
        raise Refused(_("The effective date has passed. Choose today or a later day."))
    return calendar.midnight(effective_on)


def versions(process: Process) -> list[Revision]:
    """What was approved of a locked process, by number, without its content: what the next three are told. One query."""
    rows = process.revisions.filter(major__isnull=False).order_by("major", "minor")
    return list(rows.only("process", "state", "major", "minor", "effective_from", "effective_until", "emergency"))


def next_version(before: Sequence[Revision], *, minor: bool) -> tuple[int, int]:
    """Major and minor number of the version that is approved next."""
    if not before:
        return 1, 0
    major, small = before[-1].major or 0, before[-1].minor or 0
    return (major, small + 1) if minor else (major + 1, 0)


def insist_on_none_held(before: Sequence[Revision]) -> None:
    """Raises Refused where another version is approved and held back: which of the two comes first would be anybody's guess."""
    held = next((one for one in before if one.effective_from is None), None)
    if held is not None:
        raise Refused(
            _("Version %(version)s is approved and waits to take effect. Sign it as ready, or cancel its approval, first.")
            % {"version": held.label}
        )


def end_predecessors(before: Sequence[Revision], start: dt.datetime) -> dt.datetime:
    """Whatever is valid at `start` ends there. What begins later would take over from the newer revision: refused.

    Says when it really starts: an emergency release that was signed at the same moment has held for an instant.
    """
    later = _insist_on_none_later(before, start)
    if later is not None and later.effective_from is not None:
        start = later.effective_from + SHORTEST
    begun = [one for one in before if one.effective_from is not None and one.effective_from < start]
    valid = [one.pk for one in begun if one.effective_until is None or one.effective_until > start]
    if valid:
        Revision.objects.filter(pk__in=valid).update(effective_until=start)
    return start


def _insist_on_none_later(before: Sequence[Revision], start: dt.datetime) -> Revision | None:
    begun = [(one.effective_from, one) for one in before if one.effective_from is not None]
    first, later = min(((at, one) for at, one in begun if at >= start), default=(start, None), key=lambda found: found[0])
    if later is not None and not later.emergency:
        day = date_format(calendar.today(first))
        raise Refused(
            _("Version %(version)s is already to take effect on %(day)s. Cancel it first, or choose a later day.")
            % {"version": later.label, "day": day}
        )
    return later


def lay_over(revision: Revision, until: dt.datetime, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """A version of its own with the frozen content of a locked revision in review, in force on [now, until) instead of what is.

    What is in force keeps its validity and holds again afterwards. Raises Refused where nothing is in force, or a version waits.
    """
    process = revision.process
    before, held = versions(process), process.revisions.in_force(now).first()
    insist_on_none_held(before)
    if _insist_on_none_later(before, now) is not None:
        raise Stale(_("It has been released already. Nothing was done; look at it again."))
    if held is None:
        raise Refused(_("Nothing of %(number)s is in force, so nothing could hold again afterwards.") % {"number": process.number})
    if held.emergency:
        raise Stale(_("It has been released already. Nothing was done; look at it again."))
    major, minor = next_version(before, minor=True)
    made = Revision.objects.create(
        process=process, ordinal=(process.revisions.aggregate(last=Max("ordinal"))["last"] or 0) + 1, state=APPROVED,
        content=revision.content, frozen=revision.frozen, based_on=revision, major=major, minor=minor, effective_from=now,
        effective_until=until, created_at=now, created_by=revision.created_by, submitted_at=revision.submitted_at,
        submitted_by=revision.submitted_by, approved_at=now, told_at=now, emergency=True,
    )  # fmt: skip
    process.revisions.filter(pk=held.pk).update(suspended_from=now, suspended_until=until)
    made.process = process
    Move.objects.create(
        process=process, revision=made, name="release", from_state=revision.state, to_state=APPROVED, by=by, at=now, reason=reason,
        sha256=made.frozen.sha256 if made.frozen else "",
    )  # fmt: skip
    return made


def take_off(process: Process, now: dt.datetime) -> bool:
    """Ends the emergency release of a locked process that holds now, if one does: what it was laid over is in force again at once."""
    # Of two callers who read the clock before they waited for the lock, the second one may have read it first.
    released = process.revisions.filter(emergency=True, effective_until__gt=now).first()
    if released is None:
        return False
    end = max(now, released.effective_from + SHORTEST)
    process.revisions.filter(pk=released.pk).update(effective_until=end)
    process.revisions.filter(suspended_until__gt=now).update(suspended_until=end)
    return True


def reopen_predecessor(process: Process, start: dt.datetime | None, end: dt.datetime | None) -> None:
    """What had ended where a version was to begin that is taken back holds on, until this version would have ended."""
    process.revisions.regular().filter(effective_until=start, effective_until__isnull=False).update(effective_until=end)


def _target(table: Mapping[tuple[str, str], str], state: str, name: str) -> str:
    if (state, name) not in table:
        raise Refused(_("This cannot be done now: the document is in the state “%(state)s”.") % {"state": _label(state)})
    return table[state, name]


def _label(state: str) -> str:
    labels = {**dict(Process.State.choices), **dict(Revision.State.choices)}
    return str(labels[state])
