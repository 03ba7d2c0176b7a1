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
from worklist.mine import owed, who_acts, why_me
from worklist.models import WorkItem
from worklist.querysets import WorkItemQuerySet

ROWS = 50
# The button leads to the page where it is done; it never does it.
BUTTONS = {
    WorkItem.Kind.DECIDE: said("button", "Review"),
    WorkItem.Kind.NAME_APPROVER: said("button", "Name"),
    WorkItem.Kind.READ: said("button", "Read"),
    WorkItem.Kind.REVISE: said("button", "Revise"),
    WorkItem.Kind.REVIEW: said("button", "Check"),
    WorkItem.Kind.MEASURE: said("button", "Enter"),
    WorkItem.Kind.ASSESS: said("button", "Assess"),
    WorkItem.Kind.AGREE: said("button", "Answer"),
    WorkItem.Kind.ACT: said("button", "Open"),
    WorkItem.Kind.FILL_VACANCY: said("button", "Fill"),
    WorkItem.Kind.HAND_OVER: said("button", "Hand over"),
    WorkItem.Kind.TAKE_OVER: said("button", "Take over"),
}
EVERYTHING, MYSELF, POSITIONS, ACTING = "", "me", "positions", "acting"
WHOSE = (
    (EVERYTHING, gettext_lazy("All")),
    (MYSELF, gettext_lazy("Only mine")),
    (POSITIONS, gettext_lazy("My positions")),
    (ACTING, gettext_lazy("Acting for others")),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked to see; `after` is "" or the place where the page before ended."""

    kind: str = ""
    whose: str = EVERYTHING
    after: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One item in words."""

    item: WorkItem
    why: str
    button: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """Groups of rows with their titles; `count` is of all pages, `after` is "" on the last one."""

    groups: list[tuple[str, list[Row]]]
    count: int
    after: str


def page(scope: Scope, wanted: Wanted, *, rows: int = ROWS) -> Page:
    """The rows that follow `wanted.after`, in order of their due days."""
    items = _narrowed(scope, wanted)
    found = list(_following(items, wanted.after).select_related("position").order_by("due_on", "pk")[: rows + 1])
    shown = found[:rows]
    after = f"{shown[-1].due_on:%Y-%m-%d}.{shown[-1].pk}" if len(found) > rows else ""
    return Page(_grouped(_rows(shown, scope), scope.today), items.count(), after)


def _narrowed(scope: Scope, wanted: Wanted) -> WorkItemQuerySet:
    items = owed(scope)
    if wanted.kind:
        items = items.filter(kind=wanted.kind)
    if wanted.whose == MYSELF:
        return items.filter(person=scope.person_id)
    if wanted.whose == POSITIONS:
        return items.filter(position__in=scope.held)
    if wanted.whose == ACTING:
        return items.filter(person__isnull=True).exclude(position__in=scope.held)
    return items


def _following(items: WorkItemQuerySet, after: str) -> WorkItemQuerySet:
    day, _dot, pk = after.partition(".")
    try:
        due_on, last = dt.date.fromisoformat(day), int(pk)
    except ValueError:
        return items
    return items.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=last))


def _rows(items: Sequence[WorkItem], scope: Scope) -> list[Row]:
    acting = who_acts((item for item in items if item.position_id not in scope.held), scope.today)
    return [Row(item, why_me(item, scope, acting), str(BUTTONS[WorkItem.Kind(item.kind)]), item.get_absolute_url()) for item in items]


def _grouped(rows: Iterable[Row], today: dt.date) -> list[tuple[str, list[Row]]]:
    return [(title, list(some)) for title, some in groupby(rows, lambda row: _group(row.item.due_on, today))]


def _group(due_on: dt.date, today: dt.date) -> str:
    sunday = today + dt.timedelta(days=6 - today.weekday())
    if due_on < today:
        return _("Overdue")
    if due_on == today:
        return _("Today")
    return _("This week") if due_on <= sunday else _("Later")
