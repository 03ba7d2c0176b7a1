"""What an audience rule may be about: the roles that a person may know of, and those of the document itself."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from organization.scope import Scope
from processes.models import Process, Revision, Role, RoleUse

MOST = 20


def known_roles(scope: Scope) -> QuerySet[Role]:
    """Roles that positions fill or that visible documents use: a role that only a hidden document names would tell of it."""
    filled = Role.positions.through.objects.filter(role=OuterRef("pk"))
    used = RoleUse.objects.filter(role=OuterRef("pk"), revision__in=Revision.objects.visible_to(scope))
    return Role.objects.filter(Exists(filled) | Exists(used))


def roles_of(process: Process, scope: Scope) -> Sequence[Role]:
    """The lanes of its newest version that this person may see, as the catalogue has them."""
    newest = Revision.objects.visible_to(scope).filter(process=process).order_by("-ordinal").values("pk")[:1]
    uses = RoleUse.objects.filter(revision__in=list(newest.values_list("pk", flat=True))).values("role")
    return list(Role.objects.filter(pk__in=uses).select_related("department").order_by("title", "pk")[:MOST])
