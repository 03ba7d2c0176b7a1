"""What a person owes today, for himself or herself and for positions held and acted for, and why."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from organization.scope import Scope
from worklist.models import WorkItem
from worklist.querysets import WorkItemQuerySet

if TYPE_CHECKING:
    from organization.resolution import Assignee


def owed(scope: Scope) -> WorkItemQuerySet:
    """Open items of the person, of the positions held and of those acted for, without those the person may not act on."""
    return WorkItem.objects.open().owed_by(scope.person_id, scope.positions).not_excluding(scope.person_id)


def count(scope: Scope) -> int:
    """How many: the badge, equal to the rows of *My work*."""
    return owed(scope).count()


def why_me(item: WorkItem, scope: Scope, assignees: Mapping[int, "Assignee"]) -> str:
    """Why this item is with this person. `assignees` by position id, from `resolve_many`, say why somebody acts for a position."""
    if item.position is None:
        return _("addressed to you")
    if item.position_id in scope.held:
        return _("as %(position)s") % {"position": item.position.title}
    acting = assignees.get(item.position.pk)
    if acting is not None and acting.person.pk == scope.person_id:
        return str(acting.reason)
    return _("for %(position)s") % {"position": item.position.title}
