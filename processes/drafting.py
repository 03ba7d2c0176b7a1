"""Drafts: beginning one, editing it together with others, and who is there.

Nobody's text is lost: an edit of what somebody else has changed since is not applied but given back with both texts,
and everything else of the same sending is applied. Sending the same operations again does nothing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Person
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import pictures, policy
from processes.canonical import clean, from_json, to_json
from processes.content import frozen_definition
from processes.definition import Definition, Step, new_key
from processes.markdown import pictures_in
from processes.models import DraftEdit, DraftPresence, Picture, Process, Revision
from processes.moving import insist_active
from processes.operations import Applied, OperationRefused, apply
from processes.picture_files import prepare

HERE_SECONDS: Final = 40
BATCH_LIMIT: Final = 500
KEY_LIMIT: Final = 64
TYPES_WITH_STEPS: Final = (Process.Type.PROCESS, Process.Type.SOP, Process.Type.WORK_INSTRUCTION)

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EditResult:
    """What became of one sending. All parts are JSON.

    applied: ids of operations that are in the draft now. conflicts: {"id", "target", "mine", "theirs", "by", "at"}, where
    "theirs" is None when the row was removed. refused: {"id", "target", "reason"}. others: what others did since `seen`, as
    `operations_since` gives it.
    """

    version: int
    applied: tuple[str, ...] = ()
    conflicts: tuple[Entry, ...] = ()
    refused: tuple[Entry, ...] = ()
    others: tuple[Entry, ...] = ()


@transaction.atomic
def start_draft(process: Process, *, by: Person, now: dt.datetime) -> Revision:
    """The open draft of the process, or a new one from the newest approved content (in force, or waiting for its day)."""
    locked = Process.objects.select_for_update().get(pk=process.pk)
    answer = policy.may_contribute(by, locked, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    insist_active(locked)
    return locked.revisions.open().first() or open_draft(locked, by=by, now=now)


def open_draft(process: Process, *, by: Person, now: dt.datetime) -> Revision:
    """A new draft of a locked process without an open one."""
    base = process.revisions.regular().order_by("major", "minor").last()
    content = frozen_definition(base.frozen) if base else template(process)
    content = content.with_metadata(
        number=process.number, title=process.title, document_type=process.document_type, language=process.language
    )
    last = process.revisions.aggregate(last=Max("ordinal"))["last"] or 0
    draft: Revision = Revision.objects.create(
        process=process, ordinal=last + 1, content=to_json(content), based_on=base, created_at=now, created_by=by
    )
    pictures.take_over(draft, pictures.named_in(content), by=by, now=now)
    return draft


def template(process: Process) -> Definition:
    """What an empty document begins with, in its own language: a start and an end where it has steps."""
    if process.document_type not in TYPES_WITH_STEPS:
        return Definition()
    with translation.override(process.language):
        return Definition(steps=(Step(key=new_key(), kind="start", name=_("Start")), Step(key=new_key(), kind="end", name=_("End"))))


@transaction.atomic
def edit(revision: Revision, operations: Sequence[Entry], *, by: Person, now: dt.datetime, seen: int) -> EditResult:
    """Applies the operations (see `operations.py`) that nobody has overtaken since version `seen`. Raises Refused or Stale."""
    locked = locked_draft(revision, by=by, now=now)
    if len(operations) > BATCH_LIMIT:
        raise Refused(_("Too many changes at once: %(count)d; at most %(limit)d.") % {"count": len(operations), "limit": BATCH_LIMIT})
    others = list(locked.edits.filter(version__gt=seen).exclude(by=by).select_related("by"))
    sending = _Sending(locked, from_json(locked.content), by, now, _Overtaken(others))
    sending.take(operations)
    sending.save()
    return EditResult(
        version=locked.version,
        applied=tuple(sending.applied),
        conflicts=tuple(sending.conflicts),
        refused=tuple(sending.refused),
        others=tuple(_entry(edit) for edit in others),
    )


def add_picture(revision: Revision, data: bytes, *, by: Person, now: dt.datetime) -> Picture:
    """A picture that texts of this draft can show. Raises Refused, Stale, or NotAPicture."""
    made = prepare(data)  # before the lock: a photograph takes a while, and others write meanwhile
    with transaction.atomic():
        return pictures.keep(locked_draft(revision, by=by, now=now), made, by=by, now=now)


def operations_since(revision: Revision, version: int) -> list[Entry]:
    """Edits after this version, oldest first: {"id", "version", "op", "target", "value", "after", "by", "by_id", "at"}."""
    return [_entry(edit) for edit in revision.edits.filter(version__gt=version).select_related("by")]


def touch_presence(revision: Revision, person: Person, step: str, now: dt.datetime) -> None:
    """The person has the editor open, at this step ("" for none)."""
    DraftPresence.objects.update_or_create(revision=revision, person=person, defaults={"step": clean(step)[:KEY_LIMIT], "seen_at": now})


def present(revision: Revision, now: dt.datetime) -> QuerySet[DraftPresence]:
    """Who had the editor open in the last 40 seconds."""
    since = now - dt.timedelta(seconds=HERE_SECONDS)
    return revision.presences.filter(seen_at__gt=since).select_related("person").order_by("person__name", "person")


def contributors(revision: Revision) -> QuerySet[Person]:
    """Who wrote in this revision: whoever began it or edited it since. They decide nothing about it."""
    return Person.objects.filter(pk__in={revision.created_by_id, *revision.edits.values_list("by", flat=True)})


class _Overtaken:
    """What others changed since the sender last looked, by target."""

    def __init__(self, edits: Iterable[DraftEdit]) -> None:
        self._last: dict[str, DraftEdit] = {}
        for other in edits:
            self._last[other.target] = other

    def by(self, operation: Entry) -> DraftEdit | None:
        """The other person's edit that this operation would overwrite, if any."""
        target, name = operation.get("target"), operation.get("op")
        if not isinstance(target, str) or name == "add":
            return None
        removed = self._last.get("/".join(target.split("/")[:2]))
        if removed is not None and removed.operation == "remove" and name != "remove":
            return removed
        if name == "set":
            same = self._last.get(target)
            return same if same is not None and same.after != operation.get("value") else None
        if name == "remove":
            return next((edit for text, edit in self._last.items() if text.startswith(f"{target}/")), None)
        return None


@dataclass
class _Sending:
    """One sending while it is worked through."""

    revision: Revision
    definition: Definition
    by: Person
    now: dt.datetime
    overtaken: _Overtaken
    applied: list[str] = field(default_factory=list)
    conflicts: list[Entry] = field(default_factory=list)
    refused: list[Entry] = field(default_factory=list)
    rows: list[DraftEdit] = field(default_factory=list)

    def take(self, operations: Sequence[Entry]) -> None:
        ids = [key for operation in operations if isinstance(key := operation.get("id"), str) and key.isprintable()]
        known = set(self.revision.edits.filter(client_key__in=ids).values_list("client_key", flat=True))
        for operation in operations:
            key = operation.get("id")
            if not isinstance(key, str) or not 1 <= len(key) <= KEY_LIMIT or not key.isprintable():
                self._refuse(operation, _("The change has no identity; reload the page."))
            elif key in known:
                self.applied.append(key)
            else:
                self._take(key, operation)
                known.add(key)

    def _take(self, key: str, operation: Entry) -> None:
        other = self.overtaken.by(operation)
        if other is not None:
            theirs = other.after if other.target == operation["target"] else None
            self.conflicts.append(
                {
                    "id": key, "target": operation["target"], "mine": operation.get("value"), "theirs": theirs,
                    "by": other.by.name, "at": other.at.isoformat(),
                }
            )  # fmt: skip
            return
        try:
            self._done(key, str(operation["op"]), apply(self.definition, operation))
        except OperationRefused as refusal:
            self._refuse(operation, str(refusal))

    def _done(self, key: str, name: str, result: Applied) -> None:
        self.definition = result.definition
        self.applied.append(key)
        self.rows.append(
            DraftEdit(
                revision=self.revision, version=self.revision.version + len(self.rows) + 1, client_key=key, operation=name,
                target=result.target, before=result.before, after=result.after, by=self.by, at=self.now,
            )
        )  # fmt: skip

    def _refuse(self, operation: Entry, reason: str) -> None:
        self.refused.append({"id": operation.get("id"), "target": operation.get("target"), "reason": reason})

    def save(self) -> None:
        if not self.rows:
            return
        seen = self.revision.version
        draft = Revision.objects.filter(pk=self.revision.pk, state=Revision.State.DRAFT, version=seen)
        if not draft.update(content=to_json(self.definition), version=seen + len(self.rows)):
            raise Stale(_("The draft has changed in this moment. Send again."))
        DraftEdit.objects.bulk_create(self.rows)
        self.revision.version = seen + len(self.rows)
        pictures.take_over(self.revision, pictures_in(*(str(row.after) for row in self.rows)), by=self.by, now=self.now)


def locked_draft(revision: Revision, *, by: Person, now: dt.datetime) -> Revision:
    """The draft under its lock, if this person may write in it. Raises Refused or Stale."""
    locked: Revision = Revision.objects.select_for_update(of=("self",)).select_related("process__department").get(pk=revision.pk)
    if locked.state != Revision.State.DRAFT:
        raise Stale(_("This revision is no longer a draft (%(state)s); it cannot be edited.") % {"state": locked.get_state_display()})
    answer = policy.may_contribute(by, locked, scope(by, calendar.today(now)))
    if not answer:
        raise Refused(answer.reason)
    return locked


def _entry(edit: DraftEdit) -> Entry:
    after = edit.after if isinstance(edit.after, dict) and edit.operation in {"add", "move"} else {}
    value = edit.after if edit.operation == "set" else after.get("value")
    return {
        "id": edit.client_key, "version": edit.version, "op": edit.operation, "target": edit.target, "value": value,
        "after": after.get("after"), "by": edit.by.name, "by_id": edit.by_id, "at": edit.at.isoformat(),
    }  # fmt: skip
