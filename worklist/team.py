"""The team's work: how much each position and person has, how old it is, who has too much, and the items one by one."""

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from organization.calendar import today as company_day
from organization.calendar import working_days_between
from organization.models import Person, Position
from organization.phrases import Phrase
from organization.resolution import resolve_many
from organization.scope import Scope
from worklist import policy
from worklist.listing import cut, following
from worklist.models import Happening, WorkItem
from worklist.querysets import DECISIONS, WorkItemQuerySet, available
from worklist.turns import Turn, turns

ROWS = 50
# The fullest queues are compared; a page with thousands of them would say nothing.
QUEUES = 100
# Nobody is called overloaded for a handful of items.
MANY = 8
OWNER = (F("position"), F("person"), F("assigned_to"))
Hide = Callable[[Sequence[WorkItem]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked to see: of one position or person (0: all), of one kind, only what is overdue, or given by the reader."""

    position: int = 0
    person: int = 0
    kind: str = ""
    late: bool = False
    given: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """What one position owes, or what one person has in person or was given. `oldest` and `median` are ages in working days."""

    position: Position | None
    owner: Person | None
    acts: Person | None
    why: str
    size: int
    late: int
    oldest: int
    median: int
    overloaded: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """All queues together; `queues` are the fullest, `more` says that there are others."""

    queues: Sequence[Queue]
    more: bool
    size: int
    late: int
    oldest: int
    median: int


@dataclass(frozen=True, slots=True)
class Row:
    """One item; `subject` is what this reader may read of it. `steady`: it is never given to somebody else."""

    turn: Turn
    subject: str | Phrase
    url: str
    steady: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page; `count` is of all pages, `after` is "" on the last one."""

    rows: Sequence[Row]
    count: int
    after: str


def summary(scope: Scope, reach: policy.Reach) -> Summary:
    """How the work within reach is spread today."""
    items, day = policy.looked_after(scope, reach), scope.today
    late = Q(due_on__lt=day)
    owners = items.annotate(
        size=Window(Count("pk"), partition_by=OWNER),
        late=Window(Count("pk", filter=late), partition_by=OWNER),
        oldest=Window(Min("raised_at"), partition_by=OWNER),
        rank=Window(RowNumber(), partition_by=OWNER, order_by=(F("raised_at").asc(), F("pk").asc())),
    ).filter(rank=(F("size") + 1) / 2)
    fields = ("position", "person", "assigned_to", "size", "late", "oldest", "raised_at")
    rows = owners.order_by("-size", "oldest", "pk").values_list(*fields)
    found = [_Group(*row) for row in rows[: QUEUES + 1]]
    whole = items.order_by().aggregate(size=Count("pk"), late=Count("pk", filter=late), oldest=Min("raised_at"))
    middle = items.order_by("raised_at", "pk").values_list("raised_at", flat=True)[(whole["size"] - 1) // 2 :][:1] if found else ()
    return Summary(
        queues=_queues(found[:QUEUES], day),
        more=len(found) > QUEUES,
        size=whole["size"],
        late=whole["late"],
        oldest=_age(whole["oldest"], day),
        median=_age(next(iter(middle), None), day),
    )


def page(scope: Scope, reach: policy.Reach, wanted: Wanted, hide: Hide, *, rows: int = ROWS) -> Page:
    """The items within reach in order of their due days; `hide` says what stands for subjects that this reader may not read."""
    items = _narrowed(policy.looked_after(scope, reach), wanted, scope)
    ordered = following(items, wanted.after).select_related("position", "assigned_to").order_by("due_on", "pk")
    shown, after = cut(list(ordered[: rows + 1]), rows)
    hidden, whose = hide(shown), turns(shown, scope.today)
    found = [
        Row(whose[item.pk], hidden.get(item.pk, item.subject), item.get_absolute_url() if item.pk not in hidden else "", _steady(item))
        for item in shown
    ]
    return Page(found, items.count(), after)


def overloaded(loads: Mapping[int, int]) -> frozenset[int]:
    """People who have more than twice the team's median, and more than a handful. Alone nobody is overloaded."""
    if len(loads) < 2:
        return frozenset()
    usual = statistics.median(loads.values())
    return frozenset(person for person, load in loads.items() if load >= MANY and load > 2 * usual)


def _narrowed(items: WorkItemQuerySet, wanted: Wanted, scope: Scope) -> WorkItemQuerySet:
    if wanted.position:
        items = items.filter(position=wanted.position)
    if wanted.person:
        items = items.filter(Q(person=wanted.person) | Q(assigned_to=wanted.person))
    if wanted.kind:
        items = items.filter(kind=wanted.kind)
    if wanted.given:
        gave = Happening.objects.filter(item=OuterRef("pk"), what=Happening.What.GIVEN, by=scope.person_id, person=OuterRef("assigned_to"))
        items = items.filter(Exists(gave))
    return items.overdue(scope.today) if wanted.late else items


def _steady(item: WorkItem) -> bool:
    return item.position_id is None or item.kind in DECISIONS


class _Group(NamedTuple):
    """What one position or person owes, as the database counts it; `middle` was raised at the median of all."""

    position: int | None
    person: int | None
    given: int | None
    size: int
    late: int
    oldest: dt.datetime
    middle: dt.datetime


def _queues(groups: Sequence[_Group], day: dt.date) -> list[Queue]:
    positions = Position.objects.in_bulk({group.position for group in groups if group.position})
    people = Person.objects.in_bulk({person for group in groups for person in (group.person, group.given) if person})
    there = set(available(day).filter(pk__in=people).values_list("pk", flat=True))
    acting = resolve_many(positions.values(), day)
    made, loads = [], Counter[int]()
    for group in groups:
        owner = people.get(group.person or group.given or 0)
        # What somebody owes in person stays there; what was given to somebody who is away is with the position's own again.
        keeps = owner is not None and (group.position is None or owner.pk in there)
        who = None if keeps else acting.get(group.position or 0)
        acts = who.person if who else owner if keeps and owner and owner.has_access(day) else None
        reason, ages = who.reason if who else "", (_age(group.oldest, day), _age(group.middle, day))
        made.append(Queue(positions.get(group.position or 0), owner, acts, reason, group.size, group.late, *ages))
        if acts:
            loads[acts.pk] += group.size
    heavy = overloaded(loads)
    return [replace(queue, overloaded=True) if queue.acts and queue.acts.pk in heavy else queue for queue in made]


def _age(raised_at: dt.datetime | None, day: dt.date) -> int:
    """Working days that have passed since then; 0 for nothing."""
    return working_days_between(company_day(raised_at), day) if raised_at else 0
