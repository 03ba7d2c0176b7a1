"""The end of a process: what is in force ends on a day, and what was owed for it is no longer needed.

Who may bring it about is decided by an approval case. What holds is computed from the day; the job writes down what has come
about, and tells.
"""

import datetime as dt
from typing import Final, cast

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import calendar
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import Scope, scope
from processes import change_requests, events, interfaces, policy, problems, references
from processes.models import FrozenContent, Move, Process, Revision
from processes.moving import end_predecessors, insist_active, lock_all, move, move_process, start_of, versions
from processes.references import Reference
from processes.review import concerned
from worklist.items import withdraw_many
from worklist.models import WorkItem
from worklist.notices import Message, tell_many

OWED: Final = ("review", "revise", "withdraw", "translate", "check", "shared")
"""Beginnings of the keys of work items that only a process with a future owes."""
NAMED: Final = 5
BATCH: Final = 500


def ready(process: Process, *, by: Person, now: dt.datetime, on: dt.date | None, replacement: Process | None) -> Revision:
    """Locks the process and says which revision would end; called inside the story that asks for it. Raises Refused."""
    locked, replacement = _lock(process, replacement)
    insist(policy.may_ask_withdrawal(by, locked, scope(by, calendar.today(now))))
    revision = _ending(locked, now)
    start = start_of(on, now)
    insist_ready(locked, start, replacement, scope(by, calendar.today(now)))
    if locked.revisions.open().exists():
        raise Refused(_("There is a draft of this process. Finish or discard it first."))
    return revision


@transaction.atomic
def withdraw(
    revision: Revision, *, by: Person, now: dt.datetime, on: dt.date | None, reason: str, replacement: Process | None = None
) -> Process:
    """Ends the process of this revision, which is in force, at once or from the company's midnight of a day. Raises Refused.

    It never comes back: who needs it again begins a new process with its text. Drafts begun meanwhile are discarded, and change
    requests that wait are declined, for this reason.
    """
    process, replacement = _lock(revision.process, replacement)
    if _ending(process, now).pk != revision.pk:
        raise Refused(_("Another version is in force than the one that was to be withdrawn. Ask for the withdrawal again."))
    start = start_of(on, now)
    insist_ready(process, start, replacement, scope(by, calendar.today(now)))
    end_predecessors(versions(process), start)
    process.withdrawn_from, process.withdrawn_because, process.replaced_by = start, reason, replacement
    process.save(update_fields=["withdrawn_from", "withdrawn_because", "replaced_by"])
    for draft in process.revisions.open():
        draft.process = process
        move(draft, "discard", {}, by=by, now=now, reason=reason)
        change_requests.given_up(draft, by=by, now=now)
    change_requests.ended(process, by=by, now=now, reason=reason)
    problems.ended(process, by=by, now=now, reason=reason)
    _no_longer_owed(process, now)
    if start > now:
        move_process(process, "plan_withdrawal", by=by, now=now, reason=reason, sha256=_hash(revision))
    else:
        _end(process, revision, by=by, now=now)
    tell_many(_messages(process, revision, now), now=now)
    return process


def end_due(now: dt.datetime) -> int:
    """Writes down, and tells, which planned withdrawals have come about since the last run; says how many. Safe to run twice."""
    due = Process.objects.to_end(now).order_by("withdrawn_from", "pk").values_list("pk", flat=True)[:BATCH]
    return sum(_end_one(pk, now) for pk in list(due))


@transaction.atomic
def _end_one(pk: int, now: dt.datetime) -> bool:
    process = Process.objects.select_for_update().get(pk=pk)
    if process.state != Process.State.ACTIVE:  # another worker was faster
        return False
    planned = process.moves.filter(name="plan_withdrawal").select_related("by").latest("pk")
    revision = process.revisions.select_related("frozen").get(effective_until=process.withdrawn_from)
    _end(process, revision, by=planned.by, now=now)
    tell_many(_messages(process, revision, now), now=now)
    return True


def insist_ready(process: Process, start: dt.datetime, replacement: Process | None, view: Scope) -> None:
    """Raises Refused where something will refer to it from then on, where a version waits, or where the replacement does not hold then."""
    if replacement is not None and not _holds(replacement, start):
        raise Refused(_("%(number)s will not be in force then, so it cannot replace anything.") % {"number": replacement.number})
    waiting = process.revisions.filter(state=Revision.State.APPROVED).filter(Q(effective_from__isnull=True) | Q(effective_from__gte=start))
    if waiting.exists():
        raise Refused(_("A version of this process is approved and waits to take effect. Cancel it first."))
    found = references.to_process(process, start)
    if found:
        raise Refused(_("It is still referred to: %(what)s. Look at what has to change there first.") % {"what": _listed(found, view)})


def _holds(process: Process, start: dt.datetime) -> bool:
    """Whether it will be in force at this moment."""
    return not process.is_withdrawn(start) and process.revisions.in_force(start).exists()


def _listed(found: list[Reference], view: Scope) -> str:
    """The numbers that this person may see; the others are counted among those left over."""
    of = {reference.process.pk: reference.process for reference in found}
    seen = Process.objects.visible_to(view).filter(pk__in=of).values_list("number", flat=True)
    shown = sorted(seen)[:NAMED]
    more = len(of) - len(shown)
    return ", ".join([*shown, *([_("%(count)d more") % {"count": more}] if more else [])])


def _lock(process: Process, replacement: Process | None) -> tuple[Process, Process | None]:
    """Both under their locks, and the interfaces of the process: what is agreed from now on is agreed after this."""
    rows = lock_all({process.pk, *([replacement.pk] if replacement else [])})
    insist_active(rows[process.pk])
    interfaces.lock_all(process)
    return rows[process.pk], rows[replacement.pk] if replacement else None


def _ending(process: Process, now: dt.datetime) -> Revision:
    revision: Revision | None = process.revisions.in_force(now).select_related("frozen").first()
    if revision is None:
        raise Refused(_("%(number)s is not in force; there is nothing to withdraw.") % {"number": process.number})
    revision.process = process
    return revision


def _hash(revision: Revision) -> str:
    return cast("FrozenContent", revision.frozen).sha256  # what was approved is frozen


def _end(process: Process, revision: Revision, *, by: Person, now: dt.datetime) -> None:
    """From now on it is written down as withdrawn."""
    _no_longer_owed(process, now)
    interfaces.ended(process, by=by, now=now, reason=process.withdrawn_because)
    move_process(process, "withdraw", by=by, now=now, reason=process.withdrawn_because, sha256=_hash(revision))
    events.withdrawn.send(sender=Process, process=process, revision=revision)


def _no_longer_owed(process: Process, now: dt.datetime) -> None:
    keys = Q()
    for what in OWED:
        keys |= Q(source_key__startswith=f"{what}:{process.pk}:")
    withdraw_many(list(WorkItem.objects.open().filter(keys).values_list("pk", flat=True)), now=now)


def _messages(process: Process, revision: Revision, now: dt.datetime) -> list[Message]:
    """To whoever wrote in it and who holds the owner position: once when it is decided for a later day, and once when it has come."""
    subject, key = words_of(process, now), f"withdrawn:{process.pk}:{process.state}"
    url = reverse("process", args=[process.number])
    return [
        Message(person, key=f"{key}:{person.pk}", subject=subject, body=process.withdrawn_because, url=url)
        for person in concerned(revision, calendar.today(now))
    ]


def words_of(process: Process, now: dt.datetime) -> Promise:
    """What people are told of a process whose withdrawal is decided, in one line."""
    words = {"number": process.number, "title": process.title}
    if not process.is_withdrawn(now):
        return format_lazy(gettext_lazy("{number} {title} is going to be withdrawn"), **words)
    if process.replaced_by is not None:
        return format_lazy(
            gettext_lazy("{number} {title} was withdrawn; {other} replaces it"), **words, other=process.replaced_by.name_for_all
        )
    return format_lazy(gettext_lazy("{number} {title} was withdrawn"), **words)


def withdrawn_by(process: Process) -> Move | None:
    """The move with which its withdrawal was decided: who, when and why."""
    return process.moves.filter(name__in=("plan_withdrawal", "withdraw")).select_related("by").first()
