"""What the editor offers while one types: roles and processes that this person may know of."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from organization.models import Department
from organization.scope import Scope
from processes.models import Process, Revision, Role, RoleUse

ROLES = 400
PROCESSES = 300


def role_titles(scope: Scope, department: Department) -> Sequence[str]:
    """Roles of the department and of the company that positions fill or that visible documents use.

    A role that only a hidden document names would tell of it.
    """
    used = RoleUse.objects.filter(role=OuterRef("pk"), revision__in=Revision.objects.visible_to(scope))
    of = Role.objects.filter(Q(department=department) | Q(department__isnull=True))
    known = of.filter(Q(positions__isnull=False) | Exists(used))
    return list(known.distinct().order_by("title").values_list("title", flat=True)[:ROLES])


def process_titles(scope: Scope, number: str) -> Sequence[tuple[str, str]]:
    """(number, title) of visible processes to link to, without this one."""
    visible = Process.objects.visible_to(scope).filter(state=Process.State.ACTIVE).exclude(number=number)
    return list(visible.order_by("number").values_list("number", "title")[:PROCESSES])
