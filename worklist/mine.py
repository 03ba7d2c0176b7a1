"""What a person owes today, for himself or herself and for positions held and acted for, and why."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Q
from django.utils.translation import gettext as _

from organization.resolution import Assignee, Question, resolve_each
from organization.scope import Scope
from worklist.models import WorkItem
from worklist.querysets import WorkItemQuerySet


def owed(scope: Scope) -> WorkItemQuerySet:
    """Open items of the person, of the positions held and of those acted for, without those the person may not act on.

    With them those that fall to the person because the holder may not act on them.
    """
    mine = WorkItem.objects.open().owed_by(scope.person_id, scope.positions).not_excluding(scope.person_id)
    fallen = _fallen_to(scope)
    return WorkItem.objects.open().filter(Q(pk__in=mine.values("pk")) | Q(pk__in=fallen)) if fallen else mine


def count(scope: Scope) -> int:
    """How many: the badge, equal to the rows of *My work*."""
    return owed(scope).count()


def who_acts(items: Iterable[WorkItem], at: dt.date) -> dict[int, Assignee | None]:
    """Item id → who acts for its position on this day; nothing of items that are owed by a person. A fixed number of queries."""
    questions = {item.pk: Question(item.position, frozenset(item.excluded)) for item in items if item.position is not None}
    return dict(zip(questions, resolve_each(questions.values(), at), strict=True))


def why_me(item: WorkItem, scope: Scope, acting: Mapping[int, Assignee | None]) -> str:
    """Why this item is with this person; `acting` is what `who_acts` says of it."""
    if item.position is None:
        return _("addressed to you")
    if item.position_id in scope.held:
        return _("as %(position)s") % {"position": item.position.title}
    assignee = acting.get(item.pk)
    if assignee is not None and assignee.person.pk == scope.person_id:
        return assignee.reason
    return _("for %(position)s") % {"position": item.position.title}


def _fallen_to(scope: Scope) -> list[int]:
    """Items whose holders may not act on them and that the chain leads to this person: one query where there are none."""
    left = WorkItem.objects.open().left_by_holders(scope.today).not_excluding(scope.person_id).select_related("position")
    return [item for item, who in who_acts(left, scope.today).items() if who and who.person.pk == scope.person_id]
