"""Handovers: opened when somebody leaves, offered line by line, accepted by who takes over, closed when nothing is left.

Every verb locks the handover, so that of two people who answer or hand over the same line at once one wins and the other is told.
Nothing here publishes, decides or changes who wrote something: an accepted item is given to the successor, and that is all.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.calendar import add_working_days, today
from organization.gate import level_of
from organization.models import Appointment, Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import Scope, scope
from worklist import continuity_policy as policy
from worklist import handover_lines as lines_
from worklist.continuity_heads import Heads
from worklist.handover_lines import DONE, NewLine
from worklist.items import give, raise_item, settle
from worklist.models import Handover, HandoverLine, Happening, WorkItem
from worklist.models.continuity import CLOSED
from worklist.notices import tell
from worklist.outbox import wake

WORKING_DAYS_TO_HAND_OVER = 5
GATHER = "processportal.tasks.reconcile_handovers"
WORKLIST = (HandoverLine.Kind.ITEM, HandoverLine.Kind.POSITION)
Found = tuple[Sequence[NewLine], Sequence[str]]


@transaction.atomic
def open_for(person: Person, now: dt.datetime) -> Handover:
    """The open handover of somebody who has just left; the one that was opened before, where there is one. Safe to run twice."""
    lines_.let_go(person, now)
    return _open(person, by=person, reason=CLOSED, now=now, due_on=None)


@transaction.atomic
def open_handover(person: Person, *, by: Person, now: dt.datetime, reason: str, last_day: dt.date | None = None) -> Handover:
    """Opened beforehand, to be done by the last day; the open one where there is one already. Raises Refused."""
    person, day = Person.objects.select_for_update().get(pk=person.pk), today(now)
    insist(policy.may_open(by, person, policy.reach_of(by, scope(by, day)), day))
    if last_day is not None and last_day < day:
        raise Refused(_("The last day must not lie in the past."))
    return _open(person, by=by, reason=_said(reason, _("Say why, such as “moves to Sales in May”.")), now=now, due_on=last_day)


@transaction.atomic
def reconcile(handover: Handover, now: dt.datetime, *more: Found) -> Handover:
    """Adds lines that appeared, settles those that resolved themselves; `more` is what the apps above found, with its kinds.

    Where all apps were asked and nothing at all is in the leaver's hands, it closes by itself.
    """
    locked = _lock(handover)
    if locked.closed_at is None:
        if not locked.person.is_active:
            lines_.let_go(locked.person, now)
        worklist = lines_.lines_of_worklist(locked, today(now))
        found = [*worklist, *(line for lines, _kinds in more for line in lines)]
        kinds = {*WORKLIST, *(kind for _lines, some in more for kind in some)}
        lines_.bring_up_to_date(locked, found, kinds, now)
        if more and not locked.lines.exists():
            _close(locked, WorkItem.Outcome.MOOT, now)
    return locked


@transaction.atomic
def offer(lines: Sequence[HandoverLine], successor: Person, *, by: Person, now: dt.datetime, reason: str) -> Handover:
    """Asks the successor to take these lines over. All or none; raises Refused with the line that stands in the way, or Stale."""
    handover, locked = _open_lines(lines, by=by, now=now)
    day, reason = today(now), _said(reason, _("Say why this person, or what the successor should know."))
    successor = Person.objects.get(pk=successor.pk)
    insist(policy.may_offer(by, successor, handover, scope(by, day)))
    level, before = level_of(successor, day), {line.successor for line in locked if line.successor is not None}
    for line in locked:
        insist(policy.may_take(successor, line, level, day))
        line.note = line.note if reason in line.note else f"{line.note}\n{reason}".strip()
        line.successor, line.proposed_at, line.proposed_by, line.declined_at, line.answer = successor, now, by, None, ""
        line.save()
    lines_.ask(handover, successor, now=now)
    for other in before - {successor}:
        lines_.follow_up(handover, other, now=now)
    return handover


@transaction.atomic
def accept(lines: Sequence[HandoverLine], *, by: Person, now: dt.datetime, answer: str = "") -> list[HandoverLine]:
    """The successor takes these lines. Items are given to him or her; a position is not: administrators appoint. Raises Refused, Stale."""
    handover, accepted = _to_answer(lines, by=by)
    for line in accepted:
        line.accepted_at, line.answer = now, answer.strip()
        item = line.work_item
        if item is not None:
            if by.pk in item.excluded:
                insist(policy.may_take(by, line, level_of(by, today(now)), today(now)))
            if not give(item, by, what=Happening.What.HANDED_OVER, by=by, reason=line.note or handover.why, now=now):
                line.accepted_at, line.settled_at = None, now
        line.save()
    lines_.follow_up(handover, by, now=now)
    return accepted


@transaction.atomic
def decline(lines: Sequence[HandoverLine], *, by: Person, now: dt.datetime, answer: str) -> list[HandoverLine]:
    """The successor does not take these lines and says why; whoever offered them is told."""
    handover, declined = _to_answer(lines, by=by)
    answer = _said(answer, _("Say why you decline, so that somebody else can be asked."))
    for line in declined:
        line.declined_at, line.answer = now, answer
        line.save()
    lines_.follow_up(handover, by, now=now)
    words = ngettext("%(name)s declined %(count)d thing from %(from)s", "%(name)s declined %(count)d things from %(from)s", len(declined))
    for asker in {line.proposed_by for line in declined if line.proposed_by is not None}:
        subject = words % {"name": by.name, "count": len(declined), "from": handover.person.name}
        key = f"handover:{handover.pk}:declined:{declined[0].pk}:{by.pk}:{now.timestamp():.0f}"
        tell(
            asker, key=key, subject=subject, body=answer, url=reverse("continuity:handover", args=[handover.pk]), now=now,
            kind=WorkItem.Kind.HAND_OVER,
        )  # fmt: skip
    return declined


@transaction.atomic
def not_needed(lines: Sequence[HandoverLine], *, by: Person, now: dt.datetime, reason: str) -> Handover:
    """Nobody has to take these lines over, for this reason."""
    handover, locked = _open_lines(lines, by=by, now=now)
    reason = _said(reason, _("Say why nobody has to take this over."))
    before = {line.successor for line in locked if line.successor is not None}
    for line in locked:
        line.successor, line.declined_at = None, None
        line.settled_at, line.answer, line.proposed_by, line.proposed_at = now, reason, by, now
        line.save()
    for other in before:
        lines_.follow_up(handover, other, now=now)
    return handover


@transaction.atomic
def write_note(line: HandoverLine, text: str, *, by: Person, now: dt.datetime) -> HandoverLine:
    """What the successor should know of this line; until it is accepted."""
    _handover, (locked,) = _open_lines([line], by=by, now=now)
    locked.note = text.strip()[:4000]
    locked.save(update_fields=["note"])
    return locked


@transaction.atomic
def close(handover: Handover, *, by: Person, now: dt.datetime) -> Handover:
    """Everything is accepted, settled or declared not needed. Raises Refused while something is left."""
    locked = _lock(handover)
    insist(policy.may_hand_over(by, locked, *_stands(by, now)))
    if locked.closed_at is not None:
        return locked
    left = locked.lines.exclude(DONE).count()
    if left:
        words = ngettext(
            "%(count)d line is left. Hand it over, or say why it is not needed.",
            "%(count)d lines are left. Hand over each of them, or say why it is not needed.",
            left,
        )
        raise Refused(words % {"count": left})
    _close(locked, WorkItem.Outcome.DONE, now)
    return locked


def _open(person: Person, *, by: Person, reason: str, now: dt.datetime, due_on: dt.date | None) -> Handover:
    """One open handover per person: the database holds it, and of two who open it at once the second finds the first one's."""
    Person.objects.select_for_update().get(pk=person.pk)
    handover = Handover.objects.filter(person=person, closed_at__isnull=True).first()
    if handover is None:
        handover = Handover.objects.create(person=person, reason=reason, opened_at=now, opened_by=by)
        handover.work_item = _owed(handover, now, due_on)
        handover.save(update_fields=["work_item"])
    reconcile(handover, now)
    wake(GATHER, handover.pk)
    return handover


def _owed(handover: Handover, now: dt.datetime, due_on: dt.date | None) -> WorkItem | None:
    """The superior position of the leaver's main position owes the handover; None where the company has nobody above."""
    superior = superior_of(handover.person, today(now))
    if superior is None:
        return None
    return raise_item(
        kind=WorkItem.Kind.HAND_OVER, subject=handover.person.name, url_name="continuity:handover", url_args=[handover.pk],
        position=superior, due_on=due_on or add_working_days(today(now), WORKING_DAYS_TO_HAND_OVER),
        source_key=f"handover:{handover.pk}", now=now,
    )  # fmt: skip


def superior_of(person: Person, day: dt.date) -> Position | None:
    """The nearest head above the main position that the person does not hold; the process office without a position."""
    held = sorted(policy.held_around(person, day), key=_rank)
    heads = Heads(day)
    if not held:
        return heads.office()
    return heads.above(held[0].position, barred={appointment.position_id for appointment in held})


def _rank(appointment: Appointment) -> tuple[bool, int, dt.date, int]:
    """The main position first: not acting, of the greatest share, held longest."""
    return appointment.mode == Appointment.Mode.ACTING, -appointment.percent, appointment.starts_on, appointment.pk


def _lock(handover: Handover) -> Handover:
    rows = Handover.objects.select_for_update(of=("self",)).select_related("person", "work_item")
    found: Handover = rows.get(pk=handover.pk)
    return found


def _open_lines(lines: Sequence[HandoverLine], *, by: Person, now: dt.datetime) -> tuple[Handover, list[HandoverLine]]:
    """The lines as they are now under the handover's lock, for somebody who may hand them over and while they still can be."""
    handover = _lock(lines[0].handover)
    insist(policy.may_hand_over(by, handover, *_stands(by, now)))
    locked = _again(handover, lines)
    for line in locked:
        if line.accepted_at is not None and line.successor is not None:
            raise Stale(_("%(name)s has accepted “%(subject)s” meanwhile.") % {"name": line.successor, "subject": line.subject})
        if line.settled_at is not None:
            raise Stale(_("“%(subject)s” is settled already.") % {"subject": line.subject})
    return handover, locked


def _to_answer(lines: Sequence[HandoverLine], *, by: Person) -> tuple[Handover, list[HandoverLine]]:
    """The lines as they are now under the handover's lock, while they wait for this person's answer."""
    handover = _lock(lines[0].handover)
    locked = _again(handover, lines)
    by = Person.objects.get(pk=by.pk)
    for line in locked:
        insist(policy.may_answer(by, line))
        if line.accepted_at or line.declined_at or line.settled_at:
            raise Stale(_("“%(subject)s” was answered or settled already.") % {"subject": line.subject})
    return handover, locked


def _again(handover: Handover, lines: Sequence[HandoverLine]) -> list[HandoverLine]:
    if handover.closed_at is not None:
        raise Stale(_("This handover is closed."))
    rows = handover.lines.filter(pk__in=[line.pk for line in lines]).select_related("work_item", "position", "successor", "proposed_by")
    return list(rows.order_by("pk"))


def _stands(by: Person, now: dt.datetime) -> tuple[policy.Reach, Scope]:
    """How far the person looks after others today, and for what he or she stands."""
    by = Person.objects.get(pk=by.pk)
    theirs = scope(by, today(now))
    return policy.reach_of(by, theirs), theirs


def _close(handover: Handover, outcome: str, now: dt.datetime) -> None:
    handover.closed_at = now
    handover.save(update_fields=["closed_at"])
    if handover.work_item is not None:
        settle(handover.work_item, outcome=outcome, now=now)


def _said(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(missing)
    return text[:4000]
