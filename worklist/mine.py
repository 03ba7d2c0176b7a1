"""What a person owes today, for himself or herself and for positions held and acted for, and why."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from organization.models import Person, Position
from organization.resolution import Assignee, Question, resolve_each
from organization.scope import Scope
from worklist.models import Snooze, WorkItem
from worklist.querysets import DECISIONS, WorkItemQuerySet, available


def owed(scope: Scope) -> WorkItemQuerySet:
    """Open items that are this person's turn: `addressed`, without what he or she has put off. The badge counts them."""
    found = addressed(scope)
    return found.exclude(found.put_off_by(scope.person_id, scope.today))


def put_off(scope: Scope) -> WorkItemQuerySet:
    """Open items that this person has put off; one query where there are none."""
    keys = list(Snooze.objects.filter(person=scope.person_id, until__gt=scope.today).values_list("item", flat=True))
    return addressed(scope).filter(pk__in=keys) if keys else WorkItem.objects.none()


def addressed(scope: Scope) -> WorkItemQuerySet:
    """Open items of the person, and of the positions held and acted for unless somebody else has them who is there.

    And what was given to this person, what lies in the shared queue, and what falls to him or her from holders who may not act on it.
    """
    return WorkItem.objects.due_from(scope, _fallen_to(scope))


def count(scope: Scope) -> int:
    """How many: the badge, equal to the rows of *My work*."""
    return owed(scope).count()


def is_given(scope: Scope, begins: str) -> bool:
    """Whether an open item whose source key begins so is given to this person: policies of the apps above ask by their own keys."""
    return WorkItem.objects.open().filter(assigned_to=scope.person_id, source_key__startswith=begins).exists()


def who_acts(items: Iterable[WorkItem], at: dt.date) -> dict[int, Assignee | None]:
    """Item id → who acts for its position on this day; nothing of items that are owed by a person. A fixed number of queries.

    What is given to somebody who is there is with that person, else with whom the chain leads to.
    """
    of_positions = [(item, item.position) for item in items if item.position is not None]
    doing = _given_to_present([item for item, _position in of_positions], at)
    found: dict[int, Assignee | None] = {
        item.pk: Assignee(doing[item.pk], position, _given(position), acting=True) for item, position in of_positions if item.pk in doing
    }
    asked = {item.pk: Question(position, frozenset(item.excluded)) for item, position in of_positions if item.pk not in doing}
    return found | dict(zip(asked, resolve_each(asked.values(), at), strict=True))


def why_me(item: WorkItem, scope: Scope, acting: Mapping[int, Assignee | None]) -> str:
    """Why this item is with this person; `acting` is what `who_acts` says of it."""
    if item.position is None:
        return _("addressed to you")
    if item.assigned_to_id == scope.person_id:
        return _given(item.position)
    if item.position_id in scope.held:
        return _("as %(position)s") % {"position": item.position.title}
    assignee = acting.get(item.pk)
    if item.position_id in scope.shared and item.kind not in DECISIONS:
        return in_shared_queue(item.position, assignee)
    if assignee is not None and assignee.person.pk == scope.person_id:
        return assignee.reason
    return _("for %(position)s") % {"position": item.position.title}


def in_shared_queue(position: Position, assignee: Assignee | None) -> str:
    """The reason beside an item that everybody of the process office may take."""
    reason = assignee.reason if assignee else _("for %(position)s") % {"position": position.title}
    return _("shared queue of the process office: %(reason)s") % {"reason": reason}


def _given(position: Position) -> str:
    return _("assigned for %(position)s") % {"position": position.title}


def _given_to_present(items: Sequence[WorkItem], at: dt.date) -> dict[int, Person]:
    """Item id → to whom it is given, where that person can be asked; no query where nothing is given."""
    given = {item.pk: item.assigned_to_id for item in items if item.assigned_to_id}
    if not given:
        return {}
    there = available(at).in_bulk(set(given.values()))
    return {pk: there[person] for pk, person in given.items() if person in there}


def _fallen_to(scope: Scope) -> list[int]:
    """Items whose holders may not act on them and that the chain leads to this person: one query where there are none."""
    left = WorkItem.objects.left_by_holders(scope.today).not_excluding(scope.person_id).select_related("position")
    return [item for item, who in who_acts(left, scope.today).items() if who and who.person.pk == scope.person_id]
