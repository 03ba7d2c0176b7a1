"""One page of *My work*: what is shown, in which groups, with which words, and where the next page begins."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as said

from organization.scope import Scope
from worklist.mine import owed, put_off, who_acts, why_me
from worklist.models import Snooze, WorkItem
from worklist.querysets import DECISIONS, WorkItemQuerySet

ROWS = 50
# The button leads to the page where it is done; it never does it.
BUTTONS = {
    WorkItem.Kind.DECIDE: said("button", "Review"),
    WorkItem.Kind.NAME_APPROVER: said("button", "Name"),
    WorkItem.Kind.READ: said("button", "Read"),
    WorkItem.Kind.REVISE: said("button", "Revise"),
    WorkItem.Kind.REVIEW: said("button", "Check"),
    WorkItem.Kind.TRANSLATE: said("button", "Translate"),
    WorkItem.Kind.MEASURE: said("button", "Enter"),
    WorkItem.Kind.ASSESS: said("button", "Assess"),
    WorkItem.Kind.AGREE: said("button", "Answer"),
    WorkItem.Kind.CHANGE_REQUEST: said("button", "Answer"),
    WorkItem.Kind.ACT: said("button", "Open"),
    WorkItem.Kind.FILL_VACANCY: said("button", "Fill"),
    WorkItem.Kind.HAND_OVER: said("button", "Hand over"),
    WorkItem.Kind.TAKE_OVER: said("button", "Take over"),
    WorkItem.Kind.EXCHANGE: said("button", "Exchange"),
    WorkItem.Kind.ADVISE: said("button", "Advise"),
    WorkItem.Kind.READY: said("button", "Sign"),
    WorkItem.Kind.CONFIRM: said("button", "Confirm"),
    WorkItem.Kind.TRAIN: said("button", "Open"),
}
EVERYTHING, MYSELF, POSITIONS, ACTING, SHARED = "", "me", "positions", "acting", "shared"
GIVEN_TO_ME, GIVEN_AWAY, PUT_OFF = "given", "away", "off"
WHOSE = (
    (EVERYTHING, gettext_lazy("All")),
    (MYSELF, gettext_lazy("Only mine")),
    (POSITIONS, gettext_lazy("My positions")),
    (ACTING, gettext_lazy("Acting for others")),
    (GIVEN_TO_ME, gettext_lazy("Given to me")),
    (SHARED, gettext_lazy("Shared queue")),
    (GIVEN_AWAY, gettext_lazy("Given to others")),
    (PUT_OFF, gettext_lazy("Put off")),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked to see; `after` is "" or the place where the page before ended."""

    kind: str = ""
    whose: str = EVERYTHING
    urgent: bool = False
    text: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One item in words. `until` is the day on which what was put off comes back; `can` is what may be done with it in the list."""

    item: WorkItem
    why: str
    button: str
    url: str
    until: dt.date | None = None
    can: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Groups of rows with their titles; `count` is of all pages, `after` is "" on the last one."""

    groups: list[tuple[str, list[Row]]]
    count: int
    after: str


def page(scope: Scope, wanted: Wanted, *, rows: int = ROWS) -> Page:
    """The rows that follow `wanted.after`, in order of their due days."""
    items = narrowed(scope, wanted)
    ordered = following(items, wanted.after).select_related("position", "assigned_to").order_by("due_on", "pk")
    shown, after = cut(list(ordered[: rows + 1]), rows)
    return Page(_grouped(_rows(shown, scope, wanted), scope.today), items.count(), after)


def cut(found: Sequence[WorkItem], rows: int) -> tuple[Sequence[WorkItem], str]:
    """The rows of one page, and the place where the next page begins; "" where this is the last."""
    shown = found[:rows]
    return shown, f"{shown[-1].due_on:%Y-%m-%d}.{shown[-1].pk}" if len(found) > rows else ""


def narrowed(scope: Scope, wanted: Wanted) -> WorkItemQuerySet:
    """The items that the reader asked for."""
    items = _of_whom(scope, wanted.whose)
    if wanted.kind:
        items = items.filter(kind=wanted.kind)
    if wanted.urgent:
        items = items.filter(priority=WorkItem.Priority.HIGH)
    if wanted.text:
        items = items.filter(subject__icontains=wanted.text)
    return items


def _of_whom(scope: Scope, whose: str) -> WorkItemQuerySet:
    if whose == GIVEN_AWAY:
        return WorkItem.objects.given_away(scope)
    if whose == PUT_OFF:
        return put_off(scope)
    items, given = owed(scope), Q(assigned_to=scope.person_id)
    in_queue = ~given & Q(position__in=scope.shared) & ~Q(kind__in=DECISIONS)
    narrower = {
        MYSELF: Q(person=scope.person_id),
        POSITIONS: Q(position__in=scope.held),
        ACTING: Q(person__isnull=True) & ~Q(position__in=scope.held) & ~given & ~in_queue,
        GIVEN_TO_ME: given,
        SHARED: in_queue,
    }
    return items.filter(narrower.get(whose, Q()))


def following(items: WorkItemQuerySet, after: str) -> WorkItemQuerySet:
    """Those after this place in the order of their due days; all where it is no place."""
    day, _dot, pk = after.partition(".")
    try:
        due_on, last = dt.date.fromisoformat(day), int(pk)
    except ValueError:
        return items
    return items.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=last))


def _rows(items: Sequence[WorkItem], scope: Scope, wanted: Wanted) -> list[Row]:
    away = wanted.whose == GIVEN_AWAY
    acting = {} if away else who_acts((item for item in items if item.position_id not in scope.held), scope.today)
    until = _days_of_return(items, scope) if wanted.whose == PUT_OFF else {}
    return [
        Row(
            item,
            _with_whom(item) if away else why_me(item, scope, acting),
            str(BUTTONS[WorkItem.Kind(item.kind)]),
            item.get_absolute_url(),
            until.get(item.pk),
            "" if away else _can(item, scope),
        )
        for item in items
    ]


def _days_of_return(items: Sequence[WorkItem], scope: Scope) -> dict[int, dt.date]:
    return dict(Snooze.objects.filter(person=scope.person_id, item__in=items).values_list("item", "until"))


def _with_whom(item: WorkItem) -> str:
    return _("%(name)s does it for %(position)s") % {"name": item.assigned_to, "position": item.position}


def _can(item: WorkItem, scope: Scope) -> str:
    """What else can be done in the list: take it out of the shared queue, or give it back."""
    if item.assigned_to_id == scope.person_id:
        return "give_back"
    shared = item.position_id in scope.shared and item.kind not in DECISIONS
    return "take" if shared else ""


def _grouped(rows: Iterable[Row], today: dt.date) -> list[tuple[str, list[Row]]]:
    return [(title, list(some)) for title, some in groupby(rows, lambda row: _group(row.item.due_on, today))]


def _group(due_on: dt.date, today: dt.date) -> str:
    sunday = today + dt.timedelta(days=6 - today.weekday())
    if due_on < today:
        return _("Overdue")
    if due_on == today:
        return _("Today")
    return _("This week") if due_on <= sunday else _("Later")
