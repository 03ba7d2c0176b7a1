"""A person's own processes: favourites, and those in which he or she takes part, with the reason."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.models import Department, Position
from organization.scope import Scope
from processes.models import Participation, Process, Revision, RoleUse
from processes.policy import open_until
from processes.querysets import ProcessQuerySet


def favourites(scope: Scope) -> ProcessQuerySet:
    """What the person keeps at hand, as far as he or she may still see it; what was withdrawn stays and says so."""
    visible = Process.objects.visible_to(scope).exclude(state=Process.State.DISCARDED)
    return visible.filter(favourites__person=scope.person_id)


def taking_part(scope: Scope, now: dt.datetime) -> ProcessQuerySet:
    """In force, and the person's positions own them, do a step in them, were invited, or belong to a participating department."""
    part = Q(owner__in=scope.positions) | Q(pk__in=_role_uses(scope, now).values("revision__process"))
    part |= Q(pk__in=_invitations(scope).values("process")) | Q(participating__in=_departments(scope))
    found = Process.objects.in_force(now).filter(part).values("pk")
    return Process.objects.visible_to(scope).filter(pk__in=found)


def reasons(processes: Iterable[Process], scope: Scope, now: dt.datetime) -> Mapping[int, Sequence[str]]:
    """Process id → why the person takes part in it, in sentences: three queries for however many."""
    rows = list(processes)
    found: dict[int, list[str]] = defaultdict(list)
    for process in rows:
        if process.owner_id in scope.positions:
            found[process.pk].append(_("You own it as %(position)s") % {"position": process.owner.title})
    uses = _role_uses(scope, now).filter(revision__process__in=rows).order_by("role__title", "pk").distinct()
    for process_id, title, steps in uses.values_list("revision__process", "role__title", "steps"):
        words = {"role": title, "n": steps}
        found[process_id].append(ngettext("%(n)d step as %(role)s", "%(n)d steps as %(role)s", steps) % words)
    for process_id in _invitations(scope).filter(process__in=rows).values_list("process", flat=True).distinct():
        found[process_id].append(_("You were asked to take part"))
    through = Process.participating.through.objects.filter(process__in=rows, department__in=_departments(scope))
    for process_id, name in through.order_by("department__name").values_list("process", "department__name"):
        found[process_id].append(_("Your department %(department)s takes part") % {"department": name})
    return found


def _role_uses(scope: Scope, now: dt.datetime) -> QuerySet[RoleUse]:
    return RoleUse.objects.filter(role__positions__in=scope.positions, revision__in=Revision.objects.in_force(now))


def _invitations(scope: Scope) -> QuerySet[Participation]:
    """To work on it; whoever decided about it once, or may read it, takes no part in what it describes."""
    asked = Participation.objects.filter(scope.person_or_position(), part=Participation.Part.CONTRIBUTOR)
    return asked.filter(open_until(scope.today))


def _departments(scope: Scope) -> QuerySet[Department]:
    """Those of the positions themselves, and not all that lies below: a general manager does not take part in everything."""
    mine: QuerySet[Department] = Department.objects.filter(pk__in=Position.objects.filter(pk__in=scope.positions).values("department"))
    return mine
