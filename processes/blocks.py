"""Stories of step blocks: chosen steps of a draft are saved to be used again, said anew as another version, renamed, retired."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from organization import calendar
from organization.models import Department, Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import Scope, scope
from processes import drafting, policy, sharing
from processes.canonical import canonical, clean, from_json, parse, sha256
from processes.copying import alike, excerpt
from processes.definition import Definition, new_key
from processes.folding import asked_words, stored_words
from processes.models import FrozenContent, Process, Revision, SharedStep, StepBlock, StepBlockVersion
from processes.sharing import BLOCK, Source
from worklist.outbox import wake

LONGEST: Final = 120
MOST: Final = 100
"""Steps of a block."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose block it is: a person's, a department's, or, with neither, the company's. Both are ids."""

    person: int | None = None
    department: int | None = None


COMPANY: Final = Reach()


@transaction.atomic
def save(revision: Revision, keys: Collection[str], name: str, reach: Reach, *, by: Person, now: dt.datetime, seen: int) -> StepBlock:
    """A new block with the chosen steps of a draft, as they were in the version seen. Raises Refused or Stale."""
    name = _name(name)
    process, definition = _chosen_from(revision, keys, by=by, now=now, seen=seen)
    view = scope(by, calendar.today(now))
    insist(policy.may_keep_block(view, person=reach.person, department=reach.department))
    if reach.person is None:
        insist(policy.may_share_steps(process))
    content = excerpt(definition, keys, {})
    block = StepBlock.objects.create(
        key=new_key(), name=name, words=_words(name, content), person_id=reach.person, department_id=reach.department,
        created_by=by, created_at=now,
    )  # fmt: skip
    _keep(block, content, by, now)
    return block


@transaction.atomic
def renew(block: StepBlock, revision: Revision, keys: Collection[str], *, by: Person, now: dt.datetime, seen: int) -> StepBlock:
    """The chosen steps are the block's next version; nothing changes where they say what it says. Raises Refused or Stale."""
    process, definition = _chosen_from(revision, keys, by=by, now=now, seen=seen)
    locked = _lock(block, by, now)
    if locked.retired_at:
        raise Refused(_("“%(name)s” is retired. Bring it back first.") % {"name": locked.name})
    if locked.person_id is None:
        insist(policy.may_share_steps(process))
    before = content_of(locked)
    linked = {key: step for key, step in sharing.copies_of(Source(BLOCK, locked.key), definition).items() if key in keys}
    named = {key: step for key, step in alike(definition, keys, before).items() if step not in linked.values()}
    content = excerpt(definition, keys, named | linked)
    locked.latest += 1
    locked.words = _words(locked.name, content)
    locked.save(update_fields=["latest", "words"])
    _keep(locked, content, by, now)
    wake("processes.tasks.propose_shared")
    return locked


@transaction.atomic
def rename(block: StepBlock, name: str, reach: Reach, *, by: Person, now: dt.datetime) -> StepBlock:
    """Another name, or for others than before; who may is asked on both sides. Raises Refused."""
    locked = _lock(block, by, now)
    name = _name(name)
    if reach != reach_of(locked):
        insist(policy.may_keep_block(scope(by, calendar.today(now)), person=reach.person, department=reach.department))
        _refuse_between_own_and_shared(locked, reach)
    locked.name, locked.person_id, locked.department_id = name, reach.person, reach.department
    locked.words = _words(name, content_of(locked))
    locked.save(update_fields=["name", "person", "department", "words"])
    return locked


@transaction.atomic
def retire(block: StepBlock, *, by: Person, now: dt.datetime, back: bool = False) -> StepBlock:
    """No longer offered (or offered again); steps that were inserted stay where they are. Raises Refused."""
    locked = _lock(block, by, now)
    locked.retired_at = None if back else now
    locked.save(update_fields=["retired_at"])
    return locked


def offered(view: Scope, text: str, most: int) -> list[StepBlock]:
    """Blocks in whose name or steps words begin like those of the text: one's own first, then the departments', then the company's."""
    found = StepBlock.objects.visible_to(view).filter(retired_at=None).saying(asked_words(text))
    near = found.select_related("department", "person").order_by(
        F("person").asc(nulls_last=True), F("department").asc(nulls_last=True), "name", "pk"
    )
    return list(near[:most])


def contents(some: Collection[StepBlock]) -> dict[int, Definition]:
    """Block id → what it says now. One query."""
    newest = StepBlockVersion.objects.filter(block__in=[one.pk for one in some], ordinal=F("block__latest"))
    return {row.block_id: parse(bytes(row.content.content)) for row in newest.select_related("content")}


def content_of(block: StepBlock) -> Definition:
    """What it says now."""
    return contents([block])[block.pk]


def uses(some: Collection[StepBlock], view: Scope) -> dict[int, int]:
    """Block id → in how many processes that this person may see it is linked, by what is approved there. One query."""
    newest = SharedStep.objects.filter(
        block__in=[one.pk for one in some], revision__effective_from__isnull=False, revision__effective_until=None,
        revision__process__in=Process.objects.visible_to(view).filter(state=Process.State.ACTIVE),
    )  # fmt: skip
    counted = newest.order_by().values("block").annotate(processes=Count("revision__process", distinct=True))
    return dict(counted.values_list("block", "processes"))


def reach_of(block: StepBlock) -> Reach:
    """Whose it is."""
    return Reach(block.person_id, block.department_id)


def reaches(view: Scope) -> list[tuple[Reach, Department | None]]:
    """For whom this person saves blocks: for himself or herself, for departments with an office there, for the company."""
    kinds = (Position.Kind.HEAD, Position.Kind.DEPARTMENT_PROCESS_MANAGER)
    offices = Position.objects.filter(pk__in=view.positions, kind__in=kinds)
    departments = Department.objects.existing(view.today).filter(pk__in=offices.values("department")).order_by("code")
    found = [(Reach(person=view.person_id), None), *((Reach(department=one.pk), one) for one in departments)]
    return [*found, (COMPANY, None)] if view.office else found


def _chosen_from(revision: Revision, keys: Collection[str], *, by: Person, now: dt.datetime, seen: int) -> tuple[Process, Definition]:
    locked = drafting.locked_draft(revision, by=by, now=now)
    if locked.version != seen:
        raise Stale(_("The draft has changed meanwhile. Look at the steps again."))
    definition = from_json(locked.content)
    count = sum(step.key in keys for step in definition.steps)
    if not 1 <= count <= MOST:
        raise Refused(_("Choose some steps, at most %(most)d.") % {"most": MOST})
    return locked.process, definition


def _lock(block: StepBlock, by: Person, now: dt.datetime) -> StepBlock:
    locked: StepBlock = StepBlock.objects.select_for_update().get(pk=block.pk)
    insist(policy.may_keep_block(scope(by, calendar.today(now)), person=locked.person_id, department=locked.department_id))
    return locked


def _refuse_between_own_and_shared(block: StepBlock, reach: Reach) -> None:
    """One's own may come from a process that others must not see; on a shared one others may depend."""
    if block.person_id is not None and reach.person is None:
        raise Refused(_("A block of your own stays yours. Save the steps anew for others, where you may share them."))
    if block.person_id is None and reach.person is not None:
        raise Refused(_("Others use this block. Retire it, or save the steps anew for yourself."))


def _keep(block: StepBlock, content: Definition, by: Person, now: dt.datetime) -> None:
    raw = canonical(content)
    frozen, _created = FrozenContent.objects.get_or_create(sha256=sha256(raw), defaults={"content": raw, "created_at": now})
    StepBlockVersion.objects.create(block=block, ordinal=block.latest, content=frozen, made_by=by, made_at=now)


def _words(name: str, content: Definition) -> str:
    return f" {stored_words((name, *(step.name for step in content.steps)))}"


def _name(name: str) -> str:
    name = " ".join(clean(name).split())
    if not name:
        raise Refused(_("Give the block a name, such as “Credit check”."))
    if len(name) > LONGEST:
        raise Refused(_("The name has %(length)d characters; at most %(most)d are kept.") % {"length": len(name), "most": LONGEST})
    return name
