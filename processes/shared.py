"""Stories of shared steps: a new version at a source is proposed to every process that uses it, and each answers knowingly.

Approved and submitted texts are never touched: taking over begins (or goes on with) a draft. `reconcile` compares what is used with what
there is, as often as it likes; an item is open as long as the newest approved text lacks the change and nobody has answered.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import Scope, scope
from processes import drafting, policy, sharing
from processes.canonical import from_json, parse
from processes.content import definition_of
from processes.definition import Definition, new_key
from processes.models import Process, Revision, SharedChange, SharedStep, StepBlock, StepBlockVersion, Variant
from processes.sharing import BLOCK, PROCESS, Proposed, Source, shares
from worklist.items import raise_item, reopen_many, settle, withdraw
from worklist.models import WorkItem

WORKING_DAYS_TO_ANSWER: Final = 20
Answer = SharedChange.Answer
NEWEST: Final = Q(effective_from__isnull=False, effective_until__isnull=True)
"""The newest approved revision: in force, or waiting for its day."""


@dataclass(frozen=True, slots=True)
class Use:
    """A process uses a source; `block` and `main` are ids, one of them is set."""

    process: int
    block: int | None
    main: int | None


# What was used and what there is


def reconcile(now: dt.datetime) -> int:
    """Proposes what is not proposed yet and withdraws what is no longer needed; says how many proposals wait. Safe to run side by side."""
    owed = {pk for use in _outdated() if (pk := _propose(use, now))}
    for change in SharedChange.objects.filter(answer=Answer.OPEN).exclude(pk__in=owed).select_related("process"):
        _close(change, now)
    return len(owed)


def _outdated() -> list[Use]:
    """Uses in the newest text of a process whose source has a newer version, by one query for each kind of source."""
    newest = {"revision__" + name: value for name, value in (("effective_from__isnull", False), ("effective_until__isnull", True))}
    rows = SharedStep.objects.filter(Q(**newest) | Q(revision__state=Revision.State.IN_REVIEW), revision__process__state="active")
    used = rows.values_list("revision__process", "block", "block__latest", "main").annotate(oldest=Min("version"))
    found = list(used.order_by("revision__process", "block", "main"))
    ordinals = dict(Revision.objects.filter(NEWEST, process__in={row[3] for row in found if row[3]}).values_list("process", "ordinal"))
    return [Use(process, block, main) for process, block, latest, main, oldest in found if oldest < (latest or ordinals.get(main, 0))]


@transaction.atomic
def _propose(use: Use, now: dt.datetime) -> int | None:
    """The open proposal for the newest version; None where it would change nothing, or was answered."""
    process = Process.objects.select_for_update(of=("self",)).select_related("owner").get(pk=use.process)
    source, latest = source_of(use)
    if not _asks(process, source, latest, newest(process)):
        return None
    which = {"process": process, "block_id": use.block, "main_id": use.main}
    change, _created = SharedChange.objects.get_or_create(**which, version=latest, defaults={"raised_at": now})
    if change.answer == Answer.MOOT:
        change.answer, change.answered_at = Answer.OPEN, None
        change.save(update_fields=["answer", "answered_at"])
    elif change.answer != Answer.OPEN:
        return None
    item = raise_item(
        kind=WorkItem.Kind.REVISE, subject=f"{process.number} {process.title}", url_name="processes:shared_change",
        url_args=[process.number, change.pk], position=process.owner, due_on=_due(now), source_key=_key(change), now=now,
    )  # fmt: skip
    if item.closed_at:
        reopen_many([item.pk], due_on=_due(now), now=now)
    return int(change.pk)


@transaction.atomic
def _close(change: SharedChange, now: dt.datetime) -> None:
    """Nobody has to answer any more: the newest text says it, or there is nothing to say. Looked at again under the lock."""
    process = Process.objects.select_for_update(of=("self",)).get(pk=change.process_id)
    locked = SharedChange.objects.select_for_update().get(pk=change.pk)
    source, latest = source_of(use_of(locked))
    revision = newest(process)
    if locked.answer != Answer.OPEN or (latest == locked.version and _asks(process, source, latest, revision)):
        return
    found = shares(definition_of(revision), unlinked(process)).values() if revision else ()
    versions = {share.version for share in found if share.source == source}
    taken = bool(versions) and min(versions) >= locked.version
    locked.answer, locked.answered_at = Answer.TAKEN if taken else Answer.MOOT, now
    locked.save(update_fields=["answer", "answered_at"])
    for item in _items(locked):
        settle(item, outcome=WorkItem.Outcome.DONE, now=now) if taken else withdraw(item, now=now)


def _asks(process: Process, source: Source, latest: int, revision: Revision | None) -> bool:
    """Whether the newest version at the source would change anything in this text of the process."""
    if not latest or revision is None or process.state != Process.State.ACTIVE:
        return False
    return bool(proposed(process, source, latest, definition_of(revision)))


def newest(process: Process) -> Revision | None:
    """The newest approved text; before there is one, what is in review."""
    found = process.revisions.select_related("frozen", "process")
    return found.filter(NEWEST).first() or found.filter(state=Revision.State.IN_REVIEW).first()


def source_of(use: Use) -> tuple[Source, int]:
    """The source as texts name it, and its newest version (0 for none)."""
    if use.block:
        block = StepBlock.objects.get(pk=use.block)
        return Source(BLOCK, block.key), block.latest
    main = Process.objects.get(pk=use.main or 0)
    return Source(PROCESS, main.number), main.revisions.filter(NEWEST).values_list("ordinal", flat=True).first() or 0


def use_of(change: SharedChange) -> Use:
    """What it is about."""
    return Use(change.process_id, change.block_id, change.main_id)


def source_is_visible(change: SharedChange, view: Scope) -> bool:
    """Whether the person may see what changed."""
    if change.block_id:
        return StepBlock.objects.visible_to(view).filter(pk=change.block_id).exists()
    return Process.objects.visible_to(view).filter(pk=change.main_id).exists()


def proposed(process: Process, source: Source, latest: int, mine: Definition) -> list[Proposed]:
    """What the version would change in this text of the process."""
    without = unlinked(process)
    versions = {share.version for share in shares(mine, without).values() if share.source == source}
    texts = texts_of(source, {*versions, latest})
    return sharing.proposals(mine, source, texts, latest, without) if latest in texts else []


def texts_of(source: Source, versions: Iterable[int]) -> dict[int, Definition]:
    """What the source said, by version; only what was frozen counts."""
    if source.kind == BLOCK:
        rows = StepBlockVersion.objects.filter(block__key=source.name, ordinal__in=versions).select_related("content")
        return {row.ordinal: parse(bytes(row.content.content)) for row in rows}
    of_process = Revision.objects.filter(process__number=source.name, ordinal__in=versions, frozen__isnull=False).select_related("frozen")
    return {row.ordinal: parse(bytes(row.frozen.content)) for row in of_process}


def unlinked(process: Process) -> frozenset[str]:
    """Keys of the steps that were unlinked: what is frozen still names their source, and nobody asks for them any more."""
    lists = process.shared_changes.filter(answer=Answer.UNLINKED).values_list("steps", flat=True)
    return frozenset(key for keys in lists for key in keys)


# Answers


@transaction.atomic
def take_over(change: SharedChange, *, by: Person, now: dt.datetime) -> Revision:
    """The change as ordinary edits of the draft, which is begun where there is none. Raises Refused or Stale."""
    locked = _lock(change, by, now)
    process = locked.process
    if not source_is_visible(locked, scope(by, calendar.today(now))):
        raise Refused(_("You may not see what changed, so you cannot take it over. Ask the process office, keep it or unlink."))
    draft = drafting.start_draft(process, by=by, now=now)
    if draft.state != Revision.State.DRAFT:
        raise Refused(_("%(number)s is in review. Its text is fixed until the review ends.") % {"number": process.number})
    source, mine = source_of(use_of(locked))[0], from_json(draft.content)
    some = proposed(process, source, locked.version, mine)
    wanted = [*sharing.operations(some), *_marked(mine, some, source, locked.version, unlinked(process))]
    _edit(draft, wanted, by, now)
    draft.refresh_from_db()
    return draft


@transaction.atomic
def unlink(change: SharedChange, reason: str, *, by: Person, now: dt.datetime) -> SharedChange:
    """From now on the steps are the process's own; a variant is no variant any more. Raises Refused or Stale."""
    locked = _lock(change, by, now)
    if not reason.strip():
        raise Refused(_("Say why these steps go their own way, so that the next reader understands it."))
    source, process = source_of(use_of(locked))[0], locked.process
    draft = process.revisions.filter(state=Revision.State.DRAFT).first()
    texts = [definition_of(one) for one in (newest(process), draft) if one]
    locked.steps = sorted({key for text in texts for key, share in shares(text).items() if share.source == source})
    if draft:
        there = [key for key in locked.steps if from_json(draft.content).step(key)]
        _edit(draft, [{"op": "set", "target": f"steps/{key}/shared", "value": ""} for key in there], by, now)
    if locked.main_id:
        Variant.objects.filter(process=process, main=locked.main_id).delete()
    return _answered(locked, Answer.UNLINKED, reason, by, now)


@transaction.atomic
def keep(change: SharedChange, reason: str, *, by: Person, now: dt.datetime) -> SharedChange:
    """As it is for now; the next version at the source is proposed again. Raises Refused or Stale."""
    return _answered(_lock(change, by, now), Answer.KEPT, reason, by, now)


def _lock(change: SharedChange, by: Person, now: dt.datetime) -> SharedChange:
    """Locks the process, then the proposal. Raises Stale where it was answered meanwhile."""
    process = Process.objects.select_for_update(of=("self",)).select_related("owner", "department").get(pk=change.process_id)
    locked: SharedChange = SharedChange.objects.select_for_update().get(pk=change.pk)
    if locked.answer != Answer.OPEN:
        raise Stale(_("This was answered meanwhile, or is no longer needed."))
    insist(policy.may_answer_change(by, process, scope(by, calendar.today(now))))
    locked.process = process
    return locked


def _answered(change: SharedChange, answer: str, reason: str, by: Person, now: dt.datetime) -> SharedChange:
    change.answer, change.reason, change.answered_by, change.answered_at = answer, reason.strip(), by, now
    change.save()
    for item in _items(change):
        settle(item, outcome=WorkItem.Outcome.DONE, now=now)
    return change


def _marked(mine: Definition, some: Iterable[Proposed], source: Source, version: int, without: frozenset[str]) -> list[sharing.Operation]:
    """The links say the new version, but for steps that were removed."""
    gone = {f"steps/{one.step}/shared" for one in some if one.kind == "removed"}
    return [operation for operation in sharing.marked(mine, source, version, without) if operation["target"] not in gone]


def _edit(draft: Revision, wanted: list[sharing.Operation], by: Person, now: dt.datetime) -> None:
    for begin in range(0, len(wanted), drafting.BATCH_LIMIT):
        sent = [{"id": new_key() + new_key(), **operation} for operation in wanted[begin : begin + drafting.BATCH_LIMIT]]
        result = drafting.edit(draft, sent, by=by, now=now, seen=draft.version)
        draft.version = result.version
        if result.conflicts or result.refused:
            raise Stale(_("The draft has changed in this moment. Try again."))


def _items(change: SharedChange) -> Iterable[WorkItem]:
    found: Iterable[WorkItem] = WorkItem.objects.open().filter(source_key=_key(change))
    return found


def _key(change: SharedChange) -> str:
    return f"shared:{change.process_id}:{change.pk}"


def _due(now: dt.datetime) -> dt.date:
    return calendar.add_working_days(calendar.today(now), WORKING_DAYS_TO_ANSWER)
