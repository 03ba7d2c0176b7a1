"""What holds an approved revision back: readiness signed by the owner position, a later day, or a waiver; and taking effect then.

Every story locks process and revision and names the version that was shown: of two at once, the second gets Stale.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.calendar import midnight, today
from organization.models import Person, Position, Signature
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import Scope, scope
from organization.signing import sign
from processes import events, policy, review
from processes.canonical import clean
from processes.models import EffectHold, Process, Revision
from processes.moving import end_predecessors, lock, move, versions
from worklist.items import raise_item, reschedule, settle
from worklist.models import WorkItem
from worklist.notices import Message, tell_many

How, Outcome = EffectHold.How, WorkItem.Outcome
LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True)
class Hold:
    """What an approval is to wait for: the planned day, the day that the author asked for besides, and the app that asks."""

    planned_on: dt.date
    not_before: dt.date | None
    source: str
    kind: str = EffectHold.Kind.TRAINING


@dataclass(frozen=True, slots=True)
class Read:
    """How many people are to read the revision, and how many have: gathered above and kept with what is signed.

    `untrained` have not completed a training that the process demands.
    """

    people: int = 0
    read: int = 0
    untrained: int = 0


Demand = Callable[[Revision, dt.datetime], dt.date | None]
_demands: dict[Demand, None] = {}


def register(demand: Demand) -> None:
    """An app above says until which day it holds back what is approved at this moment; None: not at all."""
    _demands[demand] = None


def demanded(revision: Revision, now: dt.datetime) -> dt.date | None:
    """The first day on which nothing that apps above demand stands in the way any more; None where nothing does."""
    return max((day for demand in _demands if (day := demand(revision, now))), default=None)


def begin(revision: Revision, hold: Hold, *, by: Person, now: dt.datetime) -> EffectHold:
    """Holds back what is being approved; the owner position owes its readiness by the planned day. Called by the lifecycle."""
    made = EffectHold.objects.create(
        revision=revision, kind=hold.kind, source=hold.source, not_before=hold.not_before, planned_on=hold.planned_on,
        raised_by=by, raised_at=now,
    )  # fmt: skip
    made.work_item = raise_item(
        kind=WorkItem.Kind.READY, subject=subject_of(revision), url_name="effect", url_args=[revision.process.number, revision.ordinal],
        position=revision.process.owner, due_on=hold.planned_on, source_key=f"ready:{revision.pk}:{made.pk}", now=now,
    )  # fmt: skip
    made.save(update_fields=["work_item"])
    return made


@transaction.atomic
def ready(revision: Revision, *, by: Person, now: dt.datetime, read: Read, reason: str = "") -> Revision:
    """The owner position signs that people are ready: it takes effect on the planned day, or at once where that has passed.

    `read` is kept with the signature. A reason is needed where not everybody has read it. Raises Refused or Stale.
    """
    process, hold, view = _held(revision, by, now)
    reason = clean(reason).strip()[:LONGEST]
    if read.read < read.people and not reason:
        raise Refused(_("Not everybody has read it. Write why it may take effect all the same."))
    if read.untrained and not reason:
        raise Refused(_("Not everybody has completed the training that it demands. Write why it may take effect all the same."))
    signature = _sign(revision, process, view, by=by, meaning=Signature.Meaning.READY, reason=reason, now=now)
    counts = {"people": read.people, "people_read": read.read}
    _end(hold, by=by, now=now, how=How.READY, changes={"signature": signature, **counts})
    return take_effect(revision, process, hold.planned_on, by=by, now=now, reason=reason)


@transaction.atomic
def postpone(revision: Revision, day: dt.date, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """The owner position signs a later day, with the reason; its authors and the owner are told. Raises Refused or Stale."""
    process, hold, view = _held(revision, by, now)
    reason = clean(reason).strip()[:LONGEST]
    if not reason:
        raise Refused(_("Write why it takes effect later: those who wait for it are told."))
    if day <= max(hold.planned_on, today(now)):
        raise Refused(_("Choose a day after %(day)s.") % {"day": date_format(max(hold.planned_on, today(now)))})
    signed = f"{hold.planned_on} → {day}: {reason}"
    _sign(revision, process, view, by=by, meaning=Signature.Meaning.POSTPONED, reason=signed, now=now)
    hold.planned_on = day
    hold.save(update_fields=["planned_on"])
    if hold.work_item is not None:
        reschedule(hold.work_item, due_on=day, now=now)
    move(revision, "postpone", {"planned_on": day}, by=by, now=now, reason=reason)
    subject = format_lazy(
        gettext_lazy("{document}: version {version} takes effect later, on {day}"),
        document=subject_of(revision), version=revision.label, day=lazy(date_format, str)(day),
    )  # fmt: skip
    _tell(revision, f"postponed:{revision.pk}:{day}", subject, reason, by=by, now=now)
    return revision


def waive(revision: Revision, signature: Signature, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """Nobody waits for the training any more: it takes effect on the day for which its author asked, else at once.

    Inside the transaction of the waiver, which has asked who may, and signed.
    """
    process = lock(revision)
    hold = _open_hold(revision)
    _end(hold, by=by, now=now, how=How.WAIVED, changes={"signature": signature})
    return take_effect(revision, process, hold.not_before or today(now), by=by, now=now, reason=reason)


def drop(revision: Revision, *, by: Person, now: dt.datetime) -> None:
    """The approval is cancelled: nothing is held back any more. Called by the lifecycle, under its lock."""
    for hold in revision.holds.open().select_related("work_item"):
        _end(hold, by=by, now=now, how=How.CANCELLED, outcome=Outcome.MOOT)


def take_effect(revision: Revision, process: Process, day: dt.date, *, by: Person, now: dt.datetime, reason: str) -> Revision:
    """Validity from the company's midnight of this day, or from now where it has come; the predecessor ends there.

    Nothing happens while something else still holds it back. Under the lock. Raises Refused where a later version begins after it.
    """
    if revision.holds.open().exists():
        return revision
    start = midnight(day) if day > today(now) else now
    end_predecessors(versions(process), start)
    # Nobody was told yet, unlike of what is approved at once: `review.tell_in_force` does, when the moment has come.
    move(revision, "take_effect", {"effective_from": start}, by=by, now=now, reason=reason)
    events.approved.send(sender=Revision, revision=revision)
    if start == now:
        events.in_force_changed.send(sender=Revision, revision=revision)
    return revision


def follow_owners(now: dt.datetime) -> int:
    """Readiness is owed by the owner position of today: processes change hands while a revision waits. Says how many wait."""
    waiting = EffectHold.objects.open().values_list("pk", flat=True).order_by("pk")
    return sum(_follow_owner(pk, now) for pk in list(waiting))


@transaction.atomic
def _follow_owner(pk: int, now: dt.datetime) -> bool:
    hold = EffectHold.objects.select_for_update(of=("self",)).select_related("revision__process__owner", "work_item").get(pk=pk)
    if hold.released_at is not None:
        return False
    owner, item = hold.revision.process.owner, hold.work_item
    if item is not None and item.position_id != owner.pk:
        settle(item, outcome=Outcome.MOOT, now=now)
        hold.work_item = raise_item(
            kind=item.kind, subject=item.subject, url_name=item.url_name, url_args=item.url_args, position=owner,
            due_on=hold.planned_on, source_key=f"ready:{hold.revision_id}:{pk}:{item.pk}", now=now,
        )  # fmt: skip
        hold.save(update_fields=["work_item"])
    return True


def subject_of(revision: Revision) -> str:
    """What is signed and told about, as people call it."""
    return f"{revision.process.number} {revision.process.title}"


def signs_as(process: Process, view: Scope) -> tuple[Position, str]:
    """The owner position, and for whom the person acts where he or she does not hold it."""
    acting = "" if process.owner_id in view.held else _("for %(position)s") % {"position": process.owner.title}
    return process.owner, acting


def _held(revision: Revision, by: Person, now: dt.datetime) -> tuple[Process, EffectHold, Scope]:
    """Process and open hold under the lock, for whoever may sign for the owner position."""
    process, view = lock(revision), scope(by, today(now))
    insist(policy.may_sign_effect(process, revision, view))
    return process, _open_hold(revision), view


def _open_hold(revision: Revision) -> EffectHold:
    hold: EffectHold | None = revision.holds.open().select_related("work_item").first()
    if revision.state != Revision.State.APPROVED or hold is None:
        raise Stale(_("Nothing holds this version back any more. Nothing was done; look at it again."))
    return hold


def _end(
    hold: EffectHold, *, by: Person, now: dt.datetime, how: str, changes: Mapping[str, Any] | None = None, outcome: str = Outcome.DONE
) -> None:
    EffectHold.objects.filter(pk=hold.pk).update(released_at=now, released_by=by, how=how, **(changes or {}))
    if hold.work_item is not None:
        settle(hold.work_item, outcome=outcome, now=now)


def _sign(revision: Revision, process: Process, view: Scope, *, by: Person, meaning: str, reason: str, now: dt.datetime) -> Signature:
    position, acting_for = signs_as(process, view)
    sha256 = revision.frozen.sha256 if revision.frozen else ""
    return sign(
        by, position=position, acting_for=acting_for, meaning=meaning, subject=subject_of(revision), content_sha256=sha256, reason=reason,
        now=now,
    )  # fmt: skip


def _tell(revision: Revision, key: str, subject: str | Promise, body: str, *, by: Person, now: dt.datetime) -> None:
    url = reverse("effect", args=[revision.process.number, revision.ordinal])
    others = [person for person in review.concerned(revision, today(now)) if person != by]
    tell_many([Message(person, f"{key}:{person.pk}", subject, body, url) for person in others], now=now)
