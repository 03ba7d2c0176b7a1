"""What a handover consists of: lines are added when something is found in the leaver's hands, and settle when it is not any more."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import ngettext

from organization.calendar import add_working_days, today
from organization.models import Appointment, Person, Position
from organization.phrases import Phrase
from worklist.continuity_policy import held_around, opened_on
from worklist.items import raise_item, settle, withdraw, withdraw_many
from worklist.models import Handover, HandoverLine, WorkItem
from worklist.vacancies import watched

Kind = HandoverLine.Kind
# Decisions follow their route to the next in line by themselves; nobody is chosen for them.
DECISIONS = (WorkItem.Kind.DECIDE, WorkItem.Kind.NAME_APPROVER)
# Owed in person and by nobody else: withdrawn when the person has left. Readings are withdrawn where they are handed out.
IN_PERSON = (WorkItem.Kind.ASSESS, WorkItem.Kind.TAKE_OVER)
WORKING_DAYS_TO_ANSWER = 5
BATCH = 500
DONE = Q(accepted_at__isnull=False) | Q(settled_at__isnull=False)


@dataclass(frozen=True, slots=True)
class NewLine:
    """One thing in the leaver's hands. `source_key` tells it apart within the handover: "item:7", "process:3"."""

    kind: str
    subject: str | Phrase
    url_name: str
    url_args: Sequence[str | int]
    source_key: str
    work_item_id: int | None = None
    position_id: int | None = None

    @property
    def fitted(self) -> str | Phrase:
        """As much of the subject as the column takes; a phrase sees to that itself."""
        return self.subject if isinstance(self.subject, Phrase) else self.subject[:300]


def sole_positions(handover: Handover, day: dt.date) -> QuerySet[Position]:
    """The positions that the leaver holds, or held when the handover was opened, and that nobody else holds on this day."""
    held = held_around(handover.person, opened_on(handover)).values("position")
    others = Appointment.objects.on(day).filter(position=OuterRef("pk")).exclude(person=handover.person_id)
    found: QuerySet[Position] = Position.objects.existing(day).filter(pk__in=held).exclude(Exists(others))
    return found


def lines_of_worklist(handover: Handover, day: dt.date) -> list[NewLine]:
    """Positions to be filled, their open work, and work that was given to the leaver."""
    sole = sole_positions(handover, day)
    return [*_positions(handover, sole, day), *_items(handover, sole)]


def _positions(handover: Handover, sole: QuerySet[Position], day: dt.date) -> Iterable[NewLine]:
    """Nobody holds them, or will, but the leaver."""
    later = Q(ends_before__isnull=True) | Q(ends_before__gt=day)
    coming = Appointment.objects.filter(later, position=OuterRef("pk"), person__is_active=True).exclude(person=handover.person_id)
    rows = sole.filter(pk__in=watched(day).values("pk")).exclude(Exists(coming)).select_related("department")
    for position in rows:
        subject = f"{position.title} · {position.department.name}"
        yield NewLine(Kind.POSITION, subject, "organization:position", [position.pk], f"position:{position.pk}", position_id=position.pk)


def _items(handover: Handover, sole: QuerySet[Position]) -> Iterable[NewLine]:
    given = Q(assigned_to=handover.person_id)
    of_positions = Q(position__in=sole.values("pk")) & Q(assigned_to__isnull=True)
    rows = WorkItem.objects.open().filter(given | of_positions).exclude(kind__in=DECISIONS).exclude(pk=handover.work_item_id)
    for item in rows.order_by("due_on", "pk").iterator(BATCH):
        yield NewLine(Kind.ITEM, item.subject, item.url_name, item.url_args, f"item:{item.pk}", item.pk, item.position_id)


def bring_up_to_date(handover: Handover, found: Sequence[NewLine], kinds: Collection[str], now: dt.datetime) -> None:
    """Adds what was found and is not there yet; of these kinds, what was not found any more has settled itself.

    Call with the handover locked. What was accepted, or declared not needed, stays as it is; a position settles also after that.
    """
    new = [
        HandoverLine(
            handover=handover, kind=one.kind, subject=one.fitted, url_name=one.url_name, url_args=list(one.url_args),
            source_key=one.source_key, work_item_id=one.work_item_id, position_id=one.position_id,
        )
        for one in found
    ]  # fmt: skip
    HandoverLine.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
    keys = {one.source_key for one in found}
    waiting = handover.lines.filter(kind__in=kinds, settled_at__isnull=True).filter(Q(accepted_at__isnull=True) | Q(kind=Kind.POSITION))
    gone = [pk for pk, key in waiting.values_list("pk", "source_key") if key not in keys]
    for start in range(0, len(gone), BATCH):
        HandoverLine.objects.filter(pk__in=gone[start : start + BATCH]).update(settled_at=now)
    for successor in _asked(handover):
        follow_up(handover, successor, now=now)


def let_go(person: Person, now: dt.datetime) -> None:
    """What somebody who has left owed in person is withdrawn, and what others offered to them is to be offered anew."""
    HandoverLine.objects.filter(~DONE, successor=person, declined_at__isnull=True).update(successor=None, proposed_at=None)
    owed = WorkItem.objects.open().filter(person=person, kind__in=IN_PERSON)
    withdraw_many(list(owed.values_list("pk", flat=True)), now=now)


def waiting_for(handover: Handover, successor: Person) -> QuerySet[HandoverLine]:
    """Lines that were offered to this person and not answered yet."""
    found: QuerySet[HandoverLine] = handover.lines.filter(~DONE, successor=successor, declined_at__isnull=True)
    return found


def ask(handover: Handover, successor: Person, *, now: dt.datetime) -> None:
    """The successor has one work item that says how many things wait; offered more, a new one takes its place."""
    before = _take_over_items(handover, successor)
    for item in before.filter(closed_at__isnull=True):
        withdraw(item, now=now)
    count = waiting_for(handover, successor).count()
    with translation.override(successor.language):
        words = ngettext("%(count)d thing from %(name)s", "%(count)d things from %(name)s", count)
        subject = words % {"count": count, "name": handover.person.name}
    raise_item(
        kind=WorkItem.Kind.TAKE_OVER, subject=subject, url_name="continuity:take_over", url_args=[handover.pk], person=successor,
        due_on=add_working_days(today(now), WORKING_DAYS_TO_ANSWER),
        source_key=f"take-over:{handover.pk}:{successor.pk}:{before.count()}", now=now,
    )  # fmt: skip


def follow_up(handover: Handover, successor: Person, *, now: dt.datetime) -> None:
    """The successor's work item is done as soon as nothing waits for an answer."""
    if waiting_for(handover, successor).exists():
        return
    for item in _take_over_items(handover, successor).filter(closed_at__isnull=True):
        settle(item, outcome=WorkItem.Outcome.DONE, now=now)


def _take_over_items(handover: Handover, successor: Person) -> QuerySet[WorkItem]:
    found: QuerySet[WorkItem] = WorkItem.objects.filter(source_key__startswith=f"take-over:{handover.pk}:{successor.pk}:")
    return found


def _asked(handover: Handover) -> list[Person]:
    """Everybody who has an open work item to take something over."""
    items = WorkItem.objects.open().filter(source_key__startswith=f"take-over:{handover.pk}:", person__isnull=False)
    return [item.person for item in items.select_related("person") if item.person is not None]
