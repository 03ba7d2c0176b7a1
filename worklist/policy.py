"""Who may see, take, give, put off and mark work items, plan reminders and look after deliveries: yes or no, and why not.

Who sees an item: whoever owes it (in person, or by a position held or acted for), whoever it is given to or falls to, the
superiors in the line (heads and process managers of the department of its position, or of the person's departments, and of all
departments above) and the process office. Nobody else, not even its subject. Among these a subject that names a process is
hidden from whoever may not see that process: `processportal` knows which item is about which, and shows its number only.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from organization.gate import Answer
from organization.models import Person, Position
from organization.policy import YES, may_manage
from organization.scope import Scope, below, scope
from worklist import mine
from worklist.models import WorkItem
from worklist.querysets import DECISIONS, WorkItemQuerySet, available

LEADING = (Position.Kind.HEAD, Position.Kind.DEPARTMENT_PROCESS_MANAGER, Position.Kind.TOP_MANAGEMENT)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose work a person looks after: `everything` (the process office), or these departments."""

    everything: bool
    departments: frozenset[int]

    def __bool__(self) -> bool:
        return self.everything or bool(self.departments)


def reach_of(scope: Scope) -> Reach:
    """The departments that this person leads, or leads for somebody today, with what lies below. At most two queries."""
    if scope.office:
        return Reach(True, frozenset())
    led = Position.objects.filter(pk__in=scope.held | scope.acting, kind__in=LEADING).values_list("department", flat=True)
    return Reach(False, below(frozenset(led)))


def looked_after(scope: Scope, reach: Reach) -> WorkItemQuerySet:
    """Open items of the positions and people within reach."""
    items = WorkItem.objects.open()
    return items if reach.everything else items.of_departments(reach.departments, scope.today)


def may_see(item: WorkItem, scope: Scope, reach: Reach) -> bool:
    """Whether this person sees that the item is there; open or closed."""
    if scope.person_id in (item.person_id, item.assigned_to_id) or item.position_id in scope.positions or reach.everything:
        return True
    within = WorkItem.objects.filter(pk=item.pk).of_departments(reach.departments, scope.today)
    return within.exists() or mine.addressed(scope).filter(pk=item.pk).exists()


def may_give(item: WorkItem, scope: Scope, reach: Reach) -> Answer:
    """Give it to somebody, or change its priority: the superiors in the line and the process office."""
    refused = _not_to_be_given(item)
    if refused is not None:
        return refused
    return may_steer(item, scope, reach)


def may_steer(item: WorkItem, scope: Scope, reach: Reach) -> Answer:
    """Say how urgent an open item is: the superiors in the line and the process office."""
    if item.closed_at is not None:
        return _no(_("This is done or no longer needed; nothing was changed."))
    if looked_after(scope, reach).filter(pk=item.pk).exists():
        return YES
    return _no(_("Only the heads and process managers of the department and the process office decide who does this."))


def may_be_given(item: WorkItem, to: Person, today: dt.date) -> Answer:
    """An active person who is there today, who may act on it and does not have it yet."""
    words = {"name": to.name}
    if not to.has_access(today):
        return _no(_("%(name)s has left or has no access any more.") % words)
    if to.pk in item.excluded:
        return _no(_("%(name)s may not act on this: it is about what they wrote.") % words)
    if to.pk == item.assigned_to_id:
        return _no(_("%(name)s has it already.") % words)
    if not available(today).filter(pk=to.pk).exists():
        return _no(_("%(name)s is away today. Choose somebody who is there.") % words)
    return YES


def may_take(item: WorkItem, scope: Scope) -> Answer:
    """Take it out of the shared queue: everybody of the process office who may act on it, while nobody else has it."""
    refused = _not_to_be_given(item)
    if refused is not None:
        return refused
    if item.position_id not in scope.shared or item.assigned_to_id == scope.person_id:
        return _no(_("Only what lies in the shared queue of the process office can be taken."))
    if not mine.addressed(scope).filter(pk=item.pk).exists():
        return _no(_("Somebody else has this by now."))
    return YES


def may_give_back(item: WorkItem, scope: Scope, reach: Reach) -> Answer:
    """Return it to its position: whoever has it, and those who may give it."""
    if item.closed_at is not None or item.assigned_to_id is None:
        return _no(_("Nobody has this at present; it is with its position."))
    return YES if item.assigned_to_id == scope.person_id else may_steer(item, scope, reach)


def may_put_off(item: WorkItem, scope: Scope) -> Answer:
    """Hide it for a while from one's own list: whoever has it on that list."""
    if mine.addressed(scope).filter(pk=item.pk).exists():
        return YES
    return _no(_("This does not wait for you; there is nothing to put off."))


def may_plan_reminders(by: Person, today: dt.date) -> Answer:
    """Say when whom to remind: the process office."""
    if scope(by, today).office:
        return YES
    return _no(_("Only the process office decides when reminders go out. Ask the company process manager."))


def may_connect(by: Person) -> Answer:
    """Say which addresses outside the portal are told, and send again what failed: administrators."""
    if may_manage(by):
        return YES
    return _no(_("Only administrators look after mail and webhooks. Ask one of them."))


def _not_to_be_given(item: WorkItem) -> Answer | None:
    """Why nobody at all gives this kind of item away; None where it can be given."""
    if item.closed_at is not None:
        return _no(_("This is done or no longer needed; nothing was changed."))
    if item.position_id is None:
        return _no(_("This is owed by the person and never by somebody else."))
    if item.kind in DECISIONS:
        return _no(_("A decision follows its route. Transfer it on the review page."))
    return None


def _no(reason: str) -> Answer:
    return Answer(False, reason=reason)
