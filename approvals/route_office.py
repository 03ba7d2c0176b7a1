"""Who sets routes and re-routes cases: the company process manager, whose level the gate asks for."""

from django.utils.translation import gettext as _

from organization.gate import Answer, check_level, levels_of
from organization.ladder import Action
from organization.models import Person, Position
from organization.scope import Scope


def has_office(scope: Scope, kind: str) -> bool:
    """Whether the person holds such a position or acts for it."""
    return Position.objects.filter(pk__in=scope.held | scope.acting, kind=kind).exists()


def may_set_routes(person: Person | int, scope: Scope) -> Answer:
    """Write, propose and retire routes, and see what it may re-route."""
    if not has_office(scope, Position.Kind.COMPANY_PROCESS_MANAGER):
        return Answer(False, reason=_("Only the company process manager changes approval routes."))
    return check_level(Action.SET_ROUTES, max(levels_of((person,), scope.today).values(), default=0))
